/** The documents of `market.contracts` as settlement reads them after their contract has been checked. */
import { z } from 'zod';

const common = {
  id: z.string(),
  /** UTC instants; valid from the first (included) to the second (excluded), open where absent. */
  validFrom: z.string(),
  validTo: z.string().nullish(),
  /** `actual` is a published or signed document; anything else (simulated, estimated …) is an assumption. */
  quality: z.string(),
  revision: z.int(),
};

export const settlementMarketDocument = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('contract'),
    ...common,
    plant: z.string(),
    user: z.string(),
    intervalWh: z.int(),
    dayIntervalWh: z.int().nullish(),
    energyPriceMilliYuanPerMwh: z.int(),
    environmentPriceMilliYuanPerMwh: z.int(),
    compensationPriceMilliYuanPerMwh: z.int().nullish(),
    freeBandPpm: z.int().nullish(),
    aggregator: z.string().nullish(),
    feeMilliYuanPerMwh: z.int().nullish(),
    feeUserPpm: z.int().nullish(),
    parent: z.string().nullish(),
  }),
  z.object({
    kind: z.literal('wholesale'),
    ...common,
    plant: z.string(),
    aggregator: z.string(),
    intervalWh: z.int(),
    dayIntervalWh: z.int().nullish(),
  }),
  z.object({
    kind: z.literal('tariff'),
    ...common,
    user: z.string().nullish(),
    component: z.string(),
    band: z.string(),
    priceMilliYuanPerMwh: z.int(),
    document: z.string(),
  }),
  z.object({
    kind: z.literal('capacity_fee'),
    ...common,
    user: z.string().nullish(),
    feeFenPerKvaMonth: z.int(),
    capacityKva: z.int(),
    demandFenPerKwMonth: z.int().nullish(),
    contractedKw: z.int().nullish(),
    document: z.string(),
  }),
  z.object({
    kind: z.literal('power_energy'),
    ...common,
    user: z.string(),
    activeWh: z.int(),
    reactiveVarh: z.int(),
  }),
  z.object({
    kind: z.literal('adjustment'),
    ...common,
    user: z.string(),
    counterparty: z.string(),
    amountFen: z.int(),
    correctedMonth: z.string(),
    document: z.string(),
  }),
  z.object({
    kind: z.literal('spot_price'),
    ...common,
    priceMilliYuanPerMwh: z.int(),
    document: z.string(),
  }),
]);
export type SettlementMarketDocument = z.output<typeof settlementMarketDocument>;
