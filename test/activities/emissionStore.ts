/** A store with stack readings, fuel and registry put in directly, as the ingest would leave them. */
import { onTestFinished } from 'vitest';
import { snakeCase } from '../../schemas/fields.ts';
import type { EmissionContext } from '../../src/activities/computeStackDay.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';

const UNKNOWN = {
  emissions_cems: {
    value: null,
    minimum: null,
    maximum: null,
    cumulative: null,
    cumulativeUnit: null,
    rawFrame: null,
  },
  energy_carriers: { meter: null, lowerHeatingValueGjPerUnit: null },
  registry_assets: { validFrom: '2025-01-01T00:00:00Z', validTo: null },
};

export interface EmissionStore {
  readonly store: Store;
  readonly context: EmissionContext;
  setNow(ms: number): void;
  put(table: keyof typeof UNKNOWN, rows: Iterable<Record<string, unknown>>, knownAt: string): Promise<void>;
}

export async function openEmissionStore(): Promise<EmissionStore> {
  const store = await openChdbStore(temporaryFolder('emissions'));
  onTestFinished(() => store.close());
  await migrate(store);
  let [offset, now] = [10, 0];
  return {
    store,
    context: { store, clock: () => now, codeVersion: 'test/1' },
    setNow: (ms) => {
      now = ms;
    },
    async put(table, rows, knownAt) {
      const stamped = [...rows].map((row) => ({
        ...UNKNOWN[table],
        quality: 'simulated',
        revision: 0,
        source: 'test',
        ...row,
        _generation: 1,
        _partition: 0,
        _offset: offset++,
        _row: 0,
        _rows: 1,
        knownAt,
        contract: 'test',
      }));
      const named = stamped.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name.startsWith('_') ? name : snakeCase(name), value]),
        ),
      );
      await store.insertRows(table, named, `put:${offset}`);
    },
  };
}
