/** The Danish scenarios of Energinet (opengeh-wholesale): every energy result to the watt-hour, with its qualities. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import {
  type AreaPoint,
  type AreaSeries,
  type AreaSettlement,
  settleArea,
} from '../../src/settlement/meterSettlement.ts';
import { dataDir } from '../sharedData.ts';
import { folder, KINDS, type Row, rowsOf, settleScenario, whOf } from './danishScenarios.ts';
import { FULL_TIMEOUT_MS, RUNS } from './randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

/** Our series of a file of expected results, by supplier, balance party or neighbour. */
const SERIES: Record<string, (settled: AreaSettlement) => AreaSeries | ReadonlyMap<string, AreaSeries>> = {
  exchange: ({ exchange }) => exchange,
  exchange_per_neighbor: ({ exchangeByNeighbour }) => exchangeByNeighbour,
  grid_loss: ({ gridLoss }) => gridLoss,
  positive_grid_loss: ({ positiveLoss }) => positiveLoss,
  negative_grid_loss: ({ negativeLoss }) => negativeLoss,
  temporary_production: ({ temporaryProduction }) => temporaryProduction,
  temporary_flex_consumption: ({ temporaryProfiled }) => temporaryProfiled,
  production: ({ production }) => production.total,
  production_per_es: ({ production }) => production.bySupplier,
  production_per_brp: ({ production }) => production.byBalanceParty,
  flex_consumption: ({ profiled }) => profiled.total,
  flex_consumption_per_es: ({ profiled }) => profiled.bySupplier,
  flex_consumption_per_brp: ({ profiled }) => profiled.byBalanceParty,
  non_profiled_consumption: ({ nonProfiled }) => nonProfiled.total,
  non_profiled_consumption_per_es: ({ nonProfiled }) => nonProfiled.bySupplier,
  non_profiled_consumption_per_brp: ({ nonProfiled }) => nonProfiled.byBalanceParty,
  total_consumption: ({ totalConsumption }) => totalConsumption,
};

function keyOf(name: string, row: Row): string {
  if (name.endsWith('_per_es')) return `${row.energy_supplier_id}|${row.balance_responsible_party_id}`;
  if (name.endsWith('_per_brp')) return row.balance_responsible_party_id!;
  return name.endsWith('_per_neighbor') ? row.neighbor_grid_area_code! : '';
}

const SCENARIOS = [
  ['given_minimal_standard_energy_scenario', 'quarter'],
  ['given_calculation_period_before_quarterly_resolution_transition_datetime', 'hour'],
  ['given_minimal_standard_wholesale_scenario', 'quarter'],
] as const;

describe.skipIf(!dataDir).each(SCENARIOS)('%s', (scenario, resultBy) => {
  const results = `${scenario}/then/energy_results`;
  const files = dataDir ? readdirSync(join(folder, results)) : [];
  it.each(files)('%s', (file) => {
    const name = file.replace('.csv', '');
    const series = SERIES[name]!(settleScenario(scenario, resultBy));
    const byKey = series instanceof Map ? series : new Map([['', series as AreaSeries]]);
    const ours = [...byKey].flatMap(([key, values]: [string, AreaSeries]) =>
      values.map(({ startMs, wh, qualities }) => `${key} ${startMs} ${wh} ${qualities.join()}`),
    );
    const wanted = rowsOf(`${results}/${file}`).map((row) => {
      const qualities = [...row.quantity_qualities!.matchAll(/'(\w+)'/g)]
        .map(([, quality]) => quality!)
        .sort();
      return `${keyOf(name, row)} ${Date.parse(row.time!)} ${whOf(row.quantity!)} ${qualities.join()}`;
    });
    expect(ours.sort()).toEqual(wanted.sort());
  });
});

const wh = fc.bigInt({ min: 0n, max: 10n ** 9n });
test.prop(
  [
    fc.array(fc.record({ kind: fc.constantFrom(...Object.values(KINDS)), wh, out: fc.boolean() }), {
      maxLength: 12,
    }),
  ],
  {
    numRuns: RUNS,
  },
)('an area closes: exchange and production are consumption, loss included', (drawn) => {
  const points = drawn.map(({ kind, out }, at): AreaPoint => {
    const [fromArea, toArea] = out ? ['A', 'B'] : ['B', 'A'];
    return {
      id: `M${at}`,
      kind,
      area: 'A',
      fromArea,
      toArea,
      supplier: `S${at % 3}`,
      balanceParty: 'B',
      readBy: 'hour',
    };
  });
  const loss = (id: string, kind: AreaPoint['kind']): AreaPoint => ({
    id,
    kind,
    area: 'A',
    supplier: 'L',
    balanceParty: 'L',
    readBy: 'quarter',
  });
  const settled = settleArea({
    area: 'A',
    startMs: 0,
    endMs: 3_600_000,
    resultBy: 'quarter',
    points: [...points, loss('L+', 'profiled_consumption'), loss('L-', 'production')],
    readings: drawn.map((one, at) => ({ point: `M${at}`, startMs: 0, wh: one.wh, quality: 'measured' })),
    lossPoints: ['L+', 'L-'],
  });
  settled.exchange.forEach(({ wh: into }, at) => {
    expect(into + settled.production.total[at]!.wh).toBe(settled.totalConsumption[at]!.wh);
  });
});
