/** Draws of one score as the figures that are published. */

export interface ScoreDistribution {
  readonly draws: number;
  readonly mean: number;
  readonly median: number;
  readonly percentile2_5: number;
  readonly percentile97_5: number;
  readonly sd: number;
  /** exp of the standard deviation of logarithms; null where a draw is not above 0. */
  readonly geometricSd: number | null;
}

/**
 * Percentiles by linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
 * @param values any order, left as they are
 * @throws RangeError for no values
 */
export function summarise(values: Float64Array): ScoreDistribution {
  if (values.length === 0) throw new RangeError('no draws to summarise');
  const sorted = values.toSorted();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  const [mean, sd] = meanAndSd(sorted);
  const [, logSd] = sorted[0]! > 0 ? meanAndSd(sorted.map(Math.log)) : [0, undefined];
  return {
    draws: sorted.length,
    mean,
    median: at(0.5),
    percentile2_5: at(0.025),
    percentile97_5: at(0.975),
    sd,
    geometricSd: logSd === undefined ? null : Math.exp(logSd),
  };
}

function meanAndSd(values: Float64Array): [mean: number, sd: number] {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return [mean, values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))];
}
