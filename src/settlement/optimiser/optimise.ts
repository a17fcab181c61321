/**
 * Engine 2: the best delivery of one interval as advice. Most Wh first, then the nearest, then the
 * cheapest, with a cut and potentials as proof. It never posts money and shares nothing with the legal matcher.
 */
import { fairCover, smallestCover } from './fairCover.ts';
import { type FlowMarket, orderMarket } from './flowMarket.ts';
import { maxFlow } from './maxFlow.ts';
import { cheapestFlow } from './networkSimplex.ts';
import type { ClaimedOptimum } from './verifyOptimum.ts';

export interface Optimum extends ClaimedOptimum {
  /** Sum of weight x Wh, then of price x Wh (milli-yuan/MWh x Wh). */
  readonly tierCost: bigint;
  readonly priceCost: bigint;
  /** Every tier that has an edge. */
  readonly matchedByTierWh: ReadonlyMap<number, bigint>;
}

export interface OptimiseOptions {
  /** Smallest cover as large as possible, then the next, before locality and price. */
  readonly fair?: boolean;
  /** Wh by user that it keeps whatever the cost; must be deliverable together. */
  readonly atLeastWh?: ReadonlyMap<string, number>;
}

/**
 * The optimum of one interval. Permuting plants, users or edges changes nothing; all quantities are whole Wh.
 * @throws Refusal with the codes of `orderMarket` and E_COST_RANGE
 */
export function optimise(market: FlowMarket, options: OptimiseOptions = {}): Optimum {
  const { arrays, plantAt, userAt, edgeAt } = orderMarket(market);
  const most = maxFlow(arrays);
  const floors = floorsOf(options, userAt, market, () => fairCover(arrays).floorWh);
  const cheapest = cheapestFlow(arrays, floors);
  const flowWh = new Array<number>(edgeAt.length).fill(0);
  edgeAt.forEach((at, edge) => {
    flowWh[at] = cheapest.flowWh[edge]!;
  });
  const named = (points: FlowMarket['plants'], at: Int32Array, values: Float64Array) =>
    new Map(Array.from(at, (position, rank): [string, number] => [points[position]!.id, values[rank]!]));
  const inCut = (points: FlowMarket['plants'], at: Int32Array, marks: Uint8Array) =>
    Array.from(at)
      .filter((_, rank) => marks[rank] === 1)
      .map((position) => points[position]!.id)
      .sort();
  return {
    matchedWh: BigInt(most.matchedWh),
    ...costsOf(market, flowWh),
    flowWh,
    cut: {
      plants: inCut(market.plants, plantAt, most.plantInCut),
      users: inCut(market.users, userAt, most.userInCut),
    },
    potentials: {
      scale: cheapest.scale,
      source: cheapest.sourcePotential,
      sink: cheapest.sinkPotential,
      plants: named(market.plants, plantAt, cheapest.plantPotential),
      users: named(market.users, userAt, cheapest.userPotential),
    },
    ...(floors !== undefined && { floorWh: named(market.users, userAt, floors) }),
  };
}

/** The largest smallest cover x/min(D, reach) among all maximum deliveries. */
export function largestSmallestCover(market: FlowMarket): number {
  return smallestCover(orderMarket(market).arrays);
}

function floorsOf(
  { fair, atLeastWh }: OptimiseOptions,
  userAt: Int32Array,
  { users }: FlowMarket,
  fairFloors: () => Float64Array,
): Float64Array | undefined {
  if (atLeastWh !== undefined) return Float64Array.from(userAt, (at) => atLeastWh.get(users[at]!.id) ?? 0);
  return fair === true ? fairFloors() : undefined;
}

function costsOf(market: FlowMarket, flowWh: readonly number[]) {
  let tierCost = 0n;
  let priceCost = 0n;
  const matchedByTierWh = new Map<number, bigint>();
  market.edges.forEach(({ tier, price }, at) => {
    matchedByTierWh.set(tier, (matchedByTierWh.get(tier) ?? 0n) + BigInt(flowWh[at]!));
    if (flowWh[at] === 0) return;
    const wh = BigInt(flowWh[at]!);
    tierCost += wh * BigInt(market.tierWeights[tier]!);
    priceCost += wh * BigInt(price);
  });
  return { tierCost, priceCost, matchedByTierWh };
}
