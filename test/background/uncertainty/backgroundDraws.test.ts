/** From a package's stated uncertainties to draws: each draw is the background that a package with those amounts gives. */
import { describe, expect, it } from 'vitest';
import { gwpSet } from '../../../schemas/reference/gwp.ts';
import { matchFlows } from '../../../src/background/flowMatching.ts';
import { scoreBackground } from '../../../src/background/score.ts';
import { buildBackground } from '../../../src/background/technosphere.ts';
import { backgroundDraws, TOTAL } from '../../../src/background/uncertainty/backgroundDraws.ts';
import { distributionColumns, valuesAt } from '../../../src/background/uncertainty/distribution.ts';
import { DrawScores } from '../../../src/background/uncertainty/drawScores.ts';
import { drawKey, keyOf, uniformsOf } from '../../../src/background/uncertainty/keyedRandom.ts';
import { pedigreeSigma } from '../../../src/background/uncertainty/pedigree.ts';
import { type SmallProcess, smallInventory } from '../smallPackage.ts';

const lognormal = (geomSd: number) => ({ distributionType: 'LOG_NORMAL_DISTRIBUTION', geomMean: 1, geomSd });

/** Two plants share the market, the smelter has a co-product by declared factors, slag treatment closes a loop. */
const PROCESSES: readonly SmallProcess[] = [
  {
    id: 'plantA',
    exchanges: [
      { flow: 'power', amount: 1, unit: 'kWh', reference: true },
      { flow: 'co2', amount: 0.9, unit: 'kg', uncertainty: lognormal(1.2) },
      { flow: 'metal', amount: 0.002, unit: 'kg', input: true, pedigree: '(2;3;4;1;5)' },
    ],
  },
  {
    id: 'plantB',
    exchanges: [
      { flow: 'power', amount: 2, unit: 'kWh', reference: true, uncertainty: lognormal(1.05) },
      { flow: 'co2', amount: 0.1, unit: 'kg', uncertainty: lognormal(0) },
      {
        flow: 'ch4',
        amount: 3,
        unit: 'g',
        uncertainty: { distributionType: 'TRIANGLE_DISTRIBUTION', minimum: 1, mode: 2, maximum: 6 },
      },
    ],
  },
  {
    id: 'smelter',
    defaultAllocation: 'PHYSICAL_ALLOCATION',
    allocation: [
      { allocationType: 'PHYSICAL_ALLOCATION', product: { '@id': 'metal' }, value: 0.8 },
      { allocationType: 'PHYSICAL_ALLOCATION', product: { '@id': 'slag' }, value: 0.2 },
    ],
    exchanges: [
      { flow: 'metal', amount: 1, unit: 'kg', reference: true },
      { flow: 'slag', amount: 0.5, unit: 'kg' },
      {
        flow: 'power',
        amount: 10,
        unit: 'kWh',
        input: true,
        uncertainty: { distributionType: 'NORMAL_DISTRIBUTION', mean: 10, sd: 1 },
      },
      {
        flow: 'co2',
        amount: 1.5,
        unit: 'kg',
        uncertainty: { distributionType: 'UNIFORM_DISTRIBUTION', minimum: 1, maximum: 2 },
      },
    ],
  },
];

const SET = gwpSet('ar6_100');

function built(processes: readonly SmallProcess[]) {
  const background = buildBackground(smallInventory(processes));
  const scored = scoreBackground(background.system, matchFlows(background.system.natureFlows, SET), SET);
  return { ...background, scored };
}

/** Total score of one reference unit of each product. */
function totals({ scored }: ReturnType<typeof built>): Float64Array {
  const { lambda, system } = scored;
  return Float64Array.from(
    system.activities,
    (_, row) => lambda[5 * row]! + lambda[5 * row + 1]! + lambda[5 * row + 2]!,
  );
}

describe('draws of a background', () => {
  const background = built(PROCESSES);
  const { exchanges, impossible } = background.uncertainty;

  it('take what is stated, then the pedigree, and count what cannot be', () => {
    expect(exchanges.map(({ basis }) => basis).sort()).toEqual([
      'pedigree',
      'stated',
      'stated',
      'stated',
      'stated',
      'stated',
    ]);
    expect(impossible).toEqual({ 'geometric standard deviation below 1': 1 });
    const pedigree = exchanges.find(({ basis }) => basis === 'pedigree');
    expect(pedigree?.distribution).toMatchObject({
      kind: 'lognormal',
      a: 0.002,
      b: pedigreeSigma('(2;3;4;1;5)'),
    });
    expect(pedigreeSigma('(2;3;4;1;5)')).toBeCloseTo(Math.sqrt(0.0006 + 0.0006 + 0.008 + 0 + 0.12), 15);
    expect(pedigreeSigma('(1;n.a.;2;3;4)')).toBeUndefined();
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'draw %i is the package with the drawn amounts, imported and solved',
    (draw) => {
      const system = backgroundDraws(background.scored, background.uncertainty, TOTAL);
      const out = new Float64Array(background.system.activities.length);
      expect(new DrawScores(system).draw({ version: 'v', seed: 3, draw }, out)).toMatchObject({
        dropped: false,
      });

      const keys = exchanges.map(({ processId, exchangeId }) => keyOf(`${processId} ${exchangeId}`));
      const amounts = new Float64Array(exchanges.length);
      uniformsOf(
        drawKey('v', 3, draw),
        Int32Array.from(keys, ([k]) => k),
        Int32Array.from(keys, ([, k]) => k),
        amounts,
      );
      valuesAt(distributionColumns(exchanges.map(({ distribution }) => distribution)), amounts, amounts);
      const amountOf = new Map(
        exchanges.map(({ processId, exchangeId }, e) => [`${processId} ${exchangeId}`, amounts[e]!]),
      );
      const redrawn = PROCESSES.map((process) => ({
        ...process,
        exchanges: process.exchanges.map((exchange, at) => ({
          ...exchange,
          amount: amountOf.get(`${process.id} ${at + 1}`) ?? exchange.amount,
        })),
      }));
      expect(redrawn).not.toEqual(PROCESSES);
      const expected = totals(built(redrawn));
      for (let row = 0; row < out.length; row++) {
        expect(Math.abs(out[row]! / expected[row]! - 1)).toBeLessThan(1e-9);
      }
    },
  );
});
