/** The score of a demand from stored scores: one dot product a category, no solve (`s = f^T lambda`). */
import { CATEGORY_COUNT, type CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import { scoresAt } from './categories.ts';

/** Amounts in reference units by activity number; the same activity may come twice. */
export interface Demand {
  readonly activity: Int32Array;
  readonly amount: Float64Array;
}

/** @param lambda n × 5, scores of one reference unit of each product */
export function demandScores(lambda: Float64Array, { activity, amount }: Demand): CategoryScores {
  const sums = new Float64Array(CATEGORY_COUNT);
  for (let k = 0; k < activity.length; k++) {
    const from = activity[k]! * CATEGORY_COUNT;
    for (let c = 0; c < CATEGORY_COUNT; c++) sums[c]! += amount[k]! * lambda[from + c]!;
  }
  return scoresAt(sums, 0);
}
