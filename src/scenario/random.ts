/** Random numbers that depend on a seed, a name and a position only, so that no order of asking changes them. */

const GOLDEN = 0x9e3779b1;

/** Uniform in [0, 1). */
function draw(seed: number, name: string, position: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed | 0, GOLDEN);
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = mix(hash ^ mix(position | 0));
  return mix(hash) / 2 ** 32;
}

/** Smooth noise in [-1, 1] that takes a new value every `period` positions and goes straight from one to the next. */
export function noise(seed: number, name: string, position: number, period: number): number {
  const before = Math.floor(position / period);
  const share = position / period - before;
  const at = (step: number) => 2 * draw(seed, name, step) - 1;
  return at(before) * (1 - share) + at(before + 1) * share;
}

/** Finaliser of MurmurHash3 (public domain, A. Appleby): every input bit moves every output bit. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
