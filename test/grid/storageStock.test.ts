import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import {
  charge,
  discharge,
  emptyStock,
  type StorageStock,
  selfDischarge,
  unseen,
} from '../../src/grid/storageStock.ts';

const empty: StorageStock = emptyStock(1);
const highest = [1000];
const supply = (intensity: number, unknownShare = 0) => ({
  knownKgPerMwh: [intensity],
  unknownShare,
  highestKgPerMwh: highest,
});
const efficiency = { charge: 0.9, discharge: 0.8 };

test('delivered intensity is mass over stored energy and delivery efficiency', () => {
  const full = charge(empty, 100, supply(500), efficiency);
  expect(full).toEqual({ storedMwh: 90, storedKg: [50_000], unknownShare: 0, unknownKgAtMost: [0] });
  const { stock, producedKg } = discharge(full, 36, efficiency, highest);
  expect(stock.storedMwh).toBeCloseTo(45, 12);
  expect(producedKg[0]! / 36).toBeCloseTo(50_000 / (90 * 0.8), 9);
});

test('an unknown share goes in and comes out with the energy', () => {
  const first = charge(empty, 100, supply(500), efficiency);
  const mixed = charge(first, 100, supply(250, 0.5), efficiency);
  expect(mixed.unknownShare).toBeCloseTo(0.25, 15);
  expect(discharge(mixed, 10, efficiency, highest).unknownMwh).toBeCloseTo(2.5, 12);
});

test('what is delivered beyond the stock was charged unseen: of unknown origin, and the stock is empty', () => {
  const out = discharge(charge(empty, 1, supply(100), efficiency), 10, efficiency, highest);
  // 0.9 MWh in store give 0.72; the rest of the 12.5 MWh taken was not seen.
  expect(out.assumedMwh).toBeCloseTo(11.6, 12);
  expect(out.unknownMwh).toBeCloseTo(10 - 0.72, 12);
  expect(out.producedKg).toEqual([100]);
  expect(out.unknownKgAtMost[0]).toBeCloseTo((11.6 * 1000) / 0.9, 9);
  expect(out.stock).toEqual(empty);
});

test('after a missing meter the energy stays and its origin is unknown, with the most mass that it can hold', () => {
  const stock = unseen(charge(empty, 100, supply(500), efficiency), efficiency, highest);
  expect(stock).toEqual({ storedMwh: 90, storedKg: [0], unknownShare: 1, unknownKgAtMost: [100_000] });
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
      stock = charge(stock, chargedMwh, supply(intensity), efficiency);
      chargedKg += chargedMwh * intensity;
      stock = selfDischarge(stock, stock.storedMwh * lostShare);
      const delivered = stock.storedMwh * deliveredShare * efficiency.discharge * (1 - 1e-12);
      const result = discharge(stock, delivered, efficiency, highest);
      dischargedKg += result.producedKg[0]!;
      stock = result.stock;
    }
    expect(Math.abs(chargedKg - dischargedKg - stock.storedKg[0]!)).toBeLessThanOrEqual(
      1e-9 * chargedKg + 1e-12,
    );
  },
);
