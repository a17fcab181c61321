/**
 * Storage as a stock of energy and mass: what is charged at one intensity is discharged later at the stock's mean.
 * Charging counts as consumption of the zone, discharging as production with the mass taken out (grid.md §3).
 */
import { Refusal } from '../../schemas/refusal.ts';

export interface StorageStock {
  /** S: energy in store (MWh). */
  readonly storedMwh: number;
  /** M: known mass in store, one per family (kg). */
  readonly storedKg: readonly number[];
  /** Share of what is in store whose origin is unknown (0..1). */
  readonly unknownShare: number;
}

export interface StorageEfficiency {
  /** eta_c: energy stored per energy charged, and eta_d: energy delivered per energy taken (both in (0, 1]). */
  readonly charge: number;
  readonly discharge: number;
}

/** What a discharge adds to the zone's production: energy, its known mass, and the part of unknown origin. */
export interface Discharge {
  readonly stock: StorageStock;
  readonly producedKg: readonly number[];
  readonly unknownMwh: number;
}

/**
 * The stock after charging `chargedMwh` (at the meter) from a supply of known mass `knownKgPerMwh` per family and
 * unknown share `unknownShare`. Losses take energy, not mass.
 */
export function charge(
  stock: StorageStock,
  chargedMwh: number,
  supply: { readonly knownKgPerMwh: readonly number[]; readonly unknownShare: number },
  efficiency: StorageEfficiency,
): StorageStock {
  notNegative(chargedMwh, 'charge');
  if (chargedMwh === 0) return stock;
  const addedMwh = efficiency.charge * chargedMwh;
  const storedMwh = stock.storedMwh + addedMwh;
  return {
    storedMwh,
    storedKg: stock.storedKg.map((mass, family) => mass + supply.knownKgPerMwh[family]! * chargedMwh),
    unknownShare: (stock.unknownShare * stock.storedMwh + supply.unknownShare * addedMwh) / storedMwh,
  };
}

/**
 * The stock after delivering `dischargedMwh` (at the meter) and what came out of it.
 * @throws Refusal when more is delivered than the stock holds: its start value or a meter is wrong
 */
export function discharge(
  stock: StorageStock,
  dischargedMwh: number,
  efficiency: StorageEfficiency,
): Discharge {
  notNegative(dischargedMwh, 'discharge');
  if (dischargedMwh === 0) return { stock, producedKg: stock.storedKg.map(() => 0), unknownMwh: 0 };
  const takenMwh = dischargedMwh / efficiency.discharge;
  if (takenMwh > stock.storedMwh) {
    throw new Refusal(`${takenMwh} MWh taken from a stock of ${stock.storedMwh} MWh`, {
      code: 'TL_GRID_STOCK',
      remedy: 'a start value of the stock that covers its first cycle',
    });
  }
  const share = takenMwh / stock.storedMwh;
  const producedKg = stock.storedKg.map((mass) => mass * share);
  return {
    stock: {
      storedMwh: stock.storedMwh - takenMwh,
      storedKg: stock.storedKg.map((mass, family) => mass - producedKg[family]!),
      unknownShare: stock.unknownShare,
    },
    producedKg,
    unknownMwh: dischargedMwh * stock.unknownShare,
  };
}

/** The stock after standing losses of `lostMwh`: they take energy, and leave the mass to what remains. */
export function selfDischarge(stock: StorageStock, lostMwh: number): StorageStock {
  notNegative(lostMwh, 'loss');
  return { ...stock, storedMwh: Math.max(0, stock.storedMwh - lostMwh) };
}

function notNegative(energyMwh: number, what: string): void {
  if (!(energyMwh >= 0 && Number.isFinite(energyMwh))) {
    throw new Refusal(`a ${what} must be finite and not negative`, {
      code: 'TL_GRID_VALUE',
      place: String(energyMwh),
    });
  }
}
