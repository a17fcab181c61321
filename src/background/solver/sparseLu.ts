/** Sparse LU with diagonal pivots on typed arrays: pattern once, values as often as wanted (left-looking, after Gilbert and Peierls 1988). */
import { eliminationOrder } from './eliminationOrder.ts';
import type { SparseColumns } from './sparseColumns.ts';

/** Where fill will be; depends on the pattern alone, so a redrawn matrix of one pattern is factorised without looking again. */
export interface LuPattern {
  readonly n: number;
  /** `order[k]` is the original number of pivot k. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  /** L strictly below the diagonal and U strictly above, by columns in pivot numbers, rows ascending. */
  readonly lowerStart: Int32Array;
  readonly lowerIndex: Int32Array;
  readonly upperStart: Int32Array;
  readonly upperIndex: Int32Array;
}

export interface LuFactors {
  readonly pattern: LuPattern;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly diagonal: Float64Array;
}

/** The matrix is singular to working precision: columns times `vector` (original numbers) add up to nothing. */
export interface SingularMatrix {
  readonly singular: true;
  readonly vector: Float64Array;
}

/** A pivot this small beside the largest entry of its column has lost its digits. */
const PIVOT_LIMIT = 1e-13;

/** Fill of LU under the minimum-degree order. The diagonal is taken as present. */
export function analysePattern(matrix: SparseColumns): LuPattern {
  const { columns: n, start, index } = matrix;
  const order = eliminationOrder(start, index);
  const place = new Int32Array(n);
  order.forEach((original, k) => {
    place[original] = k;
  });
  const lower: Int32Array[] = [];
  const upper: Int32Array[] = [];
  const seen = new Int32Array(n).fill(-1);
  const stack = new Int32Array(n);
  /** Entries of lower[i] that a search must follow: what lies beyond the first symmetric pair is reached through it (Eisenstat and Liu 1992). */
  const follow = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const above: number[] = [];
    const below: number[] = [];
    let depth = -1;
    // Marked when pushed, so that a node is on the stack once and the stack never outgrows n.
    const reach = (node: number) => {
      if (seen[node] === k) return;
      seen[node] = k;
      stack[++depth] = node;
    };
    seen[k] = k;
    const original = order[k]!;
    for (let p = start[original]!; p < start[original + 1]!; p++) reach(place[index[p]!]!);
    while (depth >= 0) {
      const node = stack[depth--]!;
      if (node > k) {
        below.push(node);
        continue;
      }
      above.push(node);
      const reachable = lower[node]!;
      for (let q = 0; q < follow[node]!; q++) reach(reachable[q]!);
    }
    upper.push(Int32Array.from(above).sort());
    lower.push(Int32Array.from(below).sort());
    follow[k] = below.length;
    for (const i of above) {
      const first = lower[i]!.indexOf(k);
      if (first >= 0 && first < follow[i]!) follow[i] = first + 1;
    }
  }
  const l = packed(lower);
  const u = packed(upper);
  return {
    n,
    order,
    place,
    lowerStart: l.start,
    lowerIndex: l.index,
    upperStart: u.start,
    upperIndex: u.index,
  };
}

function packed(lists: readonly Int32Array[]): { start: Int32Array; index: Int32Array } {
  const start = new Int32Array(lists.length + 1);
  lists.forEach((list, k) => {
    start[k + 1] = start[k]! + list.length;
  });
  const index = new Int32Array(start[lists.length]!);
  lists.forEach((list, k) => {
    index.set(list, start[k]!);
  });
  return { start, index };
}

/** Factorises a matrix of the analysed pattern. Updates of a column run in ascending pivots, so the bytes are always the same. */
export function factorise(matrix: SparseColumns, pattern: LuPattern): LuFactors | SingularMatrix {
  const { n, order, place, lowerStart, lowerIndex, upperStart, upperIndex } = pattern;
  const lower = new Float64Array(lowerIndex.length);
  const upper = new Float64Array(upperIndex.length);
  const diagonal = new Float64Array(n);
  const work = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const original = order[k]!;
    let largest = 0;
    for (let p = matrix.start[original]!; p < matrix.start[original + 1]!; p++) {
      const value = matrix.value[p]!;
      work[place[matrix.index[p]!]!] = value;
      if (Math.abs(value) > largest) largest = Math.abs(value);
    }
    for (let p = upperStart[k]!; p < upperStart[k + 1]!; p++) {
      const i = upperIndex[p]!;
      const factor = work[i]!;
      upper[p] = factor;
      work[i] = 0;
      if (factor === 0) continue;
      for (let q = lowerStart[i]!; q < lowerStart[i + 1]!; q++) work[lowerIndex[q]!]! -= lower[q]! * factor;
    }
    const pivot = work[k]!;
    work[k] = 0;
    diagonal[k] = pivot;
    if (!(Math.abs(pivot) > PIVOT_LIMIT * largest)) return nullVector(pattern, upper, diagonal, k);
    for (let p = lowerStart[k]!; p < lowerStart[k + 1]!; p++) {
      const i = lowerIndex[p]!;
      lower[p] = work[i]! / pivot;
      work[i] = 0;
    }
  }
  return { pattern, lower, upper, diagonal };
}

/** Column k is a combination of the columns before it: U v = −u_k, and 1 at k. */
function nullVector(
  { n, order, upperStart, upperIndex }: LuPattern,
  upper: Float64Array,
  diagonal: Float64Array,
  k: number,
): SingularMatrix {
  const v = new Float64Array(n);
  for (let p = upperStart[k]!; p < upperStart[k + 1]!; p++) v[upperIndex[p]!] = -upper[p]!;
  for (let c = k - 1; c >= 0; c--) {
    if (v[c] === 0) continue;
    v[c]! /= diagonal[c]!;
    for (let p = upperStart[c]!; p < upperStart[c + 1]!; p++) v[upperIndex[p]!]! -= upper[p]! * v[c]!;
  }
  v[k] = 1;
  const vector = new Float64Array(n);
  order.forEach((original, at) => {
    vector[original] = v[at]!;
  });
  return { singular: true, vector };
}

/**
 * Solves M^T x = b for `width` right-hand sides at once, where M is the factorised matrix: U^T, then L^T.
 * @param b n × width, row after row, original numbers; overwritten with the solution
 */
export function solveTransposed(
  { pattern, lower, upper, diagonal }: LuFactors,
  b: Float64Array,
  width: number,
): void {
  const { n, order, lowerStart, lowerIndex, upperStart, upperIndex } = pattern;
  const x = new Float64Array(n * width);
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < width; c++) x[k * width + c] = b[order[k]! * width + c]!;
  }
  for (let k = 0; k < n; k++) {
    const row = k * width;
    for (let p = upperStart[k]!; p < upperStart[k + 1]!; p++) {
      const from = upperIndex[p]! * width;
      const factor = upper[p]!;
      for (let c = 0; c < width; c++) x[row + c]! -= factor * x[from + c]!;
    }
    for (let c = 0; c < width; c++) x[row + c]! /= diagonal[k]!;
  }
  for (let k = n - 1; k >= 0; k--) {
    const row = k * width;
    for (let p = lowerStart[k]!; p < lowerStart[k + 1]!; p++) {
      const from = lowerIndex[p]! * width;
      const factor = lower[p]!;
      for (let c = 0; c < width; c++) x[row + c]! -= factor * x[from + c]!;
    }
  }
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < width; c++) b[order[k]! * width + c] = x[k * width + c]!;
  }
}
