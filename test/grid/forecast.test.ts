import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { FORECAST_METHODS, forecastSeries, LEAST_HISTORY_HOURS } from '../../src/grid/forecast.ts';

const daily = (hour: number) => 100 + 50 * Math.sin((2 * Math.PI * hour) / 24);
const series = (hours: number, value: (hour: number) => number | null) =>
  Array.from({ length: hours }, (_hour, at) => value(at));

describe('a forecast of a series from its own history', () => {
  test('a series that repeats each day is forecast without an error', () => {
    const forecast = forecastSeries(series(24 * 9, daily), 48)!;
    forecast.values.forEach((value, ahead) => {
      expect(value).toBeCloseTo(daily(24 * 9 + ahead), 9);
    });
    expect(forecast.score.meanAbsoluteError).toBeLessThan(1e-9);
  });

  test('a week with another Sunday is repeated by the week', () => {
    const weekly = (hour: number) => daily(hour) * (Math.floor(hour / 24) % 7 === 6 ? 0.5 : 1);
    const forecast = forecastSeries(series(24 * 21, weekly), 24 * 7)!;
    expect(forecast.method).toBe('SEASONAL_NAIVE_168H');
    forecast.values.forEach((value, ahead) => {
      expect(value).toBeCloseTo(weekly(24 * 21 + ahead), 9);
    });
  });

  test('noise about the same day is best met by the mean of days, and its score is the noise', () => {
    // A fixed sequence without a season of its own.
    let state = 1;
    const noise = Array.from({ length: 24 * 21 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state / 2_147_483_647 - 0.5) * 20;
    });
    const forecast = forecastSeries(
      noise.map((each, hour) => daily(hour) + each),
      24,
    )!;
    expect(forecast.method).toBe('SEASONAL_MEAN_7D');
    expect(forecast.score.meanAbsoluteError).toBeGreaterThan(3);
    expect(forecast.score.meanAbsoluteError).toBeLessThan(8);
    expect(forecast.score.hours).toBe(24 * 7);
  });

  test('too short or too thin a history has none', () => {
    expect(forecastSeries(series(LEAST_HISTORY_HOURS - 1, daily), 24)).toBeUndefined();
    expect(forecastSeries(series(LEAST_HISTORY_HOURS, daily), 24)).toBeDefined();
    const silent = series(24 * 9, (hour) => (hour >= 24 * 8 ? null : daily(hour)));
    expect(forecastSeries(silent, 24)).toBeUndefined();
  });

  test('an hour that is missing is met by the same hour of the day before', () => {
    const holes = series(24 * 9, (hour) => (hour % 24 === 5 && hour > 24 * 8 ? null : daily(hour)));
    const forecast = forecastSeries(holes, 24)!;
    expect(forecast.values[5]).toBeCloseTo(daily(5), 9);
  });

  const value = fc.option(fc.double({ min: 0, max: 1_000, noNaN: true }), { freq: 20, nil: null });
  const history = fc.array(value, { minLength: 24 * 4, maxLength: 24 * 16 });

  test.prop([history, fc.integer({ min: 1, max: 72 })])(
    'is the same every time, one value an hour, not negative, and the best of the scored methods',
    (hours, ahead) => {
      const forecast = forecastSeries(hours, ahead);
      expect(forecastSeries(hours, ahead)).toEqual(forecast);
      if (forecast === undefined) return;
      expect(forecast.values).toHaveLength(ahead);
      for (const each of forecast.values) if (each !== null) expect(each).toBeGreaterThanOrEqual(0);
      expect(FORECAST_METHODS).toContain(forecast.method);
      for (const { meanAbsoluteError } of forecast.scores)
        expect(forecast.score.meanAbsoluteError).toBeLessThanOrEqual(meanAbsoluteError);
    },
  );

  test.prop([history, fc.double({ min: 0.01, max: 100, noNaN: true })])(
    'scales with its series: another unit is the same forecast',
    (hours, factor) => {
      const forecast = forecastSeries(hours, 24);
      const scaled = forecastSeries(
        hours.map((each) => (each === null ? null : each * factor)),
        24,
      );
      expect(scaled === undefined).toBe(forecast === undefined);
      if (forecast === undefined || scaled === undefined || scaled.method !== forecast.method) return;
      forecast.values.forEach((each, at) => {
        if (each === null) expect(scaled.values[at]).toBeNull();
        else
          expect(Math.abs(scaled.values[at]! - each * factor)).toBeLessThanOrEqual(
            1e-9 * (1 + each * factor),
          );
      });
    },
  );
});
