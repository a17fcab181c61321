/** Mass of a zone's production from its modes and a factor set: `F = sum of mode MWh x kg/MWh`. */
import type { ModeFactorSet, ProductionMode } from '../../schemas/reference/fuelFactors.ts';

/** Production of one mode, steps x zones (MWh), NaN where it is not known. */
export interface ModeProduction {
  readonly mode: ProductionMode;
  readonly productionMwh: Float64Array;
}

/**
 * Sums modes into masses (kg), one column; NaN where any of a zone's modes is not known.
 * @throws RangeError when the columns differ in length
 */
export function massOfModes(modes: readonly ModeProduction[], factors: ModeFactorSet): Float64Array {
  const length = modes[0]?.productionMwh.length ?? 0;
  const producedKg = new Float64Array(length);
  for (const { mode, productionMwh } of modes) {
    if (productionMwh.length !== length)
      throw new RangeError('modes differ in their number of steps and zones');
    const factor = factors.intensityKgPerMwh[mode];
    for (let cell = 0; cell < length; cell++) producedKg[cell]! += productionMwh[cell]! * factor;
  }
  return producedKg;
}

/** Smallest and largest factor of a set (kg/MWh): the range of intensities its sources can have. */
export function sourceRangeOf(factors: ModeFactorSet): { minKgPerMwh: number; maxKgPerMwh: number } {
  const values = Object.values(factors.intensityKgPerMwh);
  return { minKgPerMwh: Math.min(...values), maxKgPerMwh: Math.max(...values) };
}
