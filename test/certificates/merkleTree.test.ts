import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  checkpointBody,
  keyFromSeed,
  openNote,
  signNote,
  verifierKey,
} from '../../src/certificates/checkpoint.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/certificates/merkleTree.ts';

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`entry-${at}`)));
const sizes = fc.integer({ min: 1, max: 70 });
const flipped = (bytes: Uint8Array, bit: number) => {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = copy[at]! ^ (1 << (bit % 8));
  return copy;
};

describe('the Merkle tree of the log', () => {
  test.prop([sizes, fc.nat(), fc.nat(255)])(
    'every inclusion proof verifies and every one-bit change fails',
    (size, pick, bit) => {
      const leaves = leavesOf(size);
      const index = pick % size;
      const proof = inclusionProof(leaves, index, size);
      const root = merkleRoot(leaves);
      const leaf = leaves[index]!;
      expect(verifyInclusion(leaf, { index, size }, proof, root)).toBe(true);
      expect(verifyInclusion(flipped(leaf, bit), { index, size }, proof, root)).toBe(false);
      expect(verifyInclusion(leaf, { index, size }, proof, flipped(root, bit))).toBe(false);
      expect(verifyInclusion(leaf, { index: index + 1, size }, proof, root)).toBe(false);
      proof.forEach((hash, at) => {
        expect(verifyInclusion(leaf, { index, size }, proof.with(at, flipped(hash, bit)), root)).toBe(false);
      });
      expect(verifyInclusion(leaf, { index, size }, [...proof, root], root)).toBe(false);
    },
  );

  test.prop([sizes, fc.nat(), fc.nat(255)])(
    'an old tree is provably a prefix of a new one, and nothing else is',
    (newSize, pick, bit) => {
      const leaves = leavesOf(newSize);
      const oldSize = 1 + (pick % newSize);
      const at = { old: oldSize, new: newSize };
      const roots = { old: merkleRoot(leaves, oldSize), new: merkleRoot(leaves) };
      const proof = consistencyProof(leaves, oldSize, newSize);
      expect(verifyConsistency(at, roots, proof)).toBe(true);
      expect(verifyConsistency(at, { ...roots, old: flipped(roots.old, bit) }, proof)).toBe(false);
      expect(verifyConsistency(at, { ...roots, new: flipped(roots.new, bit) }, proof)).toBe(false);
      proof.forEach((hash, position) => {
        expect(verifyConsistency(at, roots, proof.with(position, flipped(hash, bit)))).toBe(false);
      });
    },
  );

  it('refuses proofs that cannot exist', () => {
    expect(() => inclusionProof(leavesOf(3), 3, 3)).toThrow(RangeError);
    expect(() => consistencyProof(leavesOf(3), 0, 3)).toThrow(RangeError);
  });
});

describe('signed checkpoints', () => {
  test.prop([fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(500)])(
    'open with their key and with nothing changed',
    (seed, bit) => {
      const key = keyFromSeed(seed);
      const name = 'tanliu.example/log';
      const body = checkpointBody(name, 7, merkleRoot(leavesOf(7)));
      const note = signNote(body, name, key);
      const verifier = verifierKey(name, key);
      expect(openNote(note, verifier)).toBe(body);
      expect(openNote(note.replace('\n7\n', '\n8\n'), verifier)).toBeUndefined();
      const otherSeed = flipped(seed, bit);
      expect(openNote(note, verifierKey(name, keyFromSeed(otherSeed)))).toBeUndefined();
    },
  );
});
