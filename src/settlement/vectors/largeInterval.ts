/** The large synthetic interval of `large.json`: 1,000 plants, 10,000 users, two candidates each. */
import { createHash } from 'node:crypto';
import type { FlowMarket } from '../optimiser/flowMarket.ts';
import { littleEndian64, mulberry32 } from './largeMarket.ts';

const PLANTS = 1_000;
const USERS = 10_000;
const DRAWS = 2;
export const TIER_WEIGHTS = [0, 1, 4, 16, 64];

/** Draws the interval in the stated order (data/settlement/README.md); ids are positions. */
export function largeInterval(seed: number): FlowMarket {
  const next = mulberry32(seed);
  const below = (count: number) => Math.floor((next() * count) / 2 ** 32);
  const between = (low: number, high: number) => low + below(high - low + 1);
  const plants = Array.from({ length: PLANTS }, (_, at) => ({ id: `P${at}`, wh: between(1, 15_500_000) }));
  const users: { id: string; wh: number }[] = [];
  const edges: FlowMarket['edges'][number][] = [];
  for (let user = 0; user < USERS; user++) {
    const wh = between(50_000, 1_500_000);
    users.push({ id: `D${user}`, wh });
    const drawn = new Set<number>();
    for (let draw = 0; draw < DRAWS; draw++) {
      const plant = below(PLANTS);
      const tier = below(5);
      const price = between(200_000, 500_000);
      if (drawn.has(plant)) continue;
      drawn.add(plant);
      const capWh = Math.min(plants[plant]!.wh, wh);
      edges.push({ plant: `P${plant}`, user: `D${user}`, capWh, tier, price });
    }
  }
  return { plants, users, edges, tierWeights: TIER_WEIGHTS };
}

/** SHA-256 of plants, users, edge plant, edge user, tier, price as little-endian int64. */
export function intervalSha256({ plants, users, edges }: FlowMarket): string {
  const position = (id: string) => Number(id.slice(1));
  const hash = createHash('sha256');
  for (const list of [
    plants.map(({ wh }) => wh),
    users.map(({ wh }) => wh),
    edges.map(({ plant }) => position(plant)),
    edges.map(({ user }) => position(user)),
    edges.map(({ tier }) => tier),
    edges.map(({ price }) => price),
  ]) {
    hash.update(littleEndian64(Float64Array.from(list)));
  }
  return hash.digest('hex');
}
