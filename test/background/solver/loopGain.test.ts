import { describe, expect, it } from 'vitest';
import { loopGains } from '../../../src/background/solver/loopGain.ts';
import { scaleByPivots } from '../../../src/background/solver/scaledSystem.ts';
import { fromEntries } from '../../../src/background/solver/sparseColumns.ts';
import { strongComponents } from '../../../src/background/solver/strongComponents.ts';

/** A ring of n activities, each buying `share` of the next: the spectral radius is the share. */
function ringGain(n: number, share: number) {
  const entries = Array.from({ length: n }, (_, j) => j).flatMap((j) => [
    [j, j, 1] as const,
    [(j + 1) % n, j, -share] as const,
  ]);
  const system = scaleByPivots({
    technosphere: fromEntries(n, n, entries),
    referenceRow: Int32Array.from({ length: n }, (_, j) => j),
    output: new Float64Array(n).fill(1),
    label: String,
  });
  const { start, index } = system.dependencies;
  return loopGains(system, strongComponents(start, index), { decide: 1, tolerance: 1e-10 });
}

describe('loop gain', () => {
  it.each([
    [2, 0.5],
    [7, 0.9],
    [50, 0.999],
    [3, 1.2],
  ])('of a ring of %i with share %f is enclosed from both sides', (n, share) => {
    const [gain, ...others] = ringGain(n, share);
    expect(others).toEqual([]);
    expect(gain!.lower).toBeLessThanOrEqual(share + 1e-15);
    expect(gain!.upper).toBeGreaterThanOrEqual(share - 1e-15);
    expect(gain!.upper - gain!.lower).toBeLessThan(1e-9);
  });
});
