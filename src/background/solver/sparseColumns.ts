/** Sparse matrices by columns (CSC) on typed arrays; rows ascend inside a column, so sums always run in one order. */

export interface SparseColumns {
  readonly rows: number;
  readonly columns: number;
  /** `columns + 1` offsets into `index` and `value`. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** Builds from entries in any order; entries of one place are added in the order given. A zero stays an entry. */
export function fromEntries(
  rows: number,
  columns: number,
  entries: Iterable<readonly [row: number, column: number, value: number]>,
): SparseColumns {
  const cells = Array.from({ length: columns }, () => new Map<number, number>());
  for (const [row, column, value] of entries) {
    const cell = cells[column];
    if (!cell || row < 0 || row >= rows) throw new RangeError(`entry (${row}, ${column}) lies outside`);
    cell.set(row, (cell.get(row) ?? 0) + value);
  }
  const sorted = cells.map((cell) => [...cell].sort(([a], [b]) => a - b));
  const start = new Int32Array(columns + 1);
  for (let j = 0; j < columns; j++) start[j + 1] = start[j]! + sorted[j]!.length;
  const index = new Int32Array(start[columns]!);
  const value = new Float64Array(start[columns]!);
  let at = 0;
  for (const column of sorted) {
    for (const [row, amount] of column) {
      index[at] = row;
      value[at++] = amount;
    }
  }
  return { rows, columns, start, index, value };
}

/** Rows become columns; order inside each stays ascending. */
export function transpose(matrix: SparseColumns): SparseColumns {
  const { rows, columns, start, index, value } = matrix;
  const outStart = new Int32Array(rows + 1);
  for (const row of index) outStart[row + 1]!++;
  for (let i = 0; i < rows; i++) outStart[i + 1]! += outStart[i]!;
  const next = outStart.slice(0, rows);
  const outIndex = new Int32Array(index.length);
  const outValue = new Float64Array(index.length);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const at = next[index[p]!]!++;
      outIndex[at] = j;
      outValue[at] = value[p]!;
    }
  }
  return { rows: columns, columns: rows, start: outStart, index: outIndex, value: outValue };
}
