/** Computes facilities over a range of civil days, a day at a time, then the months and years that end in it. */
import { workflowInfo } from '@temporalio/workflow';
import type { BackfillArguments, ComputedFacilities } from '../schemas/control.ts';
import { storeActivities } from './activityProxies.ts';
import type { BackfillProgress } from './backfill.ts';
import { failOn } from './closeWindows.ts';

const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3_600_000;
const MOST_FAILED = 100;

/**
 * `from` and `to` are starts of civil days of Asia/Shanghai. `report` is told of every day, `again` continues the
 * workflow as new.
 */
export async function backfillFacilities(
  { from, to, chunksPerRun, cause }: BackfillArguments,
  before: BackfillProgress,
  report: (progress: BackfillProgress) => void,
  again: (progress: BackfillProgress) => Promise<never>,
): Promise<BackfillProgress> {
  let progress = before;
  const endMs = Date.parse(to);
  const civil = (ms: number) => new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10);
  const add = (done: ComputedFacilities, nextMs: number) => {
    progress = {
      ...progress,
      next: new Date(nextMs).toISOString(),
      computed: progress.computed + done.computed,
      unchanged: progress.unchanged + done.unchanged,
      empty: progress.empty + done.empty,
      failed: [
        ...progress.failed,
        ...done.failed.map(({ facility, period, code, message }) => ({
          hour: period,
          code,
          message: `${facility}: ${message}`,
        })),
      ].slice(0, MOST_FAILED),
    };
    report(progress);
  };
  for (let chunks = 0; Date.parse(progress.next) < endMs; chunks++) {
    if (chunks >= chunksPerRun || workflowInfo().continueAsNewSuggested) await again(progress);
    const dayMs = Date.parse(progress.next);
    add(await storeActivities.computeFacilityDay({ day: civil(dayMs), cause }), dayMs + DAY_MS);
  }
  for (const period of periodsWithin(Date.parse(from), endMs))
    add(await storeActivities.computeFacilityPeriod({ period, cause }), endMs);
  failOn(progress.failed);
  return progress;
}

/** Months and years that end within the range. */
function periodsWithin(startMs: number, endMs: number): string[] {
  const periods: string[] = [];
  for (let dayMs = startMs; dayMs < endMs; dayMs += DAY_MS) {
    const next = new Date(dayMs + DAY_MS + SHANGHAI_MS).toISOString();
    const day = new Date(dayMs + SHANGHAI_MS).toISOString();
    if (next.slice(8, 10) === '01') periods.push(day.slice(0, 7));
    if (next.slice(5, 10) === '01-01') periods.push(day.slice(0, 4));
  }
  return periods;
}
