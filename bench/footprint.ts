/**
 * `tanliu bench footprint`: scores of all products of USLCI and of a synthetic system of 23,523 activities beside
 * bw2calc's adjoint on the same matrices, and footprints of 60 inputs on stored scores beside its new demand on an
 * unchanged matrix. The peer runs in the same run where Python is there; a figure counts only where both agree.
 */
import { footprintInput } from '../schemas/documents/footprintInput.ts';
import { demandScores } from '../src/background/demandScores.ts';
import type { ScoredBackground } from '../src/background/score.ts';
import { productCatalogue } from '../src/background/scoredProducts.ts';
import { factoriseAdjoint, type SolveReport, solveAdjoint } from '../src/background/solver/adjoint.ts';
import { loopGains } from '../src/background/solver/loopGain.ts';
import { computeFootprint } from '../src/footprint/computeFootprint.ts';
import { PEER_VERSION, type PeerSystem, peerFootprint, peerPython } from './peer/bw2calc.ts';
import { directOf, machine, medianMs, synthetic, TOTAL_CATEGORIES, uslciSystem } from './scoredSystems.ts';

const REPEATS = 7;
const PCF_INPUTS = 60;
const PCF_BATCH = 20_000;
const DOCUMENT_BATCH = 200;
/** Scores below this share of the largest are left out of the comparison: the peer does not refine them. */
const COMPARED_FLOOR = 1e-9;

interface Figures {
  readonly lambda_ms: number | null;
  readonly synthetic_lambda_ms: number | null;
}

export interface FootprintBench {
  readonly bench: 'footprint';
  readonly machine: ReturnType<typeof machine>;
  readonly peer: { readonly name: 'bw2calc'; readonly version: string; readonly missing?: string };
  /**
   * Five categories, from matrices to checked scores; the score of a demand of 60 (product, amount) pairs on stored
   * scores, look-ups included, as the peer answers it; and the whole footprint document of 60 inputs.
   */
  readonly ours: Figures & { readonly pcf_us: number | null; readonly document_us: number | null };
  readonly theirs:
    | (Figures & { readonly demand_us: number | null; readonly synthetic_demand_us: number })
    | null;
  readonly ratios: {
    readonly lambda: number | null;
    readonly synthetic_lambda: number | null;
    readonly pcf: number | null;
    /** Their demand on the synthetic matrix beside our footprint: a stored score does not grow with the matrix. */
    readonly synthetic_pcf: number | null;
  };
  /** Largest relative difference between both answers, over scores that are not tiny beside the largest. */
  readonly agreement: Readonly<Record<string, number>>;
  readonly systems: Readonly<Record<string, SolveReport & { readonly spectralRadius: number }>>;
}

/** @param progress one line a step, for standard error */
export async function benchFootprint(
  progress: (message: string) => void = () => undefined,
): Promise<FootprintBench> {
  const found = await peerPython(progress);
  const python = 'python' in found ? found.python : undefined;
  progress('USLCI: import, scores, footprints');
  const real = await uslciSystem();
  const uslci = real && (await compare(real, python));
  const pcfUs = real ? demandMicroseconds(real.scored) : null;
  const documentUs = real ? documentMicroseconds(real.scored) : null;
  progress('synthetic system: 23,523 activities');
  const made = await compare(synthetic(), python);
  const ratio = (theirs: number | null | undefined, ours: number | null | undefined) =>
    theirs && ours ? theirs / ours : null;
  return {
    bench: 'footprint',
    machine: machine(),
    peer: {
      name: 'bw2calc',
      version: made.theirs?.version ?? PEER_VERSION,
      ...('missing' in found && { missing: found.missing }),
    },
    ours: {
      lambda_ms: uslci?.lambdaMs ?? null,
      synthetic_lambda_ms: made.lambdaMs,
      pcf_us: pcfUs,
      document_us: documentUs,
    },
    theirs: made.theirs
      ? {
          lambda_ms: uslci?.theirs?.lambdaMs ?? null,
          synthetic_lambda_ms: made.theirs.lambdaMs,
          demand_us: uslci?.theirs?.demandUs ?? null,
          synthetic_demand_us: made.theirs.demandUs,
        }
      : null,
    ratios: {
      lambda: ratio(uslci?.theirs?.lambdaMs, uslci?.lambdaMs),
      synthetic_lambda: ratio(made.theirs?.lambdaMs, made.lambdaMs),
      pcf: ratio(uslci?.theirs?.demandUs, pcfUs),
      synthetic_pcf: ratio(made.theirs?.demandUs, pcfUs),
    },
    agreement: {
      ...(uslci?.theirs && { uslci: uslci.theirs.difference }),
      ...(made.theirs && { synthetic: made.theirs.difference }),
    },
    systems: { ...(uslci && { uslci: uslci.report }), synthetic: made.report },
  };
}

async function compare(system: PeerSystem, python: string | undefined) {
  let solution: ReturnType<typeof solveAdjoint> | undefined;
  const lambdaMs = medianMs(() => {
    solution = solveAdjoint(factoriseAdjoint(system.base), directOf(system), system.categories);
  }, REPEATS);
  const { lambda, report } = solution!;
  const peer = python && (await peerFootprint(python, system, { repeats: REPEATS, total: TOTAL_CATEGORIES }));
  return {
    lambdaMs,
    report: { ...report, spectralRadius: radiusOf(factoriseAdjoint(system.base)) },
    theirs: peer
      ? { ...peer, difference: largestDifference(lambda, peer.lambda, system.categories) }
      : undefined,
  };
}

function largestDifference(ours: Float64Array, theirs: Float64Array, width: number): number {
  const largest = new Float64Array(width);
  ours.forEach((score, k) => {
    largest[k % width] = Math.max(largest[k % width]!, Math.abs(score));
  });
  let difference = 0;
  for (let k = 0; k < ours.length; k++) {
    const size = Math.abs(ours[k]!);
    if (size <= COMPARED_FLOOR * largest[k % width]!) continue;
    difference = Math.max(difference, Math.abs(ours[k]! - theirs[k]!) / size);
  }
  return difference;
}

function demandMicroseconds({ system, lambda }: ScoredBackground): number {
  const keyOf = ({ processId, flowId }: { processId: string; flowId: string }) => `${processId} ${flowId}`;
  const numberOf = new Map(system.activities.map((activity, at) => [keyOf(activity), at]));
  const asked = Array.from({ length: PCF_INPUTS }, (_, k) => ({
    key: keyOf(system.activities[(k * 17) % system.activities.length]!),
    amount: k + 1,
  }));
  let sum = 0;
  const batchMs = medianMs(() => {
    for (let k = 0; k < PCF_BATCH; k++) {
      const activity = new Int32Array(PCF_INPUTS);
      const amount = new Float64Array(PCF_INPUTS);
      asked.forEach((one, at) => {
        activity[at] = numberOf.get(one.key)!;
        amount[at] = one.amount;
      });
      sum += demandScores(lambda, { activity, amount }).fossil;
    }
  }, REPEATS);
  if (!Number.isFinite(sum)) throw new Error('a footprint is not a number');
  return (1000 * batchMs) / PCF_BATCH;
}

/** Sixty products spread over the whole background, as kilograms, kilowatt hours or whatever they come in. */
function documentMicroseconds(scored: ScoredBackground): number {
  const identity = {
    name: 'uslci',
    version: 'bench',
    sourceSha256: '',
    linkingPolicy: 'bench',
    flowMap: 'bench',
  };
  const catalogue = productCatalogue(scored, identity);
  const { activities } = scored.system;
  const billOfMaterials = Array.from({ length: PCF_INPUTS }, (_, k) => {
    const { processId, flowId, unit } = activities[(k * 17) % activities.length]!;
    return { name: `input ${k}`, quantity: k + 1, unit, product: { process: processId, flow: flowId } };
  });
  const input = footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: 'bench', name: 'bench' },
    site: 'bench',
    referencePeriod: { start: '2024-01-01T00:00:00Z', end: '2025-01-01T00:00:00Z' },
    declaredUnit: { amount: 1, unit: 'piece', massKg: 1 },
    declaredUnitsMade: 1000,
    billOfMaterials,
  });
  const batchMs = medianMs(() => {
    for (let k = 0; k < DOCUMENT_BATCH; k++) computeFootprint(input, catalogue);
  }, REPEATS);
  return (1000 * batchMs) / DOCUMENT_BATCH;
}

function radiusOf({ scaled, components }: ReturnType<typeof factoriseAdjoint>): number {
  const gains = loopGains(scaled, components, { decide: 1, tolerance: 1e-6 });
  return gains.reduce((most, { upper }) => Math.max(most, upper), 0);
}
