/** U1: every entry of the real background an independent lognormal, drawn and to first order. */
import { describe, expect, it } from 'vitest';
import { entryUncertainty } from '../../../bench/entryUncertainty.ts';
import { totalFactors, uslciSystem } from '../../../bench/scoredSystems.ts';
import { drawBackground } from '../../../src/activities/drawBackground.ts';
import { createOpenLcaReader } from '../../../src/background/openLca/readPackage.ts';
import { factoriseAdjoint, solveAdjoint } from '../../../src/background/solver/adjoint.ts';
import { factoriseSupply, solveSupply } from '../../../src/background/solver/supply.ts';
import { firstOrderSd, judgeDistribution } from '../../../src/background/uncertainty/distribution.ts';
import { demandDraws } from '../../../src/background/uncertainty/drawRun.ts';
import { firstOrder } from '../../../src/background/uncertainty/firstOrder.ts';
import { summarise } from '../../../src/background/uncertainty/summary.ts';
import { readZipEntries } from '../../../src/store/zipEntries.ts';
import { dataDir } from '../../sharedData.ts';

const SIGMA = 0.1;
const FULL = process.env.TANLIU_TEST_FULL === '1';
/** The bar is stated for 4,000 draws; with fewer the band is as wide as their sampling error. */
const DRAWS = FULL ? 4_000 : 400;
const BAND = FULL ? [0.98, 1.08] : [0.88, 1.18];

describe.skipIf(!dataDir)('Monte Carlo on USLCI', () => {
  it('spreads as first order says: the median product near 1.02, nine in ten within the band', {
    timeout: 240_000,
  }, async () => {
    const { base, biosphere, ...rest } = (await uslciSystem())!;
    const factors = totalFactors({ base, biosphere, ...rest }, false);
    const drawn = entryUncertainty(base, biosphere, factors, SIGMA);
    const run = await drawBackground(drawn, { version: 'U1', seed: 1, draws: DRAWS, threads: 2 });
    const n = base.technosphere.columns;
    const scores = solveAdjoint(factoriseAdjoint(base), drawn.direct, 1).lambda;
    const sd = drawn.exchanges.distribution.a.map((a) =>
      firstOrderSd({ kind: 'lognormal', a, b: SIGMA, c: 0 }),
    );
    const forward = factoriseSupply(base);
    const ratios: number[] = [];
    const width = 60;
    for (let first = 0; first < n; first += width) {
      const demands = new Float64Array(n * width);
      for (let k = 0; k < width && first + k < n; k++) demands[(first + k) * width + k] = 1;
      const runs = solveSupply(forward, demands, width);
      for (let k = 0; k < width && first + k < n; k++) {
        const supply = Float64Array.from({ length: n }, (_, j) => runs[j * width + k]!);
        const { sdKgCo2e } = firstOrder(drawn, scores, supply, sd, 0);
        if (sdKgCo2e === 0) continue;
        ratios.push(summarise(demandDraws(run, [{ row: first + k, amount: 1 }])).sd / sdKgCo2e);
      }
    }
    ratios.sort((a, b) => a - b);
    expect(ratios.length).toBeGreaterThan(700);
    const median = ratios[Math.floor(ratios.length / 2)]!;
    const inside = ratios.filter((ratio) => ratio >= BAND[0]! && ratio <= BAND[1]!).length / ratios.length;
    expect(Math.abs(median - 1.02)).toBeLessThan(FULL ? 0.02 : 0.06);
    expect(inside).toBeGreaterThanOrEqual(0.9);
    expect(run.kept).toHaveLength(DRAWS);
  });

  it('counts the impossible distributions of the package', async () => {
    const reader = createOpenLcaReader();
    for await (const { name, bytes } of readZipEntries(`${dataDir}/lca/uslci-jsonld.zip`, reader.wants)) {
      reader.accept(name, bytes);
    }
    const counts: Record<string, number> = {};
    for (const { exchanges } of reader.finish().processes) {
      for (const { uncertainty, amount } of exchanges) {
        if (!uncertainty) continue;
        const judged = judgeDistribution(uncertainty, amount);
        const what =
          'distribution' in judged
            ? judged.distribution.kind
            : 'fault' in judged
              ? judged.fault
              : judged.fixed;
        counts[what] = (counts[what] ?? 0) + 1;
      }
    }
    expect(counts).toMatchObject({
      'geometric standard deviation below 1': 4_811,
      'stated as certain': 307,
      lognormal: 12,
      triangle: 358,
    });
  });
});
