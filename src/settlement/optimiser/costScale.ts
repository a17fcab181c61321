/** One exact cost for locality and price together: a Wh costs `weight * scale + price`. */
import { Refusal } from '../../../schemas/refusal.ts';
import type { FlowArrays } from './flowMarket.ts';

export interface CostScale {
  /** Above what any residual cycle can change in price, so that locality always goes first. */
  readonly scale: number;
  /** Lowest cost of an edge; the simplex works on costs less this. */
  readonly base: number;
  /** Above the cost of every path: what a Wh delivered is worth. */
  readonly delivery: number;
}

/**
 * The scale of a market. A residual cycle goes forward and back over equally many edges, at most
 * `min(plants, users)` of each, so prices change by less than that many times their range.
 * @throws Refusal E_COST_RANGE where doubles could not hold the sums exactly
 */
export function costScale(arrays: FlowArrays): CostScale {
  const steps = Math.min(arrays.plantWh.length, arrays.userWh.length);
  const [lowestWeight, highestWeight] = range(arrays.edgeWeight);
  const [lowestPrice, highestPrice] = range(arrays.edgePrice);
  const scale = 1 + steps * (highestPrice - lowestPrice);
  const widest = (highestWeight - lowestWeight) * scale + highestPrice - lowestPrice;
  const delivery = (steps + 2) * widest + 1;
  const base = lowestWeight * scale + lowestPrice;
  const largest =
    Math.max(4 * delivery, Math.abs(highestWeight * scale) + Math.abs(highestPrice)) + Math.abs(base);
  if (!(largest <= Number.MAX_SAFE_INTEGER)) {
    throw new Refusal('prices and weights are too far apart for exact costs', {
      code: 'E_COST_RANGE',
      place: `weights ${lowestWeight} to ${highestWeight}, prices ${lowestPrice} to ${highestPrice}, ${steps} steps`,
      remedy: 'fewer points in one interval, or prices on a coarser unit',
    });
  }
  return { scale, base, delivery };
}

function range(values: Float64Array): [number, number] {
  if (values.length === 0) return [0, 0];
  let low = values[0]!;
  let high = values[0]!;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
