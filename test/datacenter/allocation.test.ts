import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { shareBuilding } from '../../src/datacenter/allocation.ts';

test('a tower: the tenant with a sub-meter takes its reading, the others share the rest by rated power and are marked', () => {
  const shares = shareBuilding(1_000n, [
    { tenant: 'a', meteredWh: 400n, key: 3_000n },
    { tenant: 'b', meteredWh: null, key: 2_000n },
    { tenant: 'c', meteredWh: null, key: 1_000n },
    { tenant: 'd', meteredWh: null, key: 4_000n },
  ]);
  expect(shares).toEqual([
    { tenant: 'a', energyWh: 400n, allocated: false },
    { tenant: 'b', energyWh: 171n, allocated: true },
    { tenant: 'c', energyWh: 86n, allocated: true },
    { tenant: 'd', energyWh: 343n, allocated: true },
  ]);
});

test('sub-meters beyond the whole, and a rest without a key, are refused', () => {
  const refused = expect.objectContaining({ code: 'E_ALLOCATION' });
  expect(() => shareBuilding(10n, [{ tenant: 'a', meteredWh: 11n, key: 1n }])).toThrow(refused);
  expect(() => shareBuilding(10n, [{ tenant: 'a', meteredWh: null, key: 0n }])).toThrow(refused);
});

property.prop([
  fc.bigInt({ min: 0n, max: 10n ** 12n }),
  fc.array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 12 }),
])('shares by a key add up to the whole and none is a watt hour off its exact part', (totalWh, keys) => {
  const tenants = keys.map((key, at) => ({ tenant: `t${at}`, meteredWh: null, key: key + 1n }));
  const sum = tenants.reduce((all, { key }) => all + key, 0n);
  const shares = shareBuilding(totalWh, tenants);
  expect(shares.reduce((all, { energyWh }) => all + energyWh, 0n)).toBe(totalWh);
  shares.forEach(({ energyWh }, at) => {
    const off = energyWh * sum - totalWh * tenants[at]!.key;
    expect(off < sum && off > -sum).toBe(true);
  });
});
