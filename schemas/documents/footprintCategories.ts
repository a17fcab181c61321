/** The five climate categories that every result keeps apart, and the total that adds three of them. */
import { z } from 'zod';

export const CATEGORIES = [
  'fossil',
  'land_use',
  'biogenic_non_co2',
  'biogenic_co2_emission',
  'biogenic_co2_uptake',
] as const;
export const category = z.enum(CATEGORIES);
export type Category = z.infer<typeof category>;
export const CATEGORY_COUNT = CATEGORIES.length;

/** Score in each category: the first three kgCO2e, the last two kg CO2 (memo items; uptake ≤ 0). */
export const categoryScores = z.strictObject({
  fossil: z.number(),
  land_use: z.number(),
  biogenic_non_co2: z.number(),
  biogenic_co2_emission: z.number(),
  biogenic_co2_uptake: z.number(),
});
export type CategoryScores = Readonly<z.infer<typeof categoryScores>>;

/** Excluding biogenic uptake and excluding biogenic CO2 emitted. */
export function totalKgCo2e(scores: CategoryScores): number {
  return scores.fossil + scores.land_use + scores.biogenic_non_co2;
}
