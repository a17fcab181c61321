/** Steps in which series are served: quarters and hours as stored, days and longer cut in civil time (Asia/Shanghai). */
import type { Granularity } from '../../activities/gridResults.ts';

/** Half-open, ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** China has one civil time and no daylight saving. */
const CIVIL_MS = 8 * HOUR_MS;

/** Longest range that one request is answered for, in days. */
export const LONGEST_DAYS: Readonly<Record<Granularity, number>> = {
  '15_minutes': 10,
  hourly: 10,
  daily: 100,
  monthly: 1_830,
  yearly: 3_660,
};

/** Whether a step is stored as it is, not summed. */
export const isStored = (granularity: Granularity): granularity is '15_minutes' | 'hourly' =>
  granularity === '15_minutes' || granularity === 'hourly';

/** The window that contains an instant. */
export function windowAt(ms: number, granularity: Granularity): Span {
  if (isStored(granularity)) {
    const stepMs = granularity === 'hourly' ? HOUR_MS : HOUR_MS / 4;
    const fromMs = Math.floor(ms / stepMs) * stepMs;
    return { fromMs, toMs: fromMs + stepMs };
  }
  if (granularity === 'daily') {
    const fromMs = Math.floor((ms + CIVIL_MS) / DAY_MS) * DAY_MS - CIVIL_MS;
    return { fromMs, toMs: fromMs + DAY_MS };
  }
  const civil = new Date(ms + CIVIL_MS);
  const [year, month] = [civil.getUTCFullYear(), civil.getUTCMonth()];
  const [first, next] = granularity === 'monthly' ? [month, month + 1] : [0, 12];
  return { fromMs: Date.UTC(year, first, 1) - CIVIL_MS, toMs: Date.UTC(year, next, 1) - CIVIL_MS };
}

/** The whole windows that overlap a span: a sum over part of one would be another figure. */
export function wholeWindows({ fromMs, toMs }: Span, granularity: Granularity): Span {
  return { fromMs: windowAt(fromMs, granularity).fromMs, toMs: windowAt(toMs - 1, granularity).toMs };
}
