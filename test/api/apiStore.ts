/** A store with eighty simulated hours of Sichuan, traced by the engine as the pipeline would, and the API on top of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { snakeCase } from '../../schemas/fields.ts';
import { computeGridWindow, type GridContext } from '../../src/activities/computeGridWindow.ts';
import type { ApiServer } from '../../src/api/context.ts';
import { type ApiOptions, buildApi } from '../../src/api/server.ts';
import { DEFAULT_SICHUAN, sichuanScenario } from '../../src/scenario/sichuan.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';

export const HOUR_MS = 3_600_000;
export const HOURS = 80;
export const FIRST_MS = Date.parse(DEFAULT_SICHUAN.start);
export const END_MS = FIRST_MS + HOURS * HOUR_MS;
/** Half an hour after the last traced hour: what the API takes for now. */
export const NOW_MS = END_MS + HOUR_MS / 2;
export const at = (hour: number): string => new Date(FIRST_MS + hour * HOUR_MS).toISOString();

const TOPICS = {
  'grid.generation': { energyMwh: null, meanPowerMw: null },
  'grid.exchange': { netEnergyMwh: null, capacityMw: null },
  'grid.load': { energyMwh: null },
} as const;

export interface ApiStore {
  readonly store: Store;
  /** Puts readings in as the ingest would. */
  put(topic: keyof typeof TOPICS, readings: Iterable<Record<string, unknown>>): Promise<void>;
  /** Computes hours as known `knownMs`. */
  compute(hoursMs: readonly number[], knownMs: (hourMs: number) => number): Promise<void>;
  api(options?: Partial<ApiOptions>): Promise<ApiServer>;
  close(): Promise<void>;
}

/** A store that is empty. */
export async function openApiStore(): Promise<ApiStore> {
  const folder = mkdtempSync(join(tmpdir(), 'tanliu-api-'));
  const store = await openChdbStore(folder);
  await migrate(store);
  const servers: ApiServer[] = [];
  let offset = 0;
  return {
    store,
    async put(topic, readings) {
      const rows = [...readings].map((reading) => {
        const full = {
          ...TOPICS[topic],
          durationS: 3_600,
          quality: 'simulated',
          revision: 0,
          source: 'test',
          ...reading,
        };
        const columns = Object.entries(full).map(([name, value]) => [snakeCase(name), value]);
        const envelope = { _generation: 1, _partition: 0, _offset: offset++, _row: 0, _rows: 1 };
        return { ...envelope, known_at: at(0), contract: 'test', ...Object.fromEntries(columns) };
      });
      await store.insertRows(topic.replace('.', '_'), rows, `put:${topic}:${offset}`);
    },
    async compute(hoursMs, knownMs) {
      let done = 0;
      const context: GridContext = {
        store,
        clock: () => knownMs(hoursMs[Math.min(done, hoursMs.length - 1)]!),
        codeVersion: 'test/1',
        report: (count) => {
          done = count;
        },
      };
      const hours = hoursMs.map((ms) => new Date(ms).toISOString());
      const { failed } = await computeGridWindow({ hours, cause: 'closing' }, context);
      if (failed.length > 0) throw new Error(JSON.stringify(failed));
    },
    async api(options = {}) {
      const server = await buildApi({ store, clock: () => NOW_MS, requestsPerMinute: 1_000_000, ...options });
      servers.push(server);
      return server;
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Zones in the last two hours beside Sichuan: one whose value is estimated, one unknown, one measured each quarter. */
export const ESTIMATED = 'TEST-ESTIMATED';
export const UNKNOWN = 'TEST-UNKNOWN';
export const QUARTERS = 'TEST-QUARTERS';
/** The hour of Sichuan that was corrected ten minutes before now. */
export const CORRECTED_HOUR = 70;

/** Each hour came to be known twenty minutes after its end, the correction later. */
export async function fillSichuan(api: ApiStore): Promise<void> {
  const scenario = sichuanScenario({ ...DEFAULT_SICHUAN, days: Math.ceil(HOURS / 24) });
  for (const topic of Object.keys(TOPICS) as (keyof typeof TOPICS)[])
    await api.put(topic, scenario.readings(topic));
  await putOthers(api);
  const hours = Array.from({ length: HOURS }, (_hour, index) => FIRST_MS + index * HOUR_MS);
  await api.compute(hours, (hourMs) => hourMs + HOUR_MS + 20 * 60_000);
  await correct(api, scenario.readings('grid.generation'));
}

async function putOthers({ put }: ApiStore): Promise<void> {
  const quality = 'measured';
  for (const hour of [HOURS - 2, HOURS - 1]) {
    const start = at(hour);
    const quarters = [0, 1, 2, 3].map((quarter) => at(hour + quarter / 4));
    await put('grid.generation', [
      { zone: ESTIMATED, fuel: 'coal', start, quality, energyMwh: 90 },
      { zone: UNKNOWN, fuel: 'coal', start, quality, energyMwh: 50 },
      ...quarters.map((start, quarter) => ({
        zone: QUARTERS,
        fuel: 'gas',
        start,
        durationS: 900,
        quality,
        energyMwh: 10 * (quarter + 1),
      })),
    ]);
    // From outside of the model, of unknown origin: a tenth of the one supply, half of the other.
    await put('grid.exchange', [
      { fromZone: ESTIMATED, toZone: 'TEST-OUTSIDE', start, quality, netEnergyMwh: -10 },
      { fromZone: UNKNOWN, toZone: 'TEST-OUTSIDE', start, quality, netEnergyMwh: -50 },
    ]);
  }
}

/** Twice the coal of Chengdu in one hour, as a revision. */
async function correct(api: ApiStore, generation: Iterable<Record<string, unknown>>): Promise<void> {
  const start = at(CORRECTED_HOUR);
  const startMs = Date.parse(start);
  for (const reading of generation) {
    if (reading.zone !== 'CN-SC-5101' || reading.fuel !== 'coal') continue;
    if (Date.parse(String(reading.start)) !== startMs) continue;
    await api.put('grid.generation', [{ ...reading, energyMwh: 2 * Number(reading.energyMwh), revision: 1 }]);
  }
  await api.compute([startMs], () => NOW_MS - 10 * 60_000);
}
