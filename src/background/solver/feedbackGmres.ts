/**
 * Scores of a part with loops by GMRES on its feedback set: y = F(y), where F is one sweep, is affine, and
 * (I − M) y = F(0) is solved in Krylov spaces (Saad and Schultz 1986), one a column on common sweeps. Unknowns are
 * measured in a positive vector from the loop gain's proof, |G| v ≤ gain · v, which takes out prices that span many
 * decades. Limit: GMRES sees residuals only, so the caller checks the forward error.
 */
import { type FeedbackForm, sweep, sweepBetween } from './feedbackForm.ts';
import { Krylov } from './krylov.ts';

export interface GmresOptions {
  /** Residual to reach, as a share of the first, in the scaled 2-norm. */
  readonly tolerance: number;
  readonly maxSweeps: number;
}

/** Krylov vectors before a restart. */
const CYCLE = 60;

/** Work space for any number of solves on one form and width. */
export class GmresSpace {
  readonly form: FeedbackForm;
  readonly width: number;
  readonly columns: readonly Krylov[];
  /** The feedback set's scores at the beginning of a cycle. */
  readonly known: Float64Array;
  /** Scores of a sweep without right-hand side, by place. */
  readonly image: Float64Array;
  readonly between: Float64Array;

  constructor(form: FeedbackForm, width: number) {
    const { feedback, size } = form;
    this.form = form;
    this.width = width;
    this.columns = Array.from({ length: width }, () => new Krylov(feedback.length));
    this.known = new Float64Array(feedback.length * width);
    this.image = new Float64Array(size * width);
    this.between = new Float64Array(form.between.entry.length);
  }
}

/**
 * @param value entries of the form, its own or those of a draw on the same pattern
 * @param scores size × width by place: the first guess at the feedback set's places, overwritten by the solution
 * @param weight by place, positive
 * @returns sweeps made; undefined where a column did not reach the tolerance
 */
export function solveByGmres(
  space: GmresSpace,
  value: Float64Array,
  scores: Float64Array,
  rightHandSides: Float64Array,
  weight: Float64Array,
  { tolerance, maxSweeps }: GmresOptions,
): number | undefined {
  const { form, width, columns, known } = space;
  const { feedback, between } = form;
  for (let p = 0; p < space.between.length; p++) space.between[p] = value[between.entry[p]!]!;
  let goals: number[] | undefined;
  let sweeps = 0;
  for (;;) {
    for (let k = 0; k < feedback.length; k++) {
      for (let c = 0; c < width; c++) known[k * width + c] = scores[feedback[k]! * width + c]!;
    }
    sweep(form, value, scores, rightHandSides, width);
    sweeps++;
    for (const [c, column] of columns.entries()) {
      const residual = column.restart();
      for (let k = 0; k < feedback.length; k++) {
        const place = feedback[k]!;
        residual[k] = (scores[place * width + c]! - known[k * width + c]!) / weight[place]!;
      }
    }
    const norms = columns.map((column) => column.begin());
    goals ??= norms.map((norm) => norm * tolerance);
    if (reached(columns, goals)) return sweeps;
    for (let cycle = 0; cycle < CYCLE && sweeps < maxSweeps && !reached(columns, goals); cycle++) {
      extend(space, weight);
      sweeps++;
    }
    for (const [c, column] of columns.entries()) {
      const change = column.combine();
      for (let k = 0; k < feedback.length; k++) {
        const place = feedback[k]!;
        scores[place * width + c] = known[k * width + c]! + change[k]! * weight[place]!;
      }
    }
    if (reached(columns, goals)) {
      sweep(form, value, scores, rightHandSides, width);
      return sweeps + 1;
    }
    if (sweeps >= maxSweeps) return undefined;
  }
}

/** One more vector for every column: the image of its last direction under I − M. */
function extend({ form, width, columns, image, between }: GmresSpace, weight: Float64Array): void {
  const { feedback } = form;
  for (const [c, column] of columns.entries()) {
    const direction = column.last();
    for (let k = 0; k < feedback.length; k++) {
      const place = feedback[k]!;
      image[place * width + c] = direction[k]! * weight[place]!;
    }
  }
  sweepBetween(form.between, between, image, width);
  for (const [c, column] of columns.entries()) {
    const direction = column.last();
    const next = column.next();
    for (let k = 0; k < feedback.length; k++) {
      const place = feedback[k]!;
      next[k] = direction[k]! - image[place * width + c]! / weight[place]!;
    }
    column.extend();
  }
}

function reached(columns: readonly Krylov[], goals: readonly number[]): boolean {
  return columns.every((column, c) => column.remaining <= goals[c]!);
}
