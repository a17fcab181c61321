/** A scored background as Matrix Market files and tables, from which any solver gets the same scores. */
import { CATEGORIES, CATEGORY_COUNT } from '../../../schemas/documents/footprintCategories.ts';
import type { ScoredBackground } from '../score.ts';
import type { SparseColumns } from '../solver/sparseColumns.ts';
import { csvLines } from './csvLines.ts';

/** File name → text. `A^T lambda = B^T C`, one column of C a category; rows of A and lambda are the lines of products.csv. */
export function matrixMarketFiles(scored: ScoredBackground): Map<string, string> {
  const { system, characterisation } = scored;
  return new Map([
    ['A.mtx', coordinates(system.technosphere, 'technosphere: product units a run, made > 0, used < 0')],
    ['B.mtx', coordinates(system.biosphere, 'biosphere: flow units a run, emission > 0, uptake < 0')],
    [
      'C.mtx',
      coordinates(
        dense(characterisation.factors, system.natureFlows.length),
        `characterisation ${characterisation.gwpSet.id}: columns ${CATEGORIES.join(', ')}`,
      ),
    ],
    ['products.csv', productsCsv(scored)],
    ['flows.csv', flowsCsv(scored)],
    ['scores.csv', scoresCsv(scored)],
  ]);
}

/** Tables that both exports have: integer numbers from 1 beside the package's ids. */
export function productsCsv({ system }: ScoredBackground): string {
  return csvLines(
    ['row', 'process', 'flow', 'unit', 'process_name', 'flow_name', 'location'],
    system.activities.map((a, at) => [
      at + 1,
      a.processId,
      a.flowId,
      a.referenceUnit,
      a.processName,
      a.flowName,
      a.location,
    ]),
  );
}

export function flowsCsv({ system }: ScoredBackground, firstNumber = 1): string {
  return csvLines(
    ['row', 'flow', 'unit', 'name', 'compartment', 'cas'],
    system.natureFlows.map((f, at) => [firstNumber + at, f.id, f.unit, f.name, f.categoryPath, f.cas]),
  );
}

/** Per reference unit of each product, as the matrices are. */
export function scoresCsv({ system, lambda }: ScoredBackground): string {
  return csvLines(
    ['row', 'process', 'flow', 'unit', ...CATEGORIES, 'total_kg_co2e'],
    system.activities.map((a, at) => {
      const values = [...lambda.subarray(at * CATEGORY_COUNT, (at + 1) * CATEGORY_COUNT)];
      return [
        at + 1,
        a.processId,
        a.flowId,
        a.referenceUnit,
        ...values,
        values[0]! + values[1]! + values[2]!,
      ];
    }),
  );
}

function coordinates({ rows, columns, start, index, value }: SparseColumns, comment: string): string {
  const lines = ['%%MatrixMarket matrix coordinate real general', `% ${comment}`];
  lines.push(`${rows} ${columns} ${index.length}`);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) lines.push(`${index[p]! + 1} ${j + 1} ${value[p]!}`);
  }
  return `${lines.join('\n')}\n`;
}

function dense(factors: Float64Array, rows: number): SparseColumns {
  const start = new Int32Array(CATEGORY_COUNT + 1);
  const index: number[] = [];
  const value: number[] = [];
  for (let c = 0; c < CATEGORY_COUNT; c++) {
    for (let row = 0; row < rows; row++) {
      const factor = factors[row * CATEGORY_COUNT + c]!;
      if (factor === 0) continue;
      index.push(row);
      value.push(factor);
    }
    start[c + 1] = index.length;
  }
  return {
    rows,
    columns: CATEGORY_COUNT,
    start,
    index: Int32Array.from(index),
    value: Float64Array.from(value),
  };
}
