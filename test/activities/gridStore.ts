/** A store with grid readings put in directly, as the ingest would leave them. */
import { onTestFinished } from 'vitest';
import { snakeCase } from '../../schemas/fields.ts';
import type { GridContext } from '../../src/activities/computeGridWindow.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';

export const HOUR_MS = 3_600_000;
export const FIRST_MS = Date.UTC(2026, 2, 1);
export const hourAt = (hour: number): string => new Date(FIRST_MS + hour * HOUR_MS).toISOString();

/** Every row of an insert names the same columns. */
const UNKNOWN = {
  grid_generation: { energyMwh: null, meanPowerMw: null },
  grid_exchange: { netEnergyMwh: null, capacityMw: null },
  grid_load: { energyMwh: null },
};
type Table = keyof typeof UNKNOWN;

export interface GridStore {
  readonly store: Store;
  readonly context: GridContext;
  /** Camel-cased readings; what is absent is measured, an hour long, of revision 0 and of the source `test`. */
  put(table: Table, readings: readonly Record<string, unknown>[], knownAt?: string): Promise<void>;
}

export async function openGridStore(): Promise<GridStore> {
  const store = await openChdbStore(temporaryFolder('grid'));
  onTestFinished(() => store.close());
  await migrate(store);
  return gridStoreOver(store);
}

/** Puts readings into a store that is open already. */
export function gridStoreOver(store: Store): GridStore {
  let offset = 10;
  return {
    store,
    context: { store, clock: () => FIRST_MS + 100 * HOUR_MS, codeVersion: 'test/1' },
    async put(table, readings, knownAt = '2026-03-01T12:00:00Z') {
      const rows = readings.map((reading) => {
        const stamped = {
          ...UNKNOWN[table],
          durationS: 3_600,
          quality: 'measured',
          revision: 0,
          source: 'test',
          ...reading,
        };
        const columns = Object.entries(stamped).map(([name, value]) => [snakeCase(name), value]);
        return {
          _generation: 1,
          _partition: 0,
          _offset: offset++,
          _row: 0,
          _rows: 1,
          known_at: knownAt,
          contract: 'test',
          ...Object.fromEntries(columns),
        };
      });
      await store.insertRows(table, rows, `put:${offset}`);
    },
  };
}
