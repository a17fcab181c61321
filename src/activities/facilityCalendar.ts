/** Civil days, months and years of Asia/Shanghai (UTC+8, no daylight saving) as instants. */
import { DAY_MS } from './facilityInputs.ts';

const OFFSET_MS = 8 * 3_600_000;

/** Start (ms since 1970) of a civil day `YYYY-MM-DD`. */
export const dayStartMs = (day: string): number => Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;

/** Civil day in which an instant lies. */
export const dayOf = (ms: number): string => new Date(ms + OFFSET_MS).toISOString().slice(0, 10);

export interface CivilSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Span of `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
export function spanOf(period: string): CivilSpan {
  const [year = 0, month, day] = period.split('-').map(Number);
  const start = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  if (day !== undefined) return { startMs: start - OFFSET_MS, endMs: start + DAY_MS - OFFSET_MS };
  const end = month === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month, 1);
  return { startMs: start - OFFSET_MS, endMs: end - OFFSET_MS };
}

/** Civil days of a period, in order. */
export function daysOf(period: string): string[] {
  const { startMs, endMs } = spanOf(period);
  return Array.from({ length: (endMs - startMs) / DAY_MS }, (_, at) => dayOf(startMs + at * DAY_MS));
}

/** Month and year that contain a day. */
export const periodsAround = (day: string): [month: string, year: string] => [
  day.slice(0, 7),
  day.slice(0, 4),
];

/** Whether a period has ended at an instant. */
export const hasEnded = (period: string, nowMs: number): boolean => spanOf(period).endMs <= nowMs;
