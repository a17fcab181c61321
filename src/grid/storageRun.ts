/** Storage within a trace: its stocks are carried from step to step, discharged before the solve and charged after it. */
import { ConservationError } from './conservation.ts';
import type { StepState } from './stepState.ts';
import { charge, discharge, type StorageEfficiency, type StorageStock, unseen } from './storageStock.ts';
import type { TracingSeries } from './tracingSeries.ts';

/** One storage of a zone over the steps of a series. */
export interface StorageSeries {
  readonly zone: number;
  /** At the meter (MWh), NaN where it is missing. */
  readonly chargedMwh: Float64Array;
  readonly dischargedMwh: Float64Array;
  readonly efficiency: StorageEfficiency;
  /** Masses of the first families of the series, in their order; a family beyond them is not carried by stocks. */
  readonly opening: StorageStock;
  /** Family that counts the delivered energy itself as its mass, where origins are traced. */
  readonly originFamily?: number;
}

/** Stocks as they stand, and what they did in the step. Arrays by zone, or `[zone * familyCount + family]`. */
export interface StorageRun {
  stocks: StorageStock[];
  readonly dischargedMwh: Float64Array;
  readonly unknownMwh: Float64Array;
  readonly dischargedKg: Float64Array;
  /** 1 where a storage's discharge is not metered: the zone's production is missing. */
  readonly missing: Uint8Array;
  /** 1 where energy was delivered that was not seen being charged. */
  readonly assumed: Uint8Array;
  /** Range of intensities that sources of the step can have, one per family: factors and what comes out of stocks. */
  readonly lowestKgPerMwh: Float64Array;
  readonly highestKgPerMwh: Float64Array;
  /** Known masses since the start of the run, one per storage and family. */
  readonly chargedKg: number[][];
  readonly deliveredKg: number[][];
}

export function createStorageRun(zoneCount: number, familyCount: number): StorageRun {
  return {
    stocks: [],
    dischargedMwh: new Float64Array(zoneCount),
    unknownMwh: new Float64Array(zoneCount),
    dischargedKg: new Float64Array(zoneCount * familyCount),
    missing: new Uint8Array(zoneCount),
    assumed: new Uint8Array(zoneCount),
    lowestKgPerMwh: new Float64Array(familyCount),
    highestKgPerMwh: new Float64Array(familyCount),
    chargedKg: [],
    deliveredKg: [],
  };
}

/** Takes the opening stocks of a series. */
export function openStocks(run: StorageRun, { storages = [] }: TracingSeries): void {
  run.stocks = storages.map(({ opening }) => opening);
  for (const column of [run.dischargedMwh, run.unknownMwh, run.dischargedKg, run.missing, run.assumed])
    column.fill(0);
  run.chargedKg.length = 0;
  run.deliveredKg.length = 0;
  for (const { opening } of storages) {
    run.chargedKg.push(opening.storedKg.map(() => 0));
    run.deliveredKg.push(opening.storedKg.map(() => 0));
  }
}

/** Delivers what the meters of the step say, out of the stocks, into the production of the zones. */
export function dischargeStocks(
  run: StorageRun,
  state: StepState,
  series: TracingSeries,
  step: number,
): void {
  const { familyCount } = state;
  for (let family = 0; family < familyCount; family++) {
    const range = series.families[family]!.sourceRange;
    run.lowestKgPerMwh[family] = range?.minKgPerMwh ?? Number.NaN;
    run.highestKgPerMwh[family] = range?.maxKgPerMwh ?? Number.NaN;
  }
  if (series.storages === undefined) return;
  run.dischargedMwh.fill(0);
  run.unknownMwh.fill(0);
  run.dischargedKg.fill(0);
  run.missing.fill(0);
  run.assumed.fill(0);
  const highest = series.families.map(({ sourceRange }) => sourceRange?.maxKgPerMwh ?? Number.NaN);
  series.storages.forEach((storage, at) => {
    const { zone, efficiency, originFamily } = storage;
    const deliveredMwh = storage.dischargedMwh[step]!;
    if (Number.isNaN(deliveredMwh)) {
      run.stocks[at] = unseen(run.stocks[at]!, efficiency, highest);
      run.missing[zone] = 1;
      return;
    }
    const out = discharge(run.stocks[at]!, deliveredMwh, efficiency, highest);
    run.stocks[at] = out.stock;
    run.dischargedMwh[zone]! += deliveredMwh;
    run.unknownMwh[zone]! += out.unknownMwh;
    if (out.assumedMwh > 0) run.assumed[zone] = 1;
    const knownMwh = deliveredMwh - out.unknownMwh;
    out.producedKg.forEach((mass, family) => {
      run.dischargedKg[zone * familyCount + family]! += mass;
      run.deliveredKg[at]![family]! += mass;
      if (knownMwh > 0) widen(run, family, mass / knownMwh);
      if (out.unknownMwh > 0) widen(run, family, out.unknownKgAtMost[family]! / out.unknownMwh);
    });
    if (originFamily !== undefined) run.dischargedKg[zone * familyCount + originFamily]! += knownMwh;
  });
}

function widen(run: StorageRun, family: number, intensityKgPerMwh: number): void {
  run.lowestKgPerMwh[family] = Math.min(run.lowestKgPerMwh[family]!, intensityKgPerMwh);
  run.highestKgPerMwh[family] = Math.max(run.highestKgPerMwh[family]!, intensityKgPerMwh);
}

/** Charges the stocks with what their zones consumed in the step; a zone without an answer charges what is unknown. */
export function chargeStocks(run: StorageRun, state: StepState, series: TracingSeries, step: number): void {
  if (series.storages === undefined) return;
  const columns = state.familyCount + 1;
  const highest = [...run.highestKgPerMwh];
  series.storages.forEach(({ zone, chargedMwh, efficiency }, at) => {
    const energyMwh = chargedMwh[step]!;
    const stock = run.stocks[at]!;
    if (Number.isNaN(energyMwh)) {
      run.stocks[at] = unseen(stock, efficiency, highest);
      return;
    }
    const solved = state.inSolve[zone] === 1;
    const supply = {
      knownKgPerMwh: stock.storedKg.map((_mass, family) =>
        solved ? state.solution[zone * columns + family]! : 0,
      ),
      unknownShare: solved ? Math.min(1, state.solution[zone * columns + state.familyCount]!) : 1,
      highestKgPerMwh: highest,
    };
    run.stocks[at] = charge(stock, energyMwh, supply, efficiency);
    supply.knownKgPerMwh.forEach((intensity, family) => {
      run.chargedKg[at]![family]! += intensity * energyMwh;
    });
  });
}

/** Mass charged = mass delivered + change of what is in store, within 1e-9; what a missing meter made unknown is no longer counted. */
export function checkStocks(run: StorageRun, series: TracingSeries): void {
  series.storages?.forEach(({ opening, chargedMwh, dischargedMwh }, at) => {
    if (chargedMwh.some(Number.isNaN) || dischargedMwh.some(Number.isNaN)) return;
    opening.storedKg.forEach((before, family) => {
      const put = before + run.chargedKg[at]![family]!;
      const left = run.deliveredKg[at]![family]! + run.stocks[at]!.storedKg[family]!;
      const error = put === left ? 0 : Math.abs(put - left) / Math.max(put, left);
      if (!(error <= 1e-9)) {
        throw new ConservationError(series.steps, `${series.families[family]!.name} in store`, error);
      }
    });
  });
}
