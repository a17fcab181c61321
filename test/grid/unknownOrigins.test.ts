import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { OUTSIDE } from '../../src/grid/topology.ts';
import { explainUnknowns } from '../../src/grid/unknownOrigins.ts';
import { gridCase, propertyRuns } from './randomGrid.ts';

property.prop([gridCase({ idleZones: true, gaps: true }), fc.nat()], { numRuns: propertyRuns })(
  'the parts of all gaps add up to the unknown share',
  ({ topology, series }, pick) => {
    const zone = pick % topology.zoneIds.length;
    const { status, unknownShare, origins } = explainUnknowns(topology, series, 0, [zone])[0]!;
    const traced = traceSeries(topology, series);
    if (status !== 'value') return;
    const sum = origins.reduce((total, { share }) => total + share, 0);
    expect(sum).toBeCloseTo(traced.unknownShare[zone]!, 9);
    expect(unknownShare).toBeCloseTo(traced.unknownShare[zone]!, 12);
  },
);

test('every gap is named, the largest first', () => {
  const topology = {
    zoneIds: ['A', 'B', 'C', 'D'],
    exchanges: [
      { from: OUTSIDE, to: 0, capacityMw: 100 },
      { from: 1, to: 0, capacityMw: 100 },
      { from: 0, to: 2, capacityMw: 5 },
      { from: 3, to: 0, capacityMw: 100 },
    ],
  };
  const series = {
    steps: 1,
    stepHours: 1,
    productionMwh: Float64Array.of(50, Number.NaN, 10, 10),
    unknownProductionMwh: Float64Array.of(0, 0, 0, 4),
    flowMwh: Float64Array.of(20, 15, Number.NaN, 10),
    families: [{ name: 'CO2', producedKg: Float64Array.of(0, 0, 0, 0) }],
  };
  const { origins } = explainUnknowns(topology, series, 0, [0])[0]!;
  expect(origins.map(({ kind, zoneId, exchange }) => [kind, zoneId, exchange])).toEqual([
    ['outside_import', 'outside', 0],
    ['unknown_neighbour', 'B', 1],
    ['missing_flow', 'A', 2],
    ['unknown_production', 'D', undefined],
  ]);
  expect(origins.map(({ share }) => share)).toEqual([0.2, 0.15, 0.05, 0.04]);
  expect(explainUnknowns(topology, series, 0, [1])[0]).toEqual({
    status: 'direct_unknown',
    unknownShare: 1,
    origins: [{ kind: 'missing_production', zoneId: 'B', share: 1 }],
  });
});
