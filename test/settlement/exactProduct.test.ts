import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  compareProducts,
  floorProductQuotient,
  productRemainder,
} from '../../src/settlement/exactProduct.ts';
import { RUNS } from './randomMarket.ts';

const safe = fc.oneof(fc.nat(1000), fc.maxSafeNat());

describe('products of safe integers are exact on both sides of 2^53', () => {
  test.prop([safe, safe, safe], { numRuns: RUNS * 5 })('quotient and remainder', (a, b, c) => {
    const den = Math.max(b, c, 1);
    const product = BigInt(a) * BigInt(b);
    const quotient = floorProductQuotient(a, b, den);
    expect(BigInt(quotient)).toBe(product / BigInt(den));
    expect(BigInt(productRemainder(a, b, den, quotient))).toBe(product % BigInt(den));
  });

  test.prop([safe, safe, safe, fc.integer({ min: -2, max: 2 })], { numRuns: RUNS * 5 })(
    'comparison of nearly equal products',
    (a, b, c, step) => {
      const close = Math.min(
        Number.MAX_SAFE_INTEGER,
        Math.max(0, Number((BigInt(a) * BigInt(b)) / BigInt(c + 1)) + step),
      );
      const divisor = Math.min(Number.MAX_SAFE_INTEGER, c + 1);
      const exact = BigInt(a) * BigInt(b) - BigInt(close) * BigInt(divisor);
      expect(Math.sign(compareProducts(a, b, close, divisor))).toBe(exact < 0n ? -1 : exact > 0n ? 1 : 0);
    },
  );
});
