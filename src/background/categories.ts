/** The five climate categories that every result keeps apart, and the total that adds three of them. */

export const CATEGORIES = [
  'fossil',
  'land_use',
  'biogenic_non_co2',
  'biogenic_co2_emission',
  'biogenic_co2_uptake',
] as const;
export type Category = (typeof CATEGORIES)[number];
export const CATEGORY_COUNT = CATEGORIES.length;

/** Score in each category: the first three kgCO2e, the last two kg CO2 (memo items; uptake ≤ 0). */
export type CategoryScores = Readonly<Record<Category, number>>;

/** Excluding biogenic uptake and excluding biogenic CO2 emitted (footprint.md §1). */
export function totalKgCo2e(scores: CategoryScores): number {
  return scores.fossil + scores.land_use + scores.biogenic_non_co2;
}

/** Reads one row of an n × 5 array, times an amount. */
export function scoresAt(values: Float64Array, row: number, amount = 1): CategoryScores {
  const at = (category: number) => {
    const product = values[row * CATEGORY_COUNT + category]! * amount;
    return product === 0 ? 0 : product;
  };
  return {
    fossil: at(0),
    land_use: at(1),
    biogenic_non_co2: at(2),
    biogenic_co2_emission: at(3),
    biogenic_co2_uptake: at(4),
  };
}
