/**
 * Scores of a part with loops by GMRES on its feedback set: y = F(y), where F is one sweep, is affine, and
 * (I − M) y = F(0) is solved in Krylov spaces (Saad and Schultz 1986), one a column on common sweeps. Unknowns are
 * measured in a positive vector from the loop gain's proof, |G| v ≤ gain · v, which takes out prices that span many
 * decades. Limit: GMRES sees residuals only, so the caller checks the forward error.
 */
import { type FeedbackForm, sweep } from './feedbackForm.ts';
import { Krylov } from './krylov.ts';

export interface GmresOptions {
  /** Residual to reach, as a share of the first, in the scaled 2-norm. */
  readonly tolerance: number;
  readonly maxSweeps: number;
}

/** Krylov vectors before a restart. */
const CYCLE = 60;

/**
 * @param value entries of the form, its own or those of a draw on the same pattern
 * @param scores size × width by place: the first guess at the feedback set's places, overwritten by the solution
 * @param weight by place, positive
 * @returns sweeps made; undefined where a column did not reach the tolerance
 */
export function solveByGmres(
  form: FeedbackForm,
  value: Float64Array,
  scores: Float64Array,
  rightHandSides: Float64Array,
  width: number,
  weight: Float64Array,
  { tolerance, maxSweeps }: GmresOptions,
): number | undefined {
  const { feedback } = form;
  const spaces = Array.from({ length: width }, () => new Krylov(feedback.length));
  const known = new Float64Array(feedback.length * width);
  let goals: number[] | undefined;
  let sweeps = 0;
  for (;;) {
    eachUnknown(form, width, (place, at) => {
      known[at] = scores[place]!;
    });
    sweep(form, value, scores, rightHandSides, width);
    sweeps++;
    for (const [c, space] of spaces.entries()) {
      const residual = space.restart();
      for (let k = 0; k < feedback.length; k++) {
        const place = feedback[k]!;
        residual[k] = (scores[place * width + c]! - known[k * width + c]!) / weight[place]!;
      }
    }
    const norms = spaces.map((space) => space.begin());
    goals ??= norms.map((norm) => norm * tolerance);
    if (reached(spaces, goals)) return sweeps;
    for (let cycle = 0; cycle < CYCLE && sweeps < maxSweeps && !reached(spaces, goals); cycle++) {
      applySweep(form, value, scores, width, weight, spaces);
      sweeps++;
    }
    for (const [c, space] of spaces.entries()) {
      const change = space.combine();
      for (let k = 0; k < feedback.length; k++) {
        const place = feedback[k]!;
        scores[place * width + c] = known[k * width + c]! + change[k]! * weight[place]!;
      }
    }
    if (reached(spaces, goals)) {
      sweep(form, value, scores, rightHandSides, width);
      return sweeps + 1;
    }
    if (sweeps >= maxSweeps) return undefined;
  }
}

/** One more vector for every column: the image of its last direction under I − M. */
function applySweep(
  form: FeedbackForm,
  value: Float64Array,
  scores: Float64Array,
  width: number,
  weight: Float64Array,
  spaces: readonly Krylov[],
): void {
  const { feedback } = form;
  for (const [c, space] of spaces.entries()) {
    const direction = space.last();
    for (let k = 0; k < feedback.length; k++) {
      const place = feedback[k]!;
      scores[place * width + c] = direction[k]! * weight[place]!;
    }
  }
  sweep(form, value, scores, undefined, width);
  for (const [c, space] of spaces.entries()) {
    const direction = space.last();
    const image = space.next();
    for (let k = 0; k < feedback.length; k++) {
      const place = feedback[k]!;
      image[k] = direction[k]! - scores[place * width + c]! / weight[place]!;
    }
    space.extend();
  }
}

function reached(spaces: readonly Krylov[], goals: readonly number[]): boolean {
  return spaces.every((space, c) => space.remaining <= goals[c]!);
}

function eachUnknown(
  { feedback }: FeedbackForm,
  width: number,
  visit: (place: number, at: number) => void,
): void {
  for (let k = 0; k < feedback.length; k++) {
    for (let c = 0; c < width; c++) visit(feedback[k]! * width + c, k * width + c);
  }
}
