/**
 * Shares of a building or tower that several use: by their own sub-meters where they have one, and what is left by a
 * declared key (rated power, floor area). Shares by a key are marked as allocated: they are no measurement.
 */
import { Refusal } from '../../schemas/refusal.ts';

export interface Tenant {
  readonly tenant: string;
  /** Energy of its own sub-meter; null where it has none or does not know. */
  readonly meteredWh: bigint | null;
  /** Key by which it takes part in what is not metered; 0 or more, whole units. */
  readonly key: bigint;
}

export interface TenantShare {
  readonly tenant: string;
  readonly energyWh: bigint;
  readonly allocated: boolean;
}

/**
 * Whole Wh that add up to the total exactly: what division leaves goes to the largest remainders, ties to the tenant
 * named first. Tenants with a sub-meter take their reading and nothing of the rest.
 * @throws Refusal E_ALLOCATION where the sub-meters exceed the total, or what is left has no key to be shared by
 */
export function shareBuilding(totalWh: bigint, tenants: readonly Tenant[]): TenantShare[] {
  const metered = tenants.reduce((sum, { meteredWh }) => sum + (meteredWh ?? 0n), 0n);
  const restWh = totalWh - metered;
  if (restWh < 0n) {
    throw new Refusal(`sub-meters show ${metered} Wh of ${totalWh} Wh`, {
      code: 'E_ALLOCATION',
      remedy: 'sub-meters that lie below the meter of the whole',
    });
  }
  const sharing = tenants.filter(({ meteredWh }) => meteredWh === null);
  const keys = sharing.reduce((sum, { key }) => sum + key, 0n);
  if (sharing.some(({ key }) => key < 0n) || (sharing.length > 0 && keys === 0n)) {
    throw new Refusal('there is no key to share by', {
      code: 'E_ALLOCATION',
      remedy: 'a key above 0 for at least one tenant without a sub-meter',
    });
  }
  const exact = sharing.map(({ tenant, key }, at) => ({
    tenant,
    at,
    floor: (restWh * key) / (keys || 1n),
    remainder: (restWh * key) % (keys || 1n),
  }));
  let left = sharing.length === 0 ? 0n : restWh - exact.reduce((sum, { floor }) => sum + floor, 0n);
  const shares = new Map(exact.map(({ tenant, floor }) => [tenant, floor]));
  const order = exact.toSorted((a, b) =>
    a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { tenant } of order) {
    if (left === 0n) break;
    shares.set(tenant, shares.get(tenant)! + 1n);
    left--;
  }
  return tenants.map(({ tenant, meteredWh }) => ({
    tenant,
    energyWh: meteredWh ?? shares.get(tenant)!,
    allocated: meteredWh === null,
  }));
}
