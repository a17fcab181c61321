/** Which time a route answers for; what was asked for is refused before another time would be answered. */
import type { Granularity } from '../../activities/gridResults.ts';
import { LONGEST_DAYS, type Span, wholeWindows, windowAt } from '../grid/granularity.ts';
import { badParameter } from '../problem.ts';

const DAY_MS = 86_400_000;

/** Whole windows over `[start, end)`. Throws ApiProblem 400 where it is empty or longer than the step allows. */
export function rangeOf(start: number, end: number, granularity: Granularity): Span {
  if (!(start < end)) throw badParameter('end', 'end must be after start', 'start before end');
  const longest = LONGEST_DAYS[granularity];
  if (end - start > longest * DAY_MS)
    throw badParameter(
      'end',
      `a range of ${granularity} is at most ${longest} days long`,
      `an end up to ${longest} days after start, or a coarser temporalGranularity`,
    );
  return wholeWindows({ fromMs: start, toMs: end }, granularity);
}

/** The last 24 hours of what is known, ending with the newest interval. */
export function lastDay(newestMs: number, granularity: '15_minutes' | 'hourly'): Span {
  const { toMs } = windowAt(newestMs, granularity);
  return { fromMs: toMs - DAY_MS, toMs };
}
