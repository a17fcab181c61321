/**
 * Judges an optimum by its proof, without solving anything: the flow must be allowed, a cut must show that no more can
 * be delivered, and potentials must show that no residual cycle is cheaper. Everything in exact integers.
 */
import type { FlowMarket } from './flowMarket.ts';

/** What an optimiser claims, by the positions and ids of the market as it was given. */
export interface ClaimedOptimum {
  readonly matchedWh: bigint;
  /** By edge of the market. */
  readonly flowWh: readonly number[];
  readonly cut: { readonly plants: readonly string[]; readonly users: readonly string[] };
  /** A Wh over an edge costs `weight * scale + price`. */
  readonly potentials: {
    readonly scale: number;
    readonly source: number;
    readonly sink: number;
    readonly plants: ReadonlyMap<string, number>;
    readonly users: ReadonlyMap<string, number>;
  };
  /** Wh that a user keeps whatever the cost (fairness, or the legal quantity); 0 where absent. */
  readonly floorWh?: ReadonlyMap<string, number>;
}

/** Every fault of the claim; an empty list proves the optimum. */
export function faultsOfOptimum(market: FlowMarket, claim: ClaimedOptimum): string[] {
  const deliveries = sumFlows(market, claim);
  return [
    ...flowFaults(market, claim, deliveries),
    ...cutFaults(market, claim),
    ...potentialFaults(market, claim, deliveries),
  ];
}

interface Deliveries {
  readonly plant: ReadonlyMap<string, bigint>;
  readonly user: ReadonlyMap<string, bigint>;
}

function sumFlows(market: FlowMarket, { flowWh }: ClaimedOptimum): Deliveries {
  const plant = new Map(market.plants.map(({ id }) => [id, 0n]));
  const user = new Map(market.users.map(({ id }) => [id, 0n]));
  market.edges.forEach((edge, at) => {
    const wh = whole(flowWh[at]);
    plant.set(edge.plant, (plant.get(edge.plant) ?? 0n) + wh);
    user.set(edge.user, (user.get(edge.user) ?? 0n) + wh);
  });
  return { plant, user };
}

function flowFaults(market: FlowMarket, claim: ClaimedOptimum, { plant, user }: Deliveries): string[] {
  const faults: string[] = [];
  if (claim.flowWh.length !== market.edges.length) faults.push('another number of flows than of edges');
  let total = 0n;
  market.edges.forEach((edge, at) => {
    const wh = claim.flowWh[at];
    if (!Number.isSafeInteger(wh) || wh! < 0 || wh! > edge.capWh) faults.push(`edge ${at} carries ${wh} Wh`);
    total += whole(wh);
  });
  if (total !== claim.matchedWh) faults.push(`the edges carry ${total} Wh, not ${claim.matchedWh}`);
  for (const { id, wh } of market.plants) {
    if (plant.get(id)! > BigInt(wh)) faults.push(`plant ${id} delivers more than its output`);
  }
  for (const { id, wh } of market.users) {
    if (user.get(id)! > BigInt(wh)) faults.push(`user ${id} receives more than its use`);
    if (user.get(id)! < whole(claim.floorWh?.get(id) ?? 0))
      faults.push(`user ${id} receives less than its floor`);
  }
  return faults;
}

/** Weak duality: no flow is larger than the capacity of a cut, so equality proves the maximum. */
function cutFaults(market: FlowMarket, { cut, matchedWh }: ClaimedOptimum): string[] {
  const plants = new Set(cut.plants);
  const users = new Set(cut.users);
  let capacity = 0n;
  for (const { id, wh } of market.plants) if (!plants.has(id)) capacity += BigInt(wh);
  for (const { id, wh } of market.users) if (users.has(id)) capacity += BigInt(wh);
  const plantWh = new Map(market.plants.map(({ id, wh }) => [id, wh]));
  const userWh = new Map(market.users.map(({ id, wh }) => [id, wh]));
  for (const { plant, user, capWh } of market.edges) {
    if (plants.has(plant) && !users.has(user)) {
      capacity += BigInt(Math.min(capWh, plantWh.get(plant)!, userWh.get(user)!));
    }
  }
  return capacity === matchedWh ? [] : [`the cut holds ${capacity} Wh, the flow ${matchedWh}`];
}

function potentialFaults(market: FlowMarket, claim: ClaimedOptimum, { plant, user }: Deliveries): string[] {
  const faults: string[] = [];
  const { potentials, floorWh } = claim;
  if (potentials.scale < leastScale(market)) faults.push('the scale does not keep locality before price');
  const residual = (from: number | undefined, to: number | undefined, cost: bigint, what: string) => {
    if (from === undefined || to === undefined) faults.push(`${what}: a potential is missing`);
    else if (cost + whole(from) - whole(to) < 0n) faults.push(`${what}: a cheaper way is open`);
  };
  for (const { id, wh } of market.plants) {
    const own = potentials.plants.get(id);
    if (plant.get(id)! < BigInt(wh)) residual(potentials.source, own, 0n, `source to plant ${id}`);
    if (plant.get(id)! > 0n) residual(own, potentials.source, 0n, `plant ${id} to source`);
  }
  for (const { id, wh } of market.users) {
    const own = potentials.users.get(id);
    if (user.get(id)! < BigInt(wh)) residual(own, potentials.sink, 0n, `user ${id} to sink`);
    if (user.get(id)! > whole(floorWh?.get(id) ?? 0))
      residual(potentials.sink, own, 0n, `sink to user ${id}`);
  }
  const outputWh = new Map(market.plants.map(({ id, wh }) => [id, wh]));
  const useWh = new Map(market.users.map(({ id, wh }) => [id, wh]));
  market.edges.forEach((edge, at) => {
    const cost = BigInt(market.tierWeights[edge.tier]!) * whole(potentials.scale) + BigInt(edge.price);
    const [from, to] = [potentials.plants.get(edge.plant), potentials.users.get(edge.user)];
    const capWh = Math.min(edge.capWh, outputWh.get(edge.plant)!, useWh.get(edge.user)!);
    if (claim.flowWh[at]! < capWh) residual(from, to, cost, `edge ${at}`);
    if (claim.flowWh[at]! > 0) residual(to, from, -cost, `edge ${at} backward`);
  });
  return faults;
}

/** A residual cycle uses at most `min(plants, users)` edges forward and as many back. */
function leastScale({ plants, users, edges }: FlowMarket): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { price } of edges) {
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  return edges.length === 0 ? 1 : 1 + Math.min(plants.length, users.length) * (high - low);
}

/** A fault of form counts as 0 here; `flowFaults` names it. */
function whole(value: number | undefined): bigint {
  return Number.isSafeInteger(value) ? BigInt(value!) : 0n;
}
