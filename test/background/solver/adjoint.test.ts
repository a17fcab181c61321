import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { factoriseAdjoint, solveAdjoint } from '../../../src/background/solver/adjoint.ts';
import { LOOP_LIMITS, type LoopLimits } from '../../../src/background/solver/loopPart.ts';
import type { TechnosphereInput } from '../../../src/background/solver/scaledSystem.ts';
import { fromEntries } from '../../../src/background/solver/sparseColumns.ts';
import { denseSolve } from './denseSolve.ts';

type Entry = readonly [row: number, column: number, value: number];

function inputOf(n: number, entries: readonly Entry[], referenceRow?: readonly number[]): TechnosphereInput {
  const technosphere = fromEntries(n, n, entries);
  const rows = Int32Array.from(referenceRow ?? Array.from({ length: n }, (_, j) => j));
  // Gross output: what is stated as made, before own use.
  const output = Float64Array.from({ length: n }, (_, j) => {
    return entries.find(([row, column]) => column === j && row === rows[j])?.[2] ?? 0;
  });
  return { technosphere, referenceRow: rows, output, label: (activity) => `dataset ${activity}` };
}

function solve(input: TechnosphereInput, direct: readonly number[], width = 1, limits?: LoopLimits) {
  return solveAdjoint(factoriseAdjoint(input, limits), Float64Array.from(direct), width);
}

/** Every loop by factors, every loop by iteration, and every loop by factors after an iteration that was cut short. */
const METHODS: [string, LoopLimits][] = [
  ['lu', LOOP_LIMITS],
  ['gmres', { ...LOOP_LIMITS, iterateFrom: 2 }],
  ['lu after gmres stalled', { iterateFrom: 2, maxSweeps: 0 }],
];

describe('the adjoint of small systems', () => {
  it('scores a chain as the sum of what lies upstream', () => {
    const input = inputOf(3, [
      [0, 0, 2],
      [0, 1, -4],
      [1, 1, 1],
      [1, 2, -0.5],
      [2, 2, 10],
    ]);
    const { lambda } = solve(input, [6, 1, 2]);
    expect([...lambda]).toEqual([3, 13, 0.85]);
  });

  it('closes a loop: power that needs steel that needs power', () => {
    const input = inputOf(2, [
      [0, 0, 1],
      [1, 0, -0.5],
      [0, 1, -0.5],
      [1, 1, 1],
    ]);
    const { lambda, report } = solve(input, [1, 0]);
    expect(lambda[0]).toBeCloseTo(4 / 3, 15);
    expect(lambda[1]).toBeCloseTo(2 / 3, 15);
    expect(report).toMatchObject({ loops: 1, largestLoop: 2 });
    expect(report.forwardError).toBeLessThan(1e-15);
  });

  it('takes pivots from where the products are, not from the diagonal', () => {
    const input = inputOf(
      2,
      [
        [1, 0, 2],
        [0, 1, 4],
        [1, 1, -1],
      ],
      [1, 0],
    );
    expect([...solve(input, [3, 5]).lambda]).toEqual([(5 + 1.5) / 4, 1.5]);
  });

  it('treats a service with a negative pivot as the burden it takes away', () => {
    // Activity 1 gives off 0.5 of product 0, which activity 0 takes in (−1) at a burden of 8.
    const input = inputOf(2, [
      [0, 0, -1],
      [0, 1, 0.5],
      [1, 1, 1],
    ]);
    expect([...solve(input, [8, 1]).lambda]).toEqual([-8, 5]);
  });

  it('gives 0 to what nothing characterised reaches', () => {
    const { lambda } = solve(
      inputOf(2, [
        [0, 0, 3],
        [1, 1, 3],
      ] as Entry[]),
      [0, 1],
    );
    expect(lambda[0]).toBe(0);
  });
});

describe('a system that cannot be solved is refused by name', () => {
  it('without a production pivot', () => {
    const input = inputOf(2, [
      [0, 0, 1],
      [0, 1, -1],
    ]);
    expect(() => factoriseAdjoint(input)).toThrow(
      expect.objectContaining({ code: 'E_PIVOT_ZERO', place: 'dataset 1' }),
    );
  });

  it('when own use takes more than is made', () => {
    const input = inputOf(1, [
      [0, 0, 1],
      [0, 0, -1.5],
    ]);
    expect(() => factoriseAdjoint(input)).toThrow(
      expect.objectContaining({ code: 'E_PIVOT_SIGN', place: 'dataset 0 (makes 1, nets -0.5)' }),
    );
  });

  it('when a loop feeds itself, with the loop', () => {
    const input = inputOf(4, [
      [0, 0, 1],
      [1, 0, -2],
      [1, 1, 1],
      [2, 1, -1],
      [2, 2, 1],
      [0, 2, -0.5],
      [3, 3, 1],
      [0, 3, -1],
    ]);
    expect(() => factoriseAdjoint(input)).toThrow(
      expect.objectContaining({
        code: 'E_SELF_FEEDING',
        place: expect.stringMatching(/^dataset (\d) → dataset (?!3)\d → dataset (?!3)\d → dataset \1$/),
      }),
    );
  });

  it('when a gain of 1 − 1e-16 would pass a check for 1 and yield huge scores', () => {
    const input = inputOf(2, [
      [0, 0, 1],
      [1, 0, -1],
      [0, 1, -(1 - 2 ** -53)],
      [1, 1, 1],
    ]);
    expect(() => factoriseAdjoint(input)).toThrow(expect.objectContaining({ code: 'E_SELF_FEEDING' }));
  });

  it('when a product has no maker', () => {
    const input = inputOf(
      2,
      [
        [0, 0, 1],
        [0, 1, 1],
      ] as Entry[],
      [0, 0],
    );
    expect(() => factoriseAdjoint(input)).toThrow(expect.objectContaining({ code: 'E_SHAPE' }));
  });
});

/** A solvable economy in value units: each activity buys at most 0.97 of what it makes. */
const economy = fc.integer({ min: 1, max: 24 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    buys: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.double({ min: 0.01, max: 1, noNaN: true })), {
      maxLength: 4 * n,
    }),
    share: fc.double({ min: 0.01, max: 0.97, noNaN: true }),
    direct: fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
    unitExponents: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: n, maxLength: n }),
    runExponents: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n, maxLength: n }),
    negative: fc.array(fc.boolean(), { minLength: n, maxLength: n }),
    permutation: fc.shuffledSubarray(
      Array.from({ length: n }, (_, k) => k),
      { minLength: n, maxLength: n },
    ),
  }),
);

/** G of lambda = h + G lambda, rows summing to at most `share`. */
function gainMatrix({ n, buys, share }: { n: number; buys: [number, number, number][]; share: number }) {
  const gain = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const [j, i, value] of buys) if (i !== j) gain[j]![i]! += value;
  return gain.map((row) => {
    const sum = row.reduce((total, value) => total + value, 0);
    return sum === 0 ? row : row.map((value) => (value / sum) * share);
  });
}

describe.each(METHODS)('laws of the solve by %s', (method, limits) => {
  test.prop([economy], { numRuns: 150 })(
    'it agrees with a dense solve, whatever the units, signs and places of the pivots',
    (e) => {
      const gain = gainMatrix(e);
      const plain = gain.map((row, j) => row.map((value, i) => (i === j ? 1 : -value)));
      const expected = denseSolve(plain, e.direct);
      const unit = e.unitExponents.map((x) => 10 ** x);
      const sign = e.negative.map((flip) => (flip ? -1 : 1));
      const run = e.runExponents.map((x) => 10 ** x);
      const entries: Entry[] = [];
      for (let j = 0; j < e.n; j++) {
        for (let i = 0; i < e.n; i++) {
          const value = plain[j]![i]!;
          if (value !== 0) entries.push([e.permutation[i]!, j, value * unit[i]! * sign[i]! * run[j]!]);
        }
      }
      const input = inputOf(e.n, entries, e.permutation);
      const { lambda, report } = solve(
        input,
        e.direct.map((value, j) => value * run[j]!),
        1,
        limits,
      );
      for (let i = 0; i < e.n; i++) {
        const score = lambda[e.permutation[i]!]! * unit[i]! * sign[i]!;
        expect(Math.abs(score - expected[i]!)).toBeLessThanOrEqual(1e-11 * expected[i]!);
      }
      expect(report.forwardError).toBeLessThanOrEqual(1e-9);
      expect(report.methods).toEqual(report.loops ? { [method]: report.loops } : {});
    },
  );

  test.prop([economy], { numRuns: 50 })('the same input gives the same bytes', (e) => {
    const entries = gainMatrix(e).flatMap((row, j) =>
      row.map((value, i): Entry => [i, j, i === j ? 1 : -value]),
    );
    const once = solve(inputOf(e.n, entries), e.direct, 1, limits).lambda;
    const again = solve(inputOf(e.n, entries), e.direct, 1, limits).lambda;
    expect(Buffer.from(once.buffer).equals(Buffer.from(again.buffer))).toBe(true);
  });

  test.prop([economy], { numRuns: 50 })('numbering the activities otherwise changes no score', (e) => {
    const gain = gainMatrix(e);
    const entry = (j: number, i: number): Entry => [i, j, i === j ? 1 : -gain[j]![i]!];
    const all = gain.flatMap((row, j) => row.map((_, i) => entry(j, i)));
    const { lambda } = solve(inputOf(e.n, all), e.direct, 1, limits);
    const p = e.permutation;
    const renumbered = all.map(([i, j, value]): Entry => [p[i]!, p[j]!, value]);
    const direct = new Array<number>(e.n);
    for (let j = 0; j < e.n; j++) direct[p[j]!] = e.direct[j]!;
    const other = solve(inputOf(e.n, renumbered), direct, 1, limits).lambda;
    for (let i = 0; i < e.n; i++) {
      expect(Math.abs(other[p[i]!]! - lambda[i]!)).toBeLessThanOrEqual(1e-12 * lambda[i]!);
    }
  });

  test.prop([economy], { numRuns: 50 })('five categories at once are five solves', (e) => {
    const entries = gainMatrix(e).flatMap((row, j) =>
      row.map((value, i): Entry => [i, j, i === j ? 1 : -value]),
    );
    const wide = e.direct.flatMap((value) => [value, 0, 2 * value, 1, -value]);
    const { lambda } = solve(inputOf(e.n, entries), wide, 5, limits);
    for (let c = 0; c < 5; c++) {
      const single = solve(
        inputOf(e.n, entries),
        wide.filter((_, k) => k % 5 === c),
        1,
        limits,
      ).lambda;
      for (let i = 0; i < e.n; i++) expect(lambda[5 * i + c]).toBeCloseTo(single[i]!, 10);
    }
  });
});
