import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { compareUtf8 } from '../../src/settlement/byteOrder.ts';

describe('ids are ordered by their UTF-8 bytes', () => {
  const wellFormed = fc.string({ unit: 'binary' });
  test.prop([wellFormed, wellFormed])('as a comparison of the bytes says', (a, b) => {
    expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });

  test('where UTF-16 would say otherwise', () => {
    expect('\u{10000}' < '\uffff').toBe(true);
    expect(compareUtf8('\u{10000}', '\uffff')).toBeGreaterThan(0);
  });
});
