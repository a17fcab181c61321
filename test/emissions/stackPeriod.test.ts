/** Hours of a stack into mass, coverage, outages and substitution; stack against fuel. */
import { describe, expect, test } from 'vitest';
import { mrvRuleSetOn, mrvRuleSets } from '../../schemas/reference/mrvRules.ts';
import { substitutionRules, validityRulesOn } from '../../schemas/reference/stackGasRules.ts';
import {
  againstOwnMonths,
  carbonFromStack,
  coalGasFits,
  crossCheck,
} from '../../src/emissions/crossCheck.ts';
import { fuelBalance } from '../../src/emissions/fuelBalance.ts';
import { completenessOf, sumPeriod } from '../../src/emissions/periodMass.ts';
import { computeStackHour, type HourFactor, type StackSettings } from '../../src/emissions/stackHour.ts';
import { substitute } from '../../src/emissions/substitution.ts';
import { judgeHour, type SentFlag } from '../../src/emissions/validity.ts';

const rules = validityRulesOn('2026-03-01');
const HOUR = 3_600_000;
const T0 = Date.parse('2026-02-28T16:00:00Z');
const settings: StackSettings = {
  barometricPa: 96_500,
  o2StandardPercent: 6,
  co2Basis: 'dry',
  gasBasis: 'dry',
  gasState: 'standard',
};

function factor(
  value: number | null,
  unit: string,
  flag: SentFlag = 'N',
  cumulative: number | null = null,
): HourFactor {
  const sent = { startMs: 0, durationS: 3_600, value, flag };
  const judged = judgeHour(sent, [], { rules, intervalS: 60 });
  return { judged, sentValue: value, unit, cumulative, cumulativeUnit: cumulative === null ? null : 'kg' };
}

const physical: [string, HourFactor][] = [
  ['a00000', factor(220, 'm3/s')],
  ['a01012', factor(52, 'degC')],
  ['a01013', factor(-0.15, 'kPa')],
  ['a01014', factor(11.8, 'percent')],
  ['a19001', factor(6.4, 'percent')],
];
const hourOf = (at: number, factors: readonly [string, HourFactor][], how = settings) =>
  computeStackHour(T0 + at * HOUR, new Map(factors), { settings: how, rules });

describe('an hour of the worked example', () => {
  test('has the mass of formula 8', () => {
    const hour = hourOf(0, [
      ...physical,
      ['a21026', factor(18.3, 'mg/m3')],
      ['a05001', factor(228_500, 'mg/m3')],
    ]);
    expect(hour.dryFlowM3PerH).toBeCloseTo(557_966.5, 1);
    expect(hour.pollutants.a21026).toMatchObject({ method: 'formula_8', why: '' });
    expect(hour.pollutants.a21026!.massKg).toBeCloseTo(10.211, 3);
    expect(hour.pollutants.a21026!.convertedMgPerM3).toBeCloseTo(18.8, 2);
    expect(hour.pollutants.a05001!.massKg).toBeCloseTo(127_495.4, 1);
  });

  test('CO2 in per cent and in g/m3 gives the same mass; wet needs the water', () => {
    const mass = (value: number, unit: string, how = settings) =>
      hourOf(0, [...physical, ['a05001', factor(value, unit)]], how).pollutants.a05001!.massKg!;
    expect(mass(10, 'percent') / mass(196.4732, 'g/m3')).toBeCloseTo(1, 5);
    expect(mass(10, 'percent', { ...settings, co2Basis: 'wet' }) / mass(10, 'percent')).toBeCloseTo(
      1 / 0.882,
      9,
    );
    const dry = hourOf(0, [['a05001', factor(10, 'percent')]], { ...settings, co2Basis: 'wet' });
    expect(dry.pollutants.a05001).toMatchObject({ massKg: null, why: 'concentration_not_convertible' });
  });

  test('without gas state takes the total of the device, and nothing where there is none', () => {
    const hour = hourOf(0, [
      ['a00000', factor(220, 'm3/s')],
      ['a21026', factor(18.3, 'mg/m3', 'N', 10.2)],
      ['a21002', factor(30, 'mg/m3')],
      ['a21005', factor(30, 'vendor')],
    ]);
    expect(hour.pollutants.a21026).toMatchObject({ massKg: 10.2, method: 'device_total' });
    expect(hour.pollutants.a21002).toMatchObject({ massKg: null, why: 'no_dry_flow' });
    expect(hour.pollutants.a21005).toMatchObject({ massKg: null, why: 'concentration_not_convertible' });
  });

  test('that stood still has mass 0 only where nothing flows', () => {
    const still = (flow: number) =>
      hourOf(0, [
        ['a00000', factor(flow, 'm3/s', 'F')],
        ['a21026', factor(0, 'mg/m3', 'F')],
      ]);
    expect(still(0)).toMatchObject({
      source: 'stopped',
      pollutants: { a21026: { massKg: 0, method: 'stopped' } },
    });
    expect(still(3).pollutants.a21026).toMatchObject({ massKg: null });
  });
});

describe('a day', () => {
  const day = { fromMs: T0, toMs: T0 + 24 * HOUR };
  const hours = Array.from({ length: 24 }, (_, at) =>
    hourOf(at, [
      ['a00000', factor(at < 2 ? 0 : 220, 'm3/s', at < 2 ? 'F' : 'N')],
      [
        'a05001',
        factor(
          at < 2 ? 0 : 200_000,
          'mg/m3',
          at < 2 ? 'F' : at === 5 ? 'C' : 'N',
          at < 2 ? null : 1_000 + at,
        ),
      ],
    ]),
  ).filter((_, at) => at !== 6 && at !== 7 && at !== 20);

  test('counts missing hours as hours without a value', () => {
    const sum = sumPeriod('a05001', hours, day);
    expect(sum.hours).toMatchObject({
      expected: 24,
      operating: 22,
      valid: 18,
      stopped: 2,
      invalid: 1,
      missing: 3,
    });
    expect(sum.coverage).toBeCloseTo(18 / 22, 12);
    const expected = [2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23];
    expect(sum.massKg).toBe(expected.reduce((total, at) => total + 1_000 + at, 0));
    expect(sumPeriod('a05001', [], day)).toMatchObject({ massKg: null, coverage: 0 });
  });

  test('lists its outages', () => {
    expect(completenessOf('a05001', hours, day).outages).toEqual([
      { fromMs: T0 + 5 * HOUR, toMs: T0 + 8 * HOUR, hours: 3, kind: 'mixed' },
      { fromMs: T0 + 20 * HOUR, toMs: T0 + 21 * HOUR, hours: 1, kind: 'missing' },
    ]);
  });

  test('is filled by a rule beside the measured mass, from what was measured before', () => {
    const before = sumPeriod('a05001', hours, day).massKg;
    const filled = substitute('a05001', hours, {
      span: day,
      rule: { ...substitutionRules[0]!, steps: [{ leastCoverage: 0.5, lookBackHours: 2 }] },
    });
    expect(filled).toMatchObject({ massKg: 3 * 1_004 + 1_019, hours: 4, unfilledHours: 0 });
    expect(sumPeriod('a05001', hours, day).massKg).toBe(before);
    expect(
      substitute('a05001', hours, { span: day, rule: { ...substitutionRules[0]!, steps: [] } }),
    ).toMatchObject({ massKg: 0, unfilledHours: 4 });
  });
});

describe('CO2 from fuel', () => {
  const coal = { fuel: 'coal', day: '2025-03-01', quantity: 1_000, unit: 't' as const };

  test('takes measured carbon, else heat and the default of the date, and says which', () => {
    const set = mrvRuleSetOn('2025-03-01');
    const measured = fuelBalance({ fuels: [{ ...coal, carbonTPerT: 0.5 }] }, set);
    expect(measured.totalT).toBeCloseTo((1_000 * 0.5 * 0.99 * 44) / 12, 9);
    const byHeat = fuelBalance({ fuels: [{ ...coal, heatingValueGjPerUnit: 19 }] }, set);
    expect(byHeat.totalT).toBeCloseTo((1_000 * 19 * 0.03085 * 0.99 * 44) / 12, 9);
    expect(byHeat.fuels[0]!.parameters.map(({ name, origin }) => `${name} ${origin}`)).toEqual([
      'heating_value measured',
      'carbon_per_heat default',
      'oxidised_share default',
    ]);
    const early = fuelBalance({ fuels: [{ ...coal, day: '2022-03-01', heatingValueGjPerUnit: 19 }] }, set);
    expect(early.totalT! / byHeat.totalT!).toBeCloseTo(0.03356 / 0.03085, 9);
  });

  test('of gas counts by cubic metre', () => {
    const gas = { fuel: 'gas', day: '2025-03-01', quantity: 10_000, unit: 'm3' as const };
    expect(fuelBalance({ fuels: [gas] }, mrvRuleSetOn('2025-03-01')).totalT).toBeCloseTo(
      (389.31 * 0.0153 * 0.99 * 44) / 12,
      9,
    );
  });

  test('is not known where a fuel or a parameter is not', () => {
    const set = mrvRuleSetOn('2025-03-01');
    const balance = fuelBalance(
      {
        fuels: [
          { ...coal, carbonTPerT: 0.5 },
          { ...coal, quantity: null, carbonTPerT: 0.5 },
          { ...coal, fuel: 'peat' },
        ],
      },
      set,
    );
    expect(balance).toMatchObject({ fuelT: null, totalT: null });
    expect(balance.fuels.map(({ missing }) => missing)).toEqual([
      [],
      ['quantity'],
      ['heating_value', 'carbon_per_heat', 'oxidised_share'],
    ]);
  });

  test('is refused outside the dates of its rules, and by rules whose values are not entered', () => {
    expect(() => fuelBalance({ fuels: [{ ...coal, day: '2026-01-01' }] }, mrvRuleSets[0]!)).toThrow(
      /lies outside CN-POWER-2022/,
    );
    expect(() =>
      fuelBalance({ fuels: [{ ...coal, day: '2026-01-01' }] }, mrvRuleSetOn('2026-01-01')),
    ).toThrow(/not entered/);
  });
});

describe('stack against fuel', () => {
  const month = (massKg: number, valid: number) => ({
    ...sumPeriod('a05001', [], { fromMs: T0, toMs: T0 + 100 * HOUR }),
    massKg,
    coverage: valid / 100,
  });
  const fuel = fuelBalance(
    { fuels: [{ fuel: 'coal', day: '2025-03-01', quantity: 100, unit: 't', carbonTPerT: 0.5 }] },
    mrvRuleSetOn('2025-03-01'),
  );
  const fuelKg = fuel.fuelT! * 1_000;

  test.each([
    [1.04, 'consistent'],
    [0.96, 'consistent'],
    [1.08, 'review'],
    [0.85, 'discrepancy'],
  ] as const)('%f times the fuel is %s', (ratio, verdict) => {
    const check = crossCheck(month(ratio * fuelKg * 0.8, 80), fuel);
    expect(check.verdict).toBe(verdict);
    expect(check.relative).toBeCloseTo(ratio - 1, 9);
    const parts = Object.fromEntries(check.explanation.map(({ about, value }) => [about, value]));
    expect(parts['carbon content that would close it']).toBeCloseTo(0.5 * ratio, 9);
    expect(parts['added for operating hours without a measurement']! + check.stackT!).toBeCloseTo(
      check.scaledStackT!,
      6,
    );
  });

  test('has no verdict below three quarters of the hours, nor without fuel', () => {
    expect(crossCheck(month(fuelKg, 74), fuel)).toMatchObject({ verdict: 'not_comparable', relative: null });
    expect(crossCheck(month(fuelKg, 90), { ...fuel, fuelT: null })).toMatchObject({
      why: 'the fuel is not known',
    });
  });

  test('further checks: own band, carbon content, gas of coal', () => {
    expect(againstOwnMonths(900, [800, 850, 870, null, 820, 810, 860]).state).toBe('outside');
    expect(againstOwnMonths(840, [800, 850, 870, 830, 820, 810]).state).toBe('within');
    expect(againstOwnMonths(840, [800]).state).toBe('too_few_months');
    expect(carbonFromStack(fuel.fuelT!, 100)).toBeCloseTo(0.5 * 0.99, 9);
    expect(coalGasFits(13, 6.4)).toBe(true);
    expect(coalGasFits(9, 6.4)).toBe(false);
  });
});
