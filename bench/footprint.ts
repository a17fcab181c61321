/** `tanliu bench footprint`: scores of all products of USLCI and of a synthetic system of 23,523, and footprints on stored scores. */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { CATEGORY_COUNT } from '../schemas/documents/footprintCategories.ts';
import { footprintInput } from '../schemas/documents/footprintInput.ts';
import { gwpSet } from '../schemas/reference/gwp.ts';
import { directScores } from '../src/background/characterisation.ts';
import { matchFlows } from '../src/background/flowMatching.ts';
import { createOpenLcaReader } from '../src/background/openLca/readPackage.ts';
import { type ScoredBackground, scoreBackground, technosphereInput } from '../src/background/score.ts';
import { productCatalogue } from '../src/background/scoredProducts.ts';
import { factoriseAdjoint, type SolveReport, solveAdjoint } from '../src/background/solver/adjoint.ts';
import { loopGains } from '../src/background/solver/loopGain.ts';
import { buildBackground } from '../src/background/technosphere.ts';
import { computeFootprint } from '../src/footprint/computeFootprint.ts';
import { readZipEntries } from '../src/store/zipEntries.ts';
import { syntheticSystem } from './syntheticSystem.ts';

const REPEATS = 5;
const SYNTHETIC_SEED = 1;
const PCF_INPUTS = 60;
const PCF_BATCH = 200;

export interface FootprintBench {
  readonly bench: 'footprint';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  readonly peer: { readonly name: string; readonly version: string };
  readonly ours: {
    /** Five categories, from matrices to checked scores, analysis and factorisation included. */
    readonly lambda_ms: number | null;
    readonly synthetic_lambda_ms: number;
    /** One footprint of 60 inputs on finished scores: the whole result document. */
    readonly pcf_us: number | null;
  };
  /** The peer is not started yet. */
  readonly theirs: null;
  readonly ratios: { readonly lambda: null; readonly synthetic_lambda: null; readonly pcf: null };
  readonly systems: Readonly<Record<string, SolveReport & { readonly spectralRadius: number }>>;
}

/** @param progress one line a step, for standard error */
export async function benchFootprint(
  progress: (message: string) => void = () => undefined,
): Promise<FootprintBench> {
  progress('USLCI: import, scores, footprints');
  const uslci = await benchUslci();
  progress('synthetic system: 23,523 activities');
  const synthetic = benchSynthetic();
  return {
    bench: 'footprint',
    machine: {
      cores: availableParallelism(),
      memory_gib: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    peer: { name: 'bw2calc', version: '3.1.0' },
    ours: {
      lambda_ms: uslci?.lambdaMs ?? null,
      synthetic_lambda_ms: synthetic.lambdaMs,
      pcf_us: uslci?.pcfUs ?? null,
    },
    theirs: null,
    ratios: { lambda: null, synthetic_lambda: null, pcf: null },
    systems: { ...(uslci && { uslci: uslci.system }), synthetic: synthetic.system },
  };
}

async function benchUslci() {
  const folder = resolve(process.env.TANLIU_DATA ?? resolve(import.meta.dirname, '../../shared/data'));
  const file = join(folder, 'lca/uslci-jsonld.zip');
  if (!existsSync(file)) return undefined;
  const reader = createOpenLcaReader();
  for await (const { name, bytes } of readZipEntries(file, reader.wants)) reader.accept(name, bytes);
  const { system } = buildBackground(reader.finish());
  const set = gwpSet('ar6_100');
  const scored = scoreBackground(system, matchFlows(system.natureFlows, set), set);
  const lambdaMs = median(() => {
    const direct = directScores(system, scored.characterisation);
    solveAdjoint(factoriseAdjoint(technosphereInput(system)), direct, CATEGORY_COUNT);
  });
  const factorised = factoriseAdjoint(technosphereInput(system));
  return {
    lambdaMs,
    pcfUs: footprintMicroseconds(scored),
    system: { ...scored.report, spectralRadius: radiusOf(factorised) },
  };
}

/** Sixty products spread over the whole background, as kilograms, kilowatt hours or whatever they come in. */
function footprintMicroseconds(scored: ScoredBackground): number {
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
  const batchMs = median(() => {
    for (let k = 0; k < PCF_BATCH; k++) computeFootprint(input, catalogue);
  });
  return (1000 * batchMs) / PCF_BATCH;
}

function benchSynthetic() {
  const system = syntheticSystem(SYNTHETIC_SEED);
  const { columns, start, index, value } = system.biosphere;
  // Made-up factors: each flow counts in one of the five categories.
  const factor = (flow: number, category: number) =>
    flow % CATEGORY_COUNT === category ? 1 + (flow % 7) : 0;
  let report: SolveReport | undefined;
  const lambdaMs = median(() => {
    const direct = new Float64Array(columns * CATEGORY_COUNT);
    for (let j = 0; j < columns; j++) {
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        for (let c = 0; c < CATEGORY_COUNT; c++) {
          direct[j * CATEGORY_COUNT + c]! += value[p]! * factor(index[p]!, c);
        }
      }
    }
    report = solveAdjoint(factoriseAdjoint(system), direct, CATEGORY_COUNT).report;
  });
  return { lambdaMs, system: { ...report!, spectralRadius: radiusOf(factoriseAdjoint(system)) } };
}

function radiusOf({ scaled, components }: ReturnType<typeof factoriseAdjoint>): number {
  const gains = loopGains(scaled, components, { decide: 1, tolerance: 1e-6 });
  return gains.reduce((most, { upper }) => Math.max(most, upper), 0);
}

/** Median of warm repeats, in milliseconds. */
function median(run: () => void): number {
  run();
  const times = Array.from({ length: REPEATS }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)]!;
}
