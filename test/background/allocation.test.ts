import { describe, expect, it } from 'vitest';
import { buildBackground } from '../../src/background/technosphere.ts';
import { scored } from './scoreOf.ts';
import { type SmallExchange, type SmallProcess, smallInventory } from './smallPackage.ts';

const emission: SmallExchange = { flow: 'co2', amount: 12, unit: 'kg' };

function twoProducts(second: SmallExchange, more: Partial<SmallProcess> = {}): SmallProcess {
  const first: SmallExchange = { flow: 'metal', amount: 3, unit: 'kg', reference: true, price: 10 };
  return { id: 'works', exchanges: [first, second, emission], ...more };
}

const slag: SmallExchange = { flow: 'slag', amount: 1, unit: 'kg' };
const heat: SmallExchange = { flow: 'heat', amount: 5, unit: 'MJ' };

describe('allocation of a process with two products', () => {
  it('goes by mass when both are in mass: the same score per kilogram', () => {
    const { of } = scored(smallInventory([twoProducts(slag)]));
    expect(of('works', 'metal').activity).toMatchObject({ allocationRule: 'mass', allocationShare: 0.75 });
    expect(of('works', 'metal').totalKgCo2e).toBeCloseTo(3, 14);
    expect(of('works', 'slag').totalKgCo2e).toBeCloseTo(3, 14);
  });

  it('goes by price when they share no property and all have one', () => {
    const { of } = scored(smallInventory([twoProducts({ ...heat, price: 30 })]));
    expect(of('works', 'metal').activity).toMatchObject({
      allocationRule: 'economic',
      allocationShare: 0.25,
    });
    expect(of('works', 'heat').totalKgCo2e).toBeCloseTo((0.75 * 12) / 5, 14);
  });

  it('is equal, and marked, when nothing else is known', () => {
    const { of, system } = scored(smallInventory([twoProducts(heat)]));
    expect(of('works', 'heat').flags).toEqual(['allocation_undetermined']);
    expect(system.findings.map((finding) => finding.code)).toEqual(['allocation_undetermined']);
    expect(of('works', 'metal').totalKgCo2e).toBeCloseTo(2, 14);
  });

  it("takes the dataset's physical factors when they name a product, the reference taking the rest", () => {
    const allocation = [{ allocationType: 'PHYSICAL_ALLOCATION', product: { '@id': 'slag' }, value: 0 }];
    const { of } = scored(smallInventory([twoProducts(slag, { allocation })]));
    expect(of('works', 'metal').activity).toMatchObject({ allocationRule: 'dataset', allocationShare: 1 });
    expect(of('works', 'slag').totalKgCo2e).toBe(0);
  });

  it('passes over factors that name no product of the process', () => {
    const allocation = [{ allocationType: 'PHYSICAL_ALLOCATION', product: { '@id': 'power' }, value: 0.9 }];
    const { system } = buildBackground(smallInventory([twoProducts(slag, { allocation })]));
    expect(system.activities.map((activity) => activity.allocationRule)).toEqual(['mass', 'mass']);
  });

  it('weighs each exchange by its own causal factors where the dataset declares them', () => {
    const causal = (product: string, value: number, exchange?: number) => ({
      allocationType: 'CAUSAL_ALLOCATION',
      product: { '@id': product },
      value,
      ...(exchange !== undefined && { exchange: { internalId: exchange } }),
    });
    const allocation = [causal('metal', 0.9, 3), causal('slag', 0.1, 3)];
    const { of } = scored(
      smallInventory([twoProducts(slag, { allocation, defaultAllocation: 'CAUSAL_ALLOCATION' })]),
    );
    expect(of('works', 'metal').totalKgCo2e).toBeCloseTo((0.9 * 12) / 3, 14);
    expect(of('works', 'slag').totalKgCo2e).toBeCloseTo(0.1 * 12, 14);
  });

  it('leaves nothing out and counts nothing twice: products times scores are the emissions', () => {
    for (const second of [slag, heat, { ...heat, price: 30 }]) {
      const { rows } = scored(smallInventory([twoProducts(second)]));
      const sum = rows.reduce(
        (total, row) => total + (row.totalKgCo2e * row.activity.output) / row.activity.unitInReferenceUnits,
        0,
      );
      expect(sum).toBeCloseTo(12, 12);
    }
  });
});
