import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fitLinear, fitPiecewise, modelPowerW } from '../../src/datacenter/powerModel.ts';
import { reconcile, shareAmongJobs } from '../../src/datacenter/reconciliation.ts';
import { readHostFile } from '../../src/scenario/biohpc.ts';
import { dataDir } from '../sharedData.ts';

/** Mean power and utilisation of a host's file, row by row. */
function samplesOf(text: string) {
  const [header, ...lines] = text.trim().split('\n');
  const names = header!.split(',');
  const [power, use] = ['powerave', 'utilave'].map((name) => names.indexOf(name));
  return lines.map((line) => {
    const cells = line.split(',');
    return { powerW: Number(cells[power!]), utilisation: Number(cells[use!]) };
  });
}

describe.skipIf(!dataDir)(`real GPU hosts${dataDir ? '' : ' (skipped: no data folder)'}`, () => {
  const text = (host: string) =>
    readFileSync(join(dataDir ?? '', `datacenter/biohpc/${host}_hourly.csv`), 'utf8');

  test.each([
    ['cbsugpu08', 61.615, 2.6882, 0.9501, 28],
    ['cbsugpu09', 46.063, 2.5528, 0.9178, 22],
    ['cbsugpu10', 27.409, 2.6963, 0.928, 21],
  ])(
    '%s has the published coefficients, gaps and the hours that the clock skips and repeats',
    (host, idle, slope, r2, gaps) => {
      const samples = samplesOf(text(host));
      const fitted = fitLinear(samples);
      expect(fitted.idleW).toBeCloseTo(idle, 3);
      expect(fitted.wPerUtilisation).toBeCloseTo(slope, 4);
      expect(fitted.r2).toBeCloseTo(r2, 4);
      expect(fitted.distinctUtilisations).toBeGreaterThan(30);
      const pieces = fitPiecewise(samples, [0, 25, 60, 100]);
      expect(pieces.r2).toBeGreaterThan(fitted.r2);
      expect(pieces.mape).toBeLessThan(fitted.mape);
      const file = readHostFile(host, text(host), 'America/New_York');
      const flags = Map.groupBy(file.flags, ({ code }) => code);
      // The labels have the published gaps; in time there is one more, the hour that autumn repeats.
      expect(flags.get('gap')).toHaveLength(gaps + 1);
      expect(flags.get('ambiguous_local_time')).toHaveLength(1);
      expect(flags.get('gap')!.filter(({ detail }) => detail.includes('2025-03-09T'))).toHaveLength(1);
    },
  );

  test('the error relative to power is reported beside R2: on hosts that idle much it is large', () => {
    const errors = ['cbsugpu08', 'cbsugpu09', 'cbsugpu10'].map(
      (host) => fitLinear(samplesOf(text(host))).mape,
    );
    expect(Math.max(...errors)).toBeGreaterThan(0.6);
    expect(Math.max(...errors)).toBeLessThan(0.76);
  });
});

property.prop([
  fc.double({ min: 10, max: 200, noNaN: true }),
  fc.double({ min: 0.5, max: 10, noNaN: true }),
  fc.double({ min: 0.1, max: 5, noNaN: true }),
])('samples on straight pieces give back the pieces, whatever their order', (idle, first, second) => {
  const power = (u: number) => (u <= 40 ? idle + first * u : idle + first * 40 + second * (u - 40));
  const samples = Array.from({ length: 101 }, (_, u) => ({ utilisation: u, powerW: power(u) }));
  const fitted = fitPiecewise(samples, [0, 40, 100]);
  const reversed = fitPiecewise(samples.toReversed(), [0, 40, 100]);
  for (const u of [0, 17, 40, 77, 100]) {
    expect(modelPowerW(fitted, u)).toBeCloseTo(power(u), 6);
    expect(modelPowerW(reversed, u)).toBeCloseTo(power(u), 6);
  }
  expect(fitted.r2).toBeCloseTo(1, 9);
});

test('a model of too few utilisations, or with an empty piece, is refused', () => {
  const few = Array.from({ length: 100 }, (_, at) => ({ utilisation: at % 10, powerW: 100 + at }));
  expect(() => fitLinear(few)).toThrow(expect.objectContaining({ code: 'E_POWER_MODEL' }));
  const low = Array.from({ length: 41 }, (_, u) => ({ utilisation: u, powerW: 100 + u }));
  expect(() => fitPiecewise(low, [0, 40, 60, 100])).toThrow(
    expect.objectContaining({ code: 'E_POWER_MODEL' }),
  );
});

test('a room is in order within 5 %; beyond, the classes that moved are named, most first', () => {
  const knots = [
    { utilisation: 0, powerW: 100 },
    { utilisation: 100, powerW: 300 },
  ];
  const hours = (utilisation: number) => Array.from({ length: 24 }, () => ({ utilisation, hours: 1 }));
  const classes = [
    { hostClass: 'gpu', model: { knots }, utilisations: hours(50), modelWhBefore: 2_000 },
    { hostClass: 'cpu', model: { knots }, utilisations: hours(10), modelWhBefore: 2_900 },
  ];
  // 24 h of 200 W and 120 W and 10 Wh of fixed gear.
  const fine = reconcile(classes, 10, 7_690);
  expect(fine).toMatchObject({ modelWh: 7_690, deviation: 0, ok: true, moved: [] });
  const off = reconcile(classes, 10, 7_000);
  expect(off.ok).toBe(false);
  expect(off.moved).toEqual([
    { hostClass: 'gpu', changeWh: 2_800 },
    { hostClass: 'cpu', changeWh: -20 },
  ]);
  expect(() => reconcile(classes, 10, 0)).toThrow(expect.objectContaining({ code: 'E_NO_IT_ENERGY' }));
});

property.prop([
  fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(1e6)), {
    minLength: 1,
    maxLength: 30,
  }),
  fc.bigInt({ min: 0n, max: 10n ** 12n }),
])('energies of jobs add up to the meter exactly', (drawn, measuredWh) => {
  const jobs = drawn.map(([dynamicWh, idleWh], at) => ({ job: `j${at}`, dynamicWh, idleWh: idleWh + 1 }));
  const shared = shareAmongJobs(jobs, measuredWh);
  expect(shared.jobs.reduce((sum, { energyWh }) => sum + energyWh, 0n)).toBe(measuredWh);
  expect(shared.jobs.every(({ energyWh }) => energyWh >= 0n)).toBe(true);
});
