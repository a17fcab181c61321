/** A green-power contract between a plant and a data centre, and the site that it serves, as settlement reads them. */
import { z } from 'zod';
import { ppm, wholeAmount, wholeNumber } from './wholeNumber.ts';

const id = z.string().min(1).max(128);
/** Wh of a quarter hour. */
const quarterWh = z.int().min(0);

/** Contracted energy of each 15 minutes. `day` is 08:00 to 20:00 of Asia/Shanghai. */
const contractCurve = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flat'), quarterWh }),
  z.strictObject({ kind: z.literal('day_night'), dayQuarterWh: quarterWh, nightQuarterWh: quarterWh }),
  /** One value for every quarter hour of the settled month. */
  z.strictObject({ kind: z.literal('quarters'), wh: z.array(quarterWh) }),
]);

const feeRule = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('per_mwh'), priceMilliYuanPerMwh: wholeNumber, userPpm: ppm }),
  z.strictObject({ mode: z.literal('env_share'), sharePpm: ppm, userPpm: ppm }),
]);

export const settlementContract = z.strictObject({
  id,
  plant: id,
  user: id,
  /** Effective from (included) to (excluded; null: open), instants in UTC; outside the contracted energy is 0. */
  effectiveFrom: z.iso.datetime(),
  effectiveTo: z.iso.datetime().nullable(),
  curve: contractCurve,
  energyPrice: z.union([
    z.strictObject({ single: wholeNumber }),
    z.strictObject({ byBand: z.record(z.string(), wholeNumber) }),
    /** The spot price of the interval and this on top. */
    z.strictObject({ spotPlus: wholeNumber }),
  ]),
  environmentPriceMilliYuanPerMwh: wholeNumber,
  compensationPriceMilliYuanPerMwh: wholeNumber,
  /** Part of the contract that may be missed without compensation. */
  freeBandPpm: ppm,
  /** Order among contracts where a rule asks for one; the legal match shares pro rata and knows none. */
  priority: z.int().min(0),
  fee: z.strictObject({ aggregator: id, rule: feeRule }).optional(),
});
export type SettlementContract = z.output<typeof settlementContract>;

/** The grid connection of a data centre, for the charges that do not depend on energy. */
export const settlementSite = z.strictObject({
  dataCenter: id,
  capacityKva: wholeAmount,
  connectionKw: wholeAmount,
  /** 基本电费 by 需量 instead of capacity. */
  demand: z
    .strictObject({
      basis: z.enum(['actual', 'contracted']),
      contractedKw: wholeAmount.optional(),
      fenPerKwMonth: wholeAmount,
    })
    .optional(),
  /** Market energy at the spot price of the interval instead of bands. */
  gridPricing: z.enum(['bands', 'spot']).optional(),
  /** 绿电直连 or 就近消纳: own generation behind the connection, with the fee mode of 1192号. */
  direct: z
    .strictObject({
      kind: z.enum(['direct_connection', 'local_consumption']),
      feeMode: z.enum(['capacity_1192', 'total_use_1192']),
      /** 就近消纳 is only billed as such with all of these. */
      boundary: z.strictObject({
        isPhysicallyClear: z.boolean(),
        metersGeneration: z.boolean(),
        metersSelfUse: z.boolean(),
        metersOfftake: z.boolean(),
      }),
    })
    .optional(),
});
export type SettlementSite = z.output<typeof settlementSite>;
