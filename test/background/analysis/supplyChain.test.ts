import { describe, expect, it } from 'vitest';
import { sankey, structuralPaths } from '../../../src/background/analysis/supplyChain.ts';
import { runsFor, scaledOf, scoresOf, smallChain } from './smallChain.ts';

const PRODUCT = 4;

function chainModel(seed: number) {
  const chain = smallChain(seed);
  return { chain, model: { scaled: scaledOf(chain), scores: scoresOf(chain), direct: chain.direct } };
}

describe('structural paths', () => {
  it.each([
    [1, 1],
    [2, 7],
    [3, 200],
    [4, 2_000],
  ])('chain %i cut after %i nodes adds up with its remainder', (seed, most) => {
    const { model } = chainModel(seed);
    const paths = structuralPaths(model, PRODUCT, 3, { most, leastShare: 0 });
    expect(paths.totalKgCo2e).toBe(3 * model.scores[PRODUCT]!);
    const shown = paths.nodes.reduce((sum, { directKgCo2e }) => sum + directKgCo2e, 0);
    expect(Math.abs(shown + paths.remainderKgCo2e - paths.totalKgCo2e)).toBeLessThan(
      1e-10 * Math.abs(paths.totalKgCo2e),
    );
  });

  it('opens the node with the most behind it first, beginning with the demand', () => {
    const { model } = chainModel(1);
    const { nodes } = structuralPaths(model, PRODUCT, 1, { most: 50, leastShare: 0 });
    expect(nodes[0]).toMatchObject({ path: [PRODUCT], amount: 1 });
    const sizes = nodes.map(({ totalKgCo2e }) => Math.abs(totalKgCo2e));
    // A child never has more behind it than its parent in a chain of buys, so opening is in descending order.
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    for (const { path } of nodes.slice(1)) {
      expect(nodes.some((other) => other.path.join() === path.slice(0, -1).join())).toBe(true);
    }
  });

  it('leaves out what is thinner than the share asked for, and counts it in the remainder', () => {
    const { model } = chainModel(2);
    const paths = structuralPaths(model, PRODUCT, 1, { most: 10_000, leastShare: 0.02 });
    for (const { totalKgCo2e } of paths.nodes) {
      expect(Math.abs(totalKgCo2e)).toBeGreaterThanOrEqual(0.02 * Math.abs(paths.totalKgCo2e));
    }
    expect(paths.remainderKgCo2e).not.toBe(0);
  });
});

describe('the Sankey of a demand', () => {
  it.each([1, 2, 3])('what enters a node leaves it, loops included (chain %i)', (seed) => {
    const { chain, model } = chainModel(seed);
    const total = model.scores[PRODUCT]!;
    const { nodes, links } = sankey(model, runsFor(chain, PRODUCT), total, 0);
    for (const { activity, directKgCo2e, throughputKgCo2e } of nodes) {
      const entering = links
        .filter(({ user }) => user === activity)
        .reduce((sum, { kgCo2e }) => sum + kgCo2e, 0);
      const leaving = links
        .filter(({ supplier }) => supplier === activity)
        .reduce((sum, { kgCo2e }) => sum + kgCo2e, 0);
      const demanded = activity === PRODUCT ? total : 0;
      const scale = Math.abs(total);
      expect(Math.abs(directKgCo2e + entering - throughputKgCo2e)).toBeLessThan(1e-10 * scale);
      expect(Math.abs(leaving + demanded - throughputKgCo2e)).toBeLessThan(1e-10 * scale);
    }
    const emitted = nodes.reduce((sum, { directKgCo2e }) => sum + directKgCo2e, 0);
    expect(Math.abs(emitted / total - 1)).toBeLessThan(1e-10);
  });
});
