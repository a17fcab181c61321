/** Instants in UTC and the settlement calendar of Asia/Shanghai. */
import { parseInstantMs } from '../../schemas/fields.ts';
import { Refusal } from '../../schemas/refusal.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Asia/Shanghai has kept UTC+8 without daylight saving since 1991-09-15; no settled period is older. */
const SHANGHAI_OFFSET_MS = 8 * HOUR_MS;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export const QUARTER_MS = 15 * MINUTE_MS;

/** Milliseconds of an ISO 8601 instant with a zone. @throws Refusal E_INSTANT for a naive or impossible time */
export function instantMs(text: string): number {
  const ms = parseInstantMs(text);
  if (ms === undefined) {
    throw new Refusal(`"${text}" is not an instant`, {
      code: 'E_INSTANT',
      remedy: 'ISO 8601 with a zone, e.g. 2026-03-01T00:00:00Z',
    });
  }
  return ms;
}

/** `YYYY-MM-DDTHH:MM:SSZ` of an instant (with milliseconds only where there are any). */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** The UTC hour in which the instant lies. */
export function hourStartMs(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

/** Local date, month and minute of the day (Asia/Shanghai) of an instant. */
export function localTime(ms: number): { date: string; month: number; minuteOfDay: number } {
  const local = new Date(ms + SHANGHAI_OFFSET_MS);
  return {
    date: local.toISOString().slice(0, 10),
    month: local.getUTCMonth() + 1,
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
  };
}

/** Settlement month `YYYY-MM` (Asia/Shanghai) of an instant. */
export function localMonth(ms: number): string {
  return new Date(ms + SHANGHAI_OFFSET_MS).toISOString().slice(0, 7);
}

/** The quarter-hour starts of a settlement month: where it begins (ms) and how many there are. @throws Refusal E_PERIOD */
export function monthQuarters(period: string): { firstMs: number; count: number } {
  if (!MONTH.test(period)) {
    throw new Refusal(`"${period}" is not a settlement month`, { code: 'E_PERIOD', remedy: 'YYYY-MM' });
  }
  const year = Number(period.slice(0, 4));
  const month = Number(period.slice(5, 7));
  const firstMs = Date.UTC(year, month - 1, 1) - SHANGHAI_OFFSET_MS;
  const nextMs = Date.UTC(year, month, 1) - SHANGHAI_OFFSET_MS;
  return { firstMs, count: (nextMs - firstMs) / QUARTER_MS };
}
