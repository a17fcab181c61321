/** Windows of work over a forecast: the mean of each that fits into the time asked for, and the best of them. Pure. */
import type { EmissionsPoint } from './shapes.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface ForecastPoint {
  readonly startMs: number;
  readonly intensityKgPerMwh: number;
}

export interface WindowQuestion {
  readonly location: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly windowMinutes: number;
}

export interface ForecastWindows {
  readonly all: readonly EmissionsPoint[];
  /** Those with the lowest mean. */
  readonly optimal: readonly EmissionsPoint[];
}

/** Windows that begin at `fromMs` and at each full hour after it and end by `toMs`; hours weigh by the time of theirs inside. */
export function windowsOf(
  points: readonly ForecastPoint[],
  { location, fromMs, toMs, windowMinutes }: WindowQuestion,
): ForecastWindows {
  const windowMs = windowMinutes * MINUTE_MS;
  const hours = points.map(({ startMs }) => startMs).filter((startMs) => startMs > fromMs);
  const all = [fromMs, ...hours]
    .filter((startMs) => startMs + windowMs <= toMs)
    .map(
      (startMs): EmissionsPoint => ({
        location,
        timestamp: new Date(startMs).toISOString(),
        duration: windowMinutes,
        value: meanOver(points, startMs, startMs + windowMs),
      }),
    );
  const lowest = Math.min(...all.map(({ value }) => value));
  return { all, optimal: all.filter(({ value }) => value === lowest) };
}

function meanOver(points: readonly ForecastPoint[], fromMs: number, toMs: number): number {
  let sum = 0;
  for (const { startMs, intensityKgPerMwh } of points) {
    const insideMs = Math.min(startMs + HOUR_MS, toMs) - Math.max(startMs, fromMs);
    if (insideMs > 0) sum += (insideMs / (toMs - fromMs)) * intensityKgPerMwh;
  }
  return sum;
}
