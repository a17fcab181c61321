/** Adding and scaling scores category by category. */
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';

export const NO_SCORES: CategoryScores = {
  fossil: 0,
  land_use: 0,
  biogenic_non_co2: 0,
  biogenic_co2_emission: 0,
  biogenic_co2_uptake: 0,
};

export function addScores(a: CategoryScores, b: CategoryScores): CategoryScores {
  return {
    fossil: a.fossil + b.fossil,
    land_use: a.land_use + b.land_use,
    biogenic_non_co2: a.biogenic_non_co2 + b.biogenic_non_co2,
    biogenic_co2_emission: a.biogenic_co2_emission + b.biogenic_co2_emission,
    biogenic_co2_uptake: a.biogenic_co2_uptake + b.biogenic_co2_uptake,
  };
}

/** `+ 0` turns a negative zero into zero, so that documents never show `-0`. */
export function scaleScores(a: CategoryScores, factor: number): CategoryScores {
  return {
    fossil: a.fossil * factor + 0,
    land_use: a.land_use * factor + 0,
    biogenic_non_co2: a.biogenic_non_co2 * factor + 0,
    biogenic_co2_emission: a.biogenic_co2_emission * factor + 0,
    biogenic_co2_uptake: a.biogenic_co2_uptake * factor + 0,
  };
}
