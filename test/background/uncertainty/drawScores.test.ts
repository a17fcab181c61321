import { describe, expect, it } from 'vitest';
import { entryUncertainty } from '../../../bench/entryUncertainty.ts';
import { drawBackground } from '../../../src/activities/drawBackground.ts';
import { factoriseAdjoint, solveAdjoint } from '../../../src/background/solver/adjoint.ts';
import { firstOrderSd, valuesAt } from '../../../src/background/uncertainty/distribution.ts';
import type { DrawnSystem } from '../../../src/background/uncertainty/drawnSystem.ts';
import { demandDraws } from '../../../src/background/uncertainty/drawRun.ts';
import { DrawScores } from '../../../src/background/uncertainty/drawScores.ts';
import { firstOrder } from '../../../src/background/uncertainty/firstOrder.ts';
import { drawKey, uniformsOf } from '../../../src/background/uncertainty/keyedRandom.ts';
import { summarise } from '../../../src/background/uncertainty/summary.ts';
import { runsFor, scoresOf, smallChain } from '../analysis/smallChain.ts';

const SIGMA = 0.1;

function drawnChain(seed: number, n?: number) {
  const chain = smallChain(seed, n);
  return { chain, system: entryUncertainty(chain.input, chain.biosphere, chain.factors, SIGMA) };
}

/** One draw the long way: matrices written out and handed to the solver of stated amounts. */
function plainDraw(system: DrawnSystem, version: string, seed: number, draw: number): Float64Array {
  const { keyLow, keyHigh, distribution } = system.exchanges;
  const amount = new Float64Array(keyLow.length);
  uniformsOf(drawKey(version, seed, draw), keyLow, keyHigh, amount);
  valuesAt(distribution, amount, amount);
  const value = system.certainTechnosphere.slice();
  const direct = system.certainDirect.slice();
  for (const [parts, into] of [
    [system.technosphereParts, value],
    [system.directParts, direct],
  ] as const) {
    parts.place.forEach((place, p) => {
      into[place]! += parts.coefficient[p]! * amount[parts.exchange[p]!]!;
    });
  }
  const technosphere = { ...system.base.technosphere, value };
  return solveAdjoint(factoriseAdjoint({ ...system.base, technosphere }), direct, 1).lambda;
}

describe('a draw', () => {
  it.each([1, 2, 3])('scores every product as solving its matrices anew does (chain %i)', (seed) => {
    const { system } = drawnChain(seed, 40);
    const solver = new DrawScores(system);
    const out = new Float64Array(40);
    for (const draw of [0, 1, 17]) {
      expect(solver.draw({ version: 'v', seed: 5, draw }, out)).toMatchObject({ dropped: false });
      const expected = plainDraw(system, 'v', 5, draw);
      for (let i = 0; i < out.length; i++) {
        expect(Math.abs(out[i]! - expected[i]!)).toBeLessThanOrEqual(1e-9 * Math.abs(expected[i]!));
      }
    }
  });

  it('depends on its name alone, not on what was drawn before', () => {
    const { system } = drawnChain(1);
    const [forward, backward] = [new DrawScores(system), new DrawScores(system)];
    const ascending = [0, 1, 2].map((draw) => drawn(forward, draw));
    const descending = [2, 1, 0].map((draw) => drawn(backward, draw)).reverse();
    expect(descending).toEqual(ascending);
  });

  it('whose pivot changes its sign is dropped with the reason', () => {
    const { system } = drawnChain(1);
    const base = { ...system.base, output: system.base.output.map((output) => output) };
    const certainTechnosphere = system.certainTechnosphere.slice();
    const own = base.technosphere.index.findIndex((row, p) => row === 0 && p < base.technosphere.start[1]!);
    certainTechnosphere[own] = -certainTechnosphere[own]!;
    const solver = new DrawScores({ ...system, base, certainTechnosphere });
    expect(solver.draw({ version: 'v', seed: 1, draw: 0 }, new Float64Array(30))).toEqual({
      dropped: true,
      reason: 'pivot changed sign',
    });
  });
});

function drawn(solver: DrawScores, draw: number): Float64Array {
  const out = new Float64Array(solver.products);
  solver.draw({ version: 'v', seed: 1, draw }, out);
  return out;
}

describe('a run', () => {
  it('gives the same bytes on one thread and on three', async () => {
    const { system } = drawnChain(2);
    const request = { version: 'v', seed: 9, draws: 12 };
    const one = await drawBackground(system, { ...request, threads: 1 });
    const three = await drawBackground(system, { ...request, threads: 3 });
    expect(three).toEqual(one);
    expect(one.kept).toHaveLength(12);
    expect(one.forwardError).toBeLessThan(1e-9);
  });

  it('with more than one draw in a hundred dropped is refused', async () => {
    const { system } = drawnChain(1);
    const certainTechnosphere = system.certainTechnosphere.map((value) => -value);
    await expect(
      drawBackground({ ...system, certainTechnosphere }, { version: 'v', seed: 1, draws: 3, threads: 1 }),
    ).rejects.toMatchObject({ code: 'E_DRAWS_DROPPED', place: 'pivot changed sign: 3' });
  });

  it('lies around the first order, and two products drawn apart share one background', async () => {
    const { chain, system } = drawnChain(3);
    const run = await drawBackground(system, { version: 'v', seed: 4, draws: 2_000, threads: 2 });
    const scores = scoresOf(chain);
    const sd = Float64Array.from(system.exchanges.distribution.a, (a) =>
      firstOrderSd({ kind: 'lognormal', a, b: SIGMA, c: 0 }),
    );
    const ratios: number[] = [];
    for (let row = 0; row < scores.length; row++) {
      const drawnScores = summarise(demandDraws(run, [{ row, amount: 1 }]));
      const analytic = firstOrder(system, scores, runsFor(chain, row), sd, 10);
      ratios.push(drawnScores.sd / analytic.sdKgCo2e);
      expect(drawnScores.percentile2_5).toBeLessThan(drawnScores.median);
      expect(
        analytic.contributors.reduce((sum, { varianceShare }) => sum + varianceShare, 0),
      ).toBeLessThanOrEqual(1 + 1e-12);
    }
    ratios.sort((a, b) => a - b);
    expect(ratios[Math.floor(ratios.length / 2)]).toBeGreaterThan(0.95);
    expect(ratios[Math.floor(ratios.length / 2)]).toBeLessThan(1.1);
    const a = demandDraws(run, [{ row: 1, amount: 2 }]);
    const b = demandDraws(run, [{ row: 2, amount: -1 }]);
    const both = demandDraws(run, [
      { row: 1, amount: 2 },
      { row: 2, amount: -1 },
    ]);
    expect(both).toEqual(a.map((value, k) => value + b[k]!));
  });
});
