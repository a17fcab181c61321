import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Refusal } from '../../schemas/refusal.ts';
import { charge, discharge, type StorageStock, selfDischarge } from '../../src/grid/storageStock.ts';

const empty: StorageStock = { storedMwh: 0, storedKg: [0], unknownShare: 0 };
const efficiency = { charge: 0.9, discharge: 0.8 };

test('delivered intensity is mass over stored energy and delivery efficiency', () => {
  const full = charge(empty, 100, { knownKgPerMwh: [500], unknownShare: 0 }, efficiency);
  expect(full).toEqual({ storedMwh: 90, storedKg: [50_000], unknownShare: 0 });
  const { stock, producedKg } = discharge(full, 36, efficiency);
  expect(stock.storedMwh).toBeCloseTo(45, 12);
  expect(producedKg[0]! / 36).toBeCloseTo(50_000 / (90 * 0.8), 9);
});

test('an unknown share goes in and comes out with the energy', () => {
  const first = charge(empty, 100, { knownKgPerMwh: [500], unknownShare: 0 }, efficiency);
  const mixed = charge(first, 100, { knownKgPerMwh: [250], unknownShare: 0.5 }, efficiency);
  expect(mixed.unknownShare).toBeCloseTo(0.25, 15);
  expect(discharge(mixed, 10, efficiency).unknownMwh).toBeCloseTo(2.5, 12);
});

test('more than is in store cannot be delivered', () => {
  expect(() =>
    discharge(charge(empty, 1, { knownKgPerMwh: [1], unknownShare: 0 }, efficiency), 1, efficiency),
  ).toThrow(Refusal);
});

const cycle = fc.record({
  chargedMwh: fc.double({ min: 0, max: 1000, noNaN: true }),
  intensity: fc.double({ min: 0, max: 1000, noNaN: true }),
  deliveredShare: fc.double({ min: 0, max: 1, noNaN: true }),
  lostShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

property.prop([fc.array(cycle, { maxLength: 30 })])(
  'mass charged is mass discharged plus the change of the stock',
  (cycles) => {
    let stock = empty;
    let chargedKg = 0;
    let dischargedKg = 0;
    for (const { chargedMwh, intensity, deliveredShare, lostShare } of cycles) {
      stock = charge(stock, chargedMwh, { knownKgPerMwh: [intensity], unknownShare: 0 }, efficiency);
      chargedKg += chargedMwh * intensity;
      stock = selfDischarge(stock, stock.storedMwh * lostShare);
      const delivered = stock.storedMwh * deliveredShare * efficiency.discharge * (1 - 1e-12);
      const result = discharge(stock, delivered, efficiency);
      dischargedKg += result.producedKg[0]!;
      stock = result.stock;
    }
    expect(Math.abs(chargedKg - dischargedKg - stock.storedKg[0]!)).toBeLessThanOrEqual(
      1e-9 * chargedKg + 1e-12,
    );
  },
);
