import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { CompensatedSum } from '../../../src/background/solver/compensated.ts';

/** Exact value of a finite double as numerator over 2^1074. */
function exact(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1);
  return value < 0 ? -magnitude : magnitude;
}

const factor = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6);

describe('sums of products in doubled precision', () => {
  test.prop([fc.array(fc.tuple(factor, factor), { maxLength: 40 })])(
    'cancel down to the last digits of the exact result',
    (products) => {
      const sum = new CompensatedSum();
      sum.reset(0);
      let truth = 0n;
      // Every product comes back with the other sign, but for one ulp: plain summation would show noise.
      for (const [a, b] of products) {
        sum.addProduct(a, b);
        sum.addProduct(-a, b * (1 + 2 ** -40));
        truth += exact(a) * exact(b) - exact(a) * exact(b * (1 + 2 ** -40));
      }
      const size = products.reduce((total, [a, b]) => total + Math.abs(a * b), 0);
      const expected = Number((truth * 2n ** 200n) >> 2148n) / 2 ** 200;
      expect(Math.abs(sum.value - expected)).toBeLessThanOrEqual(
        Math.abs(expected) * 2 ** -52 + size * 2 ** -95,
      );
    },
  );
});
