/** Reading category scores out of typed arrays: n × 5, one row an activity. */
import { CATEGORY_COUNT, type CategoryScores } from '../../schemas/documents/footprintCategories.ts';

/** One row, times an amount. */
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
