/** The footprint of one product as a document: total, categories, contributors, what was left out, versions, identities. */
import { z } from 'zod';
import { gwpSetId } from '../reference/gwp.ts';
import { categoryScores } from './footprintCategories.ts';
import { backgroundProduct, declaredUnitName, footprintInput, quantityOrigin } from './footprintInput.ts';

const figures = z.strictObject({
  /** Excluding biogenic uptake: fossil + land use + biogenic CH4 and N2O. */
  totalKgCo2e: z.number(),
  /** The same with biogenic uptake (≤ 0) beside it, never in the total. */
  includingBiogenicUptakeKgCo2e: z.number(),
  categories: categoryScores,
});

/** One direct input of what was used; the parts and the remainder add up to the contributor. */
const tierPart = z.strictObject({
  name: z.string(),
  kgCo2e: z.number(),
  product: backgroundProduct.optional(),
});

export const contributor = z.strictObject({
  name: z.string(),
  kind: z.enum(['material', 'electricity', 'direct']),
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
  referencePeriod: z.strictObject({ start: z.string(), end: z.string() }),
  boundary: z.literal('cradle_to_gate'),
  declaredUnit: z.strictObject({ amount: z.number(), unit: declaredUnitName, massKg: z.number() }),
  declaredUnitsMade: z.number(),
  perDeclaredUnit: figures,
  forPeriod: figures,
  /** Largest magnitude first. */
  contributors: z.array(contributor),
  ofWhich: z.strictObject({ packagingKgCo2e: z.number(), outboundLogisticsKgCo2e: z.number() }),
  cutOff: z.strictObject({
    /** Background inputs without a supplier: of the used products themselves, and of all that lies upstream. */
    inputsOfUsedProducts: z.int(),
    inputsUpstream: z.int(),
    leftOut: footprintInput.shape.leftOut,
    exemptedEmissionsPercent: z.number(),
  }),
  primaryDataSharePercent: z.number(),
  /** Of all quantities: simulated when one is, mixed when they differ. */
  origin: z.enum(['measured', 'estimated', 'mixed', 'simulated']),
  warnings: z.array(z.string()),
  versions: z.strictObject({
    engine: z.string(),
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
