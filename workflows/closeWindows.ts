/** One look at the windows: closes the hours that are complete or past their grace, re-opens those with late data and those that follow from them. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { CloseWindowsArguments, FailedHour } from '../schemas/control.ts';
import { questions, storeActivities } from './activityProxies.ts';
import { followDependents } from './followDependents.ts';

export interface ClosedWindows {
  readonly computed: number;
  readonly unchanged: number;
  /** How many of them had been closed before. */
  readonly reopened: number;
  readonly waiting: number;
}

export async function closeWindows(args: CloseWindowsArguments): Promise<ClosedWindows> {
  const { hours, reopened, waiting } = await questions.findClosable(args);
  const failed: FailedHour[] = [];
  let computed = 0;
  let unchanged = 0;
  const reopens: string[] = [];
  for (let at = 0; at < hours.length; at += args.batchHours) {
    const batch = await storeActivities.computeGridWindow({
      hours: hours.slice(at, at + args.batchHours),
      cause: 'closing',
    });
    computed += batch.computed;
    unchanged += batch.unchanged;
    failed.push(...batch.failed);
    reopens.push(...(batch.reopens ?? []));
  }
  const followed = await followDependents(reopens);
  computed += followed.computed;
  failed.push(...followed.failed);
  failOn(failed);
  return { computed, unchanged, reopened, waiting };
}

/** Most hours that a failure names; the count says how many there are. */
const NAMED = 20;

/** Shows hours that the engine refused; the others have been written. */
export function failOn(failed: readonly FailedHour[]): void {
  const [first] = failed;
  if (first === undefined) return;
  throw ApplicationFailure.create({
    type: 'TL_WINDOWS_FAILED',
    message: `${failed.length} hours could not be computed, first ${first.hour}: ${first.code} ${first.message}`,
    nonRetryable: true,
    details: [{ count: failed.length, failed: failed.slice(0, NAMED) }],
  });
}
