/** Integer division with a stated rounding: the only two roundings that settlement knows. */

/** The greatest integer not above `num / den`. @param den positive */
export function floorDivide(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  return num % den < 0n ? quotient - 1n : quotient;
}

/** `num / den` to the nearest integer, halves away from zero. @param den positive */
export function roundHalfAway(num: bigint, den: bigint): bigint {
  const doubled = 2n * (num < 0n ? -num : num) + den;
  const magnitude = doubled / (2n * den);
  return num < 0n ? -magnitude : magnitude;
}
