/**
 * Storage as a stock of energy and mass: what is charged at one intensity is discharged later at the stock's mean.
 * Charging counts as consumption of the zone, discharging as production with the mass taken out. What is
 * not known of a stock is carried as a share of unknown origin with the most mass that it can hold.
 */
import { Refusal } from '../../schemas/refusal.ts';

export interface StorageStock {
  /** S: energy in store (MWh). */
  readonly storedMwh: number;
  /** M: known mass in store, one per family (kg). */
  readonly storedKg: readonly number[];
  /** Share of the energy in store whose origin is unknown (0..1). */
  readonly unknownShare: number;
  /** The most mass that the part of unknown origin can hold, one per family (kg). */
  readonly unknownKgAtMost: readonly number[];
}

export interface StorageEfficiency {
  /** eta_c: energy stored per energy charged, and eta_d: energy delivered per energy taken (both in (0, 1]). */
  readonly charge: number;
  readonly discharge: number;
}

/** Supply that is charged: its known mass and unknown share, and the largest intensity of any source, one per family. */
export interface ChargedSupply {
  readonly knownKgPerMwh: readonly number[];
  readonly unknownShare: number;
  readonly highestKgPerMwh: readonly number[];
}

/** What a discharge adds to the zone's production: energy, its known mass, and the part of unknown origin. */
export interface Discharge {
  readonly stock: StorageStock;
  readonly producedKg: readonly number[];
  readonly unknownMwh: number;
  /** The most mass that the unknown part can hold, one per family (kg). */
  readonly unknownKgAtMost: readonly number[];
  /** Energy (MWh, in store) that was not seen being charged and is taken to have been there. */
  readonly assumedMwh: number;
}

/** A stock that is short by this much of what is taken was emptied, but for rounding. */
const ROUNDING = 1e-9;

/** A stock of which nothing has been seen yet. */
export function emptyStock(families: number): StorageStock {
  const none = new Array<number>(families).fill(0);
  return { storedMwh: 0, storedKg: none, unknownShare: 0, unknownKgAtMost: none };
}

/** The stock after charging `chargedMwh` (at the meter). Losses take energy, not mass. */
export function charge(
  stock: StorageStock,
  chargedMwh: number,
  supply: ChargedSupply,
  efficiency: StorageEfficiency,
): StorageStock {
  notNegative(chargedMwh, 'charge');
  if (chargedMwh === 0) return stock;
  const addedMwh = efficiency.charge * chargedMwh;
  const storedMwh = stock.storedMwh + addedMwh;
  const unknownMwh = supply.unknownShare * chargedMwh;
  return {
    storedMwh,
    storedKg: stock.storedKg.map((mass, family) => mass + supply.knownKgPerMwh[family]! * chargedMwh),
    unknownShare: (stock.unknownShare * stock.storedMwh + supply.unknownShare * addedMwh) / storedMwh,
    unknownKgAtMost: stock.unknownKgAtMost.map(
      (mass, family) => mass + (unknownMwh === 0 ? 0 : supply.highestKgPerMwh[family]! * unknownMwh),
    ),
  };
}

/**
 * The stock after delivering `dischargedMwh` (at the meter) and what came out of it. Where more is delivered than the
 * stock is known to hold, the rest was charged before anybody looked: it is assumed to have been in store, of unknown
 * origin, and what is published for it is the mean of the zone's other supply.
 * @param highestKgPerMwh largest intensity that what was charged unseen can have had, one per family
 */
export function discharge(
  stock: StorageStock,
  dischargedMwh: number,
  efficiency: StorageEfficiency,
  highestKgPerMwh: readonly number[],
): Discharge {
  notNegative(dischargedMwh, 'discharge');
  const none = stock.storedKg.map(() => 0);
  if (dischargedMwh === 0) {
    return { stock, producedKg: none, unknownMwh: 0, unknownKgAtMost: none, assumedMwh: 0 };
  }
  const takenMwh = dischargedMwh / efficiency.discharge;
  const short = takenMwh - stock.storedMwh;
  const assumedMwh = short > ROUNDING * takenMwh ? short : 0;
  const share = stock.storedMwh === 0 ? 0 : Math.min(1, takenMwh / stock.storedMwh);
  const taken = (mass: number): number => mass * share;
  const producedKg = stock.storedKg.map(taken);
  const unknownKgTaken = stock.unknownKgAtMost.map(taken);
  const emptied = share === 1;
  return {
    stock: {
      storedMwh: emptied ? 0 : stock.storedMwh - takenMwh,
      storedKg: emptied ? none : stock.storedKg.map((mass, family) => mass - producedKg[family]!),
      unknownShare: emptied ? 0 : stock.unknownShare,
      unknownKgAtMost: emptied
        ? none
        : stock.unknownKgAtMost.map((mass, family) => mass - unknownKgTaken[family]!),
    },
    producedKg,
    unknownMwh: Math.min(
      dischargedMwh,
      efficiency.discharge * (stock.unknownShare * stock.storedMwh * share + assumedMwh),
    ),
    unknownKgAtMost: unknownKgTaken.map(
      (mass, family) =>
        mass + (assumedMwh === 0 ? 0 : (highestKgPerMwh[family]! * assumedMwh) / efficiency.charge),
    ),
    assumedMwh,
  };
}

/** The stock after a meter of it was missing: the energy stays as it was last known, its origin is unknown as a whole. */
export function unseen(
  stock: StorageStock,
  efficiency: StorageEfficiency,
  highestKgPerMwh: readonly number[],
): StorageStock {
  return {
    storedMwh: stock.storedMwh,
    storedKg: stock.storedKg.map(() => 0),
    unknownShare: stock.storedMwh > 0 ? 1 : 0,
    unknownKgAtMost: stock.storedKg.map((mass, family) =>
      stock.storedMwh === 0
        ? 0
        : Math.max(
            mass + stock.unknownKgAtMost[family]!,
            (highestKgPerMwh[family]! * stock.storedMwh) / efficiency.charge,
          ),
    ),
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
