/**
 * The adjoint solve 伴随解: A^T lambda = B^T c, so that one unit of every product is scored at once.
 *
 * Method: scale by the production pivots, split into strongly connected parts (block triangular form), substitute
 * part after part (`loopPart.ts` solves those with loops), then refine with residuals in doubled precision. Limits: a
 * part whose loop gain reaches the limit is refused before it is solved. A small residual proves nothing (1e-8 is
 * compatible with a score that is 20 % wrong), so what is reported and limited is the forward error: the last
 * correction of the refinement beside the score.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import { dominantLoop, type LoopGain, loopGains } from './loopGain.ts';
import { LOOP_LIMITS, type LoopLimits, type LoopMethod, type LoopPart, loopPart } from './loopPart.ts';
import { type ScaledSystem, scaleByPivots, type TechnosphereInput } from './scaledSystem.ts';
import type { SparseColumns } from './sparseColumns.ts';
import { type Components, strongComponents } from './strongComponents.ts';

/** Thresholds of the solver. */
const SOLVER_LIMITS = {
  /** A loop that returns more than this share of what enters it feeds itself. */
  loopGain: 0.999,
  /** Largest forward error of any score above `scoreFloor`, relative. */
  forwardError: 1e-9,
  scoreFloor: 1e-12,
  refinements: 8,
  /** A correction this small leaves nothing to refine: what remains is below its square, or below the method's share. */
  settled: 1e-11,
  /** Share of a residual that an iterating method may leave: of the right-hand side, and of a correction. */
  tolerance: 1e-12,
  correctionTolerance: 1e-2,
} as const;

export interface AdjointSolution {
  /** n × width, by product row: score of one unit of each product. */
  readonly lambda: Float64Array;
  readonly report: SolveReport;
}

export interface SolveReport {
  readonly solver: 'block-triangular/2';
  readonly activities: number;
  readonly nonZeros: number;
  /** Parts with loops: how many, and members of the largest. */
  readonly loops: number;
  readonly largestLoop: number;
  /** How each part with a loop was solved: parts by method. */
  readonly methods: Readonly<Partial<Record<LoopMethod, number>>>;
  /** Entries of factors, or of the parts that are not factorised. */
  readonly factorNonZeros: number;
  /** Sweeps of the iterating method, corrections included. */
  readonly sweeps: number;
  readonly refinements: number;
  /** Largest relative correction that a further refinement would make. */
  readonly forwardError: number;
}

interface Block {
  /** Empty where the part is one activity without a loop. */
  readonly members: Int32Array;
  /** Absent where the part is one activity without a loop. */
  readonly loop: LoopPart | undefined;
}

/** Thousands of activities without a loop share one block; the component says which activity it is. */
const NO_LOOP: Block = { members: new Int32Array(0), loop: undefined };

/** A system that passed its checks and is factorised: right-hand sides may be solved against it any number of times. */
export interface FactorisedSystem {
  readonly input: TechnosphereInput;
  readonly scaled: ScaledSystem;
  readonly components: Components;
  readonly blocks: readonly Block[];
}

/**
 * Checks, and factorises what is solved by factors.
 * @throws Refusal of `scaleByPivots`, `E_SELF_FEEDING` with the loop, `E_SINGULAR` with the null vector's datasets
 */
export function factoriseAdjoint(
  input: TechnosphereInput,
  limits: LoopLimits = LOOP_LIMITS,
): FactorisedSystem {
  const scaled = scaleByPivots(input);
  const { start, index } = scaled.dependencies;
  const components = strongComponents(start, index);
  const gains = new Map(checkedGains(scaled, components, input.label).map((gain) => [gain.component, gain]));
  const place = new Int32Array(scaled.n).fill(-1);
  const blocks: Block[] = [];
  for (let c = 0; c < components.count; c++) {
    const gain = gains.get(c);
    if (!gain) {
      blocks.push(NO_LOOP);
      continue;
    }
    const members = components.order.slice(components.start[c]!, components.start[c + 1]!);
    blocks.push({
      members,
      loop: loopPart(scaled, members, gain.vector, place, input.label, limits),
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
  const score = substitute(system, rhs, width, SOLVER_LIMITS.tolerance);
  let refinements = 0;
  let worst = { error: Number.POSITIVE_INFINITY, activity: 0 };
  while (refinements < SOLVER_LIMITS.refinements) {
    const correction = substitute(
      system,
      residual(input.technosphere, scaled, rightHandSides, score, width),
      width,
      SOLVER_LIMITS.correctionTolerance,
    );
    const before = worst.error;
    worst = largestRelative(correction, score, width);
    for (let k = 0; k < score.length; k++) score[k]! += correction[k]!;
    refinements++;
    if (worst.error <= SOLVER_LIMITS.settled || worst.error >= before / 2) break;
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
  const loops = blocks.flatMap(({ loop }) => loop ?? []);
  const methods: Partial<Record<LoopMethod, number>> = {};
  for (const { method } of loops) methods[method] = (methods[method] ?? 0) + 1;
  return {
    solver: 'block-triangular/2',
    activities: input.technosphere.columns,
    nonZeros: input.technosphere.index.length,
    loops: loops.length,
    largestLoop: blocks.reduce(
      (most, { loop, members }) => (loop ? Math.max(most, members.length) : most),
      0,
    ),
    methods,
    factorNonZeros: loops.reduce((sum, { nonZeros }) => sum + nonZeros, 0),
    sweeps: loops.reduce((sum, { sweeps }) => sum + sweeps, 0),
    refinements,
    forwardError,
  };
}

/** The proof that every loop returns less than it takes, or the refusal that shows the loop. */
function checkedGains(
  scaled: ScaledSystem,
  components: Components,
  label: (activity: number) => string,
): LoopGain[] {
  const gains = loopGains(scaled, components, {
    decide: SOLVER_LIMITS.loopGain,
    tolerance: Number.POSITIVE_INFINITY,
  });
  const feeding = gains.find((gain) => !(gain.upper < SOLVER_LIMITS.loopGain));
  if (!feeding) return gains;
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

/** Part after part, suppliers first: everything a part depends on outside itself is known when it is solved. */
function substitute(
  { scaled, components, blocks }: FactorisedSystem,
  rhs: Float64Array,
  width: number,
  tolerance: number,
): Float64Array {
  const { start, index, value } = scaled.dependencies;
  const score = new Float64Array(rhs.length);
  const known = new Uint8Array(scaled.n);
  const take = (j: number, into: Float64Array, at: number) => {
    for (let c = 0; c < width; c++) into[at + c] = rhs[j * width + c]!;
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      if (known[index[p]!] === 0) continue;
      const share = value[p]!;
      const from = index[p]! * width;
      for (let c = 0; c < width; c++) into[at + c]! += share * score[from + c]!;
    }
  };
  for (let b = 0; b < blocks.length; b++) {
    const { members, loop } = blocks[b]!;
    if (!loop) {
      const j = components.order[components.start[b]!]!;
      take(j, score, j * width);
      known[j] = 1;
      continue;
    }
    const local = new Float64Array(members.length * width);
    for (let k = 0; k < members.length; k++) take(members[k]!, local, k * width);
    loop.solve(local, width, tolerance);
    for (let k = 0; k < members.length; k++) {
      const j = members[k]!;
      known[j] = 1;
      for (let c = 0; c < width; c++) score[j * width + c] = local[k * width + c]!;
    }
  }
  return score;
}

/** 2^27 + 1: splits a double into two halves of 26 bits (see `compensated.ts`, whose sum is written out here column by column). */
const SPLITTER = 134_217_729;

/** (B^T c − A^T lambda) / pivot from the unscaled entries, in doubled precision: rounding of the scaling is refined away too. */
function residual(
  { start, index, value }: SparseColumns,
  { n, pivot, maker }: ScaledSystem,
  rightHandSides: Float64Array,
  score: Float64Array,
  width: number,
): Float64Array {
  const out = new Float64Array(n * width);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < width; c++) {
      let high = rightHandSides[j * width + c]!;
      let low = 0;
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        const a = -value[p]!;
        const b = score[maker[index[p]!]! * width + c]!;
        const product = a * b;
        const aHigh = SPLITTER * a - (SPLITTER * a - a);
        const aLow = a - aHigh;
        const bHigh = SPLITTER * b - (SPLITTER * b - b);
        const bLow = b - bHigh;
        const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
        const sum = high + product;
        const part = sum - high;
        low += high - (sum - part) + (product - part) + productError;
        high = sum;
      }
      out[j * width + c] = (high + low) / pivot[j]!;
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
