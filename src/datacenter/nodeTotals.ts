/**
 * Totals of an interval without double counting: `T(place)` is the sum of its own flows where all are valid, else of
 * the places that make it up, never both. The points that went into a sum are an antichain of the feed graph.
 */
import { type MeterTree, placesAbove } from './meterTree.ts';

/** Totals of every place in one interval. */
export interface IntervalTotals {
  /** Wh by place; NaN is unknown. */
  readonly energyWh: Float64Array;
  /** -1: own flows; else the number of the way that was taken. */
  readonly way: Int8Array;
}

const UNKNOWN_WAY = -2;
export const OWN_FLOWS = -1;

/** @param energyOf Wh of a point in the interval, NaN where unknown */
export function intervalTotals(tree: MeterTree, energyOf: (point: number) => number): IntervalTotals {
  const count = tree.places.length;
  const energyWh = new Float64Array(count).fill(Number.NaN);
  const way = new Int8Array(count).fill(UNKNOWN_WAY);
  const done = new Uint8Array(count);
  const total = (place: number): number => {
    if (done[place] === 1) return energyWh[place]!;
    done[place] = 1;
    const own = ownEnergy(tree, place, energyOf);
    if (!Number.isNaN(own)) {
      way[place] = OWN_FLOWS;
      energyWh[place] = own;
      return own;
    }
    for (const [index, parts] of tree.places[place]!.ways.entries()) {
      let sum = 0;
      for (const part of parts) sum += total(part);
      if (Number.isNaN(sum)) continue;
      way[place] = index;
      energyWh[place] = sum;
      return sum;
    }
    return Number.NaN;
  };
  for (let place = 0; place < count; place++) total(place);
  return { energyWh, way };
}

/** Sum over the flows of a place, NaN where it has none or one is not valid. */
export function ownEnergy(tree: MeterTree, place: number, energyOf: (point: number) => number): number {
  const { flows } = tree.places[place]!;
  if (flows.length === 0) return Number.NaN;
  let sum = 0;
  for (const { primary } of flows) sum += primary === undefined ? Number.NaN : energyOf(primary);
  return sum;
}

/** Indices of the points that went into a total, sorted. */
export function usedPoints(tree: MeterTree, totals: IntervalTotals, places: readonly number[]): number[] {
  const used: number[] = [];
  const visit = (place: number): void => {
    const way = totals.way[place]!;
    const { flows, ways } = tree.places[place]!;
    if (way === OWN_FLOWS) for (const { primary } of flows) used.push(primary!);
    else if (way >= 0) for (const part of ways[way]!) visit(part);
  };
  for (const place of places) visit(place);
  return used.sort((a, b) => a - b);
}

/**
 * Whether the points may be summed: none stands above another along a feed path, and none is of a flow that another one
 * measures too. Judged from the graph, not from how the sum was made.
 */
export function isAntichain(tree: MeterTree, points: readonly number[]): boolean {
  const flowOf = new Map<number, string>();
  const placeOf = new Map<number, number>();
  for (const [place, { flows }] of tree.places.entries()) {
    for (const { group, primary, checks } of flows) {
      for (const point of [...(primary === undefined ? [] : [primary]), ...checks]) {
        flowOf.set(point, group);
        placeOf.set(point, place);
      }
    }
  }
  if (new Set(points.map((point) => flowOf.get(point))).size < points.length) return false;
  const places = new Set(points.map((point) => placeOf.get(point)!));
  return [...places].every((place) => !reachesUp(tree, place, places));
}

function reachesUp(tree: MeterTree, from: number, targets: ReadonlySet<number>): boolean {
  const seen = new Set<number>();
  const open = placesAbove(tree, from);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (targets.has(place)) return true;
    if (seen.has(place)) continue;
    seen.add(place);
    open.push(...placesAbove(tree, place));
  }
  return false;
}
