import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { goldenBalance, goldenDir, goldenModeSeries } from './goldenGrid.ts';

/** `test:full` draws the 300 of the acceptance; the quick run draws enough to see a broken bound. */
const draws = process.env.TANLIU_TEST_FULL ? 300 : 15;
const hours = 20;

describe.skipIf(!goldenDir)('bounds of the golden hours', () => {
  test('the true intensity lies inside the bounds whatever one to five flows are missing', () => {
    const balance = goldenBalance();
    const series = goldenModeSeries(balance);
    const { zoneIds, exchanges } = balance.topology;
    const truth = traceSeries(balance.topology, series).families[0]!.consumptionKgPerMwh;
    let checked = 0;

    const draw = fc.record({
      step: fc.integer({ min: 0, max: hours - 1 }),
      missing: fc.uniqueArray(
        fc.record({
          exchange: fc.integer({ min: 0, max: exchanges.length - 1 }),
          capacityFactor: fc.double({ min: 1, max: 3, noNaN: true }),
        }),
        { minLength: 1, maxLength: 5, selector: ({ exchange }) => exchange },
      ),
    });
    const property = fc.property(draw, ({ step, missing }) => {
      const flowMwh = series.flowMwh.slice(step * exchanges.length, (step + 1) * exchanges.length);
      const capacityMw = new Map<number, number>();
      for (const { exchange, capacityFactor } of missing) {
        capacityMw.set(exchange, Math.abs(flowMwh[exchange]!) * capacityFactor);
        flowMwh[exchange] = Number.NaN;
      }
      const cells = (values: Float64Array) =>
        values.slice(step * zoneIds.length, (step + 1) * zoneIds.length);
      const family = series.families[0]!;
      const traced = traceSeries(
        {
          zoneIds,
          exchanges: exchanges.map((exchange, index) => ({
            ...exchange,
            capacityMw: capacityMw.get(index) ?? 0,
          })),
        },
        {
          steps: 1,
          stepHours: 1,
          productionMwh: cells(series.productionMwh),
          flowMwh,
          families: [{ ...family, producedKg: cells(family.producedKg) }],
        },
      );
      const { lowerKgPerMwh, upperKgPerMwh } = traced.families[0]!;
      for (let zone = 0; zone < zoneIds.length; zone++) {
        const value = truth[step * zoneIds.length + zone]!;
        expect(value).toBeGreaterThanOrEqual(lowerKgPerMwh[zone]! - 1e-9);
        expect(value).toBeLessThanOrEqual(upperKgPerMwh[zone]! + 1e-9);
        checked++;
      }
    });
    fc.assert(property, { numRuns: draws });
    expect(checked).toBe(draws * zoneIds.length);
  });
});
