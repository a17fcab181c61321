/**
 * Estimates by name, for what was not measured. They look back only, so that what is scored by hold-out is
 * what could have been said at the time, and they never touch a measured value.
 */

/** Estimators from the history of a series; `BALANCE` and `KNOWN_SHARE` need none and are part of the tracing. */
export const HISTORY_ESTIMATORS = ['SEASONAL_NAIVE', 'TIME_SLICER_AVERAGE'] as const;
export type HistoryEstimator = (typeof HISTORY_ESTIMATORS)[number];

export interface SeriesShape {
  readonly stepsPerDay: number;
  /** Series of one step each lie side by side: `values[step * stride + column]`. */
  readonly stride: number;
  readonly column: number;
}

const WEEK_DAYS = 7;
/** Days that are averaged, and weeks that are looked back. */
const SLICE_DAYS = 28;
const SEASON_WEEKS = 4;

/**
 * The estimate of one step from the measured values before it, NaN where there are none to go by.
 * `SEASONAL_NAIVE`: the same time a week ago (or two, three, four), else the day before.
 * `TIME_SLICER_AVERAGE`: the mean of the same time of day over the last 28 days.
 */
export function estimateStep(
  estimator: HistoryEstimator,
  values: Float64Array,
  step: number,
  { stepsPerDay, stride, column }: SeriesShape,
): number {
  const daysAgo = (days: number): number => {
    const at = step - days * stepsPerDay;
    return at < 0 ? Number.NaN : values[at * stride + column]!;
  };
  if (estimator === 'SEASONAL_NAIVE') {
    for (let week = 1; week <= SEASON_WEEKS; week++) {
      const value = daysAgo(week * WEEK_DAYS);
      if (!Number.isNaN(value)) return value;
    }
    for (let day = 1; day < WEEK_DAYS; day++) {
      const value = daysAgo(day);
      if (!Number.isNaN(value)) return value;
    }
    return Number.NaN;
  }
  let sum = 0;
  let count = 0;
  for (let day = 1; day <= SLICE_DAYS; day++) {
    const value = daysAgo(day);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** A series with its missing steps estimated; measured values are kept, and what cannot be estimated stays NaN. */
export function estimateMissing(
  estimator: HistoryEstimator,
  values: Float64Array,
  shape: SeriesShape,
): { readonly values: Float64Array; readonly estimated: Uint8Array } {
  const filled = values.slice();
  const estimated = new Uint8Array(values.length);
  for (let at = shape.column; at < values.length; at += shape.stride) {
    if (!Number.isNaN(values[at]!)) continue;
    // From measured values, never from estimates.
    filled[at] = estimateStep(estimator, values, (at - shape.column) / shape.stride, shape);
    if (!Number.isNaN(filled[at])) estimated[at] = 1;
  }
  return { values: filled, estimated };
}
