/** A small random market month, drawn from a seed: 3 plants, 2 data centres, 5 contracts. */
import {
  type SettlementContract,
  settlementContract,
  settlementSite,
} from '../../schemas/documents/settlementContract.ts';
import { sichuanRuleSet } from '../../schemas/reference/settlementRules.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import type { MonthMarket } from '../../src/settlement/monthMarket.ts';
import { monthQuarters } from '../../src/settlement/settlementCalendar.ts';
import { mulberry32 } from '../../src/settlement/vectors/largeMarket.ts';

export const PERIOD = '2026-02';
const { count } = monthQuarters(PERIOD);
const series = (next: () => number, maxWh: number) => Array.from({ length: count }, () => next() % maxWh);

/** A month of 3 plants, 2 data centres and 5 contracts drawn from a seed. */
export function randomMonth(seed: number, changes: Partial<MonthMarket> = {}): MonthMarket {
  const next = mulberry32(seed);
  const contract = (id: string, plant: string, user: string, rest: object = {}): SettlementContract =>
    settlementContract.parse({
      id,
      plant,
      user,
      effectiveFrom: '2026-01-01T00:00:00Z',
      effectiveTo: null,
      curve: { kind: 'day_night', dayQuarterWh: next() % 900_000, nightQuarterWh: next() % 500_000 },
      energyPrice: { single: 250_000 },
      environmentPriceMilliYuanPerMwh: 6_500,
      compensationPriceMilliYuanPerMwh: 10_000,
      freeBandPpm: 50_000,
      priority: 0,
      ...rest,
    });
  const site = (dataCenter: string) =>
    settlementSite.parse({ dataCenter, capacityKva: 20_000, connectionKw: 16_000 });
  const byBand = { peak: 400_001, flat: 300_001, valley: 200_001, critical: 450_001 };
  const fee = {
    aggregator: 'agg1',
    rule: { mode: 'per_mwh', priceMilliYuanPerMwh: 5_001, userPpm: 333_333 },
  };
  return {
    market: 'SC',
    period: PERIOD,
    plants: ['P1', 'P2', 'P3'].map((id) => ({ id, wh: series(next, 1_000_000) })),
    dataCenters: ['D1', 'D2'].map((id) => ({ id, wh: series(next, 2_000_000), site: site(id) })),
    contracts: [
      contract('K1', 'P1', 'D1', { fee }),
      contract('K2', 'P2', 'D1', { energyPrice: { byBand } }),
      contract('K3', 'P2', 'D2'),
      contract('K4', 'P3', 'D2', { curve: { kind: 'flat', quarterWh: 333_333 } }),
      contract('K5', 'P1', 'D2', { curve: { kind: 'quarters', wh: series(next, 400_000) } }),
    ],
    ruleSet: sichuanRuleSet,
    tariff: sichuanTariff,
    ...changes,
  };
}
