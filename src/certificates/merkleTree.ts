/** Merkle tree of RFC 6962 / RFC 9162: roots, inclusion and consistency proofs, and their verification. */
import { createHash } from 'node:crypto';

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return createHash('sha256').update(LEAF_PREFIX).update(entry).digest();
}

/** SHA-256(0x01 || left || right): the prefix keeps a node from being passed off as a leaf. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();
}

/** Root of the first `size` leaves (RFC 9162 2.1.1); SHA-256("") of none. */
export function merkleRoot(leaves: readonly Uint8Array[], size = leaves.length): Uint8Array {
  return size === 0 ? createHash('sha256').digest() : rangeRoot(leaves, 0, size);
}

/** Audit path of leaf `index` in the tree of `size` leaves (RFC 9162 2.1.3.1). @throws RangeError */
export function inclusionProof(leaves: readonly Uint8Array[], index: number, size: number): Uint8Array[] {
  requireRange(0 <= index && index < size && size <= leaves.length, `leaf ${index} of ${size}`);
  const path = (from: number, to: number): Uint8Array[] => {
    if (to - from === 1) return [];
    const split = from + largestPowerBelow(to - from);
    return index < split
      ? [...path(from, split), rangeRoot(leaves, split, to)]
      : [...path(split, to), rangeRoot(leaves, from, split)];
  };
  return path(0, size);
}

/** Proof that the tree of `oldSize` leaves is a prefix of that of `newSize` (RFC 9162 2.1.4.1). @throws RangeError */
export function consistencyProof(
  leaves: readonly Uint8Array[],
  oldSize: number,
  newSize: number,
): Uint8Array[] {
  requireRange(0 < oldSize && oldSize <= newSize && newSize <= leaves.length, `${oldSize} to ${newSize}`);
  const path = (size: number, from: number, to: number, complete: boolean): Uint8Array[] => {
    if (size === to - from) return complete ? [] : [rangeRoot(leaves, from, to)];
    const half = largestPowerBelow(to - from);
    const split = from + half;
    return size <= half
      ? [...path(size, from, split, complete), rangeRoot(leaves, split, to)]
      : [...path(size - half, split, to, false), rangeRoot(leaves, from, split)];
  };
  return path(oldSize, 0, newSize, true);
}

/** Checks an inclusion proof against a root without the tree (RFC 9162 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  place: { index: number; size: number },
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (place.index < 0 || place.index >= place.size) return false;
  let node = place.index;
  let last = place.size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(hash, root);
}

/** Checks a consistency proof between two roots (RFC 9162 2.1.4.2). */
export function verifyConsistency(
  sizes: { old: number; new: number },
  roots: { old: Uint8Array; new: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (sizes.old < 1 || sizes.old > sizes.new) return false;
  if (sizes.old === sizes.new) return proof.length === 0 && sameBytes(roots.old, roots.new);
  // A complete old tree is itself the first node of the path.
  const path = Number.isInteger(Math.log2(sizes.old)) ? [roots.old, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let node = sizes.old - 1;
  let last = sizes.new - 1;
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let oldHash = first;
  let newHash = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else newHash = nodeHash(newHash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameBytes(oldHash, roots.old) && sameBytes(newHash, roots.new);
}

function rangeRoot(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves[from]!;
  const split = from + largestPowerBelow(to - from);
  return nodeHash(rangeRoot(leaves, from, split), rangeRoot(leaves, split, to));
}

/** The largest power of two below `count` (count > 1). */
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function requireRange(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`there is no proof for ${what}`);
}
