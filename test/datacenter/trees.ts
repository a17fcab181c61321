/** Meter trees for the tests, labelled as constructed: no public facility-level series exists under an open licence. */
import type { MeterPurpose, NodeClass } from '../../schemas/streams/registryAssets.ts';
import { facilityIntervals } from '../../src/datacenter/facilityIntervals.ts';
import { type FacilitySetting, facilityModel } from '../../src/datacenter/facilityModel.ts';
import { emptyEnergies } from '../../src/datacenter/intervalGrid.ts';
import { meterTree, type NodeDeclaration, type PointDeclaration } from '../../src/datacenter/meterTree.ts';

export const point = (
  id: string,
  node: string,
  side: 'in' | 'out',
  feeds: readonly string[],
  more: Partial<Omit<PointDeclaration, 'id' | 'node' | 'side' | 'feeds'>> & {
    purpose?: MeterPurpose;
    nodeClass?: NodeClass;
  } = {},
): PointDeclaration => ({ id, node, side, feeds, role: 'primary', purpose: 'distribution', ...more });

/**
 * Incomer, two UPS, two PDUs with three meters of one flow each, four racks on both feeds, cooling and lighting.
 * IT is taken at the racks, feed by feed.
 */
export function twoFeedPoints(racks = 4): PointDeclaration[] {
  const points = [
    point('inc', 'facility', 'in', [], { purpose: 'total', nodeClass: 'facility', ratedPowerW: 400_000 }),
    point('cool', 'cooling', 'in', ['facility'], { purpose: 'cooling', nodeClass: 'cooling' }),
    point('light', 'lighting', 'in', ['facility'], { purpose: 'lighting', nodeClass: 'lighting' }),
  ];
  for (const feed of ['a', 'b']) {
    const [ups, pdu] = [`ups-${feed}`, `pdu-${feed}`];
    points.push(
      point(`${ups}-in`, ups, 'in', ['facility'], { nodeClass: 'ups' }),
      point(`${ups}-out`, ups, 'out', ['facility'], { nodeClass: 'ups' }),
      point(`${pdu}-inlet`, pdu, 'in', [ups], { nodeClass: 'pdu', group: `${pdu}-flow` }),
      point(`${pdu}-phase`, pdu, 'in', [ups], { nodeClass: 'pdu', group: `${pdu}-flow`, role: 'check' }),
      point(`${pdu}-outlets`, pdu, 'out', [ups], { nodeClass: 'pdu', group: `${pdu}-flow`, role: 'check' }),
    );
  }
  for (let rack = 1; rack <= racks; rack++)
    for (const feed of ['a', 'b'])
      points.push(
        point(`rack-${rack}-${feed}`, `rack-${rack}`, 'in', [`pdu-${feed}`], {
          purpose: 'it',
          nodeClass: 'rack',
          ratedPowerW: 8_000,
        }),
      );
  return points;
}

export const twoFeedNodes: NodeDeclaration[] = [1, 2, 3, 4].map((rack) => ({
  node: `rack-${rack}`,
  feeds: ['pdu-a', 'pdu-b'],
  nodeClass: 'rack',
  purpose: 'it',
}));

export function model(
  points: readonly PointDeclaration[],
  nodes: readonly NodeDeclaration[] = [],
  setting: Omit<FacilitySetting, 'id' | 'tree'> = {},
) {
  return facilityModel({ id: 'dc/test', tree: meterTree('dc/test', nodes, points), ...setting });
}

/** One quarter hour of a model from Wh by point id; a point that is not named is unknown. */
export function oneQuarter(facility: ReturnType<typeof model>, whOf: Readonly<Record<string, number>>) {
  const energies = facility.tree.points.map(({ id }) => {
    const series = emptyEnergies(1);
    const wh = whOf[id];
    if (wh !== undefined) {
      series.energyWh[0] = wh;
      series.knownWh[0] = wh;
      series.knownShare[0] = 1;
    }
    return series;
  });
  const { intervals, usedSets, events } = facilityIntervals(facility, energies, { startMs: 0, count: 1 });
  return { ...intervals[0]!, used: usedSets[0]!, events };
}
