import { expect, test } from 'vitest';
import { planElimination } from '../../src/grid/eliminationOrder.ts';
import { factorise, SingularError, solve, solveTransposed } from '../../src/grid/luFactorisation.ts';

/** Three zones in a ring: 0 exports to 1, 1 to 2, 2 to 0. */
const plan = planElimination({
  zoneIds: ['A', 'B', 'C'],
  exchanges: [
    { from: 0, to: 1, capacityMw: 0 },
    { from: 1, to: 2, capacityMw: 0 },
    { from: 2, to: 0, capacityMw: 0 },
  ],
});
const flows = [30, 20, 10];
const production = [100, 50, 10];

function factors(surplus: number[]) {
  const entries = new Float64Array(plan.entryCount);
  flows.forEach((flow, exchange) => {
    entries[plan.forwardEntry[exchange]!] = flow;
  });
  const pivot = new Float64Array(3);
  factorise(plan, entries, Float64Array.from(surplus), pivot, Uint8Array.of(1, 1, 1));
  return { entries, pivot };
}

/** A = diag(P + imports) - I of the ring, written out. */
const matrix = [
  [110, 0, -10],
  [-30, 80, 0],
  [0, -20, 30],
];

test('the solution satisfies the system for every right-hand side at once', () => {
  const { entries, pivot } = factors(production);
  const values = Float64Array.of(80_000, 1, 0, 0, 500, 0);
  const wanted = values.slice();
  solve(plan, entries, pivot, values, 2);
  for (const column of [0, 1]) {
    matrix.forEach((row, zone) => {
      const product = row.reduce((sum, entry, other) => sum + entry * values[other * 2 + column]!, 0);
      expect(product).toBeCloseTo(wanted[zone * 2 + column]!, 8);
    });
  }
});

test('the transposed solution satisfies the transposed system', () => {
  const { entries, pivot } = factors(production);
  const values = Float64Array.of(0, 1, 0);
  solveTransposed(plan, entries, pivot, values);
  for (const column of [0, 1, 2]) {
    const product = matrix.reduce((sum, row, zone) => sum + row[column]! * values[zone]!, 0);
    expect(product).toBeCloseTo(column === 1 ? 1 : 0, 12);
  }
});

test('a ring without any source is singular, not a number', () => {
  expect(() => factors([0, 0, 0])).toThrow(SingularError);
});
