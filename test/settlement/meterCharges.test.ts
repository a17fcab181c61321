/** Charges of the Danish wholesale scenario: every line of tariffs, subscriptions and fees, and the months' amounts. */
import { describe, expect, it } from 'vitest';
import {
  type Charge,
  type ChargedPoint,
  chargeLines,
  sumOfLines,
} from '../../src/settlement/meterCharges.ts';
import type { AreaSeries } from '../../src/settlement/meterSettlement.ts';
import { dataDir } from '../sharedData.ts';
import { type Row, rowsOf, settleScenario, spanOfScenario, whOf } from './danishScenarios.ts';

const SCENARIO = 'given_minimal_standard_wholesale_scenario';
const GROUPS: Record<string, string> = {
  E17D01: 'consumption|flex',
  E17E02: 'consumption|non_profiled',
  E18: 'production|',
  D07: 'consumption_from_grid|',
  D09: 'own_production|',
};
const HOUR_MS = 3_600_000;

const microOf = (text: string): bigint | null => {
  if (text === '') return null;
  const [whole, decimals = ''] = text.split('.');
  return BigInt(`${whole}${decimals.padEnd(6, '0')}`);
};

function settled() {
  const when = (name: string) => rowsOf(`${SCENARIO}/when/${name}.csv`);
  const periods = when('metering_point_periods');
  const losses = settleScenario(SCENARIO, 'quarter');
  const readings = Map.groupBy(when('time_series_points'), (row) => row.metering_point_id!);
  const hourly = (values: readonly { startMs: number; wh: bigint; quality: string }[]) => {
    const hours = new Map<number, { wh: bigint; quality: string }>();
    for (const { startMs, wh, quality } of values) {
      const hour = startMs - (startMs % HOUR_MS);
      hours.set(hour, { wh: (hours.get(hour)?.wh ?? 0n) + wh, quality });
    }
    return hours;
  };
  const ofSeries = (series: AreaSeries) =>
    hourly(series.map(({ startMs, wh }) => ({ startMs, wh, quality: 'calculated' })));
  const lossPoints = when('grid_loss_metering_points').map((row) => row.metering_point_id!);
  const points = periods
    .filter((row) => row.grid_area_code === '800' && GROUPS[`${row.type}${row.settlement_method}`])
    .map((row): ChargedPoint => {
      const id = row.metering_point_id!;
      // A child point belongs to its parent's supplier.
      const parent = periods.find((one) => one.metering_point_id === row.parent_metering_point_id);
      const loss = row.type === 'E17' ? losses.positiveLoss : losses.negativeLoss;
      const own = (readings.get(id) ?? []).map((one) => ({
        startMs: Date.parse(one.observation_time!),
        wh: whOf(one.quantity!),
        quality: one.quality!,
      }));
      return {
        id,
        supplier: row.energy_supplier_id || parent!.energy_supplier_id!,
        group: GROUPS[`${row.type}${row.settlement_method}`]!,
        hourWh: lossPoints.includes(id) ? ofSeries(loss) : hourly(own),
      };
    });
  const prices = Map.groupBy(when('charge_price_points'), (row) => row.charge_code!);
  const charges = when('charge_price_information_periods').map(
    (row): Charge => ({
      code: row.charge_code!,
      kind:
        row.charge_type === 'tariff'
          ? row.resolution === 'PT1H'
            ? 'hourly_tariff'
            : 'daily_tariff'
          : (row.charge_type as 'subscription' | 'fee'),
      priceMicro: new Map(
        (prices.get(row.charge_code!) ?? []).map((one) => [
          Date.parse(one.charge_time!),
          microOf(one.charge_price!)!,
        ]),
      ),
    }),
  );
  const links = when('charge_link_periods').map((row) => ({
    charge: row.charge_code!,
    point: row.metering_point_id!,
    quantity: BigInt(row.quantity!),
    fromMs: Date.parse(row.from_date!),
    toMs: row.to_date === '' ? null : Date.parse(row.to_date!),
  }));
  return { charges, lines: chargeLines(charges, links, points, spanOfScenario(SCENARIO)) };
}

const KINDS: Record<string, Charge['kind']> = {
  hourly_tariff_per_co_es: 'hourly_tariff',
  daily_tariff_per_co_es: 'daily_tariff',
  subscription_per_co_es: 'subscription',
  fee_per_co_es: 'fee',
};

const MONTHLY: Record<string, Charge['kind']> = {
  monthly_tariff_from_hourly_per_co_es: 'hourly_tariff',
  monthly_tariff_from_daily_per_co_es: 'daily_tariff',
  monthly_subscription_per_co_es: 'subscription',
  monthly_fee_per_co_es: 'fee',
};

describe.skipIf(!dataDir)('charges of the Danish wholesale scenario', () => {
  const expected = (name: string): Row[] => rowsOf(`${SCENARIO}/then/wholesale_results/${name}.csv`);
  const ofKind = (kind: Charge['kind']) => {
    const { charges, lines } = settled();
    const codes = new Set(charges.filter((one) => one.kind === kind).map(({ code }) => code));
    return lines.filter(({ charge }) => codes.has(charge));
  };

  it.each(Object.entries(KINDS))('%s: each line', (name, kind) => {
    const ours = ofKind(kind).map(
      ({ charge, supplier, group, startMs, quantity, qualities, priceMicro, amountMicro }) =>
        [charge, supplier, group, startMs, quantity, qualities.join(), priceMicro, amountMicro].join(' '),
    );
    const isTariff = kind.endsWith('tariff');
    const wanted = expected(name).map((row) => {
      const qualities = [...row.quantity_qualities!.matchAll(/'(\w+)'/g)].map(([, one]) => one!).sort();
      return [
        row.charge_code,
        row.energy_supplier_id,
        `${row.metering_point_type}|${row.settlement_method}`,
        Date.parse(row.time!),
        isTariff ? whOf(row.quantity!) : BigInt(row.quantity!.split('.')[0]!),
        qualities.join(),
        microOf(row.price!),
        microOf(row.amount!),
      ].join(' ');
    });
    expect(ours.sort()).toEqual(wanted.sort());
  });

  it.each(Object.entries(MONTHLY))('%s: the month of each supplier', (name, kind) => {
    const ours = [...sumOfLines(ofKind(kind))].map(([key, amount]) => `${key} ${amount}`);
    const wanted = expected(name).map(
      (row) => `${row.charge_code}|${row.energy_supplier_id} ${microOf(row.amount!)}`,
    );
    expect(ours.sort()).toEqual(wanted.sort());
  });
});
