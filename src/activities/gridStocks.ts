/**
 * What storage holds between two hours. An hour opens with the stock that the hour before closed with; both stand in
 * its computation, so that it can be computed again to the same bytes whatever became of the hour before.
 */

import { storageEfficiencies } from '../../schemas/reference/storageEfficiencies.ts';
import { emptyStock, type StorageStock, unseen } from '../grid/storageStock.ts';

export type StorageKind = 'hydro' | 'battery';

/** The stock of one storage of a zone. Masses by the family's name. */
export interface StockRecord {
  readonly zone: string;
  readonly storage: StorageKind;
  readonly storedMwh: number;
  readonly unknownShare: number;
  readonly storedKg: Readonly<Record<string, number>>;
  readonly unknownKgAtMost: Readonly<Record<string, number>>;
}

/** A stock that came this near (relative) to what an hour opened with re-opens nothing. */
const STOCK_TOLERANCE = 1e-6;
/** What rounding leaves in an emptied stock (MWh, kg). */
const STOCK_NOISE = 1e-9;

/** Hours back in which a stock is looked for, and hours forward in which a changed one re-opens results. */
export const STOCK_REACH_HOURS = 168;

export const efficiencyOf = (storage: StorageKind): { charge: number; discharge: number } => {
  const row = storageEfficiencies.find((each) => each.storage === storage);
  if (!row) throw new RangeError(`no efficiency of ${storage}`);
  return { charge: row.charge, discharge: row.discharge };
};

/** The stock as the engine takes it; one that was never kept for a family of today is of unknown origin. */
export function stockOf(
  record: StockRecord | undefined,
  families: readonly string[],
  highestKgPerMwh: readonly number[],
): StorageStock {
  if (record === undefined) return emptyStock(families.length);
  const stock: StorageStock = {
    storedMwh: record.storedMwh,
    storedKg: families.map((family) => record.storedKg[family] ?? 0),
    unknownShare: record.unknownShare,
    unknownKgAtMost: families.map((family) => record.unknownKgAtMost[family] ?? 0),
  };
  const kept = families.every((family) => record.storedKg[family] !== undefined);
  return kept ? stock : unseen(stock, efficiencyOf(record.storage), highestKgPerMwh);
}

export function recordOf(
  { zone, storage }: Pick<StockRecord, 'zone' | 'storage'>,
  stock: StorageStock,
  families: readonly string[],
): StockRecord {
  const named = (masses: readonly number[]) =>
    Object.fromEntries(families.map((family, at) => [family, masses[at]!]));
  return {
    zone,
    storage,
    storedMwh: stock.storedMwh,
    unknownShare: stock.unknownShare,
    storedKg: named(stock.storedKg),
    unknownKgAtMost: named(stock.unknownKgAtMost),
  };
}

export const stockKey = ({ zone, storage }: Pick<StockRecord, 'zone' | 'storage'>): string =>
  `${zone}\t${storage}`;

/** Whether two sets of stocks are so far apart that a result that opened with one does not hold with the other. */
export function stocksDiffer(before: readonly StockRecord[], now: readonly StockRecord[]): boolean {
  const byKey = new Map(before.map((record) => [stockKey(record), record]));
  const keys = new Set([...byKey.keys(), ...now.map(stockKey)]);
  const nowByKey = new Map(now.map((record) => [stockKey(record), record]));
  return [...keys].some((key) => stockDiffers(byKey.get(key), nowByKey.get(key)));
}

function stockDiffers(before: StockRecord | undefined, now: StockRecord | undefined): boolean {
  const numbers = (record: StockRecord | undefined, families: readonly string[]) => [
    record?.storedMwh ?? 0,
    (record?.storedMwh ?? 0) * (record?.unknownShare ?? 0),
    ...families.flatMap((family) => [record?.storedKg[family] ?? 0, record?.unknownKgAtMost[family] ?? 0]),
  ];
  const families = [
    ...new Set([...Object.keys(before?.storedKg ?? {}), ...Object.keys(now?.storedKg ?? {})]),
  ].sort();
  const then = numbers(before, families);
  return numbers(now, families).some((value, at) => {
    const other = then[at]!;
    const most = Math.max(Math.abs(value), Math.abs(other));
    return Math.abs(value - other) > STOCK_TOLERANCE * most + STOCK_NOISE;
  });
}
