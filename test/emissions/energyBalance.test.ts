/** Energy carriers of a site in own units, GJ, kWh and standard coal; the balance closes. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { carrierConversions, GJ_PER_TCE } from '../../schemas/reference/energyConversion.ts';
import { type CarrierAmount, energyBalance } from '../../src/emissions/energyBalance.ts';

const amount = (
  carrier: string,
  quantity: number | null,
  unit: CarrierAmount['unit'],
  more: Partial<CarrierAmount> = {},
) => ({
  carrier,
  quantity,
  unit,
  day: '2022-05-01',
  direction: 'in' as const,
  declared: false,
  ...more,
});

test('coal by hand: 100 t of the table, and with a measured heating value', () => {
  const [table] = energyBalance([amount('coal', 100, 't')]).carriers;
  expect(table).toMatchObject({
    heatGj: 2090.8,
    equivalentTce: 71.43,
    primaryTce: 71.43,
    heatingValue: 'table',
  });
  expect(table!.co2T).toBeCloseTo((2090.8 * 0.02637 * 0.94 * 44) / 12, 9);
  const [measured] = energyBalance([amount('coal', 100, 't', { heatingValueGjPerUnit: 19 })]).carriers;
  expect(measured).toMatchObject({ heatGj: 1_900, heatingValue: 'measured' });
  expect(measured!.equivalentTce).toBeCloseTo(1_900 / 29.307, 9);
});

test('electricity: 当量值 0.1229 and 等价值 of its year, unknown where the year has none', () => {
  const of = (day: string) =>
    energyBalance([amount('electricity', 10_000, 'kWh', { day, co2TPerUnit: 0.0005366 })]).carriers[0]!;
  expect(of('2022-05-01').equivalentTce).toBeCloseTo(1.2284, 4);
  expect(of('2022-05-01')).toMatchObject({
    primaryTce: 3.015,
    scope: 'scope_2',
    heatGj: 36,
    energyKwh: 10_000,
  });
  expect(of('2022-05-01').co2T).toBeCloseTo(5.366, 9);
  expect(of('2025-05-01')).toMatchObject({ primaryTce: null, unknown: ['primaryTce'] });
});

test('what is not known is named in the totals and never counted as 0', () => {
  const balance = energyBalance([
    amount('coal', 10, 't'),
    amount('diesel', null, 't'),
    amount('other', 5, 't'),
    amount('water', 100, 'm3'),
  ]);
  expect(balance.totals.heatGj).toEqual({ known: 209.08, total: null, unknownCarriers: ['diesel', 'other'] });
  expect(balance.carriers.find(({ carrier }) => carrier === 'water')!.unknown).toEqual([]);
});

test('litres of diesel go by density; heat that is passed on is subtracted', () => {
  const balance = energyBalance([
    amount('diesel', 1_000, 'L'),
    amount('heat', 10, 'GJ', { direction: 'out' }),
  ]);
  expect(balance.totals.heatGj.total).toBeCloseTo(0.84 * 42.652 - 10, 9);
});

test('standard coal of the table agrees with its heating value within one per cent', () => {
  for (const { carrier, heatGjPerUnit, equivalentTcePerUnit } of carrierConversions)
    if (heatGjPerUnit)
      expect(equivalentTcePerUnit! / (heatGjPerUnit / GJ_PER_TCE), carrier).toBeCloseTo(1, 2);
});

describe('whatever a site takes in', () => {
  const fuels = ['coal', 'coke', 'oil', 'gasoline', 'diesel'] as const;
  const amounts = fc.array(
    fc.record({
      carrier: fc.constantFrom(...fuels),
      quantity: fc.double({ min: 0, max: 1e6, noNaN: true }),
      unit: fc.constantFrom('t' as const, 'kg' as const),
      day: fc.constantFrom('2021-03-01', '2025-03-01'),
      direction: fc.constant('in' as const),
      declared: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  property.prop([amounts])(
    'the carriers add up to the total in every unit, and carbon in is carbon out',
    (list) => {
      const { carriers, totals, carbonClosure } = energyBalance(list);
      const sum = (column: 'heatGj' | 'co2T' | 'equivalentTce') =>
        carriers.reduce((all, row) => all + row[column]!, 0);
      for (const column of ['heatGj', 'co2T', 'equivalentTce'] as const)
        expect(Math.abs(totals[column].total! - sum(column))).toBeLessThanOrEqual(1e-9 * sum(column));
      expect(totals.energyKwh.total! * 0.0036).toBeCloseTo(totals.heatGj.total!, 3);
      expect(Math.abs(carbonClosure ?? 0)).toBeLessThan(1e-12);
    },
  );

  property.prop([amounts])('kilograms and tonnes are the same energy', (list) => {
    const other = list.map((each) =>
      each.unit === 't' ? { ...each, unit: 'kg' as const, quantity: each.quantity * 1_000 } : each,
    );
    const [one, two] = [energyBalance(list), energyBalance(other)].map(({ totals }) => totals.heatGj.total!);
    expect(Math.abs(one! - two!)).toBeLessThanOrEqual(1e-9 * one!);
  });
});
