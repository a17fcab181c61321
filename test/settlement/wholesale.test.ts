import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { settlementMarketDocument } from '../../schemas/documents/settlementMarketDocument.ts';
import { breakDownWholesale } from '../../src/settlement/wholesale.ts';
import { FULL_TIMEOUT_MS, RUNS } from './randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const head = { validFrom: '2026-01-01T00:00:00Z', validTo: null, quality: 'actual', revision: 0 };
const wholesale = (intervalWh: number, dayIntervalWh: number | null = null) =>
  settlementMarketDocument.parse({
    kind: 'wholesale',
    ...head,
    id: 'W1',
    plant: 'plant/a',
    aggregator: 'agg/a',
    intervalWh,
    dayIntervalWh,
  });
const contract = (id: string, intervalWh: number, changes: object = {}) =>
  settlementMarketDocument.parse({
    kind: 'contract',
    ...head,
    id,
    plant: 'plant/a',
    user: `dc/${id}`,
    intervalWh,
    energyPriceMilliYuanPerMwh: 1,
    environmentPriceMilliYuanPerMwh: 1,
    parent: 'W1',
    ...changes,
  });
const wh = fc.integer({ min: 0, max: 10_000_000 });

describe('a wholesale contract', () => {
  test.prop(
    [wh, wh, fc.array(fc.tuple(wh, wh), { maxLength: 6 }), fc.constantFrom('pro_rata', 'env_price_desc')],
    {
      numRuns: RUNS,
    },
  )(
    'is broken down completely, day and night apart: users and what stays with the aggregator',
    (night, day, signed, method) => {
      const members = signed.map(([intervalWh, dayIntervalWh], at) =>
        contract(`K${at}`, intervalWh, { dayIntervalWh, environmentPriceMilliYuanPerMwh: at % 2 }),
      );
      const { contracts, unplaced } = breakDownWholesale([wholesale(night, day), ...members], method);
      const sum = (part: 'intervalWh' | 'dayIntervalWh') =>
        contracts.reduce((total, one) => total + BigInt(one[part] ?? 0), 0n);
      expect(sum('intervalWh') + unplaced[0]!.nightWh).toBe(BigInt(night));
      expect(sum('dayIntervalWh') + unplaced[0]!.dayWh).toBe(BigInt(day));
    },
  );

  it('leaves contracts without a parent alone', () => {
    const free = contract('K9', 77, { parent: null });
    expect(breakDownWholesale([wholesale(10), contract('K1', 5), free], 'pro_rata').contracts).toEqual([
      { ...contract('K1', 10), dayIntervalWh: 10 },
      free,
    ]);
  });

  it('is refused where nobody knows it, or with another plant', () => {
    const codeOf = (...documents: Parameters<typeof breakDownWholesale>[0]) => {
      try {
        breakDownWholesale(documents, 'pro_rata');
        return 'broken down';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf(contract('K1', 5))).toBe('E_UNKNOWN_WHOLESALE');
    expect(codeOf(wholesale(5), contract('K1', 5, { plant: 'plant/b' }))).toBe('E_WHOLESALE_PLANT');
  });
});
