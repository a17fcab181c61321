/** One look at the stacks: closes the days that are ready, re-opens those with late data, then months and years of stacks and sites. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { CloseEmissionsArguments, ComputedEmissions } from '../schemas/control.ts';
import { questions, storeActivities } from './activityProxies.ts';

export interface ClosedEmissions {
  readonly computed: number;
  readonly unchanged: number;
  readonly reopened: number;
  readonly waiting: number;
}

export async function closeEmissions(args: CloseEmissionsArguments): Promise<ClosedEmissions> {
  const { days, reopened, waiting } = await questions.findClosableStackDays(args);
  const done: ComputedEmissions[] = [];
  for (const { day, subjects } of days)
    done.push(await storeActivities.computeStackDay({ day, subjects: [...subjects] }));
  const { periods } = await questions.findClosableEmissionPeriods(args);
  for (const { period, subjects, sites } of periods)
    done.push(
      await storeActivities.computeEmissionPeriod({ period, subjects: [...subjects], sites: [...sites] }),
    );
  failOnEmissions(done);
  const sum = (key: 'computed' | 'unchanged') => done.reduce((total, each) => total + each[key], 0);
  return { computed: sum('computed'), unchanged: sum('unchanged'), reopened, waiting };
}

/** Most windows that a failure names; the count says how many there are. */
const NAMED = 20;

/** Shows windows that the engine refused; the others have been written. */
function failOnEmissions(done: readonly ComputedEmissions[]): void {
  const failed = done.flatMap((each) => each.failed);
  const [first] = failed;
  if (first === undefined) return;
  throw ApplicationFailure.create({
    type: 'TL_WINDOWS_FAILED',
    message: `${failed.length} windows of stacks could not be computed, first ${first.subject} ${first.period}: ${first.code} ${first.message}`,
    nonRetryable: true,
    details: [{ count: failed.length, failed: failed.slice(0, NAMED) }],
  });
}
