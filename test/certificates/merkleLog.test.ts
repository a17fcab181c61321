import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { MerkleLog } from '../../src/certificates/merkleLog.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/certificates/merkleTree.ts';

const LEAVES = Array.from({ length: 300 }, (_, k) => leafHash(Buffer.from(`entry ${k}`)));

function logOf(size: number): MerkleLog {
  const log = new MerkleLog();
  for (const leaf of LEAVES.slice(0, size)) log.append(leaf);
  return log;
}

const hex = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('a growing log', () => {
  test.prop([fc.integer({ min: 0, max: 300 })])(
    'has the root of the plain tree at every size it had',
    (size) => {
      expect(hex([logOf(300).root(size)])).toEqual(hex([merkleRoot(LEAVES, size)]));
    },
  );

  test.prop([fc.integer({ min: 1, max: 300 }), fc.nat()])(
    'proves inclusion as the plain tree does',
    (size, any) => {
      const index = any % size;
      const proof = logOf(300).inclusionProof(index, size);
      expect(hex(proof)).toEqual(hex(inclusionProof(LEAVES, index, size)));
      expect(verifyInclusion(LEAVES[index]!, { index, size }, proof, merkleRoot(LEAVES, size))).toBe(true);
    },
  );

  test.prop([fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })])(
    'proves that an old log is a prefix of a new one',
    (a, b) => {
      const [old, now] = [Math.min(a, b), Math.max(a, b)];
      const proof = logOf(300).consistencyProof(old, now);
      expect(hex(proof)).toEqual(hex(consistencyProof(LEAVES, old, now)));
      const roots = { old: merkleRoot(LEAVES, old), new: merkleRoot(LEAVES, now) };
      expect(verifyConsistency({ old, new: now }, roots, proof)).toBe(true);
    },
  );

  test.prop([fc.integer({ min: 2, max: 300 })])('has no proof for what it does not hold', (size) => {
    const log = logOf(size);
    expect(() => log.inclusionProof(size, size)).toThrow(RangeError);
    expect(() => log.root(size + 1)).toThrow(RangeError);
    expect(() => log.consistencyProof(0, size)).toThrow(RangeError);
  });
});
