/** Targets, base stations and software carbon intensity. */
import { describe, expect, test } from 'vitest';
import { dataCenterTargets } from '../../schemas/reference/dataCenterTargets.ts';
import { carrierSums } from '../../src/datacenter/carriers.ts';
import { type Indicators, indicators } from '../../src/datacenter/indicators.ts';
import { softwareCarbonIntensity } from '../../src/datacenter/softwareCarbonIntensity.ts';
import { judgeTargets } from '../../src/datacenter/targets.ts';
import { sumIntervals } from '../../src/datacenter/windowSums.ts';
import { model, oneQuarter, point } from './trees.ts';

const figures = (pue: number | null, green: number | null): Indicators =>
  ({
    coverage: pue === null ? 0.5 : 1,
    verdict: pue === null ? 'none' : 'certified',
    pueCategory: 2,
    pue: { value: pue, reason: pue === null ? 'coverage' : '' },
    greenShare: { value: green, reason: green === null ? 'no_certificates' : '' },
  }) as Indicators;

describe('published limits', () => {
  const verdicts = (pue: number | null, green: number | null, period = '2026', lastDay = '2026-12-31') =>
    Object.fromEntries(
      judgeTargets({
        indicators: figures(pue, green),
        period,
        lastDay,
        groups: ['hub_node', 'hub_node_new', 'new_large'],
        declared: { rackOccupancy: 0.62 },
      }).map(({ id, verdict, reason }) => [id, reason === '' ? verdict : `${verdict}: ${reason}`]),
    );

  test('are met, missed or not assessable, at the limit itself as the document words it', () => {
    expect(verdicts(1.2, 0.8)).toEqual({
      'CN-2024-PUE-NEW-LARGE': 'met',
      'CN-2024-PUE-HUB': 'met',
      'CN-2024-PUE-AVERAGE': 'met',
      'CN-2024-OCCUPANCY': 'met',
      'CN-2024-GREEN-HUB-NEW': 'missed',
      'SC-TIANFU-PUE': 'met',
      'SC-TIANFU-OCCUPANCY': 'missed',
    });
    expect(verdicts(1.5, 0.81)).toMatchObject({
      'CN-2024-PUE-AVERAGE': 'missed',
      'CN-2024-GREEN-HUB-NEW': 'met',
      'CN-2024-PUE-HUB': 'missed',
    });
    expect(verdicts(null, null)).toMatchObject({
      'CN-2024-PUE-HUB': 'not assessable: coverage',
      'CN-2024-GREEN-HUB-NEW': 'not assessable: no_certificates',
    });
    expect(verdicts(1.1, 0.9, '2026-03')['CN-2024-PUE-HUB']).toBe(
      'not assessable: period shorter than a year',
    );
    expect(verdicts(1.1, 0.9, '2024', '2024-12-31')).not.toHaveProperty('CN-2024-PUE-HUB');
  });

  test('name category, coverage, document and confidence, and declared facts as declared', () => {
    const [rule] = judgeTargets({
      indicators: figures(1.3, null),
      period: '2026',
      lastDay: '2026-12-31',
      groups: ['gb40879'],
      declared: {},
    }).filter(({ id }) => id === 'GB40879-GRADE-2');
    expect(rule).toMatchObject({
      verdict: 'met',
      confidence: 'unconfirmed',
      basis: { pueCategory: 2, coverage: 1, coverageVerdict: 'certified', declared: false },
    });
    expect(dataCenterTargets.every(({ document, source }) => document.length > 8 && source.length > 8)).toBe(
      true,
    );
  });
});

describe('a base station is a facility with a small tree', () => {
  const mains = model([
    point('mains', 'facility', 'in', [], { purpose: 'total', nodeClass: 'facility' }),
    point('dc-out', 'rectifier', 'out', ['facility'], { nodeClass: 'rectifier' }),
    point('aau', 'aau', 'in', ['rectifier'], { purpose: 'it', nodeClass: 'other' }),
    point('bbu', 'bbu', 'in', ['rectifier'], { purpose: 'it', nodeClass: 'other' }),
    point('ac', 'air-conditioning', 'in', ['facility'], { purpose: 'cooling', nodeClass: 'cooling' }),
    point('bat-in', 'battery', 'in', ['rectifier'], { purpose: 'storage', nodeClass: 'storage' }),
    point('bat-out', 'battery', 'out', ['rectifier'], { purpose: 'storage', nodeClass: 'storage' }),
  ]);
  const normal = { mains: 1_000, 'dc-out': 850, aau: 600, bbu: 150, ac: 120, 'bat-in': 60, 'bat-out': 0 };
  const failure = { mains: 0, 'dc-out': 0, aau: 600, bbu: 150, ac: 0, 'bat-in': 0, 'bat-out': 760 };

  test('its site efficiency is the inverse of PUE, diesel counts by litres, the battery once', () => {
    const quarters = [oneQuarter(mains, normal), oneQuarter(mains, failure)];
    expect(quarters.map(({ status, reason }) => [status, reason])).toEqual([
      ['valid', ''],
      ['valid', 'storage_or_generator'],
    ]);
    const sums = sumIntervals([...quarters, oneQuarter(mains, normal), oneQuarter(mains, normal)], () => 0.2);
    const litres = { carrier: 'diesel', startMs: 0, endMs: 1, quantity: 0.1, unit: 'L', quality: 'measured' };
    const found = indicators({
      sums,
      carriers: carrierSums([litres], { startMs: 0, endMs: 1 }, {}),
      pueCategory: mains.pueCategory,
      claimedWh: 0,
      residualKgPerKwh: 0.6,
    });
    const dcKwh = 3 + 0.99;
    expect(found.itShare.value).toBeCloseTo(3 / dcKwh, 12);
    expect(found.pue.value! * found.itShare.value!).toBeCloseTo(1, 12);
    expect(found.locationCo2Kg.value).toBeCloseTo(3 * 0.2 + 0.2642, 12);
    expect(found.ref.value).toBe(0);
    expect(mains.pueCategory).toBeNull();
  });
});

test('software carbon intensity adds energy times intensity interval by interval, then hardware, then divides', () => {
  const sci = softwareCarbonIntensity(
    [
      { itKwh: 2, pue: 1.25, locationGPerKwh: 100 },
      { itKwh: 1, pue: 1.5, locationGPerKwh: 400 },
    ],
    [{ embodiedG: 1_200_000, reservedHours: 10, lifespanHours: 40_000, resourceShare: 0.25 }],
    500,
  );
  expect(sci).toEqual({ operationalG: 850, embodiedG: 75, gPerUnit: 1.85 });
  expect(() => softwareCarbonIntensity([], [], 0)).toThrow(expect.objectContaining({ code: 'E_SCI_UNIT' }));
  const over = { embodiedG: 1, reservedHours: 2, lifespanHours: 1, resourceShare: 1 };
  expect(() => softwareCarbonIntensity([], [over], 1)).toThrow(
    expect.objectContaining({ code: 'E_SCI_SHARE' }),
  );
});
