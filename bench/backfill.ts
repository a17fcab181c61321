/**
 * `tanliu bench backfill`: a month of 15-min readings of 21 prefectures (five modes, pumped storage, 40 lines, loads)
 * computed day by day as the backfill workflow does, in an embedded store: time, rows, and the memory that it took.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { sichuanPrefectures } from '../schemas/reference/zones.ts';
import { computeGridWindow } from '../src/activities/computeGridWindow.ts';
import { openChdbStore } from '../src/store/chdbStore.ts';
import { migrate } from '../src/store/migrations.ts';
import type { Store } from '../src/store/port.ts';

const FIRST_MS = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const QUARTER_S = 900;
const HOURS_A_BATCH = 24;
const FUELS = ['hydro', 'coal', 'gas', 'wind', 'solar'];

export interface BackfillResult {
  readonly bench: 'backfill';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  readonly peer: null;
  readonly ours: {
    readonly month_s: number;
    readonly hours_per_s: number;
    readonly readings: number;
    readonly result_rows: number;
    /** Peak of the process, embedded database included, and the growth of the JavaScript heap from the first to the last week. */
    readonly peak_rss_mib: number;
    readonly heap_growth_mib: number;
  };
  readonly theirs: null;
  readonly ratios: Record<string, never>;
}

/** @param days length of the month; fewer make a quick check */
export async function benchBackfill(
  progress: (message: string) => void = () => undefined,
  days = 31,
): Promise<BackfillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tanliu-backfill-'));
  const store = await openChdbStore(folder);
  try {
    await migrate(store);
    const readings = await putMonth(store, days);
    progress(`${readings} readings stand in the store`);
    const started = performance.now();
    const heaps: number[] = [];
    let computed = 0;
    for (let day = 0; day < days; day++) {
      const hours = Array.from({ length: HOURS_A_BATCH }, (_hour, at) =>
        new Date(FIRST_MS + (day * HOURS_A_BATCH + at) * HOUR_MS).toISOString(),
      );
      const context = { store, clock: Date.now, codeVersion: 'bench' };
      const done = await computeGridWindow({ hours, cause: 'backfill' }, context);
      if (done.failed[0]) throw new Error(`${done.failed[0].hour}: ${done.failed[0].message}`);
      computed += done.computed;
      heaps.push(process.memoryUsage().heapUsed);
      progress(`day ${day + 1}: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
    }
    const elapsedS = (performance.now() - started) / 1_000;
    const [count] = await store.query<{ rows: number }>(
      'SELECT (SELECT count() FROM grid_intensity) + (SELECT count() FROM grid_mix) AS rows',
    );
    return {
      bench: 'backfill',
      machine: {
        cores: availableParallelism(),
        memory_gib: Math.round(totalmem() / 2 ** 30),
        node: process.version,
      },
      peer: null,
      ours: {
        month_s: elapsedS,
        hours_per_s: computed / elapsedS,
        readings,
        result_rows: Number(count?.rows ?? 0),
        peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1_024),
        heap_growth_mib: Math.round((lowest(heaps.slice(-7)) - lowest(heaps.slice(0, 7))) / 2 ** 20),
      },
      theirs: null,
      ratios: {},
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Between two collections the heap grows: its low points say what is kept. */
const lowest = (values: readonly number[]): number => Math.min(...values);

/** Written by SQL: the readings are the bench's input and not what is measured. */
async function putMonth(store: Store, days: number): Promise<number> {
  const zones = sichuanPrefectures.map(({ id }) => id);
  const quarters = days * 96;
  const common = `${QUARTER_S} AS duration_s, 'measured' AS quality, 0 AS revision, 'bench' AS source, 1 AS _generation, 0 AS _partition, rowNumberInAllBlocks() AS _offset, 0 AS _row, 1 AS _rows, toDateTime64('2026-04-01 00:00:00', 3, 'UTC') AS known_at, 'bench' AS contract`;
  const start = `fromUnixTimestamp64Milli(toInt64(${FIRST_MS}) + q.number * ${QUARTER_S * 1_000})`;
  const names =
    'duration_s, quality, revision, source, _generation, _partition, _offset, _row, _rows, known_at, contract';
  const array = (values: readonly string[]) => `[${values.map((value) => `'${value}'`).join(', ')}]`;
  const noise = (seed: string) => `(cityHash64(${seed}, q.number) % 1000) / 1000`;
  await store.command(
    `INSERT INTO grid_generation (zone, fuel, start, energy_mwh, ${names})
     SELECT zone, fuel, ${start}, if(fuel = 'hydro_charge', if(q.number % 96 < 24, 10, 0), if(fuel = 'hydro_discharge', if(q.number % 96 >= 72, 7, 0), 20 + 200 * ${noise('zone, fuel')})), ${common}
     FROM numbers(${quarters}) AS q ARRAY JOIN ${array(zones)} AS zone ARRAY JOIN ${array(FUELS)} AS fuel
     UNION ALL
     SELECT '${zones[0]}', fuel, ${start}, if(fuel = 'hydro_charge', if(q.number % 96 < 24, 10, 0), if(q.number % 96 >= 72, 7, 0)), ${common}
     FROM numbers(${quarters}) AS q ARRAY JOIN ['hydro_charge', 'hydro_discharge'] AS fuel`,
  );
  const lines = Array.from({ length: 40 }, (_line, at) => [
    zones[at % zones.length]!,
    zones[(at + 1 + (at % 3)) % zones.length]!,
  ]);
  await store.command(
    `INSERT INTO grid_exchange (from_zone, to_zone, start, net_energy_mwh, capacity_mw, ${names})
     SELECT line.1, line.2, ${start}, 60 * (${noise('line')} - 0.5), 500, ${common}
     FROM numbers(${quarters}) AS q ARRAY JOIN [${[...new Set(lines.map(([from, to]) => `('${from}', '${to}')`))].join(', ')}] AS line`,
  );
  await store.command(
    `INSERT INTO grid_load (zone, start, energy_mwh, ${names})
     SELECT zone, ${start}, 500 + 100 * ${noise('zone')}, ${common} FROM numbers(${quarters}) AS q ARRAY JOIN ${array(zones)} AS zone`,
  );
  const [count] = await store.query<{ rows: number }>(
    'SELECT (SELECT count() FROM grid_generation) + (SELECT count() FROM grid_exchange) + (SELECT count() FROM grid_load) AS rows',
  );
  return Number(count?.rows ?? 0);
}
