/**
 * A facility's meter tree as a graph of places where a flow can be measured. Each node has a place `in` and a place
 * `out`; a node with two feeds has a place for each feed before its `in`. Energy flows along
 * (parent, out) → (node, feed) → (node, in) → (node, out), so that "a point is an ancestor of another" is reachability.
 */
import { Refusal } from '../../schemas/refusal.ts';
import type { MeterPurpose, NodeClass } from '../../schemas/streams/registryAssets.ts';

/** A node as the registry declares it, by a document of its own or through its meters. */
export interface NodeDeclaration {
  readonly node: string;
  /** Nodes that feed it: none, one, or the A and the B feed. */
  readonly feeds: readonly string[];
  readonly nodeClass?: NodeClass;
  readonly purpose?: MeterPurpose;
}

export interface PointDeclaration {
  readonly id: string;
  readonly node: string;
  readonly side: 'in' | 'out';
  /** One feed of a node that has two: the point measures this feed. All feeds or none: it measures the node. */
  readonly feeds: readonly string[];
  /** Points of one group measure the same flow. */
  readonly group?: string;
  readonly role: 'primary' | 'check';
  readonly purpose: MeterPurpose;
  readonly nodeClass?: NodeClass;
  readonly ratedPowerW?: number;
  readonly registerModulusWh?: number;
}

export interface TreeNode {
  readonly id: string;
  readonly feeds: readonly string[];
  readonly nodeClass: NodeClass | undefined;
  readonly purpose: MeterPurpose | undefined;
  /** Named only as a feed of others: it has neither document nor meter. */
  readonly virtual: boolean;
}

/** One flow at a place: its primary point and the points that measure the same. */
export interface Flow {
  readonly group: string;
  /** Index of the primary point; undefined where only checks are declared. */
  readonly primary: number | undefined;
  readonly checks: readonly number[];
}

/** Where a flow is or could be measured. */
export interface Place {
  readonly node: string;
  readonly at: 'feed' | 'in' | 'out';
  /** Parent of a `feed`. */
  readonly feed: string | undefined;
  readonly flows: readonly Flow[];
  /** Ways to make up its total where its own flows are not valid, best first: places to be summed. */
  readonly ways: readonly (readonly number[])[];
}

export interface MeterTree {
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly points: readonly PointDeclaration[];
  readonly places: readonly Place[];
  /** Index of a place: `<node> in`, `<node> out`, `<node> <parent>`. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Nodes without a feed that measure or stand for the whole facility. */
  readonly roots: readonly string[];
  /** Points on the outer side of a root: what is fed back into the grid. */
  readonly exports: readonly number[];
}

/** Nodes that draw no electricity from their parent. */
const NOT_DRAWN: readonly (MeterPurpose | undefined)[] = ['pv', 'generator', 'heat_export'];
/** Nodes whose two sides are different flows, so that one says nothing of the other. */
const SIDES_APART: readonly (MeterPurpose | undefined)[] = [...NOT_DRAWN, 'storage'];
const MOST_FEEDS = 2;

export const placeKey = (node: string, at: 'in' | 'out' | { feed: string }): string =>
  typeof at === 'string' ? `${node}\t${at}` : `${node}\tfeed\t${at.feed}`;

/**
 * Builds the tree from the declarations in force at one time.
 * @throws Refusal E_TREE_CYCLE, E_TREE_FEEDS (more than two feeds, or a point on a feed that its node has not),
 * E_SAME_FLOW (two primaries of one flow, or of one place without naming their groups)
 */
export function meterTree(
  facility: string,
  declared: readonly NodeDeclaration[],
  points: readonly PointDeclaration[],
): MeterTree {
  const nodes = nodesOf(facility, declared, points);
  refuseCycles(facility, nodes);
  const children = childrenOf(nodes);
  const placeOf = new Map<string, number>();
  for (const node of nodes.values()) {
    if (node.feeds.length > 1)
      for (const feed of node.feeds) placeOf.set(placeKey(node.id, { feed }), placeOf.size);
    placeOf.set(placeKey(node.id, 'in'), placeOf.size);
    placeOf.set(placeKey(node.id, 'out'), placeOf.size);
  }
  const roots = [...nodes.values()].filter(isRoot).map(({ id }) => id);
  const exports = points.flatMap(({ node, side, role }, index) =>
    side === 'out' && role === 'primary' && roots.includes(node) ? [index] : [],
  );
  const flows = flowsOf(facility, nodes, points, placeOf);
  const at = (key: string) => placeOf.get(key)!;
  const places: Place[] = [];
  for (const node of nodes.values()) {
    const feeds = node.feeds.length > 1 ? node.feeds.map((feed) => placeKey(node.id, { feed })) : [];
    const below = (children.get(node.id) ?? []).filter((child) => !NOT_DRAWN.includes(child.purpose));
    const place = (key: string, kind: Place['at'], feed: string | undefined, ways: number[][]) => {
      places[at(key)] = { node: node.id, at: kind, feed, flows: flows.get(at(key)) ?? [], ways };
    };
    feeds.forEach((key, index) => {
      place(key, 'feed', node.feeds[index], []);
    });
    place(placeKey(node.id, 'in'), 'in', undefined, [
      ...(feeds.length > 0 ? [feeds.map(at)] : []),
      ...(SIDES_APART.includes(node.purpose) ? [] : [[at(placeKey(node.id, 'out'))]]),
    ]);
    const draws = below.map((child) =>
      at(child.feeds.length > 1 ? placeKey(child.id, { feed: node.id }) : placeKey(child.id, 'in')),
    );
    place(placeKey(node.id, 'out'), 'out', undefined, draws.length > 0 ? [draws] : []);
  }
  return { nodes, points, places, placeOf, roots, exports };
}

const isRoot = ({ feeds, purpose, nodeClass }: TreeNode): boolean =>
  feeds.length === 0 && (purpose === 'total' || nodeClass === 'facility');

function nodesOf(
  facility: string,
  declared: readonly NodeDeclaration[],
  points: readonly PointDeclaration[],
): Map<string, TreeNode> {
  const nodes = new Map<string, TreeNode>();
  const add = ({ node, feeds, nodeClass, purpose }: NodeDeclaration) => {
    const before = nodes.get(node);
    const all = [...new Set([...(before?.feeds ?? []), ...feeds])];
    if (all.length > MOST_FEEDS) {
      throw new Refusal(`${node} has the feeds ${all.join(', ')}`, {
        code: 'E_TREE_FEEDS',
        place: facility,
        remedy: 'at most two: the A and the B feed',
      });
    }
    nodes.set(node, {
      id: node,
      feeds: all,
      nodeClass: before?.nodeClass ?? nodeClass,
      purpose: before?.purpose ?? purpose,
      virtual: false,
    });
  };
  for (const node of declared) add(node);
  for (const { id: _id, ...point } of points) add(point);
  for (const feed of [...nodes.values()].flatMap(({ feeds }) => feeds)) {
    if (!nodes.has(feed))
      nodes.set(feed, { id: feed, feeds: [], nodeClass: undefined, purpose: undefined, virtual: true });
  }
  return nodes;
}

function childrenOf(nodes: ReadonlyMap<string, TreeNode>): Map<string, TreeNode[]> {
  const children = new Map<string, TreeNode[]>();
  for (const node of nodes.values())
    for (const feed of node.feeds) children.set(feed, [...(children.get(feed) ?? []), node]);
  return children;
}

function refuseCycles(facility: string, nodes: ReadonlyMap<string, TreeNode>): void {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) {
      throw new Refusal(`feeds go round: ${[...path.slice(path.indexOf(id)), id].join(' ← ')}`, {
        code: 'E_TREE_CYCLE',
        place: facility,
        remedy: 'feeds that lead from every node to the incomer',
      });
    }
    if (done.has(id)) return;
    for (const feed of nodes.get(id)!.feeds) visit(feed, [...path, id]);
    done.add(id);
  };
  for (const id of nodes.keys()) visit(id, []);
}

/** Place of each point, then its flows: a group is where its primary is. */
function flowsOf(
  facility: string,
  nodes: ReadonlyMap<string, TreeNode>,
  points: readonly PointDeclaration[],
  placeOf: ReadonlyMap<string, number>,
): Map<number, Flow[]> {
  const located = points.map((point, index) => ({
    point,
    index,
    place: placeOfPoint(facility, nodes, point, placeOf),
  }));
  const inside = located.filter(({ point }) => point.side === 'in' || !isRoot(nodes.get(point.node)!));
  const groups = Map.groupBy(inside, ({ point, place }) => point.group ?? `at\t${place}`);
  const flows = new Map<number, Flow[]>();
  for (const [group, members] of groups) {
    const primaries = members.filter(({ point }) => point.role === 'primary');
    if (primaries.length > 1) {
      const named = primaries.map(({ point }) => point.id).join(', ');
      throw new Refusal(`${named} are all primary of one flow`, {
        code: 'E_SAME_FLOW',
        place: facility,
        remedy: 'one primary a group, the others as checks; a group for each flow where they are several',
      });
    }
    const { place } = primaries[0] ?? members[0]!;
    const flow = {
      group: group.startsWith('at\t') ? (primaries[0] ?? members[0]!).point.id : group,
      primary: primaries[0]?.index,
      checks: members.filter(({ point }) => point.role === 'check').map(({ index }) => index),
    };
    flows.set(place, [...(flows.get(place) ?? []), flow]);
  }
  return flows;
}

function placeOfPoint(
  facility: string,
  nodes: ReadonlyMap<string, TreeNode>,
  { id, node, side, feeds }: PointDeclaration,
  placeOf: ReadonlyMap<string, number>,
): number {
  const all = nodes.get(node)!.feeds;
  const [feed] = feeds;
  if (side === 'out' || all.length < 2 || feeds.length !== 1 || feed === undefined)
    return placeOf.get(placeKey(node, side))!;
  const place = placeOf.get(placeKey(node, { feed }));
  if (place === undefined) {
    throw new Refusal(`${id} measures a feed from ${feed}, which ${node} has not`, {
      code: 'E_TREE_FEEDS',
      place: facility,
      remedy: `one of ${all.join(', ')}`,
    });
  }
  return place;
}

/** Places from which a place draws, nearest first: (node, in) of its (node, out), feeds of its in, out of the parents. */
export function placesAbove(tree: MeterTree, place: number): number[] {
  const { node, at, feed } = tree.places[place]!;
  const of = (key: string) => tree.placeOf.get(key)!;
  if (at === 'out')
    return SIDES_APART.includes(tree.nodes.get(node)!.purpose) ? [] : [of(placeKey(node, 'in'))];
  const { feeds } = tree.nodes.get(node)!;
  if (at === 'feed') return [of(placeKey(feed!, 'out'))];
  if (feeds.length > 1) return feeds.map((each) => of(placeKey(node, { feed: each })));
  return feeds.map((each) => of(placeKey(each, 'out')));
}
