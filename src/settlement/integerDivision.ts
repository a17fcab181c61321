/** Arithmetic of whole numbers: the only rounding that settlement knows, and the smaller of two. */

/** The smaller of two, for `bigint` (which Math.min does not take). */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** `num / den` to the nearest integer, halves away from zero. @param den positive */
export function roundHalfAway(num: bigint, den: bigint): bigint {
  const doubled = 2n * (num < 0n ? -num : num) + den;
  const magnitude = doubled / (2n * den);
  return num < 0n ? -magnitude : magnitude;
}
