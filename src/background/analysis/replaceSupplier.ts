/** A supplier's own footprint in place of a background product: all scores anew by one more solve, not a new system. */
import { Refusal } from '../../../schemas/refusal.ts';
import { type FactorisedSystem, solveAdjoint } from '../solver/adjoint.ts';

/**
 * Scores when one product's score is what its supplier states. The product's own activity no longer counts; every other
 * equation holds. By linearity lambda' = lambda + (stated − lambda_p) w / w_p, with w the scores that one unit of
 * direct score at the product's activity brings about.
 * @param lambda n × width by product row, the scores before
 * @param row product row
 * @param stated score of one unit of the product in each category, `width` numbers
 * @returns n × width, the scores after
 * @throws Refusal `E_PRODUCT` for a row that does not exist
 */
export function replaceSupplier(
  system: FactorisedSystem,
  lambda: Float64Array,
  row: number,
  stated: readonly number[],
): Float64Array {
  const { scaled } = system;
  const width = stated.length;
  const activity = scaled.maker[row];
  if (activity === undefined) {
    throw new Refusal(`there is no product ${row}`, {
      code: 'E_PRODUCT',
      remedy: `a product row below ${scaled.n}`,
    });
  }
  const unit = new Float64Array(scaled.n);
  unit[activity] = scaled.pivot[activity]!;
  const response = solveAdjoint(system, unit, 1).lambda;
  const after = lambda.slice();
  for (let c = 0; c < width; c++) {
    const change = (stated[c]! - lambda[row * width + c]!) / response[row]!;
    for (let i = 0; i < scaled.n; i++) after[i * width + c]! += change * response[i]!;
    after[row * width + c] = stated[c]!;
  }
  return after;
}
