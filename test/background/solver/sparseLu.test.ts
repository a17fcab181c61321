import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { eliminationOrder } from '../../../src/background/solver/eliminationOrder.ts';
import { fromEntries, transpose } from '../../../src/background/solver/sparseColumns.ts';
import { analysePattern, factorise, solveTransposed } from '../../../src/background/solver/sparseLu.ts';
import { strongComponents } from '../../../src/background/solver/strongComponents.ts';
import { denseSolve } from './denseSolve.ts';

const pattern = fc.integer({ min: 1, max: 30 }).chain((n) =>
  fc.tuple(
    fc.constant(n),
    fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.double({ min: -1, max: 1, noNaN: true })), {
      maxLength: 5 * n,
    }),
  ),
);

/** Diagonally dominant, so that diagonal pivots are sound. */
function dominant(n: number, cells: readonly (readonly [number, number, number])[]) {
  const size = cells.reduce((sum, [, , value]) => sum + Math.abs(value), 1);
  const diagonal = Array.from({ length: n }, (_, k) => [k, k, size] as const);
  return fromEntries(n, n, [...diagonal, ...cells.filter(([i, j]) => i !== j)]);
}

describe('sparse LU with diagonal pivots', () => {
  test.prop([pattern], { numRuns: 150 })('solves the transposed system', ([n, cells]) => {
    const matrix = dominant(n, cells);
    const factors = factorise(matrix, analysePattern(matrix));
    if ('singular' in factors) throw new Error('a dominant matrix is not singular');
    const dense = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    for (let j = 0; j < n; j++) {
      for (let p = matrix.start[j]!; p < matrix.start[j + 1]!; p++)
        dense[j]![matrix.index[p]!] = matrix.value[p]!;
    }
    const b = Float64Array.from({ length: n }, (_, k) => k + 1);
    const expected = denseSolve(dense, [...b]);
    solveTransposed(factors, b, 1);
    for (let k = 0; k < n; k++) expect(b[k]).toBeCloseTo(expected[k]!, 12);
  });

  test.prop([pattern], { numRuns: 60 })(
    'other values on one pattern need no new analysis: zeros and all give the same as a fresh one',
    ([n, cells]) => {
      const matrix = dominant(n, cells);
      const analysed = analysePattern(matrix);
      const other = {
        ...matrix,
        value: matrix.value.map((value, at) => (at % 3 === 1 ? value : value * 1.5)),
      };
      expect(factorise(other, analysed)).toEqual(factorise(other, analysePattern(other)));
    },
  );

  it('gives the null vector of a singular matrix: its columns cancel out', () => {
    const matrix = fromEntries(3, 3, [
      [0, 0, 1],
      [1, 0, -0.5],
      [0, 1, -2],
      [1, 1, 1],
      [2, 2, 1],
    ]);
    const result = factorise(matrix, analysePattern(matrix));
    if (!('singular' in result)) throw new Error('not seen as singular');
    const [a, b, c] = result.vector;
    expect(c).toBe(0);
    expect(a! - 2 * b!).toBeCloseTo(0, 14);
    expect(Math.max(Math.abs(a!), Math.abs(b!))).toBeGreaterThan(0);
  });

  test.prop([pattern], { numRuns: 60 })('the elimination order is a permutation', ([n, cells]) => {
    const { start, index } = dominant(n, cells);
    expect([...eliminationOrder(start, index)].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
  });

  it('eliminates the points of a star before its hub, so that nothing fills in', () => {
    const n = 40;
    const star = fromEntries(
      n,
      n,
      Array.from({ length: n }, (_, k) => k).flatMap((k) => [
        [k, k, 4] as const,
        [0, k, 1] as const,
        [k, 0, 1] as const,
      ]),
    );
    const { lowerIndex, upperIndex } = analysePattern(star);
    expect(lowerIndex.length + upperIndex.length).toBe(2 * (n - 1));
  });
});

describe('strongly connected parts', () => {
  test.prop([pattern], { numRuns: 150 })('are the mutually reachable sets, suppliers first', ([n, cells]) => {
    const graph = fromEntries(
      n,
      n,
      cells.map(([i, j]) => [i, j, 1] as const),
    );
    const reach = Array.from({ length: n }, (_, from) => {
      const seen = new Set([from]);
      for (const node of seen) {
        for (let p = graph.start[node]!; p < graph.start[node + 1]!; p++) seen.add(graph.index[p]!);
      }
      return seen;
    });
    const { order, start, count } = strongComponents(graph.start, graph.index);
    const part = new Int32Array(n);
    for (let c = 0; c < count; c++) for (let k = start[c]!; k < start[c + 1]!; k++) part[order[k]!] = c;
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        expect(part[a] === part[b]).toBe(reach[a]!.has(b) && reach[b]!.has(a));
        if (reach[a]!.has(b)) expect(part[b]!).toBeLessThanOrEqual(part[a]!);
      }
    }
  });

  it('of a long chain need no deep recursion', () => {
    const n = 200_000;
    const start = Int32Array.from({ length: n + 1 }, (_, k) => Math.min(k, n - 1));
    const index = Int32Array.from({ length: n - 1 }, (_, k) => k + 1);
    expect(strongComponents(start, index).count).toBe(n);
  });
});

describe('sparse columns', () => {
  test.prop([pattern], { numRuns: 60 })('transposing twice changes nothing', ([n, cells]) => {
    const matrix = fromEntries(n, n, cells);
    expect(transpose(transpose(matrix))).toEqual(matrix);
  });
});
