/** A load and its green energy by settlement period: what location- and market-based carbon are computed from. */
import { z } from 'zod';
import { FACTOR_FAMILIES, type FactorFamily } from '../reference/factorFamilies.ts';

const family = z.enum(Object.keys(FACTOR_FAMILIES) as [FactorFamily, ...FactorFamily[]]);

export const carbonAccountInput = z.strictObject({
  schema: z.literal('tanliu.carbon-account-input/1'),
  /** Zone of the average factor, e.g. CN-SC. */
  zone: z.string().min(1),
  year: z.int().min(2021).max(2100),
  /** Factors count that were announced by this civil date. */
  announcedBy: z.iso.date(),
  /** Family of the part that no green energy covers; which one is asked for differs by programme. */
  residualFamily: z.enum(['cn_co2_excl_traded_nonfossil', 'cn_co2_fossil', 'cn_co2_average']),
  periods: z
    .array(
      z.strictObject({
        /** Settlement period of the certificates, e.g. 2026-03. */
        period: z.string().min(1),
        loadWh: z.int().min(0),
        green: z
          .array(
            z.strictObject({
              /** Certificate or trade; each counts once. */
              id: z.string().min(1),
              energyWh: z.int().min(0),
              intensityKgPerMwh: z.number().min(0),
              family,
            }),
          )
          .default([]),
      }),
    )
    .min(1),
});
export type CarbonAccountInput = z.infer<typeof carbonAccountInput>;
