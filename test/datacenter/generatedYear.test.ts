import { describe, expect, test } from 'vitest';
import { carrierSums } from '../../src/datacenter/carriers.ts';
import { facilityIntervals } from '../../src/datacenter/facilityIntervals.ts';
import { indicators } from '../../src/datacenter/indicators.ts';
import { isAntichain } from '../../src/datacenter/nodeTotals.ts';
import { type PointReading, pointEnergies } from '../../src/datacenter/pointEnergies.ts';
import {
  addWindows,
  NO_SUMS,
  sumIntervals,
  unknownWindow,
  type WindowSums,
} from '../../src/datacenter/windowSums.ts';
import { NODES, type PlainQuarter, POINTS, plainQuarters, readingsOf, YEAR } from './generatedYear.ts';
import { model } from './trees.ts';

const DAY_MS = 86_400_000;
const facility = model(POINTS, NODES, { itBoundary: 'rack' });

function computeDay(quarters: readonly PlainQuarter[], change = (readings: PointReading[][]) => readings) {
  const span = { startMs: quarters[0]!.startMs, count: quarters.length };
  const readings = change(readingsOf(quarters));
  const results = facility.tree.points.map((point, at) => pointEnergies(point, readings[at]!, span));
  const found = facilityIntervals(
    facility,
    results.map(({ energies }) => energies),
    span,
  );
  const intensity = new Map(quarters.map((quarter) => [quarter.startMs, quarter.intensity]));
  return { ...found, sums: sumIntervals(found.intervals, (startMs) => intensity.get(startMs) ?? null) };
}

const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, day) => computeDay(plainQuarters(from + day, 1)));
const total = (windows: readonly { sums: WindowSums }[]) =>
  windows.reduce((sums, each) => addWindows(sums, each.sums), NO_SUMS);

/** 260 L of diesel a week and water every day, as the site reports them. */
const diesel = (fromDay: number, count: number) =>
  Array.from({ length: count }, (_, day) => fromDay + day).flatMap((day) => {
    const startMs = YEAR.startMs + day * DAY_MS;
    const water = {
      carrier: 'water',
      startMs,
      endMs: startMs + DAY_MS,
      quantity: 1.25,
      unit: 'm3',
      quality: 'simulated',
    };
    return day % 7 === 0 ? [water, { ...water, carrier: 'diesel', quantity: 260, unit: 'L' }] : [water];
  });

const judge = (sums: WindowSums, fromDay: number, count: number, claimedWh: number | null) =>
  indicators({
    sums,
    carriers: carrierSums(
      diesel(fromDay, count),
      { startMs: YEAR.startMs + fromDay * DAY_MS, endMs: YEAR.startMs + (fromDay + count) * DAY_MS },
      {},
    ),
    pueCategory: facility.pueCategory,
    claimedWh,
    residualKgPerKwh: 0.6096,
  });

/** The spreadsheet: plain columns of the same quarters, summed without a tree, a register or an interval. */
function byHand(quarters: readonly PlainQuarter[], dieselL: number, claimedKwh: number) {
  let totalKwh = 0;
  let itKwh = 0;
  let co2Kg = 0;
  for (const row of quarters) {
    totalKwh += row.totalWh / 1_000;
    for (const [a, b] of row.rackWh) itKwh += (a + b) / 1_000;
    co2Kg += (row.totalWh / 1_000) * row.intensity;
  }
  const dcKwh = totalKwh + dieselL * 9.9;
  const fuelKg = dieselL * 2.642;
  return {
    pue: dcKwh / itKwh,
    ref: claimedKwh / dcKwh,
    green: claimedKwh / totalKwh,
    cueLocation: (co2Kg + fuelKg) / itKwh,
    cueMarket: ((totalKwh - claimedKwh) * 0.6096 + fuelKg) / itKwh,
    wue: (1_250 * (quarters.length / 96)) / itKwh,
  };
}

describe('a generated year of a facility with double-metered PDUs and two feeds', () => {
  test.each([
    ['one day', 0, 1, 260, 900_000],
    ['one month', 31, 28, 4 * 260, 33_000_000],
  ])(
    '%s equals a spreadsheet: PUE, REF, green share, CUE by both methods, WUE',
    (_name, from, count, dieselL, claimedWh) => {
      const hand = byHand(plainQuarters(from, count), dieselL, claimedWh / 1_000);
      const found = judge(total(days(from, count)), from, count, claimedWh);
      expect(found).toMatchObject({ coverage: 1, verdict: 'certified', pueCategory: 3 });
      expect(found.pue.value).toBeCloseTo(hand.pue, 12);
      expect(found.ref.value).toBeCloseTo(hand.ref, 12);
      expect(found.greenShare.value).toBeCloseTo(hand.green, 12);
      expect(found.cueLocationKgPerKwh.value).toBeCloseTo(hand.cueLocation, 12);
      expect(found.cueMarketKgPerKwh.value).toBeCloseTo(hand.cueMarket, 12);
      expect(found.wueLPerKwh.value).toBeCloseTo(hand.wue, 12);
      expect(hand.pue).toBeGreaterThan(1.1);
      expect(found.ref.value).toBeLessThan(found.greenShare.value!);
    },
  );

  test('the annual PUE is the ratio of sums to 1e-12, every used set is an antichain, and all intervals are valid', () => {
    let sums = NO_SUMS;
    let totalWh = 0n;
    let itWh = 0n;
    const index = new Map(facility.tree.points.map(({ id }, at) => [id, at]));
    for (let day = 0; day < YEAR.days; day++) {
      const quarters = plainQuarters(day, 1);
      const computed = computeDay(quarters);
      sums = addWindows(sums, computed.sums);
      for (const { total: used, it } of computed.usedSets) {
        expect(
          isAntichain(
            facility.tree,
            used.map((id) => index.get(id)!),
          ),
        ).toBe(true);
        expect(
          isAntichain(
            facility.tree,
            it.map((id) => index.get(id)!),
          ),
        ).toBe(true);
        expect(it).toHaveLength(8);
      }
      for (const row of quarters) {
        totalWh += BigInt(row.totalWh);
        for (const [a, b] of row.rackWh) itWh += BigInt(a + b);
      }
    }
    expect(sums).toMatchObject({ intervals: 35_040, validIntervals: 35_040, simulatedIntervals: 35_040 });
    const { pue } = indicators({
      sums,
      carriers: carrierSums([], { startMs: 0, endMs: 1 }, {}),
      pueCategory: 3,
      claimedWh: null,
      residualKgPerKwh: null,
    });
    const exact = Number(totalWh) / Number(itWh);
    expect(Math.abs(pue.value! / exact - 1)).toBeLessThan(1e-12);
  });
});

describe('what is unknown lowers coverage and never energy', () => {
  const quarters = plainQuarters(3, 1);
  const silenced = (ids: readonly string[], from: number, to: number) => (readings: PointReading[][]) =>
    readings.map((series, at) =>
      ids.includes(POINTS[at]!.id)
        ? series.filter(({ endMs }) => {
            const quarter = (endMs - quarters[0]!.startMs) / 900_000 - 1;
            return quarter < from || quarter >= to;
          })
        : series,
    );

  test('a rack that is silent for four hours takes its intervals out of both sums', () => {
    const { sums, intervals, events } = computeDay(quarters, silenced(['rack-2-b'], 40, 56));
    const rest = quarters.filter((_row, at) => at < 40 || at >= 56);
    expect(sums).toMatchObject({ intervals: 96, validIntervals: 80 });
    expect(sums.eDcWh).toBe(rest.reduce((sum, { totalWh }) => sum + totalWh, 0));
    expect(intervals[45]).toMatchObject({ status: 'unknown', reason: 'it_unknown', pueInterval: null });
    expect(events).toEqual([]);
    const found = judge(sums, 3, 1, null);
    expect(found).toMatchObject({
      coverage: 80 / 96,
      verdict: 'none',
      pue: { value: null, reason: 'coverage' },
    });
    const whole = byHand(quarters, 0, 0).pue;
    const [lo, hi] = found.pueBounds;
    expect(lo!).toBeLessThan(whole);
    expect(hi!).toBeGreaterThan(whole);
  });

  test('99 % is certified, 95 % provisional, less has no value; a day without readings counts as unknown', () => {
    const unknown = (share: number) =>
      judge({ ...total(days(3, 1)), validIntervals: share * 1_000, intervals: 1_000 }, 3, 1, null);
    expect(unknown(0.99).verdict).toBe('certified');
    expect(unknown(0.95)).toMatchObject({ verdict: 'provisional', pue: { reason: '' } });
    expect(unknown(0.949)).toMatchObject({ verdict: 'none', pue: { value: null, reason: 'coverage' } });
    const month = addWindows(total(days(3, 1)), unknownWindow(96, 400_000));
    expect(month).toMatchObject({ intervals: 192, validIntervals: 96 });
    expect(month.eDcHiWh! - month.eDcWh).toBe(96 * 100_000);
    expect(addWindows(month, unknownWindow(96, undefined)).eDcHiWh).toBeNull();
  });

  test('an unknown fuel, an unknown intensity and claims beyond use have no value and say so', () => {
    const { sums } = computeDay(quarters);
    const input = { sums, pueCategory: 3, claimedWh: sums.eDcWh + 1, residualKgPerKwh: 0.6 } as const;
    const fuel = { carrier: 'diesel', startMs: 0, endMs: 1, quantity: null, unit: 'L', quality: 'measured' };
    const found = indicators({ ...input, carriers: carrierSums([fuel], { startMs: 0, endMs: 1 }, {}) });
    expect(found).toMatchObject({
      pue: { value: null, reason: 'carrier_unknown' },
      greenShare: { value: null, reason: 'claim_exceeds_use' },
      marketCo2Kg: { value: null, reason: 'claim_exceeds_use' },
      locationCo2Kg: { value: null, reason: 'carrier_co2_unknown' },
      wueLPerKwh: { value: null, reason: 'no_water' },
    });
    const cooled = { ...fuel, carrier: 'chilled_water', unit: 'kWh', quantity: 100 };
    const window = { startMs: 0, endMs: 1 };
    expect(carrierSums([cooled], window, {}).energyKwh).toBeNull();
    expect(carrierSums([cooled], window, { chilledWaterKwhPerKwh: 0.22 }).energyKwh).toBe(22);
    expect(carrierSums([{ ...cooled, endMs: 2 }], window, {})).toMatchObject({ energyKwh: 0, tooLong: 1 });
    const dark = { ...sums, carbonIntervals: sums.validIntervals - 1 };
    expect(judge(dark, 3, 1, null).cueLocationKgPerKwh).toEqual({ value: null, reason: 'intensity_unknown' });
    expect(judge({ ...sums, eDcWh: sums.eItWh - 10_000_000 }, 3, 1, null).pue.reason).toBe('pue_below_one');
  });
});
