import { describe, expect, it } from 'vitest';
import {
  drawKey,
  keyOf,
  normalQuantile,
  uniformsOf,
} from '../../../src/background/uncertainty/keyedRandom.ts';

const EXCHANGES = Array.from({ length: 20_000 }, (_, k) => keyOf(`exchange ${k}`));
const LOW = Int32Array.from(EXCHANGES, ([low]) => low);
const HIGH = Int32Array.from(EXCHANGES, ([, high]) => high);

function uniforms(version: string, seed: number, draw: number): Float64Array {
  const out = new Float64Array(EXCHANGES.length);
  uniformsOf(drawKey(version, seed, draw), LOW, HIGH, out);
  return out;
}

function normals(version: string, seed: number, draw: number): Float64Array {
  return uniforms(version, seed, draw).map(normalQuantile);
}

const mean = (values: Float64Array) => values.reduce((sum, z) => sum + z, 0) / values.length;
const correlation = (a: Float64Array, b: Float64Array) => mean(a.map((z, k) => z * b[k]!));

describe('numbers by key', () => {
  it('are the same whenever they are asked for, and others under another version, seed or draw', () => {
    const first = normals('v1', 1, 0);
    expect(normals('v1', 1, 0)).toEqual(first);
    for (const other of [normals('v2', 1, 0), normals('v1', 2, 0), normals('v1', 1, 1)]) {
      expect(other.filter((z, k) => z === first[k])).toHaveLength(0);
      expect(Math.abs(correlation(first, other))).toBeLessThan(4 / Math.sqrt(first.length));
    }
  });

  it('are standard normal: mean, variance, tails, neighbours', () => {
    for (let draw = 0; draw < 10; draw++) {
      const z = normals('v1', 7, draw);
      const root = Math.sqrt(z.length);
      expect(Math.abs(mean(z))).toBeLessThan(4 / root);
      expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan((4 * Math.SQRT2) / root);
      const beyond = z.filter((x) => Math.abs(x) > 1.959963984540054).length;
      expect(Math.abs(beyond - 0.05 * z.length)).toBeLessThan(4 * Math.sqrt(0.05 * 0.95 * z.length));
      expect(
        Math.abs(
          correlation(
            z,
            z.map((_, k) => z[(k + 1) % z.length]!),
          ),
        ),
      ).toBeLessThan(4 / root);
    }
  });

  it('fill (0, 1) evenly', () => {
    const bins = new Array<number>(64).fill(0);
    for (const u of uniforms('v1', 3, 0)) bins[Math.floor(64 * u)]!++;
    const expected = EXCHANGES.length / 64;
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: beyond 120 once in a hundred thousand.
    expect(chiSquare).toBeLessThan(120);
  });
});

describe('the normal quantile', () => {
  // Abramowitz and Stegun, tables 26.5 and 26.6; far tails from the asymptotic series to the digits given.
  it.each([
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ])('of %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(z)));
  });

  it('is odd about one half', () => {
    for (const p of [0.3, 0.07, 0.01, 2 ** -30])
      expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 12);
  });
});
