import { beforeAll, describe, expect, test } from 'vitest';
import { exampleBackgroundFiles, exampleFlowMap } from '../../schemas/reference/exampleBackground.ts';
import { gwpSet } from '../../schemas/reference/gwp.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type ProductionActivity, productionActivity } from '../../schemas/streams/productionActivity.ts';
import { createOpenLcaReader } from '../../src/background/openLca/readPackage.ts';
import { scoreBackground } from '../../src/background/score.ts';
import { type ProductCatalogue, productCatalogue } from '../../src/background/scoredProducts.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { footprintInputOf } from '../../src/footprint/activityInput.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { sichuanScenario } from '../../src/scenario/sichuan.ts';

const scenario = sichuanScenario();
const question = scenario.answers.product;
const activities = (): ProductionActivity[] =>
  [...scenario.readings('production.activity')].map((row) => productionActivity.schema.parse(row));

let catalogue: ProductCatalogue;
beforeAll(() => {
  const reader = createOpenLcaReader();
  for (const { name, document } of exampleBackgroundFiles()) {
    if (reader.wants(name)) reader.accept(name, new TextEncoder().encode(JSON.stringify(document)));
  }
  const { system } = buildBackground(reader.finish());
  catalogue = productCatalogue(scoreBackground(system, exampleFlowMap, gwpSet('ar6_100')), {
    name: 'example',
    version: '1',
    sourceSha256: '0'.repeat(64),
    linkingPolicy: 'explicit',
    flowMap: 'example',
  });
});

describe("the ingot's footprint input", () => {
  test('adds up each input over the month and keeps its role', () => {
    const input = footprintInputOf(question, activities());
    expect(input.declaredUnitsMade).toBe(activities().reduce((made, { output }) => made + output, 0));
    expect(input.electricity).toHaveLength(1);
    expect(input.billOfMaterials.map(({ name }) => name)).toEqual([
      'alumina',
      'anode',
      'aluminium-fluoride',
      'rail-freight',
      'road-freight',
    ]);
    expect(input.directEmissions.map(({ species }) => species)).toEqual(['CO2', 'CF4', 'C2F6']);
    expect(input.electricity[0]!.energyKwh / input.declaredUnitsMade).toBeCloseTo(13.6, 0);
    expect(
      [...input.billOfMaterials, ...input.electricity].every(({ origin }) => origin === 'simulated'),
    ).toBe(true);
  });

  test('computes to a footprint in the range the industry publishes, power first', () => {
    const result = computeFootprint(footprintInputOf(question, activities()), catalogue);
    const { totalKgCo2e } = result.perDeclaredUnit;
    // IAI, Aluminium Carbon Footprint FAQs: most fall in 4.5–22 t CO2e a tonne.
    expect(totalKgCo2e).toBeGreaterThan(4.5);
    expect(totalKgCo2e).toBeLessThan(22);
    expect(result.contributors[0]!.name).toBe('electricity');
    const parts = result.contributors.reduce((sum, { kgCo2e }) => sum + kgCo2e, 0);
    const whole = [totalKgCo2e, result.forPeriod.totalKgCo2e];
    expect(Math.min(...whole.map((total) => Math.abs(parts / total - 1)))).toBeLessThan(1e-9);
    expect(result.origin).toBe('simulated');
  });

  test('does not depend on the order of the batches', () => {
    const forward = footprintInputOf(question, activities());
    const backward = footprintInputOf(question, activities().reverse());
    expect(backward.declaredUnitsMade).toBe(forward.declaredUnitsMade);
    const alumina = (input: typeof forward) => input.billOfMaterials.find(({ name }) => name === 'alumina')!;
    expect(alumina(backward).quantity).toBeCloseTo(alumina(forward).quantity, 3);
  });

  test('is as uncertain as its least certain batch', () => {
    const [first, ...rest] = activities();
    const rows = [first!, ...rest.map((row) => ({ ...row, quality: 'measured' as const }))];
    expect(footprintInputOf(question, rows).electricity[0]!.origin).toBe('simulated');
    expect(footprintInputOf(question, rows.slice(1)).electricity[0]!.origin).toBe('measured');
  });

  test('is refused without production, and for an input that stands for nothing', () => {
    expect(() => footprintInputOf(question, [])).toThrow(
      expect.objectContaining({ code: 'E_PRODUCT_NO_ACTIVITY' }),
    );
    const [first] = activities();
    const odd = { ...first!, inputs: [{ item: 'unobtainium', quantity: 1, unit: 'kg' }] };
    expect(() => footprintInputOf(question, [odd])).toThrow(Refusal);
    expect(() => footprintInputOf(question, [odd])).toThrow(/unobtainium in kg/);
  });
});
