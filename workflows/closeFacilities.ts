/** One look at the facilities: closes the days that are ready, re-opens those with late data, then months and years. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { CloseFacilitiesArguments, ComputedFacilities, FailedFacility } from '../schemas/control.ts';
import { questions, storeActivities } from './activityProxies.ts';

export interface ClosedFacilities {
  readonly computed: number;
  readonly unchanged: number;
  readonly reopened: number;
  readonly waiting: number;
}

export async function closeFacilities(args: CloseFacilitiesArguments): Promise<ClosedFacilities> {
  const { days, periods, reopened, waiting } = await questions.findClosableFacilities(args);
  const done: ComputedFacilities[] = [];
  for (const { period: day, facilities } of days)
    done.push(
      await storeActivities.computeFacilityDay({ day, facilities: [...facilities], cause: 'closing' }),
    );
  for (const { period, facilities } of periods)
    done.push(
      await storeActivities.computeFacilityPeriod({ period, facilities: [...facilities], cause: 'closing' }),
    );
  failOnFacilities(done.flatMap(({ failed }) => failed));
  const sum = (key: 'computed' | 'unchanged') => done.reduce((total, each) => total + each[key], 0);
  return { computed: sum('computed'), unchanged: sum('unchanged'), reopened, waiting };
}

/** Most facilities that a failure names; the count says how many there are. */
const NAMED = 20;

/** Shows facilities that the engine refused; the others have been written. */
function failOnFacilities(failed: readonly FailedFacility[]): void {
  const [first] = failed;
  if (first === undefined) return;
  throw ApplicationFailure.create({
    type: 'TL_WINDOWS_FAILED',
    message: `${failed.length} windows of facilities could not be computed, first ${first.facility} ${first.period}: ${first.code} ${first.message}`,
    nonRetryable: true,
    details: [{ count: failed.length, failed: failed.slice(0, NAMED) }],
  });
}
