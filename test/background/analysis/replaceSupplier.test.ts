import { describe, expect, it } from 'vitest';
import { replaceSupplier } from '../../../src/background/analysis/replaceSupplier.ts';
import { factoriseAdjoint, solveAdjoint } from '../../../src/background/solver/adjoint.ts';
import { fromEntries } from '../../../src/background/solver/sparseColumns.ts';
import { scoresOf, smallChain } from './smallChain.ts';

const ROW = 3;

describe("a supplier's footprint in place of a background product", () => {
  it.each([1, 2, 3, 4])('gives what the rebuilt system gives (chain %i)', (seed) => {
    const chain = smallChain(seed);
    const system = factoriseAdjoint(chain.input);
    const stated = 1.7 * scoresOf(chain)[ROW]!;
    const after = replaceSupplier(system, scoresOf(chain), ROW, [stated]);

    // The same system with that activity made anew: no inputs, and direct score as stated.
    const { technosphere } = chain.input;
    const entries: [number, number, number][] = [];
    for (let j = 0; j < technosphere.columns; j++) {
      for (let p = technosphere.start[j]!; p < technosphere.start[j + 1]!; p++) {
        if (j !== ROW || technosphere.index[p] === ROW)
          entries.push([technosphere.index[p]!, j, technosphere.value[p]!]);
      }
    }
    const rebuilt = {
      ...chain.input,
      technosphere: fromEntries(technosphere.columns, technosphere.columns, entries),
    };
    const pivot = system.scaled.pivot[ROW]!;
    const direct = chain.direct.slice();
    direct[ROW] = stated * pivot;
    const expected = solveAdjoint(factoriseAdjoint(rebuilt), direct, 1).lambda;
    for (let i = 0; i < after.length; i++) {
      expect(Math.abs(after[i]! - expected[i]!)).toBeLessThan(1e-10 * Math.max(1e-6, Math.abs(expected[i]!)));
    }
    expect(after[ROW]).toBe(stated);
  });

  it('for a product that is not there is refused', () => {
    const chain = smallChain(1);
    expect(() => replaceSupplier(factoriseAdjoint(chain.input), scoresOf(chain), 999, [1])).toThrow(
      expect.objectContaining({ code: 'E_PRODUCT' }),
    );
  });
});
