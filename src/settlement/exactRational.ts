/** Exact fractions of integers: what the legal formula gives before it is brought to whole watt-hours. */

/** A fraction in lowest terms with a positive denominator. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

const ZERO: Rational = { num: 0n, den: 1n };

/** `num / den` in lowest terms. @throws RangeError where the denominator is 0 */
export function rational(num: bigint, den: bigint = 1n): Rational {
  if (den === 0n) throw new RangeError('a fraction needs a denominator other than 0');
  const sign = den < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(num, den);
  return { num: (sign * num) / divisor, den: (sign * den) / divisor };
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

/** Negative, 0 or positive as `a` is below, equal to or above `b`. */
export function compare(a: Rational, b: Rational): number {
  const left = a.num * b.den;
  const right = b.num * a.den;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Sum of many fractions, added pairwise so that the intermediate denominators stay short. */
export function sum(terms: readonly Rational[]): Rational {
  if (terms.length === 0) return ZERO;
  let row = [...terms];
  while (row.length > 1) {
    const next: Rational[] = [];
    for (let at = 0; at < row.length; at += 2) {
      const right = row[at + 1];
      next.push(right === undefined ? row[at]! : add(row[at]!, right));
    }
    row = next;
  }
  return row[0]!;
}

/** `num/den`, or `num` alone where the denominator is 1. */
export function rationalText(value: Rational): string {
  return value.den === 1n ? value.num.toString() : `${value.num}/${value.den}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
