/** When the runs of a month are due and until when parties may object, by working days of Asia/Shanghai. */
import {
  publicHolidays,
  type RunTerms,
  type RunType,
  settlementTimetable,
} from '../../schemas/reference/settlementTimetable.ts';
import { instantText, monthQuarters, QUARTER_MS } from './settlementCalendar.ts';

export interface PlannedRun {
  readonly runType: RunType;
  /** UTC instants. */
  readonly dueAt: string;
  readonly objectionsUntil: string;
  /** A final run, refused while a reading is missing. */
  readonly closes: boolean;
}

const DAY_MS = 86_400_000;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
/** Office hours begin at 09:00 and a day to object ends with its last instant. */
const OFFICE_OPENS_MS = 9 * 3_600_000;

/** The runs of a month in order. @param period `YYYY-MM` @throws Refusal E_PERIOD */
export function plannedRuns(
  period: string,
  timetable: readonly RunTerms[] = settlementTimetable,
): PlannedRun[] {
  return timetable.map(({ type, monthsAfter, workingDay, objectionWorkingDays, closes }) => {
    const firstMs = monthAfter(period, monthsAfter);
    const dueDay = nthWorkingDay(firstMs, workingDay);
    const lastDay = nthWorkingDay(dueDay + DAY_MS, objectionWorkingDays);
    return {
      runType: type,
      dueAt: instantText(dueDay + OFFICE_OPENS_MS),
      objectionsUntil: instantText(lastDay + DAY_MS),
      closes,
    };
  });
}

/** Local midnight of the first day of the month so many after. */
function monthAfter(period: string, months: number): number {
  let firstMs = monthQuarters(period).firstMs;
  for (let month = 0; month < months; month++) {
    const text = new Date(firstMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 7);
    firstMs += monthQuarters(text).count * QUARTER_MS;
  }
  return firstMs;
}

/** The n-th working day from a local midnight on, that day included. */
function nthWorkingDay(fromMs: number, n: number): number {
  let day = fromMs;
  for (let left = n; ; day += DAY_MS) {
    if (isWorkingDay(day) && --left === 0) return day;
  }
}

function isWorkingDay(localMidnightMs: number): boolean {
  const local = new Date(localMidnightMs + SHANGHAI_OFFSET_MS);
  const date = local.toISOString().slice(0, 10);
  const year = publicHolidays.find((one) => one.year === local.getUTCFullYear());
  if (year?.worked.includes(date)) return true;
  if (year?.off.includes(date)) return false;
  return local.getUTCDay() !== 0 && local.getUTCDay() !== 6;
}
