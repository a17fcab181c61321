/** A store with registry and readings of a constructed facility put in directly, as the ingest would leave them. */
import { onTestFinished } from 'vitest';
import { snakeCase } from '../../schemas/fields.ts';
import type { FacilityContext } from '../../src/activities/computeFacilityDay.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';
import { NODES, type PlainQuarter, POINTS, readingsOf } from '../datacenter/generatedYear.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';

export const FACILITY = 'dc/test-1';
const UNKNOWN = {
  datacenter_power: {
    node: 'n',
    side: 'in',
    durationS: 900,
    energyWh: null,
    registerWh: null,
    meanPowerW: null,
    instantPowerW: null,
    resetAt: null,
  },
  energy_carriers: { meter: null, lowerHeatingValueGjPerUnit: null },
  registry_assets: { validFrom: '2025-01-01T00:00:00Z', validTo: null },
};
type Table = keyof typeof UNKNOWN;

export interface FacilityStore {
  readonly store: Store;
  readonly context: FacilityContext;
  setNow(ms: number): void;
  put(table: Table, rows: readonly Record<string, unknown>[], knownAt?: string): Promise<void>;
  /** Registry of a facility with two feeds. */
  register(facility?: string, zone?: string, more?: Record<string, unknown>): Promise<void>;
  meter(quarters: readonly PlainQuarter[], facility?: string, knownAt?: string): Promise<void>;
}

/** With a folder, closing the store and removing the folder are the caller's. */
export async function openFacilityStore(nowMs: number, folder?: string): Promise<FacilityStore> {
  const store = await openChdbStore(folder ?? temporaryFolder('facility'));
  if (folder === undefined) onTestFinished(() => store.close());
  await migrate(store);
  let offset = 10;
  let now = nowMs;
  const put: FacilityStore['put'] = async (table, rows, knownAt = '2026-01-05T00:00:00Z') => {
    const stamped = rows.map((row) => ({
      ...UNKNOWN[table],
      quality: 'simulated',
      revision: 0,
      source: 'test',
      ...row,
    }));
    await store.insertRows(
      table,
      stamped.map((row) => ({
        ...{
          _generation: 1,
          _partition: 0,
          _offset: offset++,
          _row: 0,
          _rows: 1,
          known_at: knownAt,
          contract: 'test',
        },
        ...Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value])),
      })),
      `put:${offset}`,
    );
  };
  const document = (kind: string, id: string, fields: Record<string, unknown>) => ({
    kind,
    id,
    document: JSON.stringify(fields),
  });
  return {
    store,
    context: { store, clock: () => now, codeVersion: 'test/1' },
    setNow: (ms) => {
      now = ms;
    },
    put,
    async register(facility = FACILITY, zone = 'CN-SC-5101', more = {}) {
      const facts = {
        name: '测试数据中心',
        zone,
        type: 'datacenter',
        itBoundary: 'rack',
        capacityKva: 400,
        ...more,
      };
      await put('registry_assets', [
        document('facility', facility, facts),
        ...NODES.map(({ node, feeds: [parent, secondParent], ...rest }) =>
          document('node', `${facility}/node/${node}`, { facility, node, parent, secondParent, ...rest }),
        ),
        ...POINTS.map(({ id, feeds: [parent, secondParent], ...rest }) =>
          document('meter', `${facility}/${id}`, { facility, parent, secondParent, ...rest }),
        ),
        document('declaration', `${facility}/occupancy`, {
          facility,
          metric: 'rack_occupancy',
          value: 0.7,
          unit: '1',
        }),
      ]);
    },
    async meter(quarters, facility = FACILITY, knownAt) {
      const rows = readingsOf(quarters).flatMap((series, at) =>
        series.map(({ kind, startMs, value }) => ({
          facility,
          meter: POINTS[at]!.id,
          start: new Date(startMs).toISOString(),
          [{ counter: 'registerWh', delta: 'energyWh', mean: 'meanPowerW', instant: 'instantPowerW' }[kind]]:
            value,
        })),
      );
      await put('datacenter_power', rows, knownAt);
    },
  };
}
