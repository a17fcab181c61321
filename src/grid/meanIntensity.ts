/**
 * Intensity of a window from the hours (or quarters) that are published for it: mass over energy, never a mean of
 * intensities. An interval without a value is unknown supply, one without a known energy weighs as the mean of the
 * others; then the publication thresholds of flow tracing apply to the window (docs/method-grid.md).
 */
import { defaultTracingSettings, type TracingSettings } from './tracingSeries.ts';

/** One interval inside the window. */
export interface WeighedInterval {
  /** Seconds of the window that it covers. */
  readonly coveredS: number;
  readonly durationS: number;
  /** Consumption of the whole interval (MWh), null where unknown. */
  readonly consumedMwh: number | null;
  /** Null where unknown. */
  readonly intensityKgPerMwh: number | null;
  /** Share of unknown origin (0..1), null where there is none or it is not known. */
  readonly unknownShare: number | null;
  readonly lowerKgPerMwh: number | null;
  readonly upperKgPerMwh: number | null;
}

export interface MeanIntensity {
  /** Null where more than the allowed share is unknown. */
  readonly intensityKgPerMwh: number | null;
  /** Share of the window's supply that is of unknown origin, or of which nothing is known (0..1). */
  readonly unknownShare: number;
  readonly isEstimated: boolean;
  /** Null where an interval has no bounds. */
  readonly lowerKgPerMwh: number | null;
  readonly upperKgPerMwh: number | null;
  /** Known consumption of what the window covers (MWh). */
  readonly consumedMwh: number;
}

/**
 * The mean over a window of `windowS` seconds.
 * @param intervals those that are there, not overlapping; the rest of the window is unknown
 * @throws RangeError where they cover more than the window
 */
export function meanIntensity(
  intervals: readonly WeighedInterval[],
  windowS: number,
  settings: TracingSettings = defaultTracingSettings,
): MeanIntensity {
  const coveredS = intervals.reduce((sum, { coveredS }) => sum + coveredS, 0);
  if (!(windowS > 0) || coveredS > windowS * (1 + 1e-9)) throw new RangeError('intervals beyond the window');
  const measured = intervals.filter(({ consumedMwh }) => consumedMwh !== null && consumedMwh >= 0);
  const measuredS = measured.reduce((sum, { coveredS }) => sum + coveredS, 0);
  const consumedMwh = measured.reduce((sum, each) => sum + each.consumedMwh! * shareOf(each), 0);
  // Where nothing is measured time weighs instead.
  const weightPerS = consumedMwh > 0 ? consumedMwh / measuredS : 1;
  const weightOf = (each: WeighedInterval) =>
    consumedMwh > 0 && each.consumedMwh !== null && each.consumedMwh >= 0
      ? each.consumedMwh * shareOf(each)
      : each.coveredS * weightPerS;

  let total = (windowS - coveredS) * weightPerS;
  let unknown = total;
  const sums = { mass: 0, lower: total > windowS * weightPerS * 1e-9 ? Number.NaN : 0, upper: 0 };
  sums.upper = sums.lower;
  let anyEstimated = false;
  for (const each of intervals) {
    const weight = weightOf(each);
    total += weight;
    sums.lower += weight * (each.lowerKgPerMwh ?? Number.NaN);
    sums.upper += weight * (each.upperKgPerMwh ?? Number.NaN);
    if (each.intensityKgPerMwh === null) unknown += weight;
    else {
      const share = each.unknownShare ?? 0;
      unknown += weight * share;
      sums.mass += weight * (1 - share) * each.intensityKgPerMwh;
      anyEstimated ||= share > settings.knownUpToShare;
    }
  }
  const unknownShare = total > 0 ? Math.min(1, Math.max(0, unknown / total)) : 1;
  const known = unknownShare <= settings.estimatedUpToShare && total > unknown;
  return {
    intensityKgPerMwh: known ? sums.mass / (total - unknown) : null,
    unknownShare,
    isEstimated: unknownShare > settings.knownUpToShare || anyEstimated,
    lowerKgPerMwh: Number.isFinite(sums.lower) && total > 0 ? sums.lower / total : null,
    upperKgPerMwh: Number.isFinite(sums.upper) && total > 0 ? sums.upper / total : null,
    consumedMwh,
  };
}

const shareOf = ({ coveredS, durationS }: WeighedInterval): number => coveredS / durationS;
