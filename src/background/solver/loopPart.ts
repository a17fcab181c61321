/**
 * One strongly connected part, ready to be solved: small ones by sparse LU, large ones by GMRES on their feedback set,
 * since the factors of a large loop fill up. Where GMRES does not get there the part is factorised after all, and the
 * report says so.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import { type FeedbackForm, feedbackForm } from './feedbackForm.ts';
import { GmresSpace, solveByGmres } from './feedbackGmres.ts';
import type { ScaledSystem } from './scaledSystem.ts';
import type { SparseColumns } from './sparseColumns.ts';
import { analysePattern, factorise, type LuFactors, solveTransposed } from './sparseLu.ts';

export interface LoopLimits {
  /** Members from which on a part is solved by GMRES. */
  readonly iterateFrom: number;
  readonly maxSweeps: number;
}

export const LOOP_LIMITS: LoopLimits = { iterateFrom: 600, maxSweeps: 600 };

export type LoopMethod = 'lu' | 'gmres' | 'lu after gmres stalled';

export interface LoopPart {
  readonly method: LoopMethod;
  /** Entries of the factors; of the part itself where it is not factorised. */
  readonly nonZeros: number;
  /** Sweeps of GMRES so far. */
  readonly sweeps: number;
  /**
   * Replaces right-hand sides by scores.
   * @param local members × width, in the order of the members
   * @param tolerance share of the residual that may be left, for a method that iterates
   */
  solve(local: Float64Array, width: number, tolerance: number): void;
}

/**
 * @param weight positive vector over the members with |G| weight below it (the proof of the loop gain)
 * @param place work space of `n` entries, all −1; left as it was
 * @throws Refusal `E_SINGULAR` with the null vector's datasets, for a part that is factorised
 */
export function loopPart(
  scaled: ScaledSystem,
  members: Int32Array,
  weight: Float64Array,
  place: Int32Array,
  label: (activity: number) => string,
  limits: LoopLimits,
): LoopPart {
  if (members.length >= limits.iterateFrom) {
    return new IterativePart(scaled, members, weight, place, label, limits.maxSweeps);
  }
  return new FactorisedPart(factorisePart(scaled, members, place, label), 'lu');
}

class FactorisedPart implements LoopPart {
  readonly method: LoopMethod;
  readonly sweeps = 0;
  readonly #factors: LuFactors;

  constructor(factors: LuFactors, method: LoopMethod) {
    this.#factors = factors;
    this.method = method;
  }

  get nonZeros(): number {
    const { lower, upper, diagonal } = this.#factors;
    return lower.length + upper.length + diagonal.length;
  }

  solve(local: Float64Array, width: number): void {
    solveTransposed(this.#factors, local, width);
  }
}

class IterativePart implements LoopPart {
  sweeps = 0;
  readonly #form: FeedbackForm;
  readonly #weight: Float64Array;
  readonly #maxSweeps: number;
  readonly #factorise: () => LuFactors;
  #factors: FactorisedPart | undefined;
  #space: GmresSpace | undefined;

  constructor(
    scaled: ScaledSystem,
    members: Int32Array,
    weight: Float64Array,
    place: Int32Array,
    label: (activity: number) => string,
    maxSweeps: number,
  ) {
    this.#maxSweeps = maxSweeps;
    this.#form = feedbackForm(scaled, members, place);
    this.#weight = Float64Array.from(this.#form.order, (member) => weight[member]!);
    this.#factorise = () => factorisePart(scaled, members, place, label);
  }

  get method(): LoopMethod {
    return this.#factors ? this.#factors.method : 'gmres';
  }

  get nonZeros(): number {
    return this.#factors ? this.#factors.nonZeros : this.#form.value.length;
  }

  solve(local: Float64Array, width: number, tolerance: number): void {
    if (!this.#factors && this.#iterate(local, width, tolerance)) return;
    this.#factors ??= new FactorisedPart(this.#factorise(), 'lu after gmres stalled');
    this.#factors.solve(local, width);
  }

  /** Writes `local` only where it succeeds. */
  #iterate(local: Float64Array, width: number, tolerance: number): boolean {
    const { order, size, value } = this.#form;
    const rightHandSides = new Float64Array(size * width);
    for (let k = 0; k < size; k++) {
      for (let c = 0; c < width; c++) rightHandSides[k * width + c] = local[order[k]! * width + c]!;
    }
    const scores = new Float64Array(size * width);
    const options = { tolerance, maxSweeps: this.#maxSweeps };
    if (this.#space?.width !== width) this.#space = new GmresSpace(this.#form, width);
    const sweeps = solveByGmres(this.#space, value, scores, rightHandSides, this.#weight, options);
    if (sweeps === undefined) return false;
    this.sweeps += sweeps;
    for (let k = 0; k < size; k++) {
      for (let c = 0; c < width; c++) local[order[k]! * width + c] = scores[k * width + c]!;
    }
    return true;
  }
}

/** T^T of one part, column by column: column j is 1 at j and −g_ji at its dependencies i inside the part. */
function factorisePart(
  { dependencies: { start, index, value } }: ScaledSystem,
  members: Int32Array,
  place: Int32Array,
  label: (activity: number) => string,
): LuFactors {
  const m = members.length;
  members.forEach((activity, at) => {
    place[activity] = at;
  });
  const columnStart = new Int32Array(m + 1);
  const rows: number[] = [];
  const values: number[] = [];
  members.forEach((activity, at) => {
    rows.push(at);
    values.push(1);
    for (let p = start[activity]!; p < start[activity + 1]!; p++) {
      const row = place[index[p]!]!;
      if (row < 0) continue;
      rows.push(row);
      values.push(-value[p]!);
    }
    columnStart[at + 1] = rows.length;
  });
  for (const activity of members) place[activity] = -1;
  const matrix: SparseColumns = {
    rows: m,
    columns: m,
    start: columnStart,
    index: Int32Array.from(rows),
    value: Float64Array.from(values),
  };
  const factors = factorise(matrix, analysePattern(matrix));
  if (!('singular' in factors)) return factors;
  const largest = factors.vector.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const named = [...factors.vector].flatMap((v, at) =>
    Math.abs(v) > 1e-6 * largest ? [label(members[at]!)] : [],
  );
  throw new Refusal('the system is singular: runs of these datasets cancel out exactly', {
    code: 'E_SINGULAR',
    place: named.slice(0, 10).join('; '),
    remedy: 'datasets that are independent of one another',
  });
}
