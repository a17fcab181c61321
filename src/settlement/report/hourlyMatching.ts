/** Hourly carbon-free energy (24/7 CFE) of a data centre from its matched quarter hours. */
import { Refusal } from '../../../schemas/refusal.ts';
import { smaller } from '../integerDivision.ts';
import { PPM } from '../money/amount.ts';
import { hourStartMs, instantMs, instantText } from '../settlementCalendar.ts';

export interface HourlyMatchingInput {
  /** UTC starts of 15-min intervals, one a value. */
  readonly intervals: readonly string[];
  readonly useWh: readonly bigint[];
  readonly matchedWh: readonly bigint[];
  /** Carbon-free share of the grid in ppm: one for all hours, or by UTC hour. */
  readonly gridCfePpm: bigint | ReadonlyMap<string, bigint>;
}

export interface MatchedHour {
  readonly hour: string;
  readonly useWh: bigint;
  /** Capped by use in every quarter. */
  readonly matchedWh: bigint;
  /** With the grid's share; null in an hour without use. */
  readonly cfePpm: bigint | null;
}

export interface HourlyMatching {
  readonly hours: readonly MatchedHour[];
  /** Without the grid's share; null without any use. */
  readonly contractedPpm: bigint | null;
  readonly scorePpm: bigint | null;
}

/** `score = sum(matched + (use - matched) * grid CFE) / sum(use)`, exact, floor ppm. @throws Refusal E_SERIES_LENGTH, E_GRID_CFE_MISSING */
export function hourlyMatching(input: HourlyMatchingInput): HourlyMatching {
  const { intervals, useWh, matchedWh } = input;
  if (useWh.length !== intervals.length || matchedWh.length !== intervals.length) {
    throw new Refusal('use, matched and intervals differ in length', { code: 'E_SERIES_LENGTH' });
  }
  const byHour = new Map<number, { useWh: bigint; matchedWh: bigint }>();
  intervals.forEach((start, at) => {
    const hourMs = hourStartMs(instantMs(start));
    const hour = byHour.get(hourMs) ?? { useWh: 0n, matchedWh: 0n };
    byHour.set(hourMs, hour);
    hour.useWh += useWh[at]!;
    hour.matchedWh += smaller(matchedWh[at]!, useWh[at]!);
  });
  let totalUse = 0n;
  let totalMatched = 0n;
  let totalWeighted = 0n;
  const hours = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([hourMs, sums]): MatchedHour => {
      const hour = instantText(hourMs);
      if (sums.useWh === 0n) return { hour, ...sums, cfePpm: null };
      const grid = gridShare(input.gridCfePpm, hour);
      const weighted = sums.matchedWh * PPM + (sums.useWh - sums.matchedWh) * grid;
      totalUse += sums.useWh;
      totalMatched += sums.matchedWh;
      totalWeighted += weighted;
      return { hour, ...sums, cfePpm: weighted / sums.useWh };
    });
  if (totalUse === 0n) return { hours, contractedPpm: null, scorePpm: null };
  return {
    hours,
    contractedPpm: (totalMatched * PPM) / totalUse,
    scorePpm: totalWeighted / totalUse,
  };
}

function gridShare(gridCfePpm: HourlyMatchingInput['gridCfePpm'], hour: string): bigint {
  if (typeof gridCfePpm === 'bigint') return gridCfePpm;
  const share = gridCfePpm.get(hour);
  if (share === undefined) {
    throw new Refusal('the grid has no carbon-free share for an hour with use', {
      code: 'E_GRID_CFE_MISSING',
      place: hour,
    });
  }
  return share;
}
