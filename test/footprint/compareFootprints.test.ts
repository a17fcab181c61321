import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { footprintComparison } from '../../schemas/documents/footprintComparison.ts';
import type { FootprintBackground } from '../../src/footprint/background.ts';
import { compareFootprints } from '../../src/footprint/compareFootprints.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { METAL, panInput, smallCatalogue } from './smallProduct.ts';

const POWER = { process: 'plant', flow: 'power' };
const first = smallCatalogue();
/** The same products, each scored `factor` times as much. */
const scaled = (factor: number): FootprintBackground => ({
  ...first,
  identity: { ...first.identity, version: 'v2' },
  find: (ref) => {
    const product = first.find(ref);
    return product && { ...product, scores: { ...product.scores, fossil: product.scores.fossil * factor } };
  },
});
const metal = (quantity: number, product: object = METAL) => ({
  name: 'metal',
  quantity,
  unit: 'kg',
  product,
});
const before = { input: panInput(), background: first };

describe('the difference of two footprints', () => {
  it('is of quantities where only the bill changed, of the background where only the version did', () => {
    const more = compareFootprints(before, {
      input: panInput({ billOfMaterials: [metal(210)] }),
      background: first,
    });
    expect(more.effects).toEqual({
      quantitiesKgCo2e: expect.closeTo(1.0798, 10),
      factorsKgCo2e: 0,
      backgroundKgCo2e: 0,
    });
    expect(more.differencePercent).toBeCloseTo(5, 10);
    const other = compareFootprints(before, { input: panInput(), background: scaled(1.1) });
    expect(other.effects.quantitiesKgCo2e).toBe(0);
    expect(other.effects.factorsKgCo2e).toBeCloseTo(0, 12);
    expect(other.effects.backgroundKgCo2e).toBeCloseTo(2 * first.find(METAL)!.scores.fossil * 0.1, 10);
    expect(footprintComparison.parse(other)).toEqual(other);
  });

  it('is of factors where another product or factor was chosen', () => {
    const use = (factor: object) => ({
      billOfMaterials: [],
      electricity: [{ name: 'press', energyKwh: 100, factor }],
    });
    const official = (year: number) => ({ kind: 'official', family: 'cn_lifecycle', zone: 'CN', year });
    const { effects } = compareFootprints(
      { input: panInput(use(official(2023))), background: first },
      { input: panInput(use(official(2024))), background: first },
    );
    expect(effects.factorsKgCo2e).toBeCloseTo(0.5777 - 0.6205, 12);
    expect(effects.quantitiesKgCo2e).toBe(0);
    const chosen = compareFootprints(
      { input: panInput(use({ kind: 'background', product: POWER })), background: first },
      { input: panInput(use(official(2024))), background: scaled(2) },
    );
    expect(chosen.lines[0]?.change).toBe('removed');
    expect(chosen.identities.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('names what came and went', () => {
    const after = panInput({ billOfMaterials: [{ ...metal(100), name: 'new metal' }] });
    const { lines } = compareFootprints(before, { input: after, background: first });
    expect(lines.map(({ name, change }) => [name, change])).toEqual([
      ['metal', 'removed'],
      ['new metal', 'added'],
    ]);
  });

  it('is refused between different declared units', () => {
    const after = panInput({ declaredUnit: { amount: 2, unit: 'piece', massKg: 4 } });
    expect(() => compareFootprints(before, { input: after, background: first })).toThrow(
      expect.objectContaining({ code: 'declared_unit' }),
    );
  });
});

const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
test.prop([
  fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 8 }),
  fc.double({ min: 0.1, max: 5, noNaN: true }),
])(
  'the effects add up to the difference of the documents, and the way back is the negative',
  (pairs, factor) => {
    const side = (at: 0 | 1) =>
      panInput({ billOfMaterials: pairs.map((pair, row) => ({ ...metal(pair[at]), name: `line ${row}` })) });
    const [a, b] = [
      { input: side(0), background: first },
      { input: side(1), background: scaled(factor) },
    ];
    const there = compareFootprints(a, b);
    const back = compareFootprints(b, a);
    const size = Math.abs(there.before.totalKgCo2e) + Math.abs(there.after.totalKgCo2e);
    expect(there.identities.filter(({ holds }) => !holds)).toEqual([]);
    const documents =
      computeFootprint(b.input, b.background).perDeclaredUnit.totalKgCo2e -
      computeFootprint(a.input, a.background).perDeclaredUnit.totalKgCo2e;
    expect(Math.abs(there.differenceKgCo2e - documents)).toBeLessThanOrEqual(1e-12 * size + 1e-300);
    for (const name of ['quantitiesKgCo2e', 'factorsKgCo2e', 'backgroundKgCo2e'] as const)
      expect(Math.abs(there.effects[name] + back.effects[name])).toBeLessThanOrEqual(1e-11 * size + 1e-300);
  },
);
