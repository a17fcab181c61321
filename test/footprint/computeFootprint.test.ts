import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintResult } from '../../schemas/documents/footprintResult.ts';
import { productCatalogue } from '../../src/background/scoredProducts.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { scored } from '../background/scoreOf.ts';
import { POWER_AND_METAL, smallInventory } from '../background/smallPackage.ts';

const METAL = { process: 'smelter', flow: 'metal' };
const POWER = { process: 'plant', flow: 'power' };

const catalogue = productCatalogue(
  scored(
    smallInventory([
      ...POWER_AND_METAL,
      {
        id: 'forest',
        exchanges: [
          { flow: 'slag', amount: 1, unit: 'kg', reference: true },
          { flow: 'co2air', amount: 1.8, unit: 'kg', input: true },
          { flow: 'ch4bio', amount: 0.001, unit: 'kg' },
          { flow: 'heat', amount: 1, unit: 'MJ', input: true },
        ],
      },
    ]),
  ).background,
  { name: 'small', version: 'v1', sourceSha256: 'f'.repeat(64), linkingPolicy: 'p', flowMap: 'm' },
);

function input(more: Record<string, unknown> = {}): FootprintInput {
  return footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: 'pan', name: 'Pan', productIds: ['urn:example:pan'] },
    site: 'works',
    referencePeriod: { start: '2024-01-01T00:00:00+08:00', end: '2025-01-01T00:00:00+08:00' },
    declaredUnit: { amount: 1, unit: 'piece', massKg: 2 },
    declaredUnitsMade: 100,
    billOfMaterials: [{ name: 'metal', quantity: 200, unit: 'kg', product: METAL }],
    ...more,
  });
}

const official = (year = 2023, family = 'cn_lifecycle') => ({ kind: 'official', family, zone: 'CN', year });

describe('the footprint of a product', () => {
  it('is what a hand calculation gives, largest contributor first', () => {
    const result = computeFootprint(
      input({
        electricity: [{ name: 'press', energyKwh: 1000, meterId: 'm1', factor: official() }],
        directEmissions: [
          { name: 'flame', category: 'fossil', species: 'CO2', massKg: 50 },
          { name: 'leak', category: 'fossil', species: 'SF6', massKg: 0.001 },
        ],
      }),
      catalogue,
    );
    const metal = 200 * 10.798;
    const power = 1000 * 0.6205;
    expect(result.forPeriod.totalKgCo2e).toBeCloseTo(metal + power + 50 + 25.2, 9);
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo((metal + power + 50 + 25.2) / 100, 11);
    expect(result.contributors.map(({ name }) => name)).toEqual(['metal', 'press', 'flame', 'leak']);
    expect(result.primaryDataSharePercent).toBeCloseTo((100 * (power + 75.2)) / (metal + power + 75.2), 10);
    expect(result.versions.electricityFactors).toEqual([expect.stringContaining('2025年第3号')]);
    expect(footprintResult.parse(result)).toEqual(result);
  });

  it('shows the first tier of a background product, adding up to it', () => {
    const [metal] = computeFootprint(input(), catalogue).contributors;
    expect(metal?.firstTier?.map(({ name }) => name)).toEqual([
      'Electricity (process plant)',
      'own emissions',
    ]);
    expect(metal?.firstTier?.[0]?.kgCo2e).toBeCloseTo(2 * 9, 11);
    expect(metal?.firstTier?.[1]?.kgCo2e).toBeCloseTo(2 * 1.798, 11);
  });

  it('keeps uptake beside the total and biogenic methane in it', () => {
    const wood = { name: 'wood', quantity: 100, unit: 'kg', product: { process: 'forest', flow: 'slag' } };
    const { perDeclaredUnit, cutOff } = computeFootprint(input({ billOfMaterials: [wood] }), catalogue);
    expect(perDeclaredUnit.totalKgCo2e).toBeCloseTo(0.027, 14);
    expect(perDeclaredUnit.includingBiogenicUptakeKgCo2e).toBeCloseTo(0.027 - 1.8, 14);
    expect(perDeclaredUnit.categories.biogenic_co2_uptake).toBeCloseTo(-1.8, 14);
    expect(cutOff).toMatchObject({ inputsOfUsedProducts: 1, inputsUpstream: 1 });
  });

  it('takes a quantity in any unit of the product', () => {
    const inKg = computeFootprint(input(), catalogue);
    const inTonnes = input({
      billOfMaterials: [{ name: 'metal', quantity: 0.2, unit: 't', product: METAL }],
    });
    expect(computeFootprint(inTonnes, catalogue).forPeriod.totalKgCo2e).toBeCloseTo(
      inKg.forPeriod.totalKgCo2e,
      9,
    );
  });

  it('takes electricity from the background, the announced factor or a traced intensity', () => {
    const withFactor = (factor: unknown) =>
      computeFootprint(
        input({ billOfMaterials: [], electricity: [{ name: 'press', energyKwh: 100, factor }] }),
        catalogue,
      );
    expect(withFactor({ kind: 'background', product: POWER }).forPeriod.totalKgCo2e).toBeCloseTo(90, 11);
    expect(withFactor(official(2024)).forPeriod.totalKgCo2e).toBeCloseTo(57.77, 11);
    const traced = {
      kind: 'traced',
      family: 'lifecycle',
      intensityKgCo2ePerKwh: 0.25,
      zone: 'CN-SC',
      version: 'trace-7',
    };
    const result = withFactor(traced);
    expect(result.forPeriod.totalKgCo2e).toBeCloseTo(25, 12);
    expect(result.contributors[0]?.factor).toContain('trace-7');
  });

  it('says what was left out and warns above 5 percent', () => {
    const leftOut = [{ name: 'ink', reason: 'below the limit', estimateKgCo2e: 200 }];
    const result = computeFootprint(input({ leftOut }), catalogue);
    expect(result.cutOff.exemptedEmissionsPercent).toBeCloseTo((100 * 200) / (200 + 2159.6), 9);
    expect(result.warnings).toEqual([expect.stringContaining('above the limit of 5 %')]);
  });

  it('is simulated when one quantity of it is', () => {
    const electricity = [{ name: 'press', energyKwh: 1, factor: official(), origin: 'simulated' }];
    expect(computeFootprint(input({ electricity }), catalogue).origin).toBe('simulated');
    expect(computeFootprint(input(), catalogue).origin).toBe('measured');
  });

  it('reports packaging apart while it stays in the total', () => {
    const billOfMaterials = [
      { name: 'metal', quantity: 200, unit: 'kg', product: METAL },
      { name: 'tin', quantity: 10, unit: 'kg', product: METAL, part: 'packaging' },
    ];
    const result = computeFootprint(input({ billOfMaterials }), catalogue);
    expect(result.ofWhich.packagingKgCo2e).toBeCloseTo(0.1 * 10.798, 12);
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo(2.1 * 10.798, 11);
  });
});

describe('a footprint is refused', () => {
  const refused = (more: Record<string, unknown>, code: string, place: string) =>
    expect(() => computeFootprint(input(more), catalogue)).toThrow(expect.objectContaining({ code, place }));
  const press = (factor: unknown, meterId?: string) => ({
    name: 'press',
    energyKwh: 1,
    factor,
    ...(meterId && { meterId }),
  });

  it.each(['cn_co2_average', 'cn_co2_excl_traded_nonfossil', 'cn_co2_fossil'])(
    'with an official factor of the direct-CO2 family %s',
    (family) => {
      refused(
        { electricity: [press(official(2023, family))] },
        'factor_family',
        'electricity.0.factor.family',
      );
    },
  );

  it('with a traced intensity of direct CO2', () => {
    const traced = {
      kind: 'traced',
      family: 'direct',
      intensityKgCo2ePerKwh: 0.2,
      zone: 'CN-SC',
      version: 'v',
    };
    refused({ electricity: [press(traced)] }, 'factor_family', 'electricity.0.factor.family');
  });

  it('with an official factor that was never announced', () => {
    refused({ electricity: [press(official(1999))] }, 'factor_unknown', 'electricity.0.factor');
  });

  it('with one meter in two entries', () => {
    const electricity = [press(official(), 'm1'), press({ kind: 'background', product: POWER }, 'm1')];
    refused({ electricity }, 'electricity_counted_twice', 'electricity.1.meterId');
  });

  it('with a product, unit or species that the background does not know', () => {
    const item = (more: object) => ({
      billOfMaterials: [{ name: 'x', quantity: 1, unit: 'kg', product: METAL, ...more }],
    });
    refused(item({ product: { process: 'a', flow: 'b' } }), 'unknown_product', 'billOfMaterials.0.product');
    refused(item({ unit: 'kWh' }), 'unit_mismatch', 'billOfMaterials.0.unit');
    const emission = (category: string, species: string) => ({
      directEmissions: [{ name: 'leak', category, species, massKg: 1 }],
    });
    refused(emission('fossil', 'Unobtainium'), 'unknown_species', 'directEmissions.0.species');
    refused(emission('biogenic_co2_uptake', 'N2O'), 'unknown_species', 'directEmissions.0.species');
  });

  it('against a background scored by another GWP set', () => {
    refused({ gwpSet: 'ar6_20' }, 'gwp_set', 'gwpSet');
  });

  it('when the document has a naive time, an end before its start, or nothing in it', () => {
    const fault = (more: Record<string, unknown>) => () => input(more);
    expect(
      fault({ referencePeriod: { start: '2024-01-01T00:00:00', end: '2025-01-01T00:00:00Z' } }),
    ).toThrow();
    expect(
      fault({ referencePeriod: { start: '2025-01-01T00:00:00Z', end: '2024-01-01T00:00:00Z' } }),
    ).toThrow();
    expect(fault({ billOfMaterials: [] })).toThrow();
    expect(
      fault({ billOfMaterials: [{ name: 'x', quantity: Number.NaN, unit: 'kg', product: METAL }] }),
    ).toThrow();
  });
});

const lines = fc.array(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 8 }),
    quantity: fc.double({ min: -1e6, max: 1e9, noNaN: true }),
    unit: fc.constantFrom('kg', 't', 'g'),
    product: fc.constantFrom(METAL, { process: 'forest', flow: 'slag' }),
  }),
  { minLength: 1, maxLength: 30 },
);

describe('laws of a footprint', () => {
  test.prop([lines])('every identity of the document holds', (billOfMaterials) => {
    const { identities } = computeFootprint(input({ billOfMaterials }), catalogue);
    expect(identities.filter(({ holds }) => !holds)).toEqual([]);
  });

  test.prop([lines, fc.integer({ min: 2, max: 1000 })])(
    'twice the quantities for twice the products is the same footprint',
    (billOfMaterials, factor) => {
      const scaled = billOfMaterials.map((line) => ({ ...line, quantity: line.quantity * factor }));
      const once = computeFootprint(input({ billOfMaterials }), catalogue);
      const more = computeFootprint(
        input({ billOfMaterials: scaled, declaredUnitsMade: 100 * factor }),
        catalogue,
      );
      const size = once.contributors.reduce((sum, { kgCo2e }) => sum + Math.abs(kgCo2e), 0);
      expect(
        Math.abs(more.perDeclaredUnit.totalKgCo2e - once.perDeclaredUnit.totalKgCo2e),
      ).toBeLessThanOrEqual(1e-12 * size);
    },
  );

  test.prop([lines])('the order of the lines changes nothing but rounding', (billOfMaterials) => {
    const forward = computeFootprint(input({ billOfMaterials }), catalogue);
    const back = computeFootprint(input({ billOfMaterials: billOfMaterials.toReversed() }), catalogue);
    const size = forward.contributors.reduce((sum, { kgCo2e }) => sum + Math.abs(kgCo2e), 0);
    expect(
      Math.abs(back.perDeclaredUnit.totalKgCo2e - forward.perDeclaredUnit.totalKgCo2e),
    ).toBeLessThanOrEqual(1e-12 * size);
  });
});
