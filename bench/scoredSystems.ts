/** The two systems of the footprint benchmarks: USLCI where the data is there, and the synthetic one. */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { CATEGORY_COUNT } from '../schemas/documents/footprintCategories.ts';
import { gwpSet } from '../schemas/reference/gwp.ts';
import { matchFlows } from '../src/background/flowMatching.ts';
import { createOpenLcaReader } from '../src/background/openLca/readPackage.ts';
import { type ScoredBackground, scoreBackground, technosphereInput } from '../src/background/score.ts';
import { buildBackground } from '../src/background/technosphere.ts';
import { readZipEntries } from '../src/store/zipEntries.ts';
import type { PeerSystem } from './peer/bw2calc.ts';
import { syntheticSystem } from './syntheticSystem.ts';

const SYNTHETIC_SEED = 1;
/** Categories whose sum is a product's total; the others are memo items. */
export const TOTAL_CATEGORIES = [0, 1, 2] as const;

export const machine = () => ({
  cores: availableParallelism(),
  memory_gib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
});

export async function uslciSystem(): Promise<(PeerSystem & { scored: ScoredBackground }) | undefined> {
  const folder = resolve(process.env.TANLIU_DATA ?? resolve(import.meta.dirname, '../../shared/data'));
  const file = join(folder, 'lca/uslci-jsonld.zip');
  if (!existsSync(file)) return undefined;
  const reader = createOpenLcaReader();
  for await (const { name, bytes } of readZipEntries(file, reader.wants)) reader.accept(name, bytes);
  const { system } = buildBackground(reader.finish());
  const set = gwpSet('ar6_100');
  const scored = scoreBackground(system, matchFlows(system.natureFlows, set), set);
  return {
    scored,
    base: technosphereInput(system),
    biosphere: system.biosphere,
    factors: scored.characterisation.factors,
    categories: CATEGORY_COUNT,
  };
}

/** Factors are made up: each flow counts in one category, so that every entry of B is characterised. */
export function synthetic(): PeerSystem {
  const { biosphere, ...base } = syntheticSystem(SYNTHETIC_SEED);
  const factors = new Float64Array(biosphere.rows * CATEGORY_COUNT);
  for (let flow = 0; flow < biosphere.rows; flow++) {
    factors[flow * CATEGORY_COUNT + (flow % CATEGORY_COUNT)] = 1 + (flow % 7);
  }
  return { base, biosphere, factors, categories: CATEGORY_COUNT };
}

/** `B^T C`, activities × categories. */
export function directOf({ biosphere, factors, categories }: PeerSystem): Float64Array {
  const { columns, start, index, value } = biosphere;
  const direct = new Float64Array(columns * categories);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const flow = index[p]! * categories;
      for (let c = 0; c < categories; c++) direct[j * categories + c]! += value[p]! * factors[flow + c]!;
    }
  }
  return direct;
}

/** Factors of the total: the sum of its categories. Memo flows count too where `all` is set, so that every entry is drawn. */
export function totalFactors({ factors, categories }: PeerSystem, all: boolean): Float64Array {
  const counted = all ? Array.from({ length: categories }, (_, c) => c) : TOTAL_CATEGORIES;
  const total = new Float64Array(factors.length / categories);
  for (let flow = 0; flow < total.length; flow++) {
    for (const c of counted) total[flow]! += factors[flow * categories + c]!;
  }
  return total;
}

/** Runs until the compiler has seen what it needs: repeats are of a warm process, as the peer's are. */
const WARM_RUNS = 10;

/** Median of warm repeats, in milliseconds. */
export function medianMs(run: () => void, repeats: number): number {
  for (let warm = 0; warm < WARM_RUNS; warm++) run();
  const times = Array.from({ length: repeats }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[Math.floor(repeats / 2)]!;
}
