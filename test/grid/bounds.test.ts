import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { gridCase, intensities, propertyRuns } from './randomGrid.ts';

const options = { numRuns: propertyRuns };

describe('bounds under missing information', () => {
  property.prop([gridCase(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })], options)(
    'hold the value that full information gives when a part of a production has no known origin',
    ({ topology, series }, pick, share) => {
      const zone = pick % topology.zoneIds.length;
      const unknownProductionMwh = new Float64Array(topology.zoneIds.length);
      unknownProductionMwh[zone] = series.productionMwh[zone]! * share;
      const family = series.families[0]!;
      const producedKg = family.producedKg.slice();
      producedKg[zone] =
        unknownProductionMwh[zone] === series.productionMwh[zone] ? 0 : producedKg[zone]! * (1 - share);
      const partial = traceSeries(topology, {
        ...series,
        unknownProductionMwh,
        families: [{ ...family, producedKg }],
      });
      expectInside(intensities(traceSeries(topology, series)), partial.families[0]!);
    },
  );

  property.prop([gridCase(), fc.nat(), fc.double({ min: 1, max: 5, noNaN: true })], options)(
    'hold it when any one flow is missing and its capacity is known',
    ({ topology, series }, pick, factor) => {
      fc.pre(topology.exchanges.length > 0);
      const missing = pick % topology.exchanges.length;
      const flowMwh = series.flowMwh.slice();
      flowMwh[missing] = Number.NaN;
      const exchanges = topology.exchanges.map((exchange, index) => ({
        ...exchange,
        capacityMw: index === missing ? Math.abs(series.flowMwh[missing]!) * factor : 0,
      }));
      const partial = traceSeries({ ...topology, exchanges }, { ...series, flowMwh });
      expectInside(intensities(traceSeries(topology, series)), partial.families[0]!);
    },
  );
});

function expectInside(
  truth: readonly number[],
  bounds: { readonly lowerKgPerMwh: Float64Array; readonly upperKgPerMwh: Float64Array },
): void {
  truth.forEach((value, zone) => {
    expect(value).toBeGreaterThanOrEqual(bounds.lowerKgPerMwh[zone]! - 1e-7);
    expect(value).toBeLessThanOrEqual(bounds.upperKgPerMwh[zone]! + 1e-7);
  });
}
