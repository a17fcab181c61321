/**
 * The adjoint solve 伴随解: A^T lambda = B^T c, so that one unit of every product is scored at once.
 *
 * Method: scale by the production pivots, split into strongly connected parts (block triangular form), substitute
 * part after part, factorise the parts with loops by sparse LU with diagonal pivots, then refine with residuals in
 * doubled precision. Limits: a part whose loop gain reaches the limit is refused before it is solved. A small residual
 * proves nothing (1e-8 is compatible with a score that is 20 % wrong), so what is reported and limited is the forward
 * error: the last correction of the refinement beside the score. There is no second solver to fall back on.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import { CompensatedSum } from './compensated.ts';
import { dominantLoop, loopGains } from './loopGain.ts';
import { type ScaledSystem, scaleByPivots, type TechnosphereInput } from './scaledSystem.ts';
import type { SparseColumns } from './sparseColumns.ts';
import { analysePattern, factorise, type LuFactors, solveTransposed } from './sparseLu.ts';
import { type Components, strongComponents } from './strongComponents.ts';

/** Thresholds of the solver (footprint.md §2.8 and §3). */
const SOLVER_LIMITS = {
  /** A loop that returns more than this share of what enters it feeds itself. */
  loopGain: 0.999,
  /** Largest forward error of any score above `scoreFloor`, relative. */
  forwardError: 1e-9,
  scoreFloor: 1e-12,
  refinements: 8,
} as const;

export interface AdjointSolution {
  /** n × width, by product row: score of one unit of each product. */
  readonly lambda: Float64Array;
  readonly report: SolveReport;
}

export interface SolveReport {
  readonly solver: 'block-lu-diagonal-pivots/1';
  readonly activities: number;
  readonly nonZeros: number;
  /** Parts with loops: how many, and members of the largest. */
  readonly loops: number;
  readonly largestLoop: number;
  readonly factorNonZeros: number;
  readonly refinements: number;
  /** Largest relative correction that a further refinement would make. */
  readonly forwardError: number;
}

interface Block {
  readonly members: Int32Array;
  readonly factors: LuFactors | undefined;
}

/** A system that passed its checks and is factorised: right-hand sides may be solved against it any number of times. */
export interface FactorisedSystem {
  readonly input: TechnosphereInput;
  readonly scaled: ScaledSystem;
  readonly components: Components;
  readonly blocks: readonly Block[];
}

/**
 * Checks and factorises.
 * @throws Refusal of `scaleByPivots`, `E_SELF_FEEDING` with the loop, `E_SINGULAR` with the null vector's datasets
 */
export function factoriseAdjoint(input: TechnosphereInput): FactorisedSystem {
  const scaled = scaleByPivots(input);
  const { start, index } = scaled.dependencies;
  const components = strongComponents(start, index);
  refuseSelfFeeding(scaled, components, input.label);
  const place = new Int32Array(scaled.n).fill(-1);
  const blocks: Block[] = [];
  for (let c = 0; c < components.count; c++) {
    const members = components.order.slice(components.start[c]!, components.start[c + 1]!);
    blocks.push({
      members,
      factors: members.length < 2 ? undefined : factoriseBlock(scaled, members, place, input.label),
    });
  }
  return { input, scaled, components, blocks };
}

/**
 * Scores of one unit of every product.
 * @param rightHandSides n × width by activity: direct score of one run in each category, `B^T c`
 * @throws Refusal `E_FORWARD_ERROR` when refinement does not bring every score below the limit
 */
export function solveAdjoint(
  system: FactorisedSystem,
  rightHandSides: Float64Array,
  width: number,
): AdjointSolution {
  const { input, scaled } = system;
  const { n, pivot, maker } = scaled;
  const rhs = new Float64Array(n * width);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < width; c++) rhs[j * width + c] = rightHandSides[j * width + c]! / pivot[j]!;
  }
  const score = substitute(system, rhs, width);
  let refinements = 0;
  let worst = { error: Number.POSITIVE_INFINITY, activity: 0 };
  while (refinements < SOLVER_LIMITS.refinements) {
    const correction = substitute(
      system,
      residual(input.technosphere, scaled, rightHandSides, score, width),
      width,
    );
    const before = worst.error;
    worst = largestRelative(correction, score, width);
    for (let k = 0; k < score.length; k++) score[k]! += correction[k]!;
    refinements++;
    if (worst.error < 1e-15 || (worst.error < SOLVER_LIMITS.forwardError && worst.error >= before / 2)) break;
  }
  if (!(worst.error <= SOLVER_LIMITS.forwardError)) {
    throw new Refusal(`a score is uncertain by ${worst.error} of itself after refinement`, {
      code: 'E_FORWARD_ERROR',
      place: input.label(worst.activity),
      remedy: `a system whose scores are certain to ${SOLVER_LIMITS.forwardError}`,
    });
  }
  const lambda = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < width; c++) lambda[i * width + c] = score[maker[i]! * width + c]!;
  }
  return { lambda, report: reportOf(system, refinements, worst.error) };
}

function reportOf(
  { input, blocks }: FactorisedSystem,
  refinements: number,
  forwardError: number,
): SolveReport {
  const loops = blocks.filter((block) => block.factors);
  return {
    solver: 'block-lu-diagonal-pivots/1',
    activities: input.technosphere.columns,
    nonZeros: input.technosphere.index.length,
    loops: loops.length,
    largestLoop: loops.reduce((most, { members }) => Math.max(most, members.length), 0),
    factorNonZeros: loops.reduce((sum, { factors, members }) => {
      return sum + factors!.lower.length + factors!.upper.length + members.length;
    }, 0),
    refinements,
    forwardError,
  };
}

function refuseSelfFeeding(
  scaled: ScaledSystem,
  components: Components,
  label: (activity: number) => string,
): void {
  const gains = loopGains(scaled, components, {
    decide: SOLVER_LIMITS.loopGain,
    tolerance: Number.POSITIVE_INFINITY,
  });
  const feeding = gains.find((gain) => !(gain.upper < SOLVER_LIMITS.loopGain));
  if (!feeding) return;
  const members = components.order.subarray(
    components.start[feeding.component]!,
    components.start[feeding.component + 1]!,
  );
  const loop = dominantLoop(scaled, members, feeding.vector);
  throw new Refusal(
    `datasets feed themselves: a loop returns between ${feeding.lower} and ${feeding.upper} of what enters it`,
    {
      code: 'E_SELF_FEEDING',
      place: [...loop.slice(0, 10), loop[0]!].map(label).join(' → '),
      remedy: `a loop gain below ${SOLVER_LIMITS.loopGain}`,
    },
  );
}

/** T^T of one part, column by column: column j is 1 at j and −g_ji at its dependencies i inside the part. */
function factoriseBlock(
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

/** Part after part, suppliers first: everything a part depends on outside itself is known when it is solved. */
function substitute({ scaled, blocks }: FactorisedSystem, rhs: Float64Array, width: number): Float64Array {
  const { start, index, value } = scaled.dependencies;
  const score = new Float64Array(rhs.length);
  const known = new Uint8Array(scaled.n);
  for (const { members, factors } of blocks) {
    const local = new Float64Array(members.length * width);
    for (let k = 0; k < members.length; k++) {
      const j = members[k]!;
      for (let c = 0; c < width; c++) local[k * width + c] = rhs[j * width + c]!;
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        const i = index[p]!;
        if (!known[i]) continue;
        for (let c = 0; c < width; c++) local[k * width + c]! += value[p]! * score[i * width + c]!;
      }
    }
    if (factors) solveTransposed(factors, local, width);
    for (let k = 0; k < members.length; k++) {
      const j = members[k]!;
      known[j] = 1;
      for (let c = 0; c < width; c++) score[j * width + c] = local[k * width + c]!;
    }
  }
  return score;
}

/** (B^T c − A^T lambda) / pivot from the unscaled entries, in doubled precision: rounding of the scaling is refined away too. */
function residual(
  { start, index, value }: SparseColumns,
  { n, pivot, maker }: ScaledSystem,
  rightHandSides: Float64Array,
  score: Float64Array,
  width: number,
): Float64Array {
  const out = new Float64Array(n * width);
  const sum = new CompensatedSum();
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < width; c++) {
      sum.reset(rightHandSides[j * width + c]!);
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        sum.addProduct(-value[p]!, score[maker[index[p]!]! * width + c]!);
      }
      out[j * width + c] = sum.value / pivot[j]!;
    }
  }
  return out;
}

function largestRelative(correction: Float64Array, score: Float64Array, width: number) {
  let error = 0;
  let activity = 0;
  for (let k = 0; k < score.length; k++) {
    const size = Math.abs(score[k]! + correction[k]!);
    if (size <= SOLVER_LIMITS.scoreFloor) continue;
    const relative = Math.abs(correction[k]!) / size;
    if (relative > error || Number.isNaN(relative)) [error, activity] = [relative, Math.floor(k / width)];
  }
  return { error, activity };
}
