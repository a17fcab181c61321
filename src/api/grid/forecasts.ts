/** The forecast of a zone as it was known at an instant: made of the versions known then, by the pure method. */

import { type IntensityFigure, readIntensities } from '../../activities/gridResults.ts';
import { forecastSeries, LEAST_HISTORY_HOURS, type SeriesForecast } from '../../grid/forecast.ts';
import type { Store } from '../../store/port.ts';
import { ApiProblem } from '../problem.ts';
import type { AnsweringZone } from './zones.ts';

const HOUR_MS = 3_600_000;
/** History that a forecast looks at: three weeks, so that each weekday is seen three times. */
const HISTORY_HOURS = 21 * 24;
/** A history that ends longer ago is no ground for a forecast of now. */
const STALE_HOURS = 48;

export interface ZoneForecast {
  readonly zone: AnsweringZone;
  /** Newest knowledge that the forecast was made of: it cannot have been made earlier. */
  readonly generatedAtMs: number;
  /** End of the history: nothing after it was known. */
  readonly historyEndMs: number;
  readonly method: SeriesForecast['method'];
  readonly score: SeriesForecast['score'];
  readonly origin: string;
  readonly points: readonly { readonly startMs: number; readonly intensityKgPerMwh: number }[];
}

export interface ForecastQuestion {
  readonly atMs: number;
  readonly hours: number;
  /** How the client at hand is told that there is none. */
  readonly refusedAs: 404 | 501;
}

/**
 * Forecasts the hours from the one that contains `atMs`, from what was known at `atMs`.
 * @throws ApiProblem with the status `refusedAs` where the history was too short, too thin or too old
 */
export async function forecastAt(
  store: Store,
  zone: AnsweringZone,
  { atMs, hours, refusedAs }: ForecastQuestion,
): Promise<ZoneForecast> {
  const refuse = (why: string) =>
    new ApiProblem(`no forecast for zone "${zone.zone}" at ${new Date(atMs).toISOString()}: ${why}`, {
      status: refusedAs,
      code: 'TL_API_NO_FORECAST',
      remedy: 'ask when more of its history is computed',
    });
  const firstMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const rows = await readIntensities(store, {
    zone: zone.zone,
    family: zone.family,
    granularity: 'hourly',
    fromMs: firstMs - HISTORY_HOURS * HOUR_MS,
    toMs: firstMs,
    asOfMs: atMs,
  });
  const known = rows.filter(({ intensityKgPerMwh }) => intensityKgPerMwh !== null);
  const last = known.at(-1);
  if (last === undefined) throw refuse(`no hour of the ${HISTORY_HOURS / 24} days before was known`);
  const historyEndMs = last.startMs + HOUR_MS;
  const behind = (firstMs - historyEndMs) / HOUR_MS;
  if (behind > STALE_HOURS) {
    throw refuse(
      `what was known ends at ${new Date(historyEndMs).toISOString()}, more than ${STALE_HOURS} h before`,
    );
  }
  const forecast = forecastSeries(hourlySeries(known, historyEndMs), behind + hours);
  const points = (forecast?.values ?? []).flatMap((value, at) =>
    value === null || at < behind ? [] : [{ startMs: historyEndMs + at * HOUR_MS, intensityKgPerMwh: value }],
  );
  // A gap inside the forecast would be an answer with hours left out in silence.
  if (forecast === undefined || points.length < hours) {
    throw refuse(`it needs ${LEAST_HISTORY_HOURS} known hours without wide gaps, ${known.length} were known`);
  }
  return {
    zone,
    generatedAtMs: Math.max(...rows.map(({ knownAtMs }) => knownAtMs)),
    historyEndMs,
    method: forecast.method,
    score: forecast.score,
    origin: worstOrigin(known),
    points,
  };
}

function hourlySeries(known: readonly IntensityFigure[], endMs: number): (number | null)[] {
  const firstMs = known[0]!.startMs;
  const series = new Array<number | null>((endMs - firstMs) / HOUR_MS).fill(null);
  for (const { startMs, intensityKgPerMwh } of known)
    series[(startMs - firstMs) / HOUR_MS] = intensityKgPerMwh;
  return series;
}

function worstOrigin(rows: readonly IntensityFigure[]): string {
  return (
    ['simulated', 'inherited', 'estimated'].find((worse) => rows.some(({ origin }) => origin === worse)) ??
    'measured'
  );
}
