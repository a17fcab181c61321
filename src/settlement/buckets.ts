/** Groups 15-min intervals into the buckets in which a market settles: quarter, hour or month. */
import { hourStartMs, instantMs, instantText, localMonth } from './settlementCalendar.ts';

export const GRANULARITIES = ['15min', 'hour', 'month'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export interface Bucket {
  /** UTC start, UTC hour start, or `YYYY-MM` of Asia/Shanghai. */
  readonly id: string;
  /** Positions of the bucket's intervals in the given list. */
  readonly intervals: readonly number[];
}

/** The name of the bucket that holds the interval beginning at `startMs`. */
export function bucketId(startMs: number, granularity: Granularity): string {
  if (granularity === 'month') return localMonth(startMs);
  return instantText(granularity === 'hour' ? hourStartMs(startMs) : startMs);
}

/** Buckets in order of time, whatever the order of the starts. @throws Refusal E_INSTANT */
export function groupIntoBuckets(starts: readonly string[], granularity: Granularity): Bucket[] {
  const found = new Map<string, { firstMs: number; intervals: number[] }>();
  starts.forEach((start, at) => {
    const ms = instantMs(start);
    const id = bucketId(ms, granularity);
    const bucket = found.get(id);
    if (bucket === undefined) found.set(id, { firstMs: ms, intervals: [at] });
    else {
      bucket.intervals.push(at);
      bucket.firstMs = Math.min(bucket.firstMs, ms);
    }
  });
  return [...found]
    .sort(([, a], [, b]) => a.firstMs - b.firstMs)
    .map(([id, { intervals }]) => ({ id, intervals }));
}
