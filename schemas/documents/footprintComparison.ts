/** Two versions of a product's footprint, and what made the difference. */
import { z } from 'zod';

const effects = z.strictObject({
  /** Bill, meters, yields, allocation, output: what is used per declared unit. */
  quantitiesKgCo2e: z.number(),
  /** Another background product, official factor, supplier or gas value. */
  factorsKgCo2e: z.number(),
  /** The same background product in another version of the database or by another GWP set. */
  backgroundKgCo2e: z.number(),
});
export type Effects = z.infer<typeof effects>;

export const footprintComparison = z.strictObject({
  schema: z.literal('tanliu.footprint-comparison/1'),
  product: z.string(),
  declaredUnit: z.strictObject({ amount: z.number(), unit: z.string() }),
  before: z.strictObject({ totalKgCo2e: z.number(), background: z.string(), gwpSet: z.string() }),
  after: z.strictObject({ totalKgCo2e: z.number(), background: z.string(), gwpSet: z.string() }),
  differenceKgCo2e: z.number(),
  /** null where the first is 0. */
  differencePercent: z.number().nullable(),
  effects,
  /** By kind and name; largest change first. */
  lines: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      change: z.enum(['kept', 'added', 'removed']),
      beforeKgCo2e: z.number(),
      afterKgCo2e: z.number(),
      effects,
      factorBefore: z.string().nullable(),
      factorAfter: z.string().nullable(),
    }),
  ),
  identities: z.array(
    z.strictObject({ name: z.string(), left: z.number(), right: z.number(), holds: z.boolean() }),
  ),
});
export type FootprintComparison = z.infer<typeof footprintComparison>;
