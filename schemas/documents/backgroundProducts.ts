/** Rows of a background version that a footprint used: enough to compute it again without the database. */
import { z } from 'zod';
import { gwpSetId } from '../reference/gwp.ts';
import { categoryScores } from './footprintCategories.ts';
import { backgroundProduct } from './footprintInput.ts';

const part = z.strictObject({
  name: z.string(),
  product: backgroundProduct.optional(),
  scores: categoryScores,
});

export const backgroundProducts = z.strictObject({
  schema: z.literal('tanliu.background-products/1'),
  identity: z.strictObject({
    name: z.string(),
    version: z.string(),
    sourceSha256: z.string(),
    linkingPolicy: z.string(),
    flowMap: z.string(),
  }),
  gwpSet: z.strictObject({
    id: gwpSetId,
    title: z.string(),
    horizonYears: z.union([z.literal(20), z.literal(100)]),
    /** Factors of the species that the input emits itself. */
    factors: z.array(
      z.strictObject({ species: z.string(), cas: z.string(), kgCo2ePerKg: z.number(), source: z.string() }),
    ),
  }),
  products: z.array(
    z.strictObject({
      ref: backgroundProduct,
      name: z.string(),
      location: z.string(),
      referenceUnit: z.string(),
      unitFactors: z.array(z.tuple([z.string(), z.number()])),
      scores: categoryScores,
      flags: z.array(z.string()),
      usable: z.boolean(),
      firstTier: z.array(part),
    }),
  ),
  /** Inputs without a supplier, of these products' own processes and of all upstream. */
  cutOffInputs: z.strictObject({ own: z.int(), upstream: z.int() }),
});
export type BackgroundProducts = z.infer<typeof backgroundProducts>;
