/** A scored background with its uncertain exchanges as a system that can be drawn, in one category or the total. */
import { CATEGORIES, CATEGORY_COUNT, type Category } from '../../../schemas/documents/footprintCategories.ts';
import { type ScoredBackground, technosphereInput } from '../score.ts';
import type { SparseColumns } from '../solver/sparseColumns.ts';
import { distributionColumns } from './distribution.ts';
import type { BackgroundUncertainty, DrawnPartRow } from './drawnParts.ts';
import type { DrawnParts, DrawnSystem } from './drawnSystem.ts';
import { keyOf } from './keyedRandom.ts';

/** Categories whose sum is the total. */
export const TOTAL: readonly Category[] = ['fossil', 'land_use', 'biogenic_non_co2'];

/** @param categories summed into the score that is drawn */
export function backgroundDraws(
  { system, characterisation }: ScoredBackground,
  { exchanges, parts }: Pick<BackgroundUncertainty, 'exchanges' | 'parts'>,
  categories: readonly Category[] = TOTAL,
): DrawnSystem {
  const { technosphere, biosphere } = system;
  const factor = (flow: number) =>
    categories.reduce(
      (sum, category) =>
        sum + characterisation.factors[flow * CATEGORY_COUNT + CATEGORIES.indexOf(category)]!,
      0,
    );
  const direct = new Float64Array(biosphere.columns);
  for (let j = 0; j < biosphere.columns; j++) {
    for (let p = biosphere.start[j]!; p < biosphere.start[j + 1]!; p++) {
      direct[j]! += factor(biosphere.index[p]!) * biosphere.value[p]!;
    }
  }
  const number = new Map(exchanges.map((exchange, at) => [nameOf(exchange), at]));
  const keys = exchanges.map((exchange) => keyOf(nameOf(exchange)));
  const technosphereParts = partsOf(
    parts.filter(({ matrix }) => matrix === 'technosphere'),
    number,
    ({ row, column }) => entryAt(technosphere, row, column),
    () => 1,
  );
  const directParts = partsOf(
    parts.filter(({ matrix, row }) => matrix === 'biosphere' && factor(row) !== 0),
    number,
    ({ column }) => column,
    ({ row }) => factor(row),
  );
  const stated = Float64Array.from(exchanges, ({ statedAmount }) => statedAmount);
  return {
    base: technosphereInput(system),
    direct,
    exchanges: {
      keyLow: Int32Array.from(keys, ([low]) => low),
      keyHigh: Int32Array.from(keys, ([, high]) => high),
      distribution: distributionColumns(exchanges.map(({ distribution }) => distribution)),
    },
    certainTechnosphere: without(technosphere.value, technosphereParts, stated),
    certainDirect: without(direct, directParts, stated),
    technosphereParts,
    directParts,
  };
}

const nameOf = ({ processId, exchangeId }: { processId: string; exchangeId: string }) =>
  `${processId} ${exchangeId}`;

function partsOf(
  rows: readonly DrawnPartRow[],
  number: ReadonlyMap<string, number>,
  place: (row: DrawnPartRow) => number,
  weight: (row: DrawnPartRow) => number,
): DrawnParts {
  return {
    place: Int32Array.from(rows, place),
    exchange: Int32Array.from(rows, (row) => number.get(nameOf(row))!),
    coefficient: Float64Array.from(rows, (row) => row.coefficient * weight(row)),
  };
}

/** What is left of the values when every drawn exchange's stated amount is taken off. */
function without(
  value: Float64Array,
  { place, exchange, coefficient }: DrawnParts,
  stated: Float64Array,
): Float64Array {
  const certain = value.slice();
  for (let p = 0; p < place.length; p++) certain[place[p]!]! -= coefficient[p]! * stated[exchange[p]!]!;
  return certain;
}

/** Position of an entry by bisection. @throws RangeError where the matrix has none */
function entryAt({ start, index }: SparseColumns, row: number, column: number): number {
  let low = start[column]!;
  let high = start[column + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (index[middle] === row) return middle;
    if (index[middle]! < row) low = middle + 1;
    else high = middle - 1;
  }
  throw new RangeError(`the matrix has no entry (${row}, ${column})`);
}
