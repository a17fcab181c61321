/** Metered readings before settlement: the latest revision of each, what is refused, and hours divided into quarters. */
import { compareUtf8 } from './byteOrder.ts';
import { roundHalfAway } from './integerDivision.ts';
import { instantMs, QUARTER_MS } from './settlementCalendar.ts';

export interface MeterReading {
  readonly point: string;
  /** UTC start of a 15-min interval. */
  readonly start: string;
  /** Whole Wh; checked here, so that a bad value is refused by name. */
  readonly wh: number | bigint;
  readonly rev: number;
  readonly quality: string;
}

export type ReadingFault =
  | 'E_WH_NOT_INTEGER'
  | 'E_WH_NEGATIVE'
  | 'E_POINT_UNKNOWN'
  | 'E_START_OFF_GRID'
  | 'E_DUP_REVISION_CONFLICT';

export interface LatestReadings<R extends MeterReading> {
  /** One a (point, start), by point, then start. Points in conflict are included; their run does not close. */
  readonly latest: readonly R[];
  /** Kept aside with the reason, in order of arrival; both sides of a conflict are here. */
  readonly quarantined: readonly { readonly reading: R; readonly code: ReadingFault }[];
  /** Points with two different readings under one revision: settlement of these must not close. */
  readonly openPoints: readonly string[];
}

/**
 * Picks the highest revision of every (point, start), whatever the order of arrival. Identical
 * duplicates are ignored; two different readings under one revision are a conflict even below a higher revision.
 * @param knownPoints where given, readings of other points are refused
 */
export function latestReadings<R extends MeterReading>(
  readings: readonly R[],
  knownPoints?: ReadonlySet<string>,
): LatestReadings<R> {
  const quarantined: { reading: R; code: ReadingFault }[] = [];
  const bySlot = new Map<string, Map<number, R>>();
  const conflicted = new Map<R, true>();
  for (const reading of readings) {
    const code = faultOf(reading, knownPoints);
    if (code !== undefined) {
      quarantined.push({ reading, code });
      continue;
    }
    const slot = JSON.stringify([reading.point, instantMs(reading.start)]);
    const revisions = bySlot.get(slot) ?? new Map<number, R>();
    bySlot.set(slot, revisions);
    const same = revisions.get(reading.rev);
    if (same === undefined) revisions.set(reading.rev, reading);
    else if (BigInt(same.wh) !== BigInt(reading.wh) || same.quality !== reading.quality) {
      for (const one of [same, reading]) {
        if (!conflicted.has(one)) quarantined.push({ reading: one, code: 'E_DUP_REVISION_CONFLICT' });
        conflicted.set(one, true);
      }
    }
  }
  const latest = [...bySlot.values()].map((revisions) => revisions.get(Math.max(...revisions.keys()))!);
  latest.sort((a, b) => compareUtf8(a.point, b.point) || instantMs(a.start) - instantMs(b.start));
  const openPoints = [...new Set([...conflicted.keys()].map(({ point }) => point))].sort(compareUtf8);
  return { latest, quarantined, openPoints };
}

function faultOf(reading: MeterReading, knownPoints?: ReadonlySet<string>): ReadingFault | undefined {
  if (!Number.isSafeInteger(Number(reading.wh))) return 'E_WH_NOT_INTEGER';
  if (reading.wh < 0) return 'E_WH_NEGATIVE';
  if (knownPoints !== undefined && !knownPoints.has(reading.point)) return 'E_POINT_UNKNOWN';
  return instantMs(reading.start) % QUARTER_MS === 0 ? undefined : 'E_START_OFF_GRID';
}

/**
 * Divides an hourly reading into quarters: differences of the rounded running sums `round(k*H/4)`, halves away
 * from zero. The quarters always add up to the hour. @param hourWh whole Wh >= 0
 */
export function quartersOfHour(hourWh: bigint): [bigint, bigint, bigint, bigint] {
  const running = (k: bigint): bigint => roundHalfAway(k * hourWh, 4n);
  return [running(1n), running(2n) - running(1n), running(3n) - running(2n), hourWh - running(3n)];
}
