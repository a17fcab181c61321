/** One interval of the market as a flow problem: who can serve whom, in an order that no list decides. */
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { fnv1a32, tieKey } from '../tieKey.ts';

/** Admissible delivery from a plant to a user; positions in the arrays, columns by edge. Whole Wh and milli-yuan/MWh. */
export interface FlowArrays {
  readonly plantWh: Float64Array;
  readonly userWh: Float64Array;
  readonly edgePlant: Int32Array;
  readonly edgeUser: Int32Array;
  /** Effective capacity `min(cap, plant, user)`. */
  readonly edgeCapWh: Float64Array;
  /** Weight of the edge's locality tier. */
  readonly edgeWeight: Float64Array;
  readonly edgePrice: Float64Array;
}

export interface FlowEdge {
  readonly plant: string;
  readonly user: string;
  readonly capWh: number;
  /** Locality: 0 same park, 1 same county, 2 same city, 3 same province, 4 other. */
  readonly tier: number;
  /** Milli-yuan/MWh. */
  readonly price: number;
}

export interface FlowMarket {
  /** Names the interval: it turns the order among equal optima, so that nobody is favoured for ever. */
  readonly interval?: string;
  readonly plants: readonly { readonly id: string; readonly wh: number }[];
  readonly users: readonly { readonly id: string; readonly wh: number }[];
  readonly edges: readonly FlowEdge[];
  /** Cost of a Wh by tier; rule data. */
  readonly tierWeights: readonly number[];
}

/** The market in canonical order; `edgeAt[e]` is the given position of canonical edge e, and so on. */
export interface OrderedMarket {
  readonly arrays: FlowArrays;
  readonly plantAt: Int32Array;
  readonly userAt: Int32Array;
  readonly edgeAt: Int32Array;
}

/** Sums of whole Wh must stay exact in a double. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * Checks a market and orders it by a hash of id and interval, then id, so that permuting the lists changes nothing.
 * @throws Refusal E_DUP_POINT, E_WH_NOT_INTEGER, E_WH_NEGATIVE, E_UNKNOWN_PLANT, E_UNKNOWN_USER, E_TIER_UNKNOWN,
 * E_PRICE_NOT_INTEGER, E_WH_TOO_LARGE
 */
export function orderMarket(market: FlowMarket): OrderedMarket {
  const bucketHash = fnv1a32(market.interval ?? '');
  const plants = orderPoints(market.plants, bucketHash, 'plant');
  const users = orderPoints(market.users, bucketHash, 'user');
  market.tierWeights.forEach((weight, tier) => {
    if (!Number.isSafeInteger(weight) || weight < 0)
      refuse('E_TIER_UNKNOWN', `weight ${weight} of tier ${tier} is not a whole number >= 0`, 'tierWeights');
  });
  const count = market.edges.length;
  const plantOf = new Int32Array(count);
  const userOf = new Int32Array(count);
  market.edges.forEach((edge, at) => {
    plantOf[at] = checkEdge(edge, at, market.tierWeights, plants.rankOf, users.rankOf);
    userOf[at] = users.rankOf.get(edge.user)!;
  });
  const edgeAt = orderEdges(market.edges, plantOf, userOf, users.at.length);
  const plantWh = Float64Array.from(plants.at, (at) => market.plants[at]!.wh);
  const userWh = Float64Array.from(users.at, (at) => market.users[at]!.wh);
  const arrays: FlowArrays = {
    plantWh,
    userWh,
    edgePlant: Int32Array.from(edgeAt, (at) => plantOf[at]!),
    edgeUser: Int32Array.from(edgeAt, (at) => userOf[at]!),
    edgeCapWh: Float64Array.from(edgeAt, (at) =>
      Math.min(market.edges[at]!.capWh, plantWh[plantOf[at]!]!, userWh[userOf[at]!]!),
    ),
    edgeWeight: Float64Array.from(edgeAt, (at) => market.tierWeights[market.edges[at]!.tier]!),
    edgePrice: Float64Array.from(edgeAt, (at) => market.edges[at]!.price),
  };
  return { arrays, plantAt: plants.at, userAt: users.at, edgeAt };
}

interface OrderedPoints {
  readonly at: Int32Array;
  readonly rankOf: ReadonlyMap<string, number>;
}

function orderPoints(points: FlowMarket['plants'], bucketHash: number, what: string): OrderedPoints {
  const keys = new Float64Array(points.length);
  let sumWh = 0;
  points.forEach(({ id, wh }, at) => {
    checkWh(wh, `${what} ${id}`);
    sumWh += wh;
    keys[at] = tieKey(fnv1a32(id), bucketHash);
  });
  if (sumWh > LARGEST) refuse('E_WH_TOO_LARGE', `${what}s add up to more than 2^53 Wh`, `${what}s`);
  const at = Int32Array.from(points, (_, position) => position).sort(
    (a, b) => keys[a]! - keys[b]! || compareUtf8(points[a]!.id, points[b]!.id),
  );
  const rankOf = new Map<string, number>();
  at.forEach((position, rank) => {
    const { id } = points[position]!;
    if (rankOf.has(id)) refuse('E_DUP_POINT', `${id} is given twice`, `${what}s`);
    rankOf.set(id, rank);
  });
  return { at, rankOf };
}

function checkEdge(
  edge: FlowEdge,
  at: number,
  weights: readonly number[],
  plants: ReadonlyMap<string, number>,
  users: ReadonlyMap<string, number>,
): number {
  const place = `edges[${at}] ${edge.plant} to ${edge.user}`;
  const plant = plants.get(edge.plant);
  if (plant === undefined) refuse('E_UNKNOWN_PLANT', `no plant ${edge.plant}`, place);
  if (!users.has(edge.user)) refuse('E_UNKNOWN_USER', `no user ${edge.user}`, place);
  checkWh(edge.capWh, place);
  if (weights[edge.tier] === undefined) {
    refuse('E_TIER_UNKNOWN', `no weight for tier ${edge.tier}`, place, `0 to ${weights.length - 1}`);
  }
  if (!Number.isSafeInteger(edge.price)) {
    refuse('E_PRICE_NOT_INTEGER', `${edge.price} is not whole milli-yuan/MWh`, place);
  }
  return plant;
}

/** By plant, user, then the edge's own terms: identical edges may change places, which changes no result. */
function orderEdges(
  edges: readonly FlowEdge[],
  plantOf: Int32Array,
  userOf: Int32Array,
  userCount: number,
): Int32Array {
  const key = Float64Array.from(edges, (_, at) => plantOf[at]! * userCount + userOf[at]!);
  return Int32Array.from(edges, (_, at) => at).sort((a, b) => {
    const byPair = key[a]! - key[b]!;
    if (byPair !== 0) return byPair;
    const one = edges[a]!;
    const other = edges[b]!;
    return one.tier - other.tier || one.price - other.price || one.capWh - other.capWh;
  });
}

function checkWh(wh: number, place: string): void {
  if (!Number.isSafeInteger(wh)) refuse('E_WH_NOT_INTEGER', `${wh} is not a whole number of Wh`, place);
  if (wh < 0) refuse('E_WH_NEGATIVE', `${wh} Wh`, place);
}

function refuse(code: string, message: string, place: string, remedy?: string): never {
  throw new Refusal(message, remedy === undefined ? { code, place } : { code, place, remedy });
}
