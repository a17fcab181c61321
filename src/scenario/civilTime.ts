/** Instants and the civil time of Sichuan (UTC+8 all year), for patterns of the day and the settlement month. */
import { Refusal } from '../../schemas/refusal.ts';
import type { Period } from './scenario.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const QUARTER_MS = HOUR_MS / 4;
const OFFSET_MS = 8 * HOUR_MS;

/** `2026-03-01T00:00:00Z`. */
export const instantText = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

export interface CivilTime {
  /** 0 January … 11 December. */
  readonly month: number;
  /** Hours since local midnight, with fractions. */
  readonly hour: number;
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export function civilTime(ms: number): CivilTime {
  const local = new Date(ms + OFFSET_MS);
  return {
    month: local.getUTCMonth(),
    hour: ((ms + OFFSET_MS) % DAY_MS) / HOUR_MS,
    weekday: local.getUTCDay(),
    date: local.toISOString().slice(0, 10),
  };
}

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export const periodOf = (span: Span): Period => ({
  start: instantText(span.startMs),
  end: instantText(span.endMs),
});

/** The civil month `YYYY-MM` of Asia/Shanghai. @throws Refusal TL_SCENARIO_TIME for another form */
export function monthSpan(month: string): Span {
  const found = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!found) refuse('month', month, 'a month like 2026-03');
  const year = Number(found[1]);
  const index = Number(found[2]);
  return { startMs: Date.UTC(year, index - 1, 1) - OFFSET_MS, endMs: Date.UTC(year, index, 1) - OFFSET_MS };
}

/** Whole days from a UTC instant on. @throws Refusal TL_SCENARIO_TIME */
export function daySpan(start: string, days: number): Span {
  const startMs = /(Z|[+-]\d\d:\d\d)$/.test(start) ? Date.parse(start) : Number.NaN;
  if (!(startMs % HOUR_MS === 0))
    refuse('start', start, 'a full hour with offset, e.g. 2026-03-01T00:00:00Z');
  if (!(Number.isInteger(days) && days >= 1 && days <= 400)) refuse('days', String(days), '1 to 400 days');
  return { startMs, endMs: startMs + days * DAY_MS };
}

/** Starts of the steps of a span. */
export function* steps(span: Span, stepMs: number): Generator<number> {
  for (let ms = span.startMs; ms < span.endMs; ms += stepMs) yield ms;
}

function refuse(place: string, found: string, remedy: string): never {
  throw new Refusal(`"${found}" cannot be used`, { code: 'TL_SCENARIO_TIME', place, remedy });
}
