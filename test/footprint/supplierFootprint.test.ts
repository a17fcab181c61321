import { describe, expect, it } from 'vitest';
import { publishedFootprint } from '../../schemas/documents/publishedFootprint.ts';
import { canonicalSha256 } from '../../src/activities/lineage.ts';
import { toV2 } from '../../src/exchange/pact/v2.ts';
import { toV3 } from '../../src/exchange/pact/v3.ts';
import { details, result } from '../exchange/publications.ts';

const supplied = result();
const published = publishedFootprint.parse({
  schema: 'tanliu.published-footprint/1',
  id: '0b2f9a52-6a4b-4c8f-9a55-1f6f2b8a4c11',
  created: '2026-01-02T00:00:00Z',
  holder: 'urn:example:company:metal',
  validity: { start: '2025-06-01T00:00:00Z', end: '2028-01-01T00:00:00Z' },
  details: details(),
  footprint: supplied,
});
const v3 = toV3(published, { status: 'Active' })!;
const v2 = toV2(published, { status: 'Active' })!;

const product = (document: object, more: Record<string, unknown> = {}, sha256 = canonicalSha256(document)) =>
  result({
    declaredUnitsMade: 10,
    carbonAccounts: [],
    directEmissions: [],
    billOfMaterials: [{ name: 'sheet', quantity: 0.02, unit: 't', supplier: { document, sha256 }, ...more }],
  });

const code = (make: () => unknown): string => {
  try {
    make();
    return 'computed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a supplier’s footprint in the place of a background product', () => {
  it.each([
    ['3.0', v3],
    ['2.3', v2],
  ])('counts as the supplier states it, PACT %s', (_version, document) => {
    const { perDeclaredUnit, primaryDataSharePercent, contributors, cutOff } = product(document);
    const sheet = supplied.perDeclaredUnit;
    expect(perDeclaredUnit.totalKgCo2e / (2 * sheet.totalKgCo2e)).toBeCloseTo(1, 12);
    expect(perDeclaredUnit.categories.biogenic_co2_uptake).toBeCloseTo(
      2 * sheet.categories.biogenic_co2_uptake,
      12,
    );
    expect(primaryDataSharePercent).toBeCloseTo(supplied.primaryDataSharePercent, 9);
    expect(contributors[0]!.factor).toContain('Sichuan Metal, PACT');
    expect(cutOff.inputsOfUsedProducts).toBe(0);
  });

  it('is refused when it was changed, is deprecated, has run out, does not add up or can be read in two ways', () => {
    const changed = { ...v3, pcf: { ...v3.pcf, pcfExcludingBiogenicUptake: '1' } };
    expect(code(() => product(v3))).toBe('computed');
    expect(code(() => product(changed, {}, canonicalSha256(v3)))).toBe('supplier_hash');
    expect(code(() => product(changed))).toBe('supplier_document');
    expect(code(() => product({ ...v3, status: 'Deprecated' }))).toBe('supplier_deprecated');
    expect(code(() => product({ ...v3, validityPeriodStart: '2026-02-01T00:00:00Z' }))).toBe(
      'supplier_expired',
    );
    expect(code(() => product({ ...v3, pcf: { ...v3.pcf, declaredUnitAmount: '2' } }))).toBe(
      'supplier_amount',
    );
    expect(code(() => product(v3, { unit: 'piece' }))).toBe('unit_mismatch');
  });
});
