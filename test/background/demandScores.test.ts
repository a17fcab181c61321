import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { CATEGORIES } from '../../schemas/documents/footprintCategories.ts';
import { demandScores } from '../../src/background/demandScores.ts';

const LAMBDA = Float64Array.from({ length: 35 }, (_, k) => Math.sin(k + 1) * 10 ** (k % 5));
const demand = fc.array(fc.tuple(fc.nat(6), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
  maxLength: 12,
});

const scoresFor = (pairs: [number, number][]) =>
  demandScores(LAMBDA, {
    activity: Int32Array.from(pairs, ([activity]) => activity),
    amount: Float64Array.from(pairs, ([, amount]) => amount),
  });

test.prop([demand, demand])('two demands together score as much as each alone', (first, second) => {
  const [a, b, both] = [scoresFor(first), scoresFor(second), scoresFor([...first, ...second])];
  for (const category of CATEGORIES) {
    const size = [...first, ...second].reduce((sum, [, amount]) => sum + Math.abs(amount), 1) * 1e5;
    expect(Math.abs(both[category] - a[category] - b[category])).toBeLessThanOrEqual(1e-14 * size);
  }
});

test.prop([fc.nat(6)])('one unit of a product scores its stored score', (activity) => {
  const scores = scoresFor([[activity, 1]]);
  expect(CATEGORIES.map((category) => scores[category])).toEqual([
    ...LAMBDA.subarray(activity * CATEGORIES.length, (activity + 1) * CATEGORIES.length),
  ]);
});
