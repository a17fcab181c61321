/**
 * What a score depends on, in closed form: with lambda the scores of all products and x
 * the runs for a demand, ds/da_ij = −lambda_i x_j, ds/db_kj = c_k x_j, ds/dc_k = g_k. One category at a time.
 */
import type { SparseColumns } from '../solver/sparseColumns.ts';

export interface ScoreModel {
  readonly technosphere: SparseColumns;
  readonly biosphere: SparseColumns;
  /** Characterisation factor of each elementary flow. */
  readonly factors: Float64Array;
  /** Score of one unit of each product, by row. */
  readonly scores: Float64Array;
  /** Runs of each activity for the demand. */
  readonly supply: Float64Array;
}

export interface Sensitivity {
  readonly matrix: 'technosphere' | 'biosphere';
  readonly row: number;
  readonly activity: number;
  /** Change of the score per unit of the entry. */
  readonly derivative: number;
  /** Relative change of the score per relative change of the entry. */
  readonly elasticity: number;
}

/** The score of the demand itself, as the sum over nature. */
export function scoreOf({ biosphere, factors, supply }: ScoreModel): number {
  let score = 0;
  const { start, index, value } = biosphere;
  for (let j = 0; j < supply.length; j++) {
    let direct = 0;
    for (let p = start[j]!; p < start[j + 1]!; p++) direct += factors[index[p]!]! * value[p]!;
    score += direct * supply[j]!;
  }
  return score;
}

/**
 * Entries by the size of their elasticity, largest first; ties by matrix, activity and row.
 * @param most how many to return
 */
export function sensitivities(model: ScoreModel, most: number): Sensitivity[] {
  const score = scoreOf(model);
  const found: Sensitivity[] = [];
  const add = (matrix: Sensitivity['matrix'], { columns, start, index, value }: SparseColumns) => {
    for (let j = 0; j < columns; j++) {
      if (model.supply[j] === 0) continue;
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        const row = index[p]!;
        const weight = matrix === 'technosphere' ? -model.scores[row]! : model.factors[row]!;
        const derivative = weight * model.supply[j]!;
        if (derivative === 0 || value[p] === 0) continue;
        const elasticity = score === 0 ? 0 : (derivative * value[p]!) / score;
        found.push({ matrix, row, activity: j, derivative, elasticity });
      }
    }
  };
  add('technosphere', model.technosphere);
  add('biosphere', model.biosphere);
  const bySize = (a: Sensitivity, b: Sensitivity) =>
    Math.abs(b.elasticity) - Math.abs(a.elasticity) ||
    (a.matrix < b.matrix ? 1 : a.matrix > b.matrix ? -1 : 0) ||
    a.activity - b.activity ||
    a.row - b.row;
  return found.sort(bySize).slice(0, most);
}

/** How much the score moves with each characterisation factor: the inventory of the demand, by elementary flow. */
export function inventoryOf({ biosphere, factors, supply }: ScoreModel): Float64Array {
  const inventory = new Float64Array(factors.length);
  const { start, index, value } = biosphere;
  for (let j = 0; j < supply.length; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) inventory[index[p]!]! += value[p]! * supply[j]!;
  }
  return inventory;
}
