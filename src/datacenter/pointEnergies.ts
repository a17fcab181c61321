/**
 * Energy of one point's quarter hours from whatever kinds of reading it sends: the register is
 * preferred to energies, energies to mean power, mean power to samples, interval by interval.
 */
import { counterEnergy, type RegisterReading } from './counterEnergy.ts';
import {
  emptyEnergies,
  type FacilityEvent,
  MARK,
  type PointEnergies,
  QUARTER_MS,
  type QuarterSpan,
} from './intervalGrid.ts';
import { deltaEnergy, meanPowerWh, sampledEnergy } from './powerEnergy.ts';

export const READING_KINDS = ['counter', 'delta', 'mean', 'instant'] as const;
export type ReadingKind = (typeof READING_KINDS)[number];

/** One reading: a counter's and a sample's value is that at `endMs`, the others' that of the interval. */
export interface PointReading {
  readonly kind: ReadingKind;
  readonly startMs: number;
  readonly endMs: number;
  /** Wh for `counter` and `delta`, W for `mean` and `instant`; null is unknown. */
  readonly value: number | null;
  readonly quality: string;
  readonly resetAtMs?: number | null;
}

export interface PointSetting {
  readonly id: string;
  readonly registerModulusWh?: number;
}

/** Two kinds, or two points of one flow, that differ by more than this are an event. */
const DISAGREEMENT = 0.02;
/** Rounding of a register to whole Wh is no disagreement. */
const ROUNDING_WH = 2;
/** A point is silent after this many of its usual periods without a reading. */
const SILENT_PERIODS = 3;

export interface PointResult {
  readonly energies: PointEnergies;
  readonly events: readonly FacilityEvent[];
}

/** Readings may reach beyond the span by the time that interpolation needs; their order does not matter. */
export function pointEnergies(
  point: PointSetting,
  readings: readonly PointReading[],
  span: QuarterSpan,
): PointResult {
  const events: FacilityEvent[] = [];
  const byKind = Map.groupBy(readings, ({ kind }) => kind);
  const found: PointEnergies[] = [];
  for (const kind of READING_KINDS) {
    const own = byKind.get(kind);
    if (own === undefined) continue;
    const energies = emptyEnergies(span.count);
    const inOrder = own.toSorted((a, b) => a.endMs - b.endMs || a.startMs - b.startMs);
    events.push(...ofKind(kind, point, inOrder, span, energies));
    found.push(energies);
  }
  events.push(...silences(point.id, readings, span));
  const [best = emptyEnergies(span.count), ...others] = found;
  for (const other of others) events.push(...mergeInto(best, other, point.id, span));
  return { energies: best, events };
}

function ofKind(
  kind: ReadingKind,
  { id, registerModulusWh }: PointSetting,
  readings: readonly PointReading[],
  span: QuarterSpan,
  into: PointEnergies,
): FacilityEvent[] {
  if (kind === 'counter') {
    return counterEnergy(id, registersOf(readings), registerModulusWh, span, into);
  }
  if (kind === 'instant') {
    const samples = readings.map(({ endMs, value, quality }) => ({
      atMs: endMs,
      powerW: value,
      mark: markOf(quality),
    }));
    sampledEnergy(samples, span, into);
    return [];
  }
  const intervals = readings.map(({ startMs, endMs, value, quality }) => ({
    startMs,
    endMs,
    energyWh: value === null || kind === 'delta' ? value : meanPowerWh(value, endMs - startMs),
    mark: markOf(quality),
  }));
  return deltaEnergy(id, intervals, span, into);
}

/** Of two readings of one instant the first counts: the store keeps one a revision. */
function registersOf(readings: readonly PointReading[]): RegisterReading[] {
  const registers: RegisterReading[] = [];
  for (const { endMs, value, quality, resetAtMs } of readings) {
    if (value === null || registers.at(-1)?.atMs === endMs) continue;
    registers.push({
      atMs: endMs,
      registerWh: value,
      mark: markOf(quality),
      ...(resetAtMs !== undefined && { resetAtMs }),
    });
  }
  return registers;
}

function markOf(quality: string): number {
  if (quality === 'measured' || quality === 'manual') return 0;
  if (quality === 'simulated') return MARK.simulated;
  return quality === 'suspect' ? MARK.suspect : MARK.estimated;
}

/** Intervals that the better kind does not know are taken from the other; where both know, they are compared. */
function mergeInto(
  best: PointEnergies,
  other: PointEnergies,
  point: string,
  span: QuarterSpan,
): FacilityEvent[] {
  const events: FacilityEvent[] = [];
  for (let at = 0; at < span.count; at++) {
    const mine = best.energyWh[at]!;
    const theirs = other.energyWh[at]!;
    if (Number.isNaN(mine)) {
      if (other.knownShare[at]! <= best.knownShare[at]!) continue;
      best.energyWh[at] = theirs;
      best.knownWh[at] = other.knownWh[at]!;
      best.knownShare[at] = other.knownShare[at]!;
      best.marks[at] = other.marks[at]!;
    } else if (disagree(mine, theirs)) {
      events.push(eventAt('kind_mismatch', point, span, at, theirs, mine));
    }
  }
  return events;
}

/** Whether two energies of the same flow differ by more than 2 % and by more than rounding can. */
export const disagree = (primaryWh: number, otherWh: number): boolean =>
  Math.abs(otherWh - primaryWh) > Math.max(DISAGREEMENT * Math.abs(primaryWh), ROUNDING_WH);

function eventAt(
  code: FacilityEvent['code'],
  at: string,
  span: QuarterSpan,
  quarter: number,
  found: number,
  limit: number,
): FacilityEvent {
  const startMs = span.startMs + quarter * QUARTER_MS;
  return { code, at, startMs, endMs: startMs + QUARTER_MS, found, limit };
}

/** Times within the span in which a point that usually reports did not, for more than three of its periods. */
function silences(point: string, readings: readonly PointReading[], span: QuarterSpan): FacilityEvent[] {
  const endMs = span.startMs + span.count * QUARTER_MS;
  const instants = [...new Set(readings.map((reading) => reading.endMs))].sort((a, b) => a - b);
  if (instants.length < 3) return [];
  const gaps = instants.slice(1).map((ms, at) => ms - instants[at]!);
  const periodMs = gaps.toSorted((a, b) => a - b)[gaps.length >> 1]!;
  const edges = [...instants, Math.max(endMs, instants.at(-1)!)];
  return edges.slice(1).flatMap((ms, at): FacilityEvent[] => {
    const from = edges[at]!;
    if (ms - from <= SILENT_PERIODS * periodMs || ms <= span.startMs || from >= endMs) return [];
    return [{ code: 'silent', at: point, startMs: from, endMs: ms, found: ms - from, limit: periodMs }];
  });
}
