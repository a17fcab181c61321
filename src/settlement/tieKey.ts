/** The key that orders contracts with equal fractions: spread evenly by interval, so no contract is favoured for ever. */

const utf8 = new TextEncoder();

/** FNV-1a, 32 bit, over the UTF-8 bytes of `text` (basis 0x811c9dc5, prime 0x01000193). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3, 32 bit. */
export function fmix32(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  x ^= x >>> 16;
  return x >>> 0;
}

/** Tie key of a contract in a bucket, from the two hashes of `fnv1a32`. */
export function tieKey(contractHash: number, bucketHash: number): number {
  return fmix32(contractHash ^ bucketHash);
}
