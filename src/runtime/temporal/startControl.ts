/** What a deployment keeps running under Temporal: an ingest a topic, and the schedules a person would want. */
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import {
  CLOSE_EMISSIONS,
  CLOSE_FACILITIES,
  CLOSE_GRID_WINDOWS,
  type CloseEmissionsArguments,
  type CloseFacilitiesArguments,
  type CloseWindowsArguments,
  closeEmissionsArguments,
  closeFacilitiesArguments,
  closeWindowsArguments,
  INGEST_HEARTBEAT_TIMEOUT_S,
  type IngestLimitsChange,
  ingestLimits,
} from '../../../schemas/control.ts';
import type { auditOffsets } from '../../../workflows/auditOffsets.ts';
import type { closeEmissions } from '../../../workflows/closeEmissions.ts';
import type { closeFacilities } from '../../../workflows/closeFacilities.ts';
import type { closeWindows } from '../../../workflows/closeWindows.ts';
import type { ingestStream } from '../../../workflows/ingestStream.ts';
import { taskQueueOf } from './startWorkers.ts';

/** Workflow of a topic's ingest. */
export const ingestWorkflowId = (topicPrefix: string, topic: string): string =>
  `ingest:${topicPrefix}${topic}`;

export interface IngestPlan {
  readonly topics: readonly string[];
  readonly topicPrefix: string;
  readonly limits?: IngestLimitsChange;
  /** After this without a heartbeat another worker takes over. */
  readonly heartbeatTimeoutS?: number;
  /** Stretches of one history before it continues as new. */
  readonly stretchesPerRun?: number;
  readonly taskQueue?: string;
}

/** Starts the ingest of every topic that has none running; returns the topics started now. */
export async function ensureIngest(client: Client, plan: IngestPlan): Promise<string[]> {
  const limits = ingestLimits.parse(plan.limits ?? {});
  const started: string[] = [];
  for (const topic of plan.topics) {
    try {
      await client.workflow.start<typeof ingestStream>('ingestStream', {
        workflowId: ingestWorkflowId(plan.topicPrefix, topic),
        taskQueue: plan.taskQueue ?? taskQueueOf(plan.topicPrefix),
        args: [
          {
            topic,
            limits,
            heartbeatTimeoutS: plan.heartbeatTimeoutS ?? INGEST_HEARTBEAT_TIMEOUT_S,
            stretchesPerRun: plan.stretchesPerRun ?? 200,
          },
        ],
      });
      started.push(topic);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
  return started;
}

export interface SchedulesPlan {
  readonly topicPrefix: string;
  readonly closeWindows?: Partial<CloseWindowsArguments>;
  readonly closeFacilities?: Partial<CloseFacilitiesArguments>;
  readonly closeEmissions?: Partial<CloseEmissionsArguments>;
  readonly taskQueue?: string;
}

/** Ids of the schedules of a deployment. */
export const scheduleIds = (topicPrefix: string) => ({
  closeWindows: `${topicPrefix}closeWindows`,
  closeFacilities: `${topicPrefix}closeFacilities`,
  closeEmissions: `${topicPrefix}closeEmissions`,
  auditOffsets: `${topicPrefix}auditOffsets`,
});

/** Creates the schedules, or brings those that exist up to what is wanted now; a person's pause of one stays. */
export async function ensureSchedules(client: Client, plan: SchedulesPlan): Promise<void> {
  const taskQueue = plan.taskQueue ?? taskQueueOf(plan.topicPrefix);
  const ids = scheduleIds(plan.topicPrefix);
  const closing = closeWindowsArguments.parse({ ...CLOSE_GRID_WINDOWS, ...plan.closeWindows });
  await ensureSchedule(client, {
    scheduleId: ids.closeWindows,
    spec: { intervals: [{ every: '1 minute' }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '2 minutes' },
    action: startOf<typeof closeWindows>('closeWindows', ids.closeWindows, taskQueue, [closing]),
  });
  await ensureSchedule(client, {
    scheduleId: ids.closeFacilities,
    spec: { intervals: [{ every: '5 minutes' }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10 minutes' },
    action: startOf<typeof closeFacilities>('closeFacilities', ids.closeFacilities, taskQueue, [
      closeFacilitiesArguments.parse({ ...CLOSE_FACILITIES, ...plan.closeFacilities }),
    ]),
  });
  await ensureSchedule(client, {
    scheduleId: ids.closeEmissions,
    spec: { intervals: [{ every: '5 minutes' }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10 minutes' },
    action: startOf<typeof closeEmissions>('closeEmissions', ids.closeEmissions, taskQueue, [
      closeEmissionsArguments.parse({ ...CLOSE_EMISSIONS, ...plan.closeEmissions }),
    ]),
  });
  await ensureSchedule(client, {
    scheduleId: ids.auditOffsets,
    // At night in China, away from the full hours in which everybody else's jobs run.
    spec: { calendars: [{ hour: 3, minute: 17 }], timezone: 'Asia/Shanghai' },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12 hours' },
    action: startOf<typeof auditOffsets>('auditOffsets', ids.auditOffsets, taskQueue, [{}]),
  });
}

function startOf<W extends (...args: never[]) => Promise<unknown>>(
  workflowType: string,
  workflowId: string,
  taskQueue: string,
  args: Parameters<W>,
): ScheduleOptions['action'] {
  return { type: 'startWorkflow', workflowType, workflowId, taskQueue, args };
}

async function ensureSchedule(client: Client, options: ScheduleOptions): Promise<void> {
  const { scheduleId: _, memo: _memo, ...wanted } = options;
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(options.scheduleId)
      .update(({ state }) => ({ ...wanted, state }) as never)
      .catch((fault: unknown) => {
        // Deleted in between: the next start makes it again.
        if (!(fault instanceof ScheduleNotFoundError)) throw fault;
      });
  }
}
