/**
 * Forecast of an hourly series from its own history. Four named methods of the season are scored on hold-outs of the
 * last days, each origin seeing only what lay before it; the best is used and its score goes with the forecast. No
 * weather, no dispatch plan: an honest floor that any better forecast must beat.
 */

export const FORECAST_METHODS = [
  'SEASONAL_NAIVE_24H',
  'SEASONAL_NAIVE_168H',
  'SEASONAL_MEAN_7D',
  'SEASONAL_DRIFT_24H',
] as const;
export type ForecastMethod = (typeof FORECAST_METHODS)[number];

const DAY = 24;
const WEEK = 168;
/** Seasons that are looked through for a known hour. */
const SEASONS_BACK = 7;
/** Known hours that a forecast needs at least: two days to repeat and one to be scored on. */
export const LEAST_HISTORY_HOURS = 72;
/** Known hours of the last two days, below which the season is not known. */
const LEAST_RECENT_HOURS = 40;
const HOLDOUT_DAYS = 7;
/** Share of the hold-out's hours that a method must answer to be compared. */
const LEAST_ANSWERED = 0.9;

export interface HoldoutScore {
  readonly method: ForecastMethod;
  /** Mean absolute error over the hold-outs, in the unit of the series. */
  readonly meanAbsoluteError: number;
  /** The same over the mean of what was true; null where that is zero. */
  readonly relativeError: number | null;
  /** Hours that were forecast and known. */
  readonly hours: number;
}

export interface SeriesForecast {
  readonly method: ForecastMethod;
  readonly score: HoldoutScore;
  /** Scores of all methods that could be scored, best first. */
  readonly scores: readonly HoldoutScore[];
  /** One value an hour from the first hour after the history; null where the season has none. */
  readonly values: readonly (number | null)[];
}

/**
 * Forecasts `hours` values after the history.
 * @param history one value an hour up to the last known one; null where unknown
 * @returns undefined where the history is too short or too thin
 */
export function forecastSeries(
  history: readonly (number | null)[],
  hours: number,
): SeriesForecast | undefined {
  const known = history.filter((value) => value !== null).length;
  const recent = history.slice(-2 * DAY).filter((value) => value !== null).length;
  if (known < LEAST_HISTORY_HOURS || recent < LEAST_RECENT_HOURS) return undefined;
  const scores = FORECAST_METHODS.flatMap((method) => {
    const score = scoreHoldouts(history, method);
    return score === undefined ? [] : [score];
  }).sort(
    (a, b) =>
      a.meanAbsoluteError - b.meanAbsoluteError ||
      FORECAST_METHODS.indexOf(a.method) - FORECAST_METHODS.indexOf(b.method),
  );
  const [best] = scores;
  if (best === undefined) return undefined;
  return { method: best.method, score: best, scores, values: repeatSeason(history, hours, best.method) };
}

/** The hours after a history by a given method: for the parts of a whole whose method is chosen. */
export function repeatSeason(
  history: readonly (number | null)[],
  hours: number,
  method: ForecastMethod,
): (number | null)[] {
  return Array.from({ length: hours }, (_, ahead) => predict(history, history.length, ahead, method));
}

/** Value of hour `origin + ahead`, made of hours before `origin` only. */
function predict(
  history: readonly (number | null)[],
  origin: number,
  ahead: number,
  method: ForecastMethod,
): number | null {
  const at = origin + ahead;
  if (method === 'SEASONAL_NAIVE_168H') return sameHourBefore(history, origin, at, WEEK);
  if (method === 'SEASONAL_NAIVE_24H') return sameHourBefore(history, origin, at, DAY);
  if (method === 'SEASONAL_MEAN_7D') return meanOfDays(history, origin, at);
  const naive = sameHourBefore(history, origin, at, DAY);
  const drift = driftBefore(history, origin);
  // The shift of the last hours against the day before fades over a day.
  return naive === null ? null : Math.max(0, naive + drift * Math.exp(-ahead / 12));
}

/** The newest known of the hours before the origin that lie whole seasons back; a gap is met by the season before it. */
function sameHourBefore(
  history: readonly (number | null)[],
  origin: number,
  at: number,
  season: number,
): number | null {
  const newest = at - season * Math.ceil((at - origin + 1) / season);
  for (let back = 0; back < SEASONS_BACK; back++) {
    const value = history[newest - back * season];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

function meanOfDays(history: readonly (number | null)[], origin: number, at: number): number | null {
  const newest = at - DAY * Math.ceil((at - origin + 1) / DAY);
  let sum = 0;
  let count = 0;
  for (let day = 0; day < SEASONS_BACK; day++) {
    const value = history[newest - day * DAY];
    if (value === null || value === undefined) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Mean difference of the last three hours to the same hours a day before. */
function driftBefore(history: readonly (number | null)[], origin: number): number {
  let sum = 0;
  let count = 0;
  for (let back = 1; back <= 3; back++) {
    const now = history[origin - back];
    const before = history[origin - back - DAY];
    if (now === null || now === undefined || before === null || before === undefined) continue;
    sum += now - before;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** Each of the last days forecast from what lay before it. */
function scoreHoldouts(
  history: readonly (number | null)[],
  method: ForecastMethod,
): HoldoutScore | undefined {
  let error = 0;
  let truth = 0;
  let answered = 0;
  let asked = 0;
  for (let day = 1; day <= HOLDOUT_DAYS; day++) {
    const origin = history.length - day * DAY;
    if (origin < DAY) break;
    for (let ahead = 0; ahead < DAY; ahead++) {
      const real = history[origin + ahead];
      if (real === null || real === undefined) continue;
      asked++;
      const value = predict(history, origin, ahead, method);
      if (value === null) continue;
      answered++;
      error += Math.abs(value - real);
      truth += Math.abs(real);
    }
  }
  if (answered === 0 || answered < LEAST_ANSWERED * asked) return undefined;
  return {
    method,
    meanAbsoluteError: error / answered,
    relativeError: truth > 0 ? error / truth : null,
    hours: answered,
  };
}
