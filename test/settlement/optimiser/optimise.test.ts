import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { legalMatch } from '../../../src/settlement/legalMatch.ts';
import type { FlowMarket } from '../../../src/settlement/optimiser/flowMarket.ts';
import { loadLinearSolver } from '../../../src/settlement/optimiser/linearSolver.ts';
import { largestSmallestCover, optimise } from '../../../src/settlement/optimiser/optimise.ts';
import { faultsOfOptimum } from '../../../src/settlement/optimiser/verifyOptimum.ts';
import { FULL_TIMEOUT_MS, markets, RUNS } from '../randomMarket.ts';
import { flowMarkets } from './randomFlow.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const numRuns = RUNS;
const { solve } = await loadLinearSolver();
const anyMarket = flowMarkets([3, 40, 2_000_000_000], 500_000);

/** F, T and M of HiGHS on the same interval, as one weighted objective; small numbers keep it exact in doubles. */
function highsOptimum(market: FlowMarket): number {
  const { plants, users, edges } = market;
  const row = new Map([...plants, ...users].map(({ id }, at) => [id, at]));
  const solution = solve({
    columnCost: Float64Array.from(
      edges,
      ({ tier, price }) => 1_000_000 - market.tierWeights[tier]! * 100 - price,
    ),
    columnLower: new Float64Array(edges.length),
    columnUpper: Float64Array.from(edges, ({ capWh }) => capWh),
    rowLower: new Float64Array(row.size).fill(Number.NEGATIVE_INFINITY),
    rowUpper: Float64Array.from([...plants, ...users], ({ wh }) => wh),
    starts: Int32Array.from({ length: edges.length + 1 }, (_, at) => at * 2),
    rows: Int32Array.from(edges.flatMap(({ plant, user }) => [row.get(plant)!, row.get(user)!])),
    values: new Float64Array(edges.length * 2).fill(1),
  });
  return Math.round(solution!.objective);
}

const rotated = <T>(items: readonly T[], by: number): T[] => {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)].reverse();
};

describe('laws of the optimiser', () => {
  test.prop([anyMarket, fc.boolean()], { numRuns })(
    'every optimum is proved by its cut and potentials',
    (market, fair) => {
      expect(faultsOfOptimum(market, optimise(market, { fair }))).toEqual([]);
    },
  );

  test.prop([flowMarkets([1, 6, 30])], { numRuns })(
    'quantity, locality and price are those of HiGHS',
    (market) => {
      const { matchedWh, tierCost, priceCost } = optimise(market);
      // At most 6 edges forward and back in a cycle, prices up to 9: 100 keeps locality first, 10^6 quantity.
      expect(Number(matchedWh * 1_000_000n - tierCost * 100n - priceCost)).toBe(highsOptimum(market));
    },
  );

  test.prop([anyMarket, fc.nat(), fc.boolean()], { numRuns })(
    'the order of the lists changes nothing',
    (market, by, fair) => {
      const edgeOf = (one: FlowMarket) => {
        const { flowWh, ...rest } = optimise(one, { fair });
        // Identical edges may change places.
        const flows = one.edges.map((edge, at) => JSON.stringify([edge, flowWh[at]])).sort();
        return { ...rest, flows };
      };
      const mixed = {
        ...market,
        plants: rotated(market.plants, by),
        users: rotated(market.users, by),
        edges: rotated(market.edges, by),
      };
      const [straight, turned] = [edgeOf(market), edgeOf(mixed)];
      expect(turned.flows).toEqual(straight.flows);
      expect(turned.cut).toEqual(straight.cut);
      expect(turned.matchedByTierWh).toEqual(straight.matchedByTierWh);
    },
  );

  test.prop([markets], { numRuns })('never less than the legal match under the same caps', (input) => {
    const { buckets } = legalMatch(input);
    for (const { bucket, totalWh, users } of buckets) {
      const at = input.intervals.indexOf(bucket);
      const points = (
        items: readonly { readonly id: string; readonly wh: ArrayLike<number | bigint | null> }[],
      ) => items.map(({ id, wh }) => ({ id, wh: Number(wh[at]) }));
      const market: FlowMarket = {
        plants: points(input.plants),
        users: points(input.users),
        edges: input.contracts.map(({ plant, user, wh }) => ({
          plant,
          user,
          capWh: Number(wh[at]),
          tier: 4,
          price: 0,
        })),
        tierWeights: [0, 1, 4, 16, 64],
      };
      const atLeastWh = new Map([...users].map(([id, { matchedWh }]) => [id, Number(matchedWh)]));
      const optimum = optimise(market, { atLeastWh });
      expect(faultsOfOptimum(market, optimum)).toEqual([]);
      expect(optimum.matchedWh >= totalWh).toBe(true);
    }
  });

  test.prop([flowMarkets([6, 30, 1_000])], { numRuns })(
    'with fairness nobody with a reachable need gets less than the largest smallest cover, rounded down',
    (market) => {
      const cover = largestSmallestCover(market);
      const fair = optimise(market, { fair: true });
      expect(fair.matchedWh).toBe(optimise(market).matchedWh);
      for (const { id, wh } of market.users) {
        const edges = market.edges.map((edge, at) => ({ ...edge, flow: fair.flowWh[at]! }));
        const own = edges.filter(({ user }) => user === id);
        const output = (plant: string) => market.plants.find((one) => one.id === plant)!.wh;
        const reach = own.reduce((sum, { plant, capWh }) => sum + Math.min(capWh, output(plant), wh), 0);
        const received = own.reduce((sum, { flow }) => sum + flow, 0);
        expect(received).toBeGreaterThanOrEqual(Math.floor(Math.min(wh, reach) * cover - 1e-9));
      }
    },
  );
});

describe('the verifier', () => {
  const market: FlowMarket = {
    plants: [
      { id: 'A', wh: 100 },
      { id: 'B', wh: 100 },
    ],
    users: [{ id: 'U', wh: 120 }],
    edges: [
      { plant: 'A', user: 'U', capWh: 200, tier: 0, price: 4 },
      { plant: 'B', user: 'U', capWh: 200, tier: 3, price: 1 },
    ],
    tierWeights: [0, 1, 4, 16, 64],
  };
  const optimum = optimise(market);

  it.each([
    ['less than the maximum', { ...optimum, flowWh: [90, 20], matchedWh: 110n }],
    ['a delivery that is not the nearest', { ...optimum, flowWh: [20, 100] }],
    ['more than a plant gives', { ...optimum, flowWh: [101, 19] }],
    ['parts of a watt-hour', { ...optimum, flowWh: [99.5, 20.5] }],
    ['a cut that holds more', { ...optimum, cut: { plants: [], users: [] } }],
    [
      'a scale that lets price overrule locality',
      { ...optimum, potentials: { ...optimum.potentials, scale: 1 } },
    ],
    ['a missing potential', { ...optimum, potentials: { ...optimum.potentials, users: new Map() } }],
  ])('refuses %s', (_, claim) => {
    expect(faultsOfOptimum(market, claim)).not.toEqual([]);
  });

  it('accepts the optimum itself', () => {
    expect(faultsOfOptimum(market, optimum)).toEqual([]);
  });
});

it('refuses prices and weights that doubles could not add exactly', () => {
  const market: FlowMarket = {
    plants: [
      { id: 'A', wh: 1 },
      { id: 'B', wh: 1 },
    ],
    users: [
      { id: 'U', wh: 1 },
      { id: 'V', wh: 1 },
    ],
    edges: [
      { plant: 'A', user: 'U', capWh: 1, tier: 0, price: 0 },
      { plant: 'B', user: 'V', capWh: 1, tier: 1, price: 2 ** 50 },
    ],
    tierWeights: [0, 64],
  };
  expect(() => optimise(market)).toThrow(expect.objectContaining({ code: 'E_COST_RANGE' }));
});
