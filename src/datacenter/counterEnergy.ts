/** Energy of quarter hours from a register: boundary readings, interpolation, wrap and reset. */
import {
  type FacilityEvent,
  MARK,
  type PointEnergies,
  QUARTER_MS,
  type QuarterSpan,
} from './intervalGrid.ts';

/** A reading this close to a boundary is taken as the boundary's. */
const BOUNDARY_MS = 60_000;
/** Neighbours further apart than this are not interpolated between. */
const INTERPOLATION_MS = 30 * 60_000;

export interface RegisterReading {
  readonly atMs: number;
  readonly registerWh: number;
  /** When the device last set its register to zero, where it says so. */
  readonly resetAtMs?: number | null;
  readonly mark: number;
}

/** A register without falls: what it would show had it never wrapped; a reset begins a new segment. */
interface Unwrapped {
  readonly atMs: number;
  readonly wh: number;
  readonly segment: number;
  readonly mark: number;
}

/**
 * Fills `into` from register readings in order of time, two of one instant excluded. A fall of the register is a wrap
 * where its modulus is declared and the energy across is below half of it, else a reset: across it the energy is unknown.
 */
export function counterEnergy(
  point: string,
  readings: readonly RegisterReading[],
  modulusWh: number | undefined,
  span: QuarterSpan,
  into: PointEnergies,
): FacilityEvent[] {
  const events: FacilityEvent[] = [];
  const series = unwrap(point, readings, modulusWh, events);
  let cursor = 0;
  const boundaries = Array.from({ length: span.count + 1 }, (_, at) => {
    const ms = span.startMs + at * QUARTER_MS;
    while (cursor < series.length && series[cursor]!.atMs < ms) cursor++;
    return boundaryAt(series, cursor, ms);
  });
  for (let at = 0; at < span.count; at++) {
    const from = boundaries[at];
    const to = boundaries[at + 1];
    if (from === undefined || to === undefined || from.segment !== to.segment) continue;
    into.energyWh[at] = to.wh - from.wh;
    into.knownWh[at] = to.wh - from.wh;
    into.knownShare[at] = 1;
    into.marks[at]! |= from.mark | to.mark;
  }
  return events;
}

function unwrap(
  point: string,
  readings: readonly RegisterReading[],
  modulusWh: number | undefined,
  events: FacilityEvent[],
): Unwrapped[] {
  const series: Unwrapped[] = [];
  let offset = 0;
  let segment = 0;
  let before: RegisterReading | undefined;
  for (const reading of readings) {
    let mark = reading.mark;
    if (before !== undefined) {
      const event = { at: point, startMs: before.atMs, endMs: reading.atMs, found: reading.registerWh };
      const rise = reading.registerWh - before.registerWh;
      const saidReset =
        reading.resetAtMs != null && reading.resetAtMs > before.atMs && reading.resetAtMs <= reading.atMs;
      const acrossWh = modulusWh === undefined ? Number.NaN : rise + modulusWh;
      if (rise < 0 && !saidReset && acrossWh >= 0 && acrossWh < modulusWh! / 2) {
        events.push({ code: 'counter_wrap', ...event, limit: modulusWh! });
        offset += modulusWh!;
        mark |= MARK.wrapped;
      } else if (rise < 0 || saidReset) {
        events.push({ code: 'counter_reset', ...event, limit: before.registerWh });
        segment++;
      }
    }
    series.push({ atMs: reading.atMs, wh: reading.registerWh + offset, segment, mark });
    before = reading;
  }
  return series;
}

/** Register at an instant: the nearest reading within a minute, else between neighbours of one segment; whole Wh. */
function boundaryAt(series: readonly Unwrapped[], next: number, ms: number): Unwrapped | undefined {
  const after = series[next];
  const before = series[next - 1];
  const nearest =
    after !== undefined && (before === undefined || after.atMs - ms < ms - before.atMs) ? after : before;
  if (nearest === undefined) return undefined;
  if (Math.abs(nearest.atMs - ms) <= BOUNDARY_MS) return nearest;
  if (before === undefined || after === undefined || before.segment !== after.segment) return undefined;
  const apartMs = after.atMs - before.atMs;
  if (apartMs > INTERPOLATION_MS) return undefined;
  // Rounded once a boundary, so that the intervals add up to what the register shows.
  const wh = Math.round(before.wh + ((after.wh - before.wh) * (ms - before.atMs)) / apartMs);
  return {
    atMs: ms,
    wh,
    segment: after.segment,
    mark: before.mark | after.mark | MARK.interpolated,
  };
}
