/**
 * The symbolic half of the factorisation: in which order the zones are eliminated and which matrix entries can
 * become non-zero. It depends on the exchanges only, so it is made once and serves every timestamp.
 */
import { Refusal } from '../../schemas/refusal.ts';
import { type GridTopology, OUTSIDE } from './topology.ts';

/** More fill than this means a network far beyond zones of a country; refused rather than left to exhaust memory. */
const MAX_UPDATES = 50_000_000;

export interface EliminationOrder {
  readonly zoneCount: number;
  /** Zones in the order in which they are eliminated. */
  readonly order: Int32Array;
  /** Position p owns the neighbours `start[p] … start[p + 1] - 1`: zones coupled to it and eliminated later. */
  readonly start: Int32Array;
  readonly neighbour: Int32Array;
  /** Entry of (eliminated zone, neighbour), and of (neighbour, eliminated zone). */
  readonly rowEntry: Int32Array;
  readonly columnEntry: Int32Array;
  /** From `updateStart[p]`: for each ordered pair of neighbours (a, b) the entry (a, b); -1 on the diagonal. */
  readonly updateStart: Int32Array;
  readonly updateEntry: Int32Array;
  /** Off-diagonal entries, fill included. */
  readonly entryCount: number;
  /** Per exchange: entry (to, from) that takes a positive flow and entry (from, to) that takes a negative one; -1 at the border of the model. */
  readonly forwardEntry: Int32Array;
  readonly reverseEntry: Int32Array;
}

/** Greedy minimum-degree ordering with symbolic fill. Ties go to the lower zone index, so the result is deterministic. */
export function planElimination(topology: GridTopology): EliminationOrder {
  const zoneCount = topology.zoneIds.length;
  const links = adjacency(topology);
  const entries = new Map<number, number>();
  const entryOf = (row: number, column: number): number => {
    const key = row * zoneCount + column;
    const known = entries.get(key);
    if (known !== undefined) return known;
    entries.set(key, entries.size);
    return entries.size - 1;
  };

  const order = new Int32Array(zoneCount);
  const start = new Int32Array(zoneCount + 1);
  const updateStart = new Int32Array(zoneCount + 1);
  const neighbour: number[] = [];
  const rowEntry: number[] = [];
  const columnEntry: number[] = [];
  const updateEntry: number[] = [];
  const left = new Set(topology.zoneIds.keys());

  for (let position = 0; position < zoneCount; position++) {
    const pivot = leastCoupled(left, links);
    left.delete(pivot);
    order[position] = pivot;
    const coupled = [...links[pivot]!].sort((a, b) => a - b);
    for (const zone of coupled) {
      neighbour.push(zone);
      rowEntry.push(entryOf(pivot, zone));
      columnEntry.push(entryOf(zone, pivot));
      links[zone]!.delete(pivot);
      for (const other of coupled) {
        updateEntry.push(other === zone ? -1 : entryOf(zone, other));
        if (other !== zone) links[zone]!.add(other);
      }
    }
    if (updateEntry.length > MAX_UPDATES) {
      throw new Refusal('the network is too densely meshed to be traced', {
        code: 'TL_GRID_TOPOLOGY',
        place: `${zoneCount} zones, ${topology.exchanges.length} exchanges`,
        remedy: 'fewer zones, or zones joined only where a line joins them',
      });
    }
    start[position + 1] = neighbour.length;
    updateStart[position + 1] = updateEntry.length;
  }

  const atBorder = (zoneA: number, zoneB: number): boolean => zoneA === OUTSIDE || zoneB === OUTSIDE;
  return {
    zoneCount,
    order,
    start,
    neighbour: Int32Array.from(neighbour),
    rowEntry: Int32Array.from(rowEntry),
    columnEntry: Int32Array.from(columnEntry),
    updateStart,
    updateEntry: Int32Array.from(updateEntry),
    entryCount: entries.size,
    forwardEntry: Int32Array.from(topology.exchanges, ({ from, to }) =>
      atBorder(from, to) ? -1 : entryOf(to, from),
    ),
    reverseEntry: Int32Array.from(topology.exchanges, ({ from, to }) =>
      atBorder(from, to) ? -1 : entryOf(from, to),
    ),
  };
}

function adjacency(topology: GridTopology): Array<Set<number>> {
  const links = topology.zoneIds.map(() => new Set<number>());
  for (const { from, to } of topology.exchanges) {
    if (from === OUTSIDE || to === OUTSIDE) continue;
    links[from]!.add(to);
    links[to]!.add(from);
  }
  return links;
}

function leastCoupled(left: ReadonlySet<number>, links: ReadonlyArray<ReadonlySet<number>>): number {
  let best = -1;
  for (const zone of left) {
    if (best === -1 || links[zone]!.size < links[best]!.size) best = zone;
  }
  return best;
}
