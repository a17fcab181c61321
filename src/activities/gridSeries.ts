/**
 * Readings of one hour as the engine's series: one column a mode, demand and flow at the finest common step of the
 * hour. Pure: the same readings give the same bytes.
 */
import type { GridReading } from './gridInputs.ts';
import type { HourNotes } from './gridNotes.ts';

const HOUR_S = 3_600;
/** Shorter readings are not traced one by one. */
const SHORTEST_S = 60;
/** Two reports of one flow are disputed when they differ by more than the larger of these. */
const DISPUTED_MW = 5;
const DISPUTED_SHARE = 0.02;

/** Energies of one identity over the steps of the hour (MWh), NaN where not known. */
export interface Column {
  readonly identity: readonly string[];
  readonly energyMwh: Float64Array;
  readonly qualities: Set<string>;
  /** Length (s) of the shortest reading behind it; an hour where there is none. */
  shortestS: number;
}

/** Whether a reading can stand in an hour's series. */
export function isUsable({ durationS, startMs }: GridReading): boolean {
  return durationS >= SHORTEST_S && HOUR_S % durationS === 0 && startMs % (durationS * 1_000) === 0;
}

/** Finest common step (s) of an hour's usable readings; a whole hour where there are none. */
export function commonStepS(readings: readonly Pick<GridReading, 'durationS'>[]): number {
  return readings.reduce((step, { durationS }) => greatestCommonDivisor(step, durationS), HOUR_S);
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

export interface Cell {
  readonly reading: GridReading;
  readonly identity: readonly string[];
  /** Energy of the reading (MWh), NaN when unknown. */
  readonly energyMwh: number;
}

/**
 * Columns by identity, sorted by it. Where several sources report, the one that ranks first and knows the value
 * counts; a coarse reading is split into steps of equal power.
 */
export function columnsOf(
  cells: readonly Cell[],
  stepS: number,
  rank: (source: string, other: string) => number,
  notes: HourNotes,
): Column[] {
  const steps = HOUR_S / stepS;
  const columns = new Map<string, Column>();
  const ordered = [...cells].sort((a, b) => rank(a.reading.source, b.reading.source));
  for (const { reading, identity, energyMwh } of ordered) {
    const key = identity.join('\t');
    const column = columns.get(key) ?? {
      identity,
      energyMwh: new Float64Array(steps).fill(Number.NaN),
      qualities: new Set<string>(),
      shortestS: HOUR_S,
    };
    columns.set(key, column);
    column.shortestS = greatestCommonDivisor(column.shortestS, reading.durationS);
    if (Number.isNaN(energyMwh)) continue;
    const parts = reading.durationS / stepS;
    const first = (reading.startMs % (HOUR_S * 1_000)) / (stepS * 1_000);
    if (parts > 1) notes.counts.resampled++;
    const placed = {
      first,
      parts,
      energyMwh: energyMwh / parts,
      toleratedMwh: (DISPUTED_MW * stepS) / HOUR_S,
    };
    if (place(column, placed, notes)) column.qualities.add(reading.quality);
  }
  return [...columns.keys()].sort(compare).map((key) => columns.get(key)!);
}

/** Fills the steps that no source before has filled; true where it filled any. */
function place(
  column: Column,
  { first, parts, energyMwh, toleratedMwh }: Record<'first' | 'parts' | 'energyMwh' | 'toleratedMwh', number>,
  notes: HourNotes,
): boolean {
  let filled = false;
  let disputed = false;
  for (let step = first; step < first + parts; step++) {
    const before = column.energyMwh[step]!;
    if (Number.isNaN(before)) {
      column.energyMwh[step] = energyMwh;
      filled = true;
    } else {
      const tolerance = Math.max(toleratedMwh, DISPUTED_SHARE * Math.abs(before));
      disputed ||= Math.abs(before - energyMwh) > tolerance;
    }
  }
  if (disputed) {
    notes.counts.disputed++;
    notes.flag(column.identity, 'disputed');
  }
  return filled;
}

/** Order of code units: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
