/** The Danish scenarios of Energinet (opengeh-wholesale): every energy result to the watt-hour, with its qualities. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, vi } from 'vitest';
import {
  type AreaPoint,
  type AreaSeries,
  type AreaSettlement,
  settleArea,
} from '../../src/settlement/meterSettlement.ts';
import { dataDir } from '../sharedData.ts';
import { FULL_TIMEOUT_MS, RUNS } from './randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

type Row = Record<string, string>;
const folder = join(dataDir ?? '', 'settlement', 'dk');
const rowsOf = (path: string): Row[] =>
  parse(readFileSync(join(folder, path)), { delimiter: ';', columns: true, skip_empty_lines: true });

/** kWh with up to three decimals to Wh. */
function whOf(kwh: string): bigint {
  const [whole, decimals = ''] = kwh.replace('-', '').split('.');
  const wh = BigInt(`${whole}${decimals.padEnd(3, '0')}`);
  return kwh.startsWith('-') ? -wh : wh;
}

const KINDS: Record<string, AreaPoint['kind']> = {
  E17D01: 'profiled_consumption',
  E17E02: 'consumption',
  E18: 'production',
  E20: 'exchange',
};

function settle(scenario: string, resultBy: 'quarter' | 'hour') {
  const text = readFileSync(join(folder, scenario, 'when/calculation_arguments.yml'), 'utf8');
  const instant = (name: string) =>
    Date.parse(`${new RegExp(`${name}: "(.*)"`).exec(text)![1]!.replace(' ', 'T')}Z`);
  const points = rowsOf(`${scenario}/when/metering_point_periods.csv`).flatMap((row): AreaPoint[] => {
    const kind = KINDS[`${row.type}${row.settlement_method}`];
    if (kind === undefined) return [];
    return [
      {
        id: row.metering_point_id!,
        kind,
        area: row.grid_area_code!,
        fromArea: row.from_grid_area_code!,
        toArea: row.to_grid_area_code!,
        supplier: row.energy_supplier_id!,
        balanceParty: row.balance_responsible_party_id!,
        readBy: row.resolution === 'PT1H' ? 'hour' : 'quarter',
      },
    ];
  });
  return settleArea({
    area: '800',
    startMs: instant('period-start-datetime'),
    endMs: instant('period-end-datetime'),
    resultBy,
    points,
    readings: rowsOf(`${scenario}/when/time_series_points.csv`).map((row) => ({
      point: row.metering_point_id!,
      startMs: Date.parse(row.observation_time!),
      wh: row.quantity === '' ? null : whOf(row.quantity!),
      quality: row.quality!,
    })),
    lossPoints: rowsOf(`${scenario}/when/grid_loss_metering_points.csv`).map((row) => row.metering_point_id!),
  });
}

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
    const series = SERIES[name]!(settle(scenario, resultBy));
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
