/** A market over a horizon with storages: what plants give and users need in each interval, and what can be shifted. */
import { Refusal } from '../../../schemas/refusal.ts';

export const PPM = 1_000_000;

/** Limits of a storage; efficiencies and what an interval keeps in ppm, energy in whole Wh. */
export interface Storage {
  readonly id: string;
  readonly energyWh: number;
  /** Most that it takes in, and most that it gives, in one interval. */
  readonly chargeWh: number;
  readonly dischargeWh: number;
  readonly etaChargePpm: number;
  readonly etaDischargePpm: number;
  readonly keepPpm: number;
  readonly initialWh: number;
  readonly finalMinWh: number;
}

interface Series {
  readonly id: string;
  /** Whole Wh, one an interval. */
  readonly wh: readonly number[];
}

export interface StorageMarket {
  readonly intervals: number;
  readonly plants: readonly Series[];
  readonly users: readonly Series[];
  readonly edges: readonly {
    readonly plant: string;
    readonly user: string;
    readonly capWh: readonly number[];
  }[];
  readonly storages: readonly Storage[];
  /** Green plants that may charge a storage, and users that it may serve. */
  readonly linksIn: readonly { readonly plant: string; readonly storage: string }[];
  readonly linksOut: readonly { readonly storage: string; readonly user: string }[];
}

/** @throws Refusal E_SERIES_LENGTH, E_WH_NOT_INTEGER, E_WH_NEGATIVE, E_DUP_POINT, E_UNKNOWN_PLANT, E_UNKNOWN_USER, E_UNKNOWN_STORAGE, E_STORAGE_TERMS */
export function checkStorageMarket(market: StorageMarket): void {
  const { intervals, edges, storages } = market;
  const known = {
    plant: idsOf(market.plants, 'plant'),
    user: idsOf(market.users, 'user'),
    storage: idsOf(storages, 'storage'),
  };
  for (const { id, wh } of [...market.plants, ...market.users]) checkSeries(wh, intervals, id);
  for (const { plant, user, capWh } of edges) {
    checkSeries(capWh, intervals, `edge ${plant} to ${user}`);
    checkKnown(known, { plant, user });
  }
  for (const link of market.linksIn) checkKnown(known, link);
  for (const link of market.linksOut) checkKnown(known, link);
  storages.forEach(checkTerms);
}

function idsOf(points: readonly { readonly id: string }[], what: string): ReadonlySet<string> {
  const ids = new Set(points.map(({ id }) => id));
  if (ids.size !== points.length) refuse('E_DUP_POINT', `a ${what} is given twice`, `${what}s`);
  return ids;
}

function checkKnown(
  known: Readonly<Record<'plant' | 'user' | 'storage', ReadonlySet<string>>>,
  ends: { readonly plant?: string; readonly user?: string; readonly storage?: string },
): void {
  for (const what of ['plant', 'user', 'storage'] as const) {
    const id = ends[what];
    if (id !== undefined && !known[what].has(id)) {
      refuse(`E_UNKNOWN_${what.toUpperCase()}`, `no ${what} ${id}`, 'edges and links');
    }
  }
}

function checkSeries(wh: readonly number[], intervals: number, place: string): void {
  if (wh.length !== intervals) {
    refuse('E_SERIES_LENGTH', `${wh.length} values for ${intervals} intervals`, place);
  }
  for (const value of wh) {
    if (!Number.isSafeInteger(value))
      refuse('E_WH_NOT_INTEGER', `${value} is not a whole number of Wh`, place);
    if (value < 0) refuse('E_WH_NEGATIVE', `${value} Wh`, place);
  }
}

function checkTerms(storage: Storage): void {
  const place = `storage ${storage.id}`;
  const { energyWh, chargeWh, dischargeWh, initialWh, finalMinWh } = storage;
  for (const wh of [energyWh, chargeWh, dischargeWh, initialWh, finalMinWh]) {
    if (!Number.isSafeInteger(wh) || wh < 0) refuse('E_STORAGE_TERMS', `${wh} is not whole Wh >= 0`, place);
  }
  for (const ppm of [storage.etaChargePpm, storage.etaDischargePpm, storage.keepPpm]) {
    if (!Number.isSafeInteger(ppm) || ppm <= 0 || ppm > PPM) {
      refuse('E_STORAGE_TERMS', `${ppm} ppm is not within (0, 1,000,000]`, place);
    }
  }
  if (Math.max(initialWh, finalMinWh) > energyWh) {
    refuse('E_STORAGE_TERMS', 'the first or the least last state is above the energy limit', place);
  }
}

function refuse(code: string, message: string, place: string): never {
  throw new Refusal(message, { code, place });
}
