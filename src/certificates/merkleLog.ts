/** A growing Merkle tree that keeps its complete subtrees, so that roots and proofs cost the logarithm of its size. */
import { createHash } from 'node:crypto';
import { largestPowerBelow, nodeHash } from './merkleTree.ts';

export class MerkleLog {
  /** #levels[l][i]: root of the 2^l leaves from i × 2^l on. */
  readonly #levels: Uint8Array[][] = [[]];

  get size(): number {
    return this.#levels[0]!.length;
  }

  /** @param leaf its hash, `leafHash(entry)` */
  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      this.#levels[level] ??= [];
      const row = this.#levels[level]!;
      row.push(hash);
      if (row.length % 2 === 1) return;
      hash = nodeHash(row[row.length - 2]!, hash);
    }
  }

  /** Root of the first `size` leaves; SHA-256("") of none. @throws RangeError */
  root(size = this.size): Uint8Array {
    requireRange(0 <= size && size <= this.size, `the first ${size} of ${this.size}`);
    return size === 0 ? createHash('sha256').digest() : this.#subtree(0, size);
  }

  /** Audit path of leaf `index` among the first `size` (RFC 9162 2.1.3.1). @throws RangeError */
  inclusionProof(index: number, size: number): Uint8Array[] {
    requireRange(0 <= index && index < size && size <= this.size, `leaf ${index} of ${size}`);
    const proof: Uint8Array[] = [];
    let [from, to] = [0, size];
    while (to - from > 1) {
      const split = from + largestPowerBelow(to - from);
      if (index < split) {
        proof.push(this.#subtree(split, to));
        to = split;
      } else {
        proof.push(this.#subtree(from, split));
        from = split;
      }
    }
    return proof.reverse();
  }

  /** Proof that the first `oldSize` leaves are a prefix of the first `newSize` (RFC 9162 2.1.4.1). @throws RangeError */
  consistencyProof(oldSize: number, newSize: number): Uint8Array[] {
    requireRange(0 < oldSize && oldSize <= newSize && newSize <= this.size, `${oldSize} to ${newSize}`);
    const proof: Uint8Array[] = [];
    let [from, to, complete] = [0, newSize, true];
    while (oldSize < to) {
      const split = from + largestPowerBelow(to - from);
      if (oldSize <= split) {
        proof.push(this.#subtree(split, to));
        to = split;
      } else {
        proof.push(this.#subtree(from, split));
        [from, complete] = [split, false];
      }
    }
    if (!complete) proof.push(this.#subtree(from, to));
    return proof.reverse();
  }

  /** Hashes of one level from `first` on, as many as `count`: what a tile holds (level 8 × tile level). */
  hashes(level: number, first: number, count: number): readonly Uint8Array[] {
    return (this.#levels[level] ?? []).slice(first, first + count);
  }

  /** How many complete subtrees of 2^level leaves there are. */
  complete(level: number): number {
    return this.#levels[level]?.length ?? 0;
  }

  #subtree(from: number, to: number): Uint8Array {
    const count = to - from;
    const level = Math.log2(count);
    if (Number.isInteger(level) && from % count === 0) return this.#levels[level]![from / count]!;
    const split = from + largestPowerBelow(count);
    return nodeHash(this.#subtree(from, split), this.#subtree(split, to));
  }
}

function requireRange(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`there is no proof for ${what}`);
}
