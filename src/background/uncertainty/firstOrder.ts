/**
 * Uncertainty to first order: `Var s = sum (ds/dv_e)² sd_e²` over independent exchanges. It stands beside every Monte
 * Carlo result; where the two differ much, the model is not nearly linear in what is uncertain.
 */
import type { DrawnParts, DrawnSystem } from './drawnSystem.ts';

export interface FirstOrder {
  readonly sdKgCo2e: number;
  /** Exchanges by what they add to the variance, largest first. */
  readonly contributors: readonly { readonly exchange: number; readonly varianceShare: number }[];
}

/**
 * @param scores of one unit of each product, by row
 * @param supply runs of each activity for the demand
 * @param sd by exchange: `firstOrderSd` of its distribution
 * @param most contributors to name
 */
export function firstOrder(
  system: Pick<DrawnSystem, 'base' | 'technosphereParts' | 'directParts'>,
  scores: Float64Array,
  supply: Float64Array,
  sd: Float64Array,
  most: number,
): FirstOrder {
  const derivative = new Float64Array(sd.length);
  const { index, start, columns } = system.base.technosphere;
  const column = new Int32Array(index.length);
  for (let j = 0; j < columns; j++) column.fill(j, start[j], start[j + 1]);
  addDerivatives(
    derivative,
    system.technosphereParts,
    (entry) => -scores[index[entry]!]! * supply[column[entry]!]!,
  );
  addDerivatives(derivative, system.directParts, (activity) => supply[activity]!);
  let variance = 0;
  for (let e = 0; e < sd.length; e++) variance += (derivative[e]! * sd[e]!) ** 2;
  const contributors = [...derivative.keys()]
    .map((exchange) => ({ exchange, varianceShare: (derivative[exchange]! * sd[exchange]!) ** 2 / variance }))
    .filter(({ varianceShare }) => varianceShare > 0)
    .sort((a, b) => b.varianceShare - a.varianceShare || a.exchange - b.exchange)
    .slice(0, most);
  return { sdKgCo2e: Math.sqrt(variance), contributors };
}

/** An exchange that stands in several places moves them all at once. */
function addDerivatives(
  derivative: Float64Array,
  { place, exchange, coefficient }: DrawnParts,
  byPlace: (place: number) => number,
): void {
  for (let p = 0; p < place.length; p++) derivative[exchange[p]!]! += coefficient[p]! * byPlace(place[p]!);
}
