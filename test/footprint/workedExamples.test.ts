import { describe, expect, it } from 'vitest';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { issueFaults } from '../../src/footprint/issuable.ts';
import { backgroundOf } from '../../src/footprint/productExtract.ts';
import { workedBackground, workedInputs } from '../../src/footprint/workedExamples.ts';

const background = backgroundOf(workedBackground());
const inputs = workedInputs();
const value = (id: string) =>
  computeFootprint(inputs.find(({ product }) => product.id === `example:${id}`)!, background).perDeclaredUnit;

describe('the ten worked products', () => {
  it('are ten, and each is labelled an example that cannot be issued', () => {
    expect(inputs).toHaveLength(10);
    for (const input of inputs) {
      const result = computeFootprint(input, background);
      expect([result.product.name, result.example, issueFaults(result).map(({ code }) => code)]).toEqual([
        expect.stringContaining('示例 example'),
        true,
        ['example_input'],
      ]);
      expect(result.identities.filter(({ holds }) => !holds)).toEqual([]);
      expect(result.warnings).toEqual([]);
    }
  });

  it('give every figure its source or say that it is assumed', () => {
    for (const input of inputs)
      for (const line of [...input.billOfMaterials, ...input.electricity, ...input.directEmissions])
        expect(line.evidence.join()).toMatch(/IPCC|aluminiumchina|assumed:/);
  });

  it('come out in a plausible range', () => {
    // kgCO2e per declared unit; our own judgement, wide on purpose: a recipe of assumptions can show the way and no more.
    const ranges: [string, number, number][] = [
      ['li-ion-cell', 30, 120],
      ['pv-module', 20, 150],
      ['aluminium', 8, 20],
      ['cement', 0.5, 1],
      ['laptop', 50, 350],
      ['steel', 1, 3],
      ['tyre', 15, 50],
      ['urea', 1, 3],
      ['dap', 0.5, 2.5],
      ['bamboo-board', 0.2, 2],
    ];
    for (const [id, low, high] of ranges) {
      expect([id, value(id).totalKgCo2e >= low && value(id).totalKgCo2e <= high]).toEqual([id, true]);
    }
  });

  it('cement by hand: clinker, coal, electricity and the small rest', () => {
    const hand = 0.416 + 2.64 * 0.0946 + 1.2 * 0.005 + 0.05 * 0.01 + 0.05 * 0.09 + 0.085 * 0.5777;
    expect(value('cement').totalKgCo2e).toBeCloseTo(hand, 12);
  });

  it('bamboo shows its uptake beside the total, steel shares with its slag', () => {
    expect(value('bamboo-board').includingBiogenicUptakeKgCo2e).toBeCloseTo(
      value('bamboo-board').totalKgCo2e - 1.65,
      12,
    );
    const steel = computeFootprint(inputs.find(({ product }) => product.id === 'example:steel')!, background);
    expect(steel.allocation?.productShare).toBeCloseTo(1 / 1.3, 12);
  });
});
