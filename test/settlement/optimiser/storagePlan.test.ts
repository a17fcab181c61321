import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../schemas/refusal.ts';
import { loadLinearSolver } from '../../../src/settlement/optimiser/linearSolver.ts';
import { certifiedBoundWh } from '../../../src/settlement/optimiser/storageBound.ts';
import type { StorageMarket } from '../../../src/settlement/optimiser/storageMarket.ts';
import { planStorage } from '../../../src/settlement/optimiser/storagePlan.ts';
import { FULL_TIMEOUT_MS, RUNS } from '../randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const { solve } = await loadLinearSolver();
const NUM_RUNS = RUNS === 200 ? 60 : RUNS;

const storageMarkets: fc.Arbitrary<StorageMarket> = fc
  .record({ intervals: fc.integer({ min: 1, max: 8 }), max: fc.constantFrom(12, 3_000) })
  .chain(({ intervals, max }) => {
    const wh = fc.array(fc.integer({ min: 0, max }), { minLength: intervals, maxLength: intervals });
    const series = (ids: readonly string[]) =>
      fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), wh })));
    const storage = (id: string) =>
      fc
        .record({
          energyWh: fc.integer({ min: 0, max: 2 * max }),
          chargeWh: fc.integer({ min: 0, max }),
          dischargeWh: fc.integer({ min: 0, max }),
          etaChargePpm: fc.constantFrom(1_000_000, 950_000, 333_333),
          etaDischargePpm: fc.constantFrom(1_000_000, 900_000, 700_001),
          keepPpm: fc.constantFrom(1_000_000, 999_000),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        })
        .map(({ share, ...terms }) => {
          const initialWh = Math.floor(terms.energyWh * share);
          return { id, ...terms, initialWh, finalMinWh: Math.floor(initialWh / 2) };
        });
    return fc.record({
      intervals: fc.constant(intervals),
      plants: series(['P0', 'P1']),
      users: series(['D0', 'D1']),
      edges: fc.tuple(
        fc.record({ plant: fc.constant('P0'), user: fc.constant('D0'), capWh: wh }),
        fc.record({ plant: fc.constant('P1'), user: fc.constant('D1'), capWh: wh }),
      ),
      storages: fc.tuple(storage('B0'), storage('B1')),
      linksIn: fc.constant([
        { plant: 'P0', storage: 'B0' },
        { plant: 'P1', storage: 'B0' },
        { plant: 'P1', storage: 'B1' },
      ]),
      linksOut: fc.constant([
        { storage: 'B0', user: 'D0' },
        { storage: 'B0', user: 'D1' },
        { storage: 'B1', user: 'D1' },
      ]),
    });
  });

const sum = (values: readonly number[]) => values.reduce((total, wh) => total + wh, 0);

/** The plan, or undefined where the last state cannot be reached. */
function planOf(market: StorageMarket) {
  try {
    return planStorage(market, solve);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'E_STORAGE_FINAL') return undefined;
    throw error;
  }
}

describe('a plan with storages', () => {
  test.prop([storageMarkets], { numRuns: NUM_RUNS })(
    'lies within the allowance of its proved bound',
    (market) => {
      const plan = planOf(market);
      if (plan === undefined) return;
      expect(plan.boundWh).toBe(certifiedBoundWh(market, plan.certificate));
      expect(plan.deliveredWh <= plan.boundWh).toBe(true);
      expect(plan.deliveredWh + BigInt(plan.allowanceWh) >= plan.boundWh).toBe(true);
      expect(Number(plan.boundWh) - plan.linear.deliveredWh).toBeLessThan(
        1e-3 + plan.linear.deliveredWh * 1e-6,
      );
    },
  );

  test.prop([storageMarkets], { numRuns: NUM_RUNS })('conserves energy to the watt-hour', (market) => {
    const plan = planOf(market);
    if (plan === undefined) return;
    const { directWh, linkInWh, linkOutWh, steps } = plan;
    for (let t = 0; t < market.intervals; t++) {
      for (const { id, wh } of market.plants) {
        const direct = sum(market.edges.map(({ plant }, at) => (plant === id ? directWh[t]![at]! : 0)));
        const charged = sum(market.linksIn.map(({ plant }, at) => (plant === id ? linkInWh[t]![at]! : 0)));
        expect(direct + charged).toBeLessThanOrEqual(wh[t]!);
      }
      for (const { id, wh } of market.users) {
        const direct = sum(market.edges.map(({ user }, at) => (user === id ? directWh[t]![at]! : 0)));
        const served = sum(market.linksOut.map(({ user }, at) => (user === id ? linkOutWh[t]![at]! : 0)));
        expect(direct + served).toBeLessThanOrEqual(wh[t]!);
      }
      market.edges.forEach(({ capWh }, at) => {
        expect(directWh[t]![at]!).toBeLessThanOrEqual(capWh[t]!);
      });
    }
    for (const { id, initialWh, finalMinWh } of market.storages) {
      const own = steps.filter(({ storage }) => storage === id);
      const closing = own.at(-1)!.socAfterWh;
      const [charged, discharged, loss] = (['chargeWh', 'dischargeWh', 'lossWh'] as const).map((part) =>
        sum(own.map((step) => step[part])),
      );
      expect(charged! + initialWh).toBe(discharged! + closing + loss!);
      expect(own.every(({ lossWh }) => lossWh >= 0)).toBe(true);
      expect(closing).toBeGreaterThanOrEqual(finalMinWh);
    }
  });

  it('takes no certificate with a negative multiplier on a limit', () => {
    const market: StorageMarket = {
      intervals: 1,
      plants: [{ id: 'P', wh: [5] }],
      users: [{ id: 'D', wh: [5] }],
      edges: [{ plant: 'P', user: 'D', capWh: [5] }],
      storages: [],
      linksIn: [],
      linksOut: [],
    };
    expect(certifiedBoundWh(market, [1_000_000_000n, 0n])).toBe(5n);
    expect(certifiedBoundWh(market, [0n, 0n])).toBe(5n);
    expect(() => certifiedBoundWh(market, [-1n, 0n])).toThrow(
      expect.objectContaining({ code: 'E_CERTIFICATE_FORM' }),
    );
  });
});
