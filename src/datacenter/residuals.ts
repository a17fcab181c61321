/** What a node takes in minus what is accounted for below it: losses and unmetered use, never less than the meters' tolerance. */
import type { MeterPurpose } from '../../schemas/streams/registryAssets.ts';
import type { EventCode } from './intervalGrid.ts';
import { type MeterTree, placeKey } from './meterTree.ts';
import { type IntervalTotals, ownEnergy } from './nodeTotals.ts';
import { disagree } from './pointEnergies.ts';

/** 1 % of the total, or half a kilowatt hour where that is more. */
const TOLERANCE_SHARE = 0.01;
const TOLERANCE_WH = 500;
/** Efficiency of a UPS: outside, a meter or its place in the tree is wrong. */
const UPS_EFFICIENCY = { low: 0.8, high: 1 } as const;

/** Nodes that put energy into their parent. */
const SOURCES: readonly (MeterPurpose | undefined)[] = ['pv', 'generator', 'storage'];

export interface IntervalFinding {
  readonly code: EventCode;
  readonly at: string;
  readonly found: number;
  readonly limit: number;
}

export interface NodeResidual {
  readonly node: string;
  readonly residualWh: number;
  readonly totalWh: number;
}

/** Residuals of the nodes whose intake is measured and whose use below is known. */
function residuals(
  tree: MeterTree,
  totals: IntervalTotals,
  energyOf: (point: number) => number,
): NodeResidual[] {
  const found: NodeResidual[] = [];
  for (const { id: node, purpose } of tree.nodes.values()) {
    if (SOURCES.includes(purpose)) continue;
    const into = tree.placeOf.get(placeKey(node, 'in'))!;
    const out = tree.placeOf.get(placeKey(node, 'out'))!;
    const intake = measuredOrFeeds(tree, totals, into);
    const suppliedWh = suppliedTo(tree, totals, node);
    const [draws] = tree.places[out]!.ways;
    const ownOut = ownEnergy(tree, out, energyOf);
    const drawn =
      draws === undefined ? Number.NaN : draws.reduce((sum, each) => sum + totals.energyWh[each]!, 0);
    const pairs = Number.isNaN(ownOut)
      ? [[intake + suppliedWh, drawn]]
      : [
          // Whether a source joins before or behind the meter of the output is not declared: it may be either.
          [intake + suppliedWh, ownOut],
          [ownOut + suppliedWh, drawn],
        ];
    for (const [totalWh, below] of pairs as [number, number][]) {
      if (!Number.isNaN(totalWh - below)) found.push({ node, residualWh: totalWh - below, totalWh });
    }
  }
  return found;
}

/** The intake as its own meters show it; a total that was made up from below has no residual. */
function measuredOrFeeds(tree: MeterTree, totals: IntervalTotals, place: number): number {
  const way = totals.way[place]!;
  const { ways, at } = tree.places[place]!;
  const fromFeeds = at === 'in' && way === 0 && ways.length === 2;
  return way === -1 || fromFeeds ? totals.energyWh[place]! : Number.NaN;
}

/** What PV, generators and discharging storage put into a node; 0 where it has none. */
function suppliedTo(tree: MeterTree, totals: IntervalTotals, node: string): number {
  let sum = 0;
  for (const { id, feeds, purpose } of tree.nodes.values()) {
    if (!feeds.includes(node) || !SOURCES.includes(purpose)) continue;
    sum += totals.energyWh[tree.placeOf.get(placeKey(id, 'out'))!]!;
  }
  return sum;
}

/** Residuals below tolerance, UPS outside their efficiency, and check meters that differ from their primary. */
export function intervalFindings(
  tree: MeterTree,
  totals: IntervalTotals,
  energyOf: (point: number) => number,
): IntervalFinding[] {
  const findings: IntervalFinding[] = [];
  for (const { node, residualWh, totalWh } of residuals(tree, totals, energyOf)) {
    const limit = -Math.max(TOLERANCE_SHARE * totalWh, TOLERANCE_WH);
    if (residualWh < limit) findings.push({ code: 'negative_residual', at: node, found: residualWh, limit });
  }
  for (const { id, nodeClass } of tree.nodes.values()) {
    if (nodeClass !== 'ups') continue;
    const into = totals.energyWh[tree.placeOf.get(placeKey(id, 'in'))!]!;
    const out = ownEnergy(tree, tree.placeOf.get(placeKey(id, 'out'))!, energyOf);
    const measured = totals.way[tree.placeOf.get(placeKey(id, 'in'))!] === -1;
    const efficiency = measured && into > 0 ? out / into : Number.NaN;
    if (efficiency < UPS_EFFICIENCY.low || efficiency > UPS_EFFICIENCY.high) {
      const limit = efficiency > 1 ? UPS_EFFICIENCY.high : UPS_EFFICIENCY.low;
      findings.push({ code: 'ups_efficiency', at: id, found: efficiency, limit });
    }
  }
  for (const { primary, checks } of tree.places.flatMap(({ flows }) => flows)) {
    if (primary === undefined) continue;
    const primaryWh = energyOf(primary);
    for (const check of checks) {
      const checkWh = energyOf(check);
      if (disagree(primaryWh, checkWh))
        findings.push({
          code: 'group_mismatch',
          at: tree.points[check]!.id,
          found: checkWh,
          limit: primaryWh,
        });
    }
  }
  return findings;
}
