/** Random intervals for the optimiser: small numbers for many ties and degenerate steps, large ones for exactness. */
import fc from 'fast-check';
import type { FlowMarket } from '../../../src/settlement/optimiser/flowMarket.ts';

const TIER_WEIGHTS = [0, 1, 4, 16, 64];

/** @param maxWh largest energies that may be drawn */
export function flowMarkets(maxWh: readonly number[], maxPrice = 9): fc.Arbitrary<FlowMarket> {
  return fc
    .record({
      max: fc.constantFrom(...maxWh),
      plants: fc.integer({ min: 1, max: 6 }),
      users: fc.integer({ min: 1, max: 7 }),
    })
    .chain(({ max, plants, users }) => {
      const wh = fc.integer({ min: 0, max });
      const points = (count: number, prefix: string) =>
        fc.tuple(
          ...Array.from({ length: count }, (_, at) => fc.record({ id: fc.constant(`${prefix}${at}`), wh })),
        );
      const edge = fc.record({
        plant: fc.integer({ min: 0, max: plants - 1 }).map((at) => `P${at}`),
        user: fc.integer({ min: 0, max: users - 1 }).map((at) => `D${at}`),
        capWh: wh,
        tier: fc.integer({ min: 0, max: 4 }),
        price: fc.integer({ min: 0, max: maxPrice }),
      });
      return fc.record({
        plants: points(plants, 'P'),
        users: points(users, 'D'),
        edges: fc.array(edge, { maxLength: 18 }),
        tierWeights: fc.constant(TIER_WEIGHTS),
      });
    });
}
