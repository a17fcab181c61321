import { describe, expect, it } from 'vitest';
import {
  inventoryOf,
  type ScoreModel,
  scoreOf,
  sensitivities,
} from '../../../src/background/analysis/sensitivities.ts';
import { runsFor, type SmallChain, scoresOf, smallChain } from './smallChain.ts';

const PRODUCT = 4;

function modelOf(chain: SmallChain): ScoreModel {
  return {
    technosphere: chain.input.technosphere,
    biosphere: chain.biosphere,
    factors: chain.factors,
    scores: scoresOf(chain),
    supply: runsFor(chain, PRODUCT),
  };
}

/** The same chain with one entry moved by `by`. */
function moved(
  chain: SmallChain,
  matrix: 'technosphere' | 'biosphere',
  row: number,
  column: number,
  by: number,
) {
  const from = matrix === 'technosphere' ? chain.input.technosphere : chain.biosphere;
  const value = from.value.slice();
  for (let p = from.start[column]!; p < from.start[column + 1]!; p++)
    if (from.index[p] === row) value[p]! += by;
  const next = { ...from, value };
  if (matrix === 'technosphere') return { ...chain, input: { ...chain.input, technosphere: next } };
  const direct = chain.direct.slice();
  direct[column]! += by * chain.factors[row]!;
  return { ...chain, biosphere: next, direct };
}

describe('sensitivities in closed form', () => {
  it.each([1, 2, 3, 4, 5])('agree with central differences (chain %i)', (seed) => {
    const chain = smallChain(seed);
    const score = scoresOf(chain)[PRODUCT]!;
    for (const { matrix, row, activity, derivative, elasticity } of sensitivities(modelOf(chain), 25)) {
      const from = matrix === 'technosphere' ? chain.input.technosphere : chain.biosphere;
      let value = 0;
      for (let p = from.start[activity]!; p < from.start[activity + 1]!; p++)
        if (from.index[p] === row) value = from.value[p]!;
      const step = 1e-5 * Math.abs(value);
      const above = scoresOf(moved(chain, matrix, row, activity, step))[PRODUCT]!;
      const below = scoresOf(moved(chain, matrix, row, activity, -step))[PRODUCT]!;
      expect(derivative).toBeCloseTo(
        (above - below) / (2 * step),
        5 - Math.ceil(Math.log10(Math.abs(derivative) + 1)),
      );
      expect(elasticity).toBeCloseTo((derivative * value) / score, 9);
    }
  });

  it.each([1, 2, 3])('the score by lambda is the score by the inventory (chain %i)', (seed) => {
    const chain = smallChain(seed);
    const model = modelOf(chain);
    const byLambda = model.scores[PRODUCT]!;
    expect(Math.abs(scoreOf(model) / byLambda - 1)).toBeLessThan(1e-12);
    const inventory = inventoryOf(model);
    const byFactors = inventory.reduce((sum, amount, flow) => sum + amount * model.factors[flow]!, 0);
    expect(Math.abs(byFactors / byLambda - 1)).toBeLessThan(1e-12);
  });

  it('come largest first, and elasticities of all of B add up to one', () => {
    const all = sensitivities(modelOf(smallChain(1)), Number.MAX_SAFE_INTEGER);
    const sizes = all.map(({ elasticity }) => Math.abs(elasticity));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const nature = all.filter(({ matrix }) => matrix === 'biosphere');
    expect(nature.reduce((sum, { elasticity }) => sum + elasticity, 0)).toBeCloseTo(1, 10);
  });
});
