/**
 * An hour hands the stock of storage to the next, and says what is expected of the day behind it: when it changes, the
 * hours that follow from it are computed again, for as far as that reaches.
 */
import type { FailedHour } from '../schemas/control.ts';
import { storeActivities } from './activityProxies.ts';

const HOUR_MS = 3_600_000;
const BATCH_HOURS = 24;
/** A change is followed for a week at most; what lies behind keeps the stock that its computation names. */
const MOST_BATCHES = 7;

export interface FollowedHours {
  readonly computed: number;
  readonly failed: readonly FailedHour[];
}

/** Computes again, day by day from each of the given hours, what no longer holds. */
export async function followDependents(hours: Iterable<string>): Promise<FollowedHours> {
  let computed = 0;
  const failed: FailedHour[] = [];
  let coveredMs = Number.NEGATIVE_INFINITY;
  for (const hour of [...new Set(hours)].sort()) {
    let next: string | undefined = Date.parse(hour) < coveredMs ? undefined : hour;
    for (let batches = 0; next !== undefined && batches < MOST_BATCHES; batches++) {
      const startMs: number = Date.parse(next);
      const batch = await storeActivities.computeGridWindow({
        hours: Array.from({ length: BATCH_HOURS }, (_hour, at) =>
          new Date(startMs + at * HOUR_MS).toISOString(),
        ),
        cause: 'dependent',
      });
      computed += batch.computed;
      failed.push(...batch.failed);
      coveredMs = startMs + BATCH_HOURS * HOUR_MS;
      next = batch.reopens?.[0];
    }
  }
  return { computed, failed };
}
