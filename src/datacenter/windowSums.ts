/**
 * Sums of a window (day, month, year) of a facility. Windows add up: the sums of a month are those of its days, so that
 * every indicator is a ratio of sums and never a mean of ratios.
 */

import type { FacilityInterval } from './facilityIntervals.ts';
import { MARK } from './intervalGrid.ts';

export interface WindowSums {
  /** Quarter hours that the window has, and those whose energies are both known and consistent. */
  readonly intervals: number;
  readonly validIntervals: number;
  /** Of the valid ones. */
  readonly derivedIntervals: number;
  readonly interpolatedIntervals: number;
  readonly estimatedIntervals: number;
  readonly simulatedIntervals: number;
  readonly inconsistentIntervals: number;
  /** Over valid intervals; electricity only. */
  readonly eDcWh: number;
  readonly eItWh: number;
  readonly pvUsedWh: number;
  /** Null where any valid interval does not know it. */
  readonly coolingWh: number | null;
  readonly reuseWh: number | null;
  /** Valid intervals whose grid intensity is known, and what they add up to. */
  readonly carbonIntervals: number;
  readonly carbonEDcWh: number;
  readonly carbonEItWh: number;
  readonly locationCo2Kg: number;
  /** Over all intervals of the window; null where an unknown interval has no limit. */
  readonly eDcLoWh: number;
  readonly eDcHiWh: number | null;
  readonly eItLoWh: number;
  readonly eItHiWh: number | null;
}

export const NO_SUMS: WindowSums = {
  intervals: 0,
  validIntervals: 0,
  derivedIntervals: 0,
  interpolatedIntervals: 0,
  estimatedIntervals: 0,
  simulatedIntervals: 0,
  inconsistentIntervals: 0,
  eDcWh: 0,
  eItWh: 0,
  pvUsedWh: 0,
  coolingWh: 0,
  reuseWh: 0,
  carbonIntervals: 0,
  carbonEDcWh: 0,
  carbonEItWh: 0,
  locationCo2Kg: 0,
  eDcLoWh: 0,
  eDcHiWh: 0,
  eItLoWh: 0,
  eItHiWh: 0,
};

/** @param intensityOf kgCO2/kWh of the grid in the interval that starts then, null where unknown */
export function sumIntervals(
  intervals: readonly FacilityInterval[],
  intensityOf: (startMs: number) => number | null,
): WindowSums {
  return intervals.reduce((sums, interval) => addWindows(sums, ofInterval(interval, intensityOf)), NO_SUMS);
}

function ofInterval(interval: FacilityInterval, intensityOf: (startMs: number) => number | null): WindowSums {
  const { status, marks, eDcLoWh, eDcHiWh, eItLoWh, eItHiWh } = interval;
  const bounds = { eDcLoWh, eDcHiWh, eItLoWh, eItHiWh };
  if (status !== 'valid')
    return { ...NO_SUMS, intervals: 1, inconsistentIntervals: status === 'inconsistent' ? 1 : 0, ...bounds };
  const eDcWh = interval.eDcWh!;
  const eItWh = interval.eItWh!;
  const intensity = intensityOf(interval.startMs);
  const carbon = intensity === null ? 0 : 1;
  const simulated = (marks & MARK.simulated) !== 0;
  return {
    ...NO_SUMS,
    intervals: 1,
    validIntervals: 1,
    derivedIntervals: interval.totalDerived ? 1 : 0,
    interpolatedIntervals: (marks & MARK.interpolated) === 0 ? 0 : 1,
    estimatedIntervals: !simulated && (marks & (MARK.estimated | MARK.suspect)) !== 0 ? 1 : 0,
    simulatedIntervals: simulated ? 1 : 0,
    eDcWh,
    eItWh,
    pvUsedWh: interval.pvUsedWh ?? 0,
    coolingWh: interval.coolingWh,
    reuseWh: interval.reuseWh,
    carbonIntervals: carbon,
    carbonEDcWh: carbon * eDcWh,
    carbonEItWh: carbon * eItWh,
    locationCo2Kg: ((intensity ?? 0) * eDcWh) / 1_000,
    ...bounds,
  };
}

/** A window that nothing is known of, for example a day without readings. */
export function unknownWindow(intervals: number, capacityW: number | undefined): WindowSums {
  const limitWh = capacityW === undefined ? null : capacityW * 0.25 * intervals;
  return { ...NO_SUMS, intervals, coolingWh: null, reuseWh: null, eDcHiWh: limitWh, eItHiWh: limitWh };
}

/** Associative and commutative up to the rounding of sums; whole Wh add up exactly. */
export function addWindows(a: WindowSums, b: WindowSums): WindowSums {
  const keys = Object.keys(NO_SUMS) as (keyof WindowSums)[];
  return Object.fromEntries(keys.map((key) => [key, added(a[key], b[key])])) as unknown as WindowSums;
}

const added = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b;
