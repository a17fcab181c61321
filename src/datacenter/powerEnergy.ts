/** Energy of quarter hours from energies of intervals, mean power and sampled power. */
import {
  type FacilityEvent,
  MARK,
  type PointEnergies,
  QUARTER_MS,
  QUARTER_S,
  type QuarterSpan,
} from './intervalGrid.ts';

/** Energies of longer intervals are too coarse to be divided into quarter hours. */
const COARSEST_MS = 3_600_000;
/** Between samples further apart than this nothing is known. */
const HOLE_MS = 5 * 60_000;
/** Time missing from an interval that rounding may make. */
const WHOLE = 1 - 1e-9;

export interface IntervalReading {
  readonly startMs: number;
  readonly endMs: number;
  /** Energy of the interval; null is unknown. */
  readonly energyWh: number | null;
  readonly mark: number;
}

/**
 * Fills `into` from energies of intervals in order of time. Shorter intervals add up, longer ones (up to an hour) and
 * those across a boundary are divided by time; a second reading of the same time is an event and does not count.
 */
export function deltaEnergy(
  point: string,
  readings: readonly IntervalReading[],
  span: QuarterSpan,
  into: PointEnergies,
): FacilityEvent[] {
  const events: FacilityEvent[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs: until, energyWh, mark } of readings) {
    if (startMs < endMs) {
      events.push({ code: 'overlap', at: point, startMs, endMs: until, found: startMs, limit: endMs });
      continue;
    }
    endMs = until;
    if (energyWh === null || until - startMs > COARSEST_MS) continue;
    divide({ startMs, endMs: until, energyWh, mark }, span, into);
  }
  settle(into);
  return events;
}

/** Whole Wh stay whole: what a cut leaves behind goes to the part after it. */
function divide(
  { startMs, endMs, energyWh, mark }: IntervalReading & { readonly energyWh: number },
  span: QuarterSpan,
  into: PointEnergies,
): void {
  const lengthMs = endMs - startMs;
  const whole = Number.isInteger(energyWh);
  const upTo = (ms: number): number => {
    const part = (energyWh * (ms - startMs)) / lengthMs;
    return whole ? Math.round(part) : part;
  };
  let at = Math.floor((startMs - span.startMs) / QUARTER_MS);
  let from = startMs;
  while (from < endMs) {
    const to = Math.min(endMs, span.startMs + (at + 1) * QUARTER_MS);
    if (at >= 0 && at < span.count) {
      into.knownWh[at]! += to === endMs && from === startMs ? energyWh : upTo(to) - upTo(from);
      into.knownShare[at]! += (to - from) / QUARTER_MS;
      into.marks[at]! |= mark | (to === endMs && from === startMs ? 0 : MARK.resampled);
    }
    from = to;
    at++;
  }
}

export interface PowerSample {
  readonly atMs: number;
  /** null: the device said that it does not know. */
  readonly powerW: number | null;
  readonly mark: number;
}

/** Fills `into` by the trapezoidal rule over samples in order of time; holes of more than 5 min stay unknown. */
export function sampledEnergy(samples: readonly PowerSample[], span: QuarterSpan, into: PointEnergies): void {
  for (let next = 1; next < samples.length; next++) {
    const a = samples[next - 1]!;
    const b = samples[next]!;
    if (a.powerW === null || b.powerW === null || b.atMs - a.atMs > HOLE_MS) continue;
    const { powerW } = a;
    const slope = (b.powerW - powerW) / (b.atMs - a.atMs);
    let at = Math.floor((a.atMs - span.startMs) / QUARTER_MS);
    for (let from = a.atMs; from < b.atMs; at++) {
      const to = Math.min(b.atMs, span.startMs + (at + 1) * QUARTER_MS);
      if (at >= 0 && at < span.count) {
        const meanW = powerW + slope * ((from + to) / 2 - a.atMs);
        into.knownWh[at]! += (meanW * (to - from)) / 3_600_000;
        into.knownShare[at]! += (to - from) / QUARTER_MS;
        into.marks[at]! |= a.mark | b.mark;
      }
      from = to;
    }
  }
  settle(into);
}

export const meanPowerWh = (powerW: number, lengthMs: number): number =>
  (powerW * lengthMs) / (1_000 * 4 * QUARTER_S);

/** An interval that is covered whole has an energy; one that is covered in part has a lower bound. */
function settle(into: PointEnergies): void {
  for (let at = 0; at < into.energyWh.length; at++) {
    const share = into.knownShare[at]!;
    if (share >= WHOLE) {
      into.energyWh[at] = into.knownWh[at]!;
      into.knownShare[at] = 1;
    } else if (share > 0) into.marks[at]! |= MARK.partial;
  }
}
