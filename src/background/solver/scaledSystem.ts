/** A^T scaled by its production pivots: lambda_j = h_j / a_jj + sum g_ji lambda_i, and what must hold before it is solved. */
import { Refusal } from '../../../schemas/refusal.ts';
import type { SparseColumns } from './sparseColumns.ts';

export interface ScaledSystem {
  readonly n: number;
  /** Production pivot of activity j, net of own use. */
  readonly pivot: Float64Array;
  /** Activity that makes product row i. */
  readonly maker: Int32Array;
  /** Column j lists the activities i that j depends on, with g_ji = −a_ij / pivot_j. */
  readonly dependencies: SparseColumns;
  /** Where each dependency and each pivot stands in `technosphere.value`. */
  readonly dependencySource: Int32Array;
  readonly pivotSource: Int32Array;
}

export interface TechnosphereInput {
  readonly technosphere: SparseColumns;
  /** Product row of each activity; the pivot is taken from there, never from the position. */
  readonly referenceRow: Int32Array;
  /** Gross output of each activity: its sign is what the pivot's sign must be. */
  readonly output: Float64Array;
  /** Readable name of an activity, for refusals. */
  readonly label: (activity: number) => string;
}

/**
 * @throws Refusal `E_SHAPE` (not square, or a product with no or two makers), `E_PIVOT_ZERO`, `E_PIVOT_SIGN`, naming the
 * datasets
 */
export function scaleByPivots({
  technosphere,
  referenceRow,
  output,
  label,
}: TechnosphereInput): ScaledSystem {
  const { rows, columns: n, start, index, value } = technosphere;
  const maker = makers(rows, n, referenceRow, label);
  const pivot = new Float64Array(n);
  const depStart = new Int32Array(n + 1);
  const depIndex = new Int32Array(index.length);
  const depValue = new Float64Array(index.length);
  const depSource = new Int32Array(index.length);
  const pivotSource = new Int32Array(n);
  const wrong: string[] = [];
  const zero: string[] = [];
  let at = 0;
  for (let j = 0; j < n; j++) {
    const row = referenceRow[j]!;
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      if (index[p] !== row) continue;
      pivot[j] = value[p]!;
      pivotSource[j] = p;
    }
    const scale = pivot[j]!;
    if (scale === 0 || !Number.isFinite(scale)) zero.push(label(j));
    else if (scale * output[j]! <= 0) wrong.push(`${label(j)} (makes ${output[j]}, nets ${scale})`);
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      // A stated zero (an allocation share of 0) is no dependency.
      if (index[p] === row || value[p] === 0) continue;
      depIndex[at] = maker[index[p]!]!;
      depSource[at] = p;
      depValue[at++] = -value[p]! / scale;
    }
    depStart[j + 1] = at;
  }
  refusePivots('E_PIVOT_ZERO', 'a production pivot is zero', zero);
  refusePivots('E_PIVOT_SIGN', 'a process uses up all that it makes', wrong);
  const dependencies = {
    rows: n,
    columns: n,
    start: depStart,
    index: depIndex.subarray(0, at),
    value: depValue.subarray(0, at),
  };
  return { n, pivot, maker, dependencies, dependencySource: depSource.slice(0, at), pivotSource };
}

function makers(
  rows: number,
  n: number,
  referenceRow: Int32Array,
  label: (activity: number) => string,
): Int32Array {
  if (rows !== n) {
    throw new Refusal(`${rows} products and ${n} activities`, {
      code: 'E_SHAPE',
      remedy: 'one activity a product',
    });
  }
  const maker = new Int32Array(n).fill(-1);
  for (let j = 0; j < n; j++) {
    const other = maker[referenceRow[j]!];
    if (other !== -1) {
      throw new Refusal('a product is not made by exactly one activity', {
        code: 'E_SHAPE',
        place: `${label(j)}${other === undefined ? '' : ` and ${label(other)}`}`,
        remedy: 'one activity a product',
      });
    }
    maker[referenceRow[j]!] = j;
  }
  return maker;
}

function refusePivots(code: string, message: string, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new Refusal(`${message} (${names.length} of them)`, {
    code,
    place: names.slice(0, 10).join('; '),
    remedy: 'an output above own use; otherwise leave the dataset out',
  });
}
