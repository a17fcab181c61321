/** Random markets for properties of the legal match: small numbers for many ties, large ones for wide products. */
import fc from 'fast-check';
import type { LegalMatchInput } from '../../src/settlement/legalMatch.ts';

/** Runs of a property: few by default, the full count of the issue with TANLIU_TEST_FULL=1. */
export const RUNS = process.env.TANLIU_TEST_FULL === '1' ? 10_000 : 200;

/** Time for a test at the full count, also on a busy machine. */
export const FULL_TIMEOUT_MS = 600_000;

const INTERVALS = ['2026-03-01T00:00:00Z', '2026-03-01T00:15:00Z', '2026-03-01T01:00:00Z'];

/** Largest energies: ties at 6 Wh, ordinary meters at 10^7, 128-bit products at 10^14. */
const scale = fc.constantFrom(6, 10_000_000, 100_000_000_000_000);

/** A market in one to three intervals, without missing readings, settled by the quarter hour in whole Wh. */
export const markets: fc.Arbitrary<LegalMatchInput> = fc
  .record({
    scale,
    plants: fc.integer({ min: 1, max: 6 }),
    users: fc.integer({ min: 1, max: 6 }),
    intervals: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ scale: max, plants, users, intervals }) => {
    const wh = fc.array(fc.integer({ min: 0, max }), { minLength: intervals, maxLength: intervals });
    const named = (count: number, prefix: string) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, at) => fc.record({ id: fc.constant(`${prefix}${at}`), wh })),
      );
    const contract = fc.record({
      plant: fc.integer({ min: 0, max: plants - 1 }),
      user: fc.integer({ min: 0, max: users - 1 }),
      wh,
    });
    return fc
      .record({
        plants: named(plants, 'P'),
        users: named(users, 'D'),
        contracts: fc.array(contract, { maxLength: 14 }),
      })
      .map((drawn) => ({
        rule: { granularity: '15min', missing: 'hold', unitWh: 1, tail: 'carry', passes: 1 },
        intervals: INTERVALS.slice(0, intervals),
        plants: drawn.plants,
        users: drawn.users,
        contracts: drawn.contracts.map(({ plant, user, wh: curve }, k) => ({
          id: `K${k}`,
          plant: `P${plant}`,
          user: `D${user}`,
          wh: curve,
        })),
      }));
  });
