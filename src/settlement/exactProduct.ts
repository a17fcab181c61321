/**
 * Exact integer products and quotients on safe integers (below 2^53): ordinary arithmetic while the product
 * stays below 2^53, 128-bit otherwise. This keeps the matcher's inner loop free of allocation.
 */

const SAFE = Number.MAX_SAFE_INTEGER;

/** Sign of `a*b - c*d`, exact. All four are safe integers >= 0. */
export function compareProducts(a: number, b: number, c: number, d: number): number {
  const left = a * b;
  const right = c * d;
  if (left <= SAFE && right <= SAFE) return left - right;
  // Rounding keeps order: two floating products that differ lie in the same order as the exact ones.
  if (left !== right) return left - right;
  const exactLeft = BigInt(a) * BigInt(b);
  const exactRight = BigInt(c) * BigInt(d);
  return exactLeft < exactRight ? -1 : exactLeft > exactRight ? 1 : 0;
}

/** `floor(a*b / den)`, exact. Safe integers >= 0, `den` > 0, and the quotient must be safe (here b <= den). */
export function floorProductQuotient(a: number, b: number, den: number): number {
  const product = a * b;
  if (product > SAFE - den) return Number((BigInt(a) * BigInt(b)) / BigInt(den));
  const quotient = Math.floor(product / den);
  // The division rounds to nearest, so its floor may be one too high; it is never too low.
  return quotient * den > product ? quotient - 1 : quotient;
}

/** `a*b - quotient*den`, exact, for the quotient that `floorProductQuotient` gave. */
export function productRemainder(a: number, b: number, den: number, quotient: number): number {
  const product = a * b;
  if (product > SAFE - den) return Number(BigInt(a) * BigInt(b) - BigInt(quotient) * BigInt(den));
  return product - quotient * den;
}
