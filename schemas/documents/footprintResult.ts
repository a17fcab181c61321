/** The footprint of one product as a document: total, categories, contributors, what was left out, versions, identities. */
import { z } from 'zod';
import { gwpSetId } from '../reference/gwp.ts';
import { categoryScores } from './footprintCategories.ts';
import {
  backgroundProduct,
  CARBON_ACCOUNTS,
  declaredUnitName,
  electricityRule,
  footprintInput,
  footprintUse,
  quantityOrigin,
} from './footprintInput.ts';

const figures = z.strictObject({
  /** Excluding biogenic uptake: fossil + land use + biogenic CH4 and N2O + the four accounts. */
  totalKgCo2e: z.number(),
  /** The same with biogenic uptake (≤ 0) beside it, never in the total. */
  includingBiogenicUptakeKgCo2e: z.number(),
  categories: categoryScores,
  /** kg CO2 of the accounts beside the categories; part of the total. */
  accounts: z.record(z.enum(CARBON_ACCOUNTS), z.number()),
});

/** One direct input of what was used; the parts and the remainder add up to the contributor. */
const tierPart = z.strictObject({
  name: z.string(),
  kgCo2e: z.number(),
  product: backgroundProduct.optional(),
});

export const contributor = z.strictObject({
  name: z.string(),
  kind: z.enum(['material', 'transport', 'electricity', 'direct', 'account']),
  part: z.enum(['product', 'packaging', 'outbound_logistics']),
  process: z.string().optional(),
  /** Borne by the product, after yields and allocation, per declared unit. */
  quantity: z.number(),
  unit: z.string(),
  /** Per declared unit. */
  kgCo2e: z.number(),
  sharePercent: z.number(),
  categories: categoryScores,
  origin: quantityOrigin,
  primaryDataShare: z.number().min(0).max(1),
  /** What the factor is, with its source. */
  factor: z.string(),
  flags: z.array(z.string()),
  /** Background products only: its own emissions and its largest inputs. */
  firstTier: z.array(tierPart).optional(),
  /** 1 best, 5 worst, by the rules named in `versions.dataQuality`. */
  dataQuality: z.strictObject({
    technological: z.number(),
    geographical: z.number(),
    temporal: z.number(),
  }),
  evidence: z.array(z.string()),
});
export type Contributor = z.infer<typeof contributor>;

const identity = z.strictObject({
  name: z.string(),
  left: z.number(),
  right: z.number(),
  holds: z.boolean(),
});

/** Draws of the background, every product in the same draw; quantities of the input as stated. */
const uncertainty = z.strictObject({
  unit: z.literal('kgCO2e per declared unit'),
  seed: z.int(),
  draws: z.int(),
  /** Without an answer; more than one in a hundred is refused. */
  dropped: z.int(),
  medianKgCo2e: z.number(),
  meanKgCo2e: z.number(),
  percentile2_5KgCo2e: z.number(),
  percentile97_5KgCo2e: z.number(),
  sdKgCo2e: z.number(),
  /** null where a draw is not above 0. */
  geometricSd: z.number().nullable(),
  firstOrderSdKgCo2e: z.number(),
  /** Outside 0.8–1.25 the model is not nearly linear in what is uncertain. null where nothing is uncertain. */
  sdByFirstOrder: z.number().nullable(),
  /** Of the whole background. */
  uncertainExchanges: z.int(),
  /** By share of the first-order variance, largest first. */
  contributors: z.array(
    z.strictObject({
      process: z.string(),
      exchange: z.string(),
      basis: z.enum(['stated', 'pedigree']),
      varianceShare: z.number(),
    }),
  ),
});
export type FootprintUncertainty = z.infer<typeof uncertainty>;

export const footprintResult = z.strictObject({
  schema: z.literal('tanliu.footprint/1'),
  product: footprintInput.shape.product,
  company: z.string().optional(),
  site: z.string(),
  installation: z.string().optional(),
  place: z.string().optional(),
  example: z.boolean(),
  use: footprintUse,
  referencePeriod: z.strictObject({ start: z.string(), end: z.string() }),
  boundary: z.literal('cradle_to_gate'),
  declaredUnit: z.strictObject({ amount: z.number(), unit: declaredUnitName, massKg: z.number() }),
  declaredUnitsMade: z.number(),
  perDeclaredUnit: figures,
  forPeriod: figures,
  /** Largest magnitude first. */
  contributors: z.array(contributor),
  ofWhich: z.strictObject({
    packagingKgCo2e: z.number(),
    outboundLogisticsKgCo2e: z.number(),
    /** Without radiative forcing. */
    aircraftKgCo2e: z.number(),
    byTransportModeKgCo2e: z.record(z.string(), z.number()),
    byProcessKgCo2e: z.record(z.string(), z.number()),
  }),
  /** Per declared unit. The value of the document is the one that the rule names. */
  electricity: z.strictObject({
    rule: electricityRule,
    locationBasedTotalKgCo2e: z.number(),
    marketBasedTotalKgCo2e: z.number(),
    energyKwh: z.number(),
    contractedKwh: z.number(),
    /** Total with the hourly traced values in place of the rest; null where no entry has one. A memo. */
    tracedMemoTotalKgCo2e: z.number().nullable(),
  }),
  allocation: z
    .strictObject({
      method: z.string(),
      reason: z.string(),
      productShare: z.number(),
      coProducts: z.array(z.strictObject({ name: z.string(), share: z.number() })),
    })
    .nullable(),
  /** Rated by magnitude over all contributors. */
  dataQuality: z.strictObject({
    technologicalDqr: z.number().nullable(),
    geographicalDqr: z.number().nullable(),
    temporalDqr: z.number().nullable(),
  }),
  cutOff: z.strictObject({
    /** Background inputs without a supplier: of the used products themselves, and of all that lies upstream. */
    inputsOfUsedProducts: z.int(),
    inputsUpstream: z.int(),
    leftOut: footprintInput.shape.leftOut,
    exemptedEmissionsPercent: z.number(),
    limitPercent: z.number(),
  }),
  assumptions: z.array(z.string()),
  notUsableFor: z.array(z.strictObject({ use: z.string(), reason: z.string() })),
  primaryDataSharePercent: z.number(),
  /** Of all quantities: simulated when one is, mixed when they differ. */
  origin: z.enum(['measured', 'estimated', 'mixed', 'simulated']),
  warnings: z.array(z.string()),
  versions: z.strictObject({
    engine: z.string(),
    dataQuality: z.string(),
    background: z.string(),
    backgroundSha256: z.string(),
    linkingPolicy: z.string(),
    gwpSet: gwpSetId,
    flowMap: z.string(),
    electricityFactors: z.array(z.string()),
  }),
  identities: z.array(identity),
  /** Where draws were asked for. */
  uncertainty: uncertainty.optional(),
});
export type FootprintResult = z.infer<typeof footprintResult>;
