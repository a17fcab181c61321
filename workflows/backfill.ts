/** Computes a range of hours, or of facilities' days, in bounded chunks, for as long as it takes: each history holds some of them. */
import { continueAsNew, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BackfillArguments, FailedHour } from '../schemas/control.ts';
import { storeActivities } from './activityProxies.ts';
import { backfillFacilities } from './backfillFacilities.ts';
import { failOn } from './closeWindows.ts';
import { followDependents } from './followDependents.ts';

export interface BackfillProgress {
  readonly from: string;
  readonly to: string;
  /** Start of the next chunk; `to` when done. */
  readonly next: string;
  readonly computed: number;
  readonly unchanged: number;
  readonly empty: number;
  /** At most 100 are named. */
  readonly failed: readonly FailedHour[];
  /** Hours behind the range that follow from it and no longer hold; they are computed at the end. */
  readonly reopens?: readonly string[];
}

export const progressQuery = defineQuery<BackfillProgress>('progress');

const HOUR_MS = 3_600_000;
const MOST_FAILED = 100;

export async function backfill(
  args: BackfillArguments,
  before?: BackfillProgress,
): Promise<BackfillProgress> {
  const { from, to, chunkHours, chunksPerRun, cause } = args;
  let progress: BackfillProgress = before ?? {
    from,
    to,
    next: from,
    computed: 0,
    unchanged: 0,
    empty: 0,
    failed: [],
  };
  setHandler(progressQuery, () => progress);
  if (args.kind === 'facility_day')
    return backfillFacilities(
      args,
      progress,
      (changed) => {
        progress = changed;
      },
      (changed) => continueAsNew<typeof backfill>(args, changed),
    );
  const endMs = Date.parse(to);
  for (let chunks = 0; Date.parse(progress.next) < endMs; chunks++) {
    if (chunks >= chunksPerRun || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof backfill>(args, progress);
    const startMs = Date.parse(progress.next);
    const nextMs = Math.min(endMs, startMs + chunkHours * HOUR_MS);
    const hours: string[] = [];
    for (let ms = startMs; ms < nextMs; ms += HOUR_MS) hours.push(new Date(ms).toISOString());
    const chunk = await storeActivities.computeGridWindow({ hours, cause });
    // What the next chunk computes anyway needs no following.
    const behind = (chunk.reopens ?? []).filter((hour) => Date.parse(hour) >= endMs);
    progress = {
      ...progress,
      next: new Date(nextMs).toISOString(),
      computed: progress.computed + chunk.computed,
      unchanged: progress.unchanged + chunk.unchanged,
      empty: progress.empty + chunk.empty,
      failed: [...progress.failed, ...chunk.failed].slice(0, MOST_FAILED),
      ...(behind.length > 0 && { reopens: [...(progress.reopens ?? []), ...behind] }),
    };
  }
  const { reopens = [], ...done } = progress;
  const followed = await followDependents(reopens);
  progress = {
    ...done,
    computed: progress.computed + followed.computed,
    failed: [...progress.failed, ...followed.failed].slice(0, MOST_FAILED),
  };
  failOn(progress.failed);
  return progress;
}
