import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { eia930Modes, modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { estimateMissing, HISTORY_ESTIMATORS } from '../../src/grid/estimators.ts';
import { scoreEstimators } from '../../src/grid/holdOut.ts';
import { readWideModeBalance } from '../../src/grid/wideModes.ts';
import { goldenDir } from './goldenGrid.ts';

const shape = { stepsPerDay: 4, stride: 1, column: 0 };

test('a week ago, else the nearest day; or the mean of the same time of day', () => {
  const values = Float64Array.from({ length: 40 }, (_value, step) => 100 * Math.floor(step / 4) + (step % 4));
  values[38] = Number.NaN;
  const naive = estimateMissing('SEASONAL_NAIVE', values, shape);
  expect(naive.values[38]).toBe(202);
  expect([...naive.estimated].indexOf(1)).toBe(38);
  // The first day has nothing to go by; the second only the day before.
  const gap = values.slice();
  gap[1] = Number.NaN;
  gap[6] = Number.NaN;
  const filled = estimateMissing('SEASONAL_NAIVE', gap, shape);
  expect(filled.values[1]).toBeNaN();
  expect(filled.values[6]).toBe(2);
  expect(estimateMissing('TIME_SLICER_AVERAGE', values, shape).values[38]).toBe(402);
});

const series = fc.array(fc.option(fc.nat(1000), { nil: Number.NaN, freq: 3 }), {
  minLength: 1,
  maxLength: 80,
});

property.prop([series, fc.constantFrom(...HISTORY_ESTIMATORS)])(
  'a measured value is never touched, and an estimate lies between the least and the most that was measured before',
  (given, estimator) => {
    const { values, estimated } = estimateMissing(estimator, Float64Array.from(given), shape);
    given.forEach((value, step) => {
      if (!Number.isNaN(value)) {
        expect(values[step]).toBe(value);
        expect(estimated[step]).toBe(0);
      } else if (estimated[step] === 1) {
        const before = given.slice(0, step).filter((each) => !Number.isNaN(each));
        expect(values[step]).toBeGreaterThanOrEqual(Math.min(...before));
        expect(values[step]).toBeLessThanOrEqual(Math.max(...before));
      }
    });
  },
);

describe.skipIf(!goldenDir)(`ten days of EIA-930${goldenDir ? '' : ' (skipped: no data folder)'}`, () => {
  test('every estimator has a score, and the balance is the surest for production', () => {
    const name = 'E_rolling_2021-07-10_2021-07-20.csv';
    const file = { name, text: readFileSync(join(goldenDir!, name), 'utf8') };
    const { topology, series: hours } = readWideModeBalance(
      file,
      eia930Modes,
      modeFactors('gridemissions-2021-eia930'),
    );
    const scores = scoreEstimators(topology, hours, 24);
    const errorOf = (quantity: string, estimator: string) =>
      scores.find((each) => each.quantity === quantity && each.estimator === estimator)!.absoluteError!;
    expect(scores.every(({ estimated, heldOut }) => estimated > 0.85 * heldOut)).toBe(true);
    expect(errorOf('production', 'BALANCE')).toBeLessThan(0.03);
    expect(errorOf('production', 'SEASONAL_NAIVE')).toBeLessThan(0.1);
    // With a tenth of the dirtiest production hidden, the known part is the cleaner one.
    expect(errorOf('intensity', 'KNOWN_SHARE')).toBeLessThan(0.15);
    expect(errorOf('intensity', 'TIME_SLICER_AVERAGE')).toBeLessThan(errorOf('intensity', 'KNOWN_SHARE'));
  });
});
