import { test as property } from '@fast-check/vitest';
import { expect } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { supplyOrigins } from '../../src/grid/supplyOrigins.ts';
import { gridCase, propertyRuns } from './randomGrid.ts';

property.prop([gridCase({ idleZones: true, gaps: true })], { numRuns: propertyRuns })(
  'what zones produced for a zone adds up to what it consumed, with its mass and its unknown part',
  ({ topology, series }) => {
    const traced = traceSeries(topology, series);
    topology.zoneIds.forEach((_zone, zone) => {
      const share = traced.unknownShare[zone]!;
      if (!(share < 1)) return;
      const consumed = traced.productionMwh[zone]! + importsOf(topology, series, zone);
      // Random flows may take more out of a zone than it has: then it consumes nothing.
      if (!(consumed > 0)) return;
      const origins = supplyOrigins(topology, series, [0], [zone]);
      const energy = origins.reduce((sum, { energyMwh }) => sum + energyMwh, 0);
      const mass = origins.reduce((sum, { massKg }) => sum + massKg.CO2!, 0);
      const known = traced.families[0]!.knownKgPerMwh[zone]!;
      const scale = Math.abs(consumed) + 1e-3;
      expect(Math.abs(energy - consumed * (1 - share))).toBeLessThanOrEqual(1e-6 * scale);
      expect(Math.abs(mass - consumed * known)).toBeLessThanOrEqual(1e-3 * scale);
    });
  },
);

function importsOf(
  { exchanges }: { exchanges: readonly { from: number; to: number }[] },
  series: { flowMwh: Float64Array },
  zone: number,
): number {
  return exchanges.reduce((sum, { from, to }, at) => {
    // A missing flow counts as none: the allowance for it is on the diagonal.
    const flow = Number.isNaN(series.flowMwh[at]!) ? 0 : series.flowMwh[at]!;
    return sum + (to === zone ? flow : 0) - (from === zone ? flow : 0);
  }, 0);
}
