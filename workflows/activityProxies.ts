/** How the workflows call activities: on which queue, for how long, and how often again. */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../src/activities/createActivities.ts';
import type { EngineActivities } from '../src/activities/engineActivities.ts';

/** Activities that read and write the store. They heartbeat; a lost worker is noticed within a minute. */
export const storeActivities = proxyActivities<Omit<Activities, 'ingestStretch' | 'rebuildStreamWindows'>>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '1 minute',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Refused while a range stands open: then the ingest has to go on before it is asked again. */
export const { rebuildStreamWindows } = proxyActivities<Pick<Activities, 'rebuildStreamWindows'>>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '1 minute',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    maximumInterval: '1 minute',
    nonRetryableErrorTypes: ['TL_LOG_FENCED'],
  },
});

/** Short questions, which have no heartbeat. */
export const questions = proxyActivities<
  Pick<
    Activities,
    | 'findClosable'
    | 'findClosableFacilities'
    | 'findClosableStackDays'
    | 'findClosableEmissionPeriods'
    | 'topicsToAudit'
    | 'windowsDifference'
  >
>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** The ingest has workers of its own: the queue of the workflow with `-ingest` behind it. */
export function ingestActivity(bounds: { stretchS: number; heartbeatTimeoutS: number }) {
  return proxyActivities<Pick<Activities, 'ingestStretch'>>({
    taskQueue: `${workflowInfo().taskQueue}-ingest`,
    // What was taken at the end of the stretch is still settled and committed.
    startToCloseTimeout: (bounds.stretchS + 300) * 1_000,
    heartbeatTimeout: bounds.heartbeatTimeoutS * 1_000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  }).ingestStretch;
}

/** The engines of footprint and settlement: one activity each, long enough for a whole month or background. */
export const engines = proxyActivities<EngineActivities>({
  startToCloseTimeout: '30 minutes',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 10,
  },
});

/** Runs of a settlement month. The journal makes every attempt write the same, so a lost one is simply tried again. */
export const settlementRuns = proxyActivities<
  Pick<EngineActivities, 'postSettlementRun' | 'withdrawSettlementRun'>
>({
  startToCloseTimeout: '30 minutes',
  // A large month computes for some seconds without a beat.
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** What happened to a run: one row, without heartbeat. */
export const runEvents = proxyActivities<Pick<EngineActivities, 'recordRunEvent'>>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Footprint requests: they heartbeat, so that a lost worker is noticed. */
export const footprints = proxyActivities<
  Pick<EngineActivities, 'computeRequested' | 'issueRequested' | 'recomputePage' | 'recordFootprintEvent'>
>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '2 minutes',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 10,
  },
});
