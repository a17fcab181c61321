/** The large synthetic month as a market month: what the whole settlement takes, with the shipped rules and tariff. */
import { settlementContract, settlementSite } from '../../../schemas/documents/settlementContract.ts';
import { sichuanRuleSet } from '../../../schemas/reference/settlementRules.ts';
import { sichuanTariff } from '../../../schemas/reference/tariffs.ts';
import type { MonthMarket } from '../monthMarket.ts';
import type { LargeMonth } from './largeMarket.ts';

/** Round terms for what the generator does not draw. */
const SITE = { capacityKva: 50_000, connectionKw: 40_000 };
const TERMS = { compensationPriceMilliYuanPerMwh: 10_000, freeBandPpm: 50_000, priority: 0 };

/** @param month as drawn by `largeMonth`; plants and data centres are named by position */
export function largeMonthMarket(month: LargeMonth): MonthMarket {
  const plantId = (at: number) => `plant/P${String(at).padStart(3, '0')}`;
  const userId = (at: number) => `dc/D${String(at).padStart(3, '0')}`;
  const plants = columns(month.generatedWh, month.plantCount);
  const users = columns(month.usedWh, month.userCount);
  return {
    market: 'SC',
    period: '2026-03',
    plants: plants.map((wh, at) => ({ id: plantId(at), wh })),
    dataCenters: users.map((wh, at) => ({
      id: userId(at),
      wh,
      site: settlementSite.parse({ dataCenter: userId(at), ...SITE }),
    })),
    contracts: month.contracts.map(({ id, plant, user }, k) =>
      settlementContract.parse({
        id,
        plant: plantId(plant),
        user: userId(user),
        effectiveFrom: '2026-01-01T00:00:00Z',
        effectiveTo: null,
        curve: {
          kind: 'day_night',
          dayQuarterWh: month.quantityWh[k],
          nightQuarterWh: Math.floor((month.quantityWh[k]! * 3) / 4),
        },
        energyPrice: { single: month.energyPrice[k] },
        environmentPriceMilliYuanPerMwh: month.envPrice[k],
        ...TERMS,
      }),
    ),
    ruleSet: sichuanRuleSet,
    tariff: sichuanTariff,
  };
}

/** One series a point from an interval-major table. */
function columns(table: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: table.length / width }, (_, row) => table[row * width + column]!),
  );
}
