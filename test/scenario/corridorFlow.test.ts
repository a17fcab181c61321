import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { corridorFlows, corridorNetwork } from '../../src/scenario/corridorFlow.ts';

/** A ring with a chord: every node is met by several corridors. */
const corridors = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
  [1, 3],
] as const;
const network = corridorNetwork(4, corridors);

describe('corridor flows', () => {
  test.prop([fc.array(fc.double({ min: -5000, max: 5000, noNaN: true }), { minLength: 3, maxLength: 3 })])(
    'close the balance of every node',
    (free) => {
      const injection = Float64Array.from([...free, -free.reduce((sum, value) => sum + value, 0)]);
      const flows = corridorFlows(network, injection);
      for (let node = 0; node < 4; node++) {
        const out = corridors.reduce(
          (sum, [from, to], at) => sum + (from === node ? flows[at]! : to === node ? -flows[at]! : 0),
          0,
        );
        expect(out).toBeCloseTo(injection[node]!, 7);
      }
    },
  );

  test('go both ways round a ring in inverse proportion to the length', () => {
    const ring = corridorNetwork(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    const flows = corridorFlows(ring, Float64Array.from([9, -9, 0]));
    expect([...flows].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([6, -3, -3]);
  });

  test('are refused where a node hangs on nothing', () => {
    expect(() => corridorNetwork(3, [[0, 1]])).toThrow(RangeError);
  });
});
