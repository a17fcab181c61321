/**
 * LU factorisation of A = diag(P + imports + c) - I, without a single subtraction.
 *
 * A is a row-diagonally-dominant M-matrix, and what makes each row dominant, the surplus v = P + c, is known by
 * itself. Elimination then works on (v, off-diagonals) and forms each pivot as v + sum of what is left of the row
 * (Grassmann, Taksar and Heyman 1985; Alfa, Xue and Ye 2002, Math. Comp. 71:217): sums, products and quotients of
 * numbers that are not negative. So there is no cancellation and no pivoting, every entry of the answer is right
 * to about n rounding errors however small a source is beside the flows through it, and no answer is negative.
 * A plain LU loses digits in proportion to throughput / production.
 */
import type { EliminationOrder } from './eliminationOrder.ts';

/** Thrown where a pivot is not a positive number: a zone without source reached the solve (an engine fault). */
export class SingularError extends Error {
  constructor(zone: number) {
    super(`the tracing matrix is singular at zone ${zone}`);
    this.name = 'SingularError';
  }
}

/**
 * Factorises in place.
 * @param imports off-diagonal entries (MWh, not negative) by entry number; become the factors
 * @param surplus v per zone (MWh, not negative); is used up
 * @param pivot out: one per zone (MWh)
 * @param inSolve 1 for zones that take part; the others must have no entries
 */
export function factorise(
  plan: EliminationOrder,
  imports: Float64Array,
  surplus: Float64Array,
  pivot: Float64Array,
  inSolve: Uint8Array,
): void {
  const { order, start, neighbour, rowEntry, columnEntry, updateStart, updateEntry } = plan;
  for (let position = 0; position < plan.zoneCount; position++) {
    const zone = order[position]!;
    if (inSolve[zone] === 0) {
      pivot[zone] = 1;
      continue;
    }
    const first = start[position]!;
    const last = start[position + 1]!;
    let sum = surplus[zone]!;
    for (let at = first; at < last; at++) sum += imports[rowEntry[at]!]!;
    if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) throw new SingularError(zone);
    pivot[zone] = sum;

    const width = last - first;
    let base = updateStart[position]!;
    for (let at = first; at < last; at++, base += width) {
      const coupling = imports[columnEntry[at]!]!;
      if (coupling === 0) continue;
      const share = coupling / sum;
      imports[columnEntry[at]!] = share;
      surplus[neighbour[at]!]! += share * surplus[zone]!;
      for (let other = 0; other < width; other++) {
        const target = updateEntry[base + other]!;
        if (target !== -1) imports[target]! += share * imports[rowEntry[first + other]!]!;
      }
    }
  }
}

/** Solves A x = b for `columns` right-hand sides at once, in place; `values[zone * columns + column]`. */
export function solve(
  plan: EliminationOrder,
  factors: Float64Array,
  pivot: Float64Array,
  values: Float64Array,
  columns: number,
): void {
  const { order, start, neighbour, rowEntry, columnEntry } = plan;
  for (let position = 0; position < plan.zoneCount; position++) {
    const own = order[position]! * columns;
    for (let at = start[position]!; at < start[position + 1]!; at++) {
      const share = factors[columnEntry[at]!]!;
      if (share === 0) continue;
      const other = neighbour[at]! * columns;
      for (let column = 0; column < columns; column++)
        values[other + column]! += share * values[own + column]!;
    }
  }
  for (let position = plan.zoneCount - 1; position >= 0; position--) {
    const zone = order[position]!;
    const own = zone * columns;
    for (let at = start[position]!; at < start[position + 1]!; at++) {
      const flow = factors[rowEntry[at]!]!;
      if (flow === 0) continue;
      const other = neighbour[at]! * columns;
      for (let column = 0; column < columns; column++)
        values[own + column]! += flow * values[other + column]!;
    }
    for (let column = 0; column < columns; column++) values[own + column]! /= pivot[zone]!;
  }
}

/** Solves Aᵀ y = b in place: y of a unit vector says what each MWh of supply anywhere adds to that one zone. */
export function solveTransposed(
  plan: EliminationOrder,
  factors: Float64Array,
  pivot: Float64Array,
  values: Float64Array,
): void {
  const { order, start, neighbour, rowEntry, columnEntry } = plan;
  for (let position = 0; position < plan.zoneCount; position++) {
    const zone = order[position]!;
    values[zone]! /= pivot[zone]!;
    for (let at = start[position]!; at < start[position + 1]!; at++) {
      values[neighbour[at]!]! += factors[rowEntry[at]!]! * values[zone]!;
    }
  }
  for (let position = plan.zoneCount - 1; position >= 0; position--) {
    const zone = order[position]!;
    for (let at = start[position]!; at < start[position + 1]!; at++) {
      values[zone]! += factors[columnEntry[at]!]! * values[neighbour[at]!]!;
    }
  }
}
