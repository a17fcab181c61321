import { expect, test } from 'vitest';
import { zoneSeats } from '../../../schemas/reference/zoneSeats.ts';
import { ZONES } from '../../../schemas/reference/zones.ts';
import { nearestSeat } from '../../../src/api/grid/zones.ts';

test('every province and prefecture has one seat', () => {
  const zones = ZONES.filter(({ kind }) => kind === 'province' || kind === 'prefecture').map(({ id }) => id);
  expect(zoneSeats.map(({ zone }) => zone).sort()).toEqual(zones.sort());
});

test('a seat is nearest to itself; of the two zones seated in Chengdu the smaller one answers', () => {
  for (const seat of zoneSeats) {
    const { seat: found, distanceKm } = nearestSeat(seat);
    expect(found.zone).toBe(seat.zone === 'CN-SC' ? 'CN-SC-5101' : seat.zone);
    expect(distanceKm).toBe(0);
  }
});

test('distances are those of the sphere', () => {
  // 0.4075 degrees south are 45.3 km, 0.3028 east at this latitude 25.9 km.
  const { seat, distanceKm } = nearestSeat({ latitude: 39.5, longitude: 116.7 });
  expect(seat.zone).toBe('CN-BJ');
  expect(distanceKm).toBeGreaterThan(50);
  expect(distanceKm).toBeLessThan(55);
});
