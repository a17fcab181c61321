/** One day of a facility from its readings: quarter hours, their sums, and what is odd about them. Pure. */
import { type FacilityInterval, facilityIntervals, type UsedSet } from './facilityIntervals.ts';
import type { FacilityModel } from './facilityModel.ts';
import { type FacilityEvent, QUARTER_MS, type QuarterSpan } from './intervalGrid.ts';
import { type PointReading, pointEnergies } from './pointEnergies.ts';
import { sumIntervals, type WindowSums } from './windowSums.ts';

export interface FacilityDayInput {
  readonly model: FacilityModel;
  readonly span: QuarterSpan;
  /** Readings by point, with the margin that interpolation needs. */
  readonly readings: ReadonlyMap<string, readonly PointReading[]>;
  /** kgCO2/kWh of the facility's zone in the interval that starts then; null where unknown. */
  readonly intensityOf: (startMs: number) => number | null;
}

export interface FacilityDay {
  readonly intervals: readonly FacilityInterval[];
  readonly usedSets: readonly UsedSet[];
  readonly events: readonly FacilityEvent[];
  readonly sums: WindowSums;
}

export function facilityDay({ model, span, readings, intensityOf }: FacilityDayInput): FacilityDay {
  const events: FacilityEvent[] = [];
  const endMs = span.startMs + span.count * QUARTER_MS;
  const energies = model.tree.points.map((point) => {
    const own = readings.get(point.id) ?? [];
    if (own.length === 0)
      events.push({
        code: 'silent',
        at: point.id,
        startMs: span.startMs,
        endMs,
        found: endMs - span.startMs,
        limit: 0,
      });
    const result = pointEnergies(point, own, span);
    events.push(...result.events);
    return result.energies;
  });
  const found = facilityIntervals(model, energies, span);
  return {
    intervals: found.intervals,
    usedSets: found.usedSets,
    events: [...events, ...found.events],
    sums: sumIntervals(found.intervals, intensityOf),
  };
}
