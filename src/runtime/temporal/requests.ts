/** Work that people ask for: each request checked, under a name that keeps the same one from running twice. */
import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { z } from 'zod';
import {
  auditOffsetsArguments,
  backfillArguments,
  CLOSE_FACILITIES,
  CLOSE_GRID_WINDOWS,
  closeFacilitiesArguments,
  closeWindowsArguments,
  rebuildWindowsArguments,
  redriveArguments,
} from '../../../schemas/control.ts';
import type { auditOffsets } from '../../../workflows/auditOffsets.ts';
import type { backfill } from '../../../workflows/backfill.ts';
import type { closeFacilities } from '../../../workflows/closeFacilities.ts';
import type { closeWindows } from '../../../workflows/closeWindows.ts';
import type { rebuildWindows } from '../../../workflows/rebuildWindows.ts';
import type { redrive } from '../../../workflows/redrive.ts';
import { ingestWorkflowId } from './startControl.ts';
import { taskQueueOf } from './startWorkers.ts';

export interface Deployment {
  readonly client: Client;
  readonly topicPrefix: string;
  readonly taskQueue?: string;
}

/** Computes a range of hours. Throws `ZodError` for arguments that cannot be. */
export function requestBackfill(at: Deployment, args: z.input<typeof backfillArguments>) {
  const checked = backfillArguments.parse(args);
  return start<typeof backfill>(at, 'backfill', `backfill:${checked.kind}:${checked.from}:${checked.to}`, [
    checked,
  ]);
}

/** Closes what is to be closed now, without waiting for the schedule. */
export function requestClosing(at: Deployment, args: Partial<z.input<typeof closeWindowsArguments>> = {}) {
  const checked = closeWindowsArguments.parse({ ...CLOSE_GRID_WINDOWS, ...args });
  return start<typeof closeWindows>(at, 'closeWindows', `closeWindows:${checked.kind}`, [checked]);
}

/** Closes the facilities' days that are ready, without waiting for the schedule. */
export function requestFacilityClosing(
  at: Deployment,
  args: Partial<z.input<typeof closeFacilitiesArguments>> = {},
) {
  const checked = closeFacilitiesArguments.parse({ ...CLOSE_FACILITIES, ...args });
  return start<typeof closeFacilities>(at, 'closeFacilities', 'closeFacilities', [checked]);
}

/** Redrives the dead letters of a topic, all or those of one reason. */
export function requestRedrive(at: Deployment, args: z.input<typeof redriveArguments>) {
  const checked = redriveArguments.parse(args);
  return start<typeof redrive>(at, 'redrive', `redrive:${checked.topic}`, [checked]);
}

/** Audits the offsets of all topics, or of the named ones; its result rejects where the invariant does not hold. */
export function requestAudit(at: Deployment, args: z.input<typeof auditOffsetsArguments> = {}) {
  return start<typeof auditOffsets>(at, 'auditOffsets', 'auditOffsets', [auditOffsetsArguments.parse(args)]);
}

/** Builds the windows of a topic again where they differ from its readings. */
export function requestRebuild(at: Deployment, args: z.input<typeof rebuildWindowsArguments>) {
  const { topic } = rebuildWindowsArguments.parse(args);
  const ingestWorkflow = ingestWorkflowId(at.topicPrefix, topic);
  return start<typeof rebuildWindows>(at, 'rebuildWindows', `rebuildWindows:${topic}`, [
    { topic, ingestWorkflow },
  ]);
}

/** Starts a workflow, or takes hold of the one that runs under this name already. */
async function start<W extends Workflow>(
  { client, topicPrefix, taskQueue = taskQueueOf(topicPrefix) }: Deployment,
  workflow: string,
  name: string,
  args: Parameters<W>,
): Promise<WorkflowHandle<W>> {
  const workflowId = `${topicPrefix}${name}`;
  try {
    return await client.workflow.start<W>(workflow, { workflowId, taskQueue, args } as never);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      return client.workflow.getHandle<W>(workflowId);
    throw error;
  }
}
