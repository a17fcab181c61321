/**
 * The state of a storage in whole watt-hours: `soc' = floor(soc*keep) + floor(charge*eta_c) -
 * ceil(discharge/eta_d)`. What is lost on the way is booked to the storage.
 */
import { compareUtf8 } from '../byteOrder.ts';
import { floorProductQuotient } from '../exactProduct.ts';
import { PPM, type Storage } from './storageMarket.ts';

export interface StorageEntry {
  readonly t: number;
  readonly storage: string;
  readonly chargeWh?: number;
  readonly dischargeWh?: number;
}

export interface StorageStep {
  readonly t: number;
  readonly storage: string;
  readonly socBeforeWh: number;
  readonly chargeWh: number;
  readonly dischargeWh: number;
  /** `before + charge - discharge - after`, never negative. */
  readonly lossWh: number;
  readonly socAfterWh: number;
}

export type StorageFault = 'E_STORAGE_POWER' | 'E_STORAGE_EMPTY' | 'E_STORAGE_FULL';

export type StorageWalk =
  | {
      readonly steps: readonly StorageStep[];
      readonly finalSocWh: ReadonlyMap<string, number>;
      readonly lossTotalWh: number;
    }
  | { readonly refused: StorageFault; readonly t: number; readonly storage: string };

/** What stays of a state after an interval. */
export function keptWh(storage: Storage, socWh: number): number {
  return floorProductQuotient(socWh, storage.keepPpm, PPM);
}

/** What a charge puts into the store. */
export function storedWh(storage: Storage, chargeWh: number): number {
  return floorProductQuotient(chargeWh, storage.etaChargePpm, PPM);
}

/** What a discharge takes from the store. */
export function drawnWh(storage: Storage, dischargeWh: number): number {
  const exact = BigInt(dischargeWh) * BigInt(PPM);
  const eta = BigInt(storage.etaDischargePpm);
  return Number((exact + eta - 1n) / eta);
}

/** Walks a schedule; entries of one (t, storage) are summed, storages step by id in every interval. */
export function walkStorage(
  storages: readonly Storage[],
  intervals: number,
  schedule: readonly StorageEntry[],
): StorageWalk {
  const byId = [...storages].sort((a, b) => compareUtf8(a.id, b.id));
  const socWh = new Map(byId.map(({ id, initialWh }) => [id, initialWh]));
  const planned = new Map<string, { chargeWh: number; dischargeWh: number }>();
  for (const { t, storage, chargeWh = 0, dischargeWh = 0 } of schedule) {
    const sums = planned.get(`${t} ${storage}`) ?? { chargeWh: 0, dischargeWh: 0 };
    planned.set(`${t} ${storage}`, sums);
    sums.chargeWh += chargeWh;
    sums.dischargeWh += dischargeWh;
  }
  const steps: StorageStep[] = [];
  let lossTotalWh = 0;
  for (let t = 0; t < intervals; t++) {
    for (const storage of byId) {
      const { chargeWh, dischargeWh } = planned.get(`${t} ${storage.id}`) ?? { chargeWh: 0, dischargeWh: 0 };
      const socBeforeWh = socWh.get(storage.id)!;
      const next = stepStorage(storage, socBeforeWh, chargeWh, dischargeWh);
      if (typeof next === 'string') return { refused: next, t, storage: storage.id };
      const lossWh = socBeforeWh + chargeWh - dischargeWh - next;
      steps.push({ t, storage: storage.id, socBeforeWh, chargeWh, dischargeWh, lossWh, socAfterWh: next });
      socWh.set(storage.id, next);
      lossTotalWh += lossWh;
    }
  }
  return { steps, finalSocWh: socWh, lossTotalWh };
}

/** The state after one interval, or why it cannot be. */
function stepStorage(
  storage: Storage,
  socWh: number,
  chargeWh: number,
  dischargeWh: number,
): number | StorageFault {
  if (chargeWh > storage.chargeWh || dischargeWh > storage.dischargeWh) return 'E_STORAGE_POWER';
  const after = keptWh(storage, socWh) + storedWh(storage, chargeWh) - drawnWh(storage, dischargeWh);
  if (after < 0) return 'E_STORAGE_EMPTY';
  return after > storage.energyWh ? 'E_STORAGE_FULL' : after;
}
