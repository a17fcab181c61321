import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { meanIntensity, type WeighedInterval } from '../../src/grid/meanIntensity.ts';

const HOUR_S = 3_600;
const hour = (given: Partial<WeighedInterval>): WeighedInterval => ({
  coveredS: HOUR_S,
  durationS: HOUR_S,
  consumedMwh: 10,
  intensityKgPerMwh: 100,
  unknownShare: 0,
  lowerKgPerMwh: 100,
  upperKgPerMwh: 100,
  ...given,
});

describe('the mean intensity of a window', () => {
  test('is mass over energy, not a mean of intensities', () => {
    const mean = meanIntensity([hour({}), hour({ consumedMwh: 30, intensityKgPerMwh: 500 })], 2 * HOUR_S);
    expect(mean).toMatchObject({
      intensityKgPerMwh: 400,
      unknownShare: 0,
      isEstimated: false,
      consumedMwh: 40,
    });
  });

  test('takes a part of an hour by its time', () => {
    const mean = meanIntensity([hour({ coveredS: 1_800 }), hour({ intensityKgPerMwh: 400 })], 1.5 * HOUR_S);
    expect(mean.intensityKgPerMwh).toBeCloseTo((5 * 100 + 10 * 400) / 15, 12);
  });

  test('an hour that is missing weighs as the others and is unknown: estimated to a fifth, then null', () => {
    const known = Array.from({ length: 8 }, () => hour({}));
    expect(meanIntensity(known, 10 * HOUR_S)).toMatchObject({
      intensityKgPerMwh: 100,
      unknownShare: 0.2,
      isEstimated: true,
      lowerKgPerMwh: null,
    });
    expect(meanIntensity(known, 11 * HOUR_S).intensityKgPerMwh).toBeNull();
  });

  test('an hour without a value is unknown by its own energy', () => {
    const unknown = hour({ intensityKgPerMwh: null, consumedMwh: 30 });
    const mean = meanIntensity([hour({}), unknown], 2 * HOUR_S);
    expect(mean).toMatchObject({ intensityKgPerMwh: null, unknownShare: 0.75 });
  });

  test('nothing known is nothing said', () => {
    expect(meanIntensity([], HOUR_S)).toMatchObject({ intensityKgPerMwh: null, unknownShare: 1 });
  });

  test('more than the window is a fault', () => {
    expect(() => meanIntensity([hour({}), hour({})], HOUR_S)).toThrow(RangeError);
  });

  const intensity = fc.nat({ max: 1_000_000 }).map((each) => each / 1_000);
  const interval = fc
    .record({
      consumedMwh: fc.option(
        fc.nat({ max: 1_000_000 }).map((each) => each / 1_000),
        { freq: 8 },
      ),
      intensityKgPerMwh: fc.option(intensity, { freq: 8 }),
      unknownShare: fc.double({ min: 0, max: 0.2, noNaN: true }),
    })
    .map((given) => hour({ ...given, lowerKgPerMwh: 0, upperKgPerMwh: 1_000 }));

  test.prop([fc.array(interval, { minLength: 1, maxLength: 30 }), fc.nat({ max: 10 })])(
    'lies between the least and the largest of its hours, in any order of them',
    (intervals, missing) => {
      const windowS = (intervals.length + missing) * HOUR_S;
      const mean = meanIntensity(intervals, windowS);
      expect(mean.unknownShare).toBeGreaterThanOrEqual(0);
      expect(mean.unknownShare).toBeLessThanOrEqual(1);
      const turned = meanIntensity([...intervals].reverse(), windowS);
      expect(turned.unknownShare).toBeCloseTo(mean.unknownShare, 9);
      if (mean.intensityKgPerMwh === null) return;
      const known = intervals.flatMap(({ intensityKgPerMwh: each }) => (each === null ? [] : [each]));
      expect(mean.intensityKgPerMwh).toBeGreaterThanOrEqual(Math.min(...known) * (1 - 1e-9));
      expect(mean.intensityKgPerMwh).toBeLessThanOrEqual(Math.max(...known) * (1 + 1e-9));
    },
  );
});
