/** `tanliu bench tracing`: a year of hours for some 70 zones and 3 factor families, ours beside ml-matrix in the same run. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { LuDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { eia930Modes, modeFactorSets } from '../schemas/reference/fuelFactors.ts';
import { traceSeries } from '../src/grid/flowTracing.ts';
import { massOfModes } from '../src/grid/modeMass.ts';
import type { GridTopology } from '../src/grid/topology.ts';
import type { TracingSeries } from '../src/grid/tracingSeries.ts';
import { readWideBalance, readWideTable } from '../src/grid/wideFile.ts';
import { readWideModes } from '../src/grid/wideModes.ts';

const YEAR_HOURS = 8760;
const FAMILIES = 3;
const REPEATS = 5;
/** Both must agree to this, relative to the largest intensity, or there is nothing to compare. */
const AGREEMENT = 1e-9;

export interface BenchResult {
  readonly bench: 'tracing';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  readonly peer: { readonly name: string; readonly version: string };
  readonly ours: { readonly year_ms: number };
  readonly theirs: { readonly year_ms: number };
  readonly ratios: { readonly year: number };
  /** What was traced, and how far the two answers are apart (relative to the largest intensity). */
  readonly input: {
    readonly origin: 'golden hours, varied' | 'simulated';
    readonly hours: number;
    readonly zones: number;
    readonly exchanges: number;
    readonly families: number;
    readonly repeats: number;
    readonly largest_difference: number;
  };
}

interface Year {
  readonly origin: BenchResult['input']['origin'];
  readonly topology: GridTopology;
  readonly series: TracingSeries;
}

/**
 * Traces a synthetic year with our engine (bounds, conservation check and reasons included) and with ml-matrix
 * (one LU decomposition and solve per hour and family); medians of 5 warm repeats.
 * @throws Error when the two disagree by more than 1e-9
 */
export async function benchTracing(): Promise<BenchResult> {
  const year = makeYear();
  const theirs = traceByDenseLu(year);
  const ours = traceSeries(year.topology, year.series);
  const difference = largestDifference(
    ours.families.map(({ consumptionKgPerMwh }) => consumptionKgPerMwh),
    theirs,
  );
  if (!(difference <= AGREEMENT)) throw new Error(`ours and ml-matrix differ by ${difference}`);

  // One after the other, not in turns: the peer leaves much garbage behind that must not be swept on our time.
  const oursMs = repeated(() => traceSeries(year.topology, year.series));
  const theirsMs = repeated(() => traceByDenseLu(year));
  return {
    bench: 'tracing',
    machine: {
      cores: availableParallelism(),
      memory_gib: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    peer: { name: 'ml-matrix', version: peerVersion() },
    ours: { year_ms: median(oursMs) },
    theirs: { year_ms: median(theirsMs) },
    ratios: { year: median(theirsMs) / median(oursMs) },
    input: {
      origin: year.origin,
      hours: year.series.steps,
      zones: year.topology.zoneIds.length,
      exchanges: year.topology.exchanges.length,
      families: year.series.families.length,
      repeats: REPEATS,
      largest_difference: difference,
    },
  };
}

/** The package does not export its package.json, so it is read from beside the entry it resolves to. */
function peerVersion(): string {
  const manifest = new URL('./package.json', import.meta.resolve('ml-matrix'));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
}

function repeated(run: () => unknown): number[] {
  return Array.from({ length: REPEATS }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The peer's way: a dense matrix an hour, and an LU decomposition and a solve an hour and family. */
function traceByDenseLu({ topology, series }: Year): Float64Array[] {
  const zones = topology.zoneIds.length;
  const lines = topology.exchanges.length;
  const results = series.families.map(() => new Float64Array(series.steps * zones));
  for (let step = 0; step < series.steps; step++) {
    const matrix = Matrix.zeros(zones, zones);
    for (let zone = 0; zone < zones; zone++) {
      matrix.set(zone, zone, series.productionMwh[step * zones + zone]!);
    }
    for (let line = 0; line < lines; line++) {
      const flow = series.flowMwh[step * lines + line]!;
      const { from, to } = topology.exchanges[line]!;
      const source = flow >= 0 ? from : to;
      const sink = flow >= 0 ? to : from;
      matrix.set(sink, sink, matrix.get(sink, sink) + Math.abs(flow));
      matrix.set(sink, source, matrix.get(sink, source) - Math.abs(flow));
    }
    series.families.forEach(({ producedKg }, family) => {
      const mass = Matrix.zeros(zones, 1);
      for (let zone = 0; zone < zones; zone++) mass.set(zone, 0, producedKg[step * zones + zone]!);
      const solution = new LuDecomposition(matrix).solve(mass);
      for (let zone = 0; zone < zones; zone++) results[family]![step * zones + zone] = solution.get(zone, 0);
    });
  }
  return results;
}

function largestDifference(ours: readonly Float64Array[], theirs: readonly Float64Array[]): number {
  let worst = 0;
  ours.forEach((values, family) => {
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    values.forEach((value, cell) => {
      const difference = Math.abs(value - theirs[family]![cell]!) / largest;
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    });
  });
  return worst;
}

/** A year out of the golden hours where they are there, else of a simulated network of the same size. */
function makeYear(): Year {
  const folder = resolve(process.env.TANLIU_DATA ?? resolve(import.meta.dirname, '../../shared/data'));
  const golden = join(folder, 'grid/gridemissions');
  return existsSync(golden) ? varyGoldenHours(golden) : simulateYear();
}

/** Hour h takes golden hour h mod 20 with every zone's production and every flow varied by up to 20 %. */
function varyGoldenHours(golden: string): Year {
  const read = (kind: string) => ({
    name: kind,
    text: readFileSync(join(golden, `${kind}_2021-07-10_2021-07-20.csv`), 'utf8'),
  });
  const balance = readWideBalance(read('E_opt'), read('CO2'));
  const { zoneIds, exchanges } = balance.topology;
  const modes = readWideModes(readWideTable('E_opt', read('E_opt').text), zoneIds, eia930Modes);
  const masses = modeFactorSets.slice(0, FAMILIES).map((set) => massOfModes(modes, set));
  const random = randomNumbers(2021);
  const year = emptyYear(zoneIds.length, exchanges.length);
  for (let hour = 0; hour < YEAR_HOURS; hour++) {
    const from = hour % balance.periods.length;
    for (let zone = 0; zone < zoneIds.length; zone++) {
      const source = from * zoneIds.length + zone;
      const factor = 0.8 + 0.4 * random();
      const cell = hour * zoneIds.length + zone;
      year.productionMwh[cell] = balance.series.productionMwh[source]! * factor;
      masses.forEach((mass, family) => {
        year.families[family]!.producedKg[cell] = mass[source]! * factor;
      });
    }
    for (let line = 0; line < exchanges.length; line++) {
      const flow = balance.series.flowMwh[from * exchanges.length + line]!;
      year.flowMwh[hour * exchanges.length + line] = flow * (0.8 + 0.4 * random());
    }
  }
  return { origin: 'golden hours, varied', topology: balance.topology, series: year };
}

/** 72 zones with 158 lines, mostly between near ones as grids have them. */
function simulateYear(): Year {
  const zones = 72;
  const lines = 158;
  const random = randomNumbers(72);
  const exchanges = Array.from({ length: lines }, (_line, index) => {
    const from = index % zones;
    return { from, to: (from + 1 + Math.floor(4 * random())) % zones, capacityMw: Number.NaN };
  });
  const year = emptyYear(zones, lines);
  for (let cell = 0; cell < year.productionMwh.length; cell++) {
    year.productionMwh[cell] = 1 + 20_000 * random();
    for (const { producedKg } of year.families) producedKg[cell] = year.productionMwh[cell]! * 900 * random();
  }
  for (let cell = 0; cell < year.flowMwh.length; cell++) year.flowMwh[cell] = 4000 * (random() - 0.5);
  const zoneIds = Array.from({ length: zones }, (_zone, index) => `Z${index}`);
  return { origin: 'simulated', topology: { zoneIds, exchanges }, series: year };
}

function emptyYear(zones: number, lines: number): TracingSeries {
  const column = () => new Float64Array(YEAR_HOURS * zones);
  return {
    steps: YEAR_HOURS,
    stepHours: 1,
    productionMwh: column(),
    flowMwh: new Float64Array(YEAR_HOURS * lines),
    families: Array.from({ length: FAMILIES }, (_family, index) => ({
      name: `family ${index}`,
      producedKg: column(),
      sourceRange: { minKgPerMwh: 0, maxKgPerMwh: 1000 },
    })),
  };
}

/** Seeded numbers in [0, 1) (mulberry32), so that every run traces the same year. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
