/** The forecast of a zone as it was known at an instant: made of the versions known then, by the pure method. */

import { readIntensities } from '../../activities/gridResults.ts';
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
  question: ForecastQuestion,
): Promise<ZoneForecast> {
  const rows = await readIntensities(store, { ...zone, granularity: 'hourly', ...historyOf(question) });
  const known = rows.filter(({ intensityKgPerMwh }) => intensityKgPerMwh !== null);
  const basis = basisOf(zone.zone, known, question);
  const { historyEndMs, behind, refuse } = basis;
  const history = seriesOver(basis, known, ({ intensityKgPerMwh }) => intensityKgPerMwh);
  const forecast = forecastSeries(history, behind + question.hours);
  const points = (forecast?.values ?? []).flatMap((value, at) =>
    value === null || at < behind ? [] : [{ startMs: historyEndMs + at * HOUR_MS, intensityKgPerMwh: value }],
  );
  // A gap inside the forecast would be an answer with hours left out in silence.
  if (forecast === undefined || points.length < question.hours) throw refuse(tooThin(known.length));
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

export const tooThin = (known: number): string =>
  `it needs ${LEAST_HISTORY_HOURS} known hours without wide gaps, ${known} were known`;

/** The hours that a forecast is made of, as they were known when it was asked for. */
export function historyOf({ atMs }: ForecastQuestion) {
  const toMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return { fromMs: toMs - HISTORY_HOURS * HOUR_MS, toMs, asOfMs: atMs };
}

export interface ForecastBasis {
  readonly historyStartMs: number;
  readonly historyEndMs: number;
  /** Hours between the end of the history and the hour of the question. */
  readonly behind: number;
  readonly refuse: (why: string) => ApiProblem;
}

/** Where a history begins and ends. Throws ApiProblem where it is empty or too old. */
export function basisOf(
  zone: string,
  known: readonly { readonly startMs: number }[],
  { atMs, refusedAs }: ForecastQuestion,
): ForecastBasis {
  const refuse = (why: string) =>
    new ApiProblem(`no forecast for zone "${zone}" at ${new Date(atMs).toISOString()}: ${why}`, {
      status: refusedAs,
      code: 'TL_API_NO_FORECAST',
      remedy: 'ask when more of its history is computed',
    });
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined)
    throw refuse(`no hour of the ${HISTORY_HOURS / 24} days before was known`);
  const historyEndMs = last.startMs + HOUR_MS;
  const behind = Math.floor(atMs / HOUR_MS) - historyEndMs / HOUR_MS;
  if (behind > STALE_HOURS)
    throw refuse(
      `what was known ends at ${new Date(historyEndMs).toISOString()}, more than ${STALE_HOURS} h before`,
    );
  return { historyStartMs: first.startMs, historyEndMs, behind, refuse };
}

/** One value an hour over a history; null where a row is missing or has none. */
export function seriesOver<R extends { readonly startMs: number }>(
  { historyStartMs, historyEndMs }: ForecastBasis,
  rows: readonly R[],
  read: (row: R) => number | null,
): (number | null)[] {
  const series = new Array<number | null>((historyEndMs - historyStartMs) / HOUR_MS).fill(null);
  for (const row of rows) series[(row.startMs - historyStartMs) / HOUR_MS] = read(row);
  return series;
}

/** The least sure origin of any of the rows. */
export function worstOrigin(rows: readonly { readonly origin: string }[]): string {
  return (
    ['simulated', 'inherited', 'estimated'].find((worse) => rows.some(({ origin }) => origin === worse)) ??
    'measured'
  );
}
