/** Work that people and programs ask for: each request checked, under a name that keeps the same one from running twice. */
import { type Client, type WorkflowHandle, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { z } from 'zod';
import {
  auditOffsetsArguments,
  backfillArguments,
  CLOSE_EMISSIONS,
  CLOSE_FACILITIES,
  CLOSE_GRID_WINDOWS,
  closeEmissionsArguments,
  closeFacilitiesArguments,
  closeWindowsArguments,
  footprintRequestArguments,
  footprintRequestName,
  type ProductFootprintArguments,
  productFootprintArguments,
  rebuildWindowsArguments,
  recomputeFootprintsArguments,
  redriveArguments,
  type SettleMonthArguments,
  settleMonthArguments,
  settlementPeriodArguments,
} from '../../../schemas/control.ts';
import type { auditOffsets } from '../../../workflows/auditOffsets.ts';
import type { BackfillProgress, backfill } from '../../../workflows/backfill.ts';
import type { ClosedEmissions, closeEmissions } from '../../../workflows/closeEmissions.ts';
import type { ClosedFacilities, closeFacilities } from '../../../workflows/closeFacilities.ts';
import type { closeWindows } from '../../../workflows/closeWindows.ts';
import type { footprintRequest } from '../../../workflows/footprintRequest.ts';
import type { productFootprint } from '../../../workflows/productFootprint.ts';
import type { rebuildWindows } from '../../../workflows/rebuildWindows.ts';
import type { recomputeFootprints } from '../../../workflows/recomputeFootprints.ts';
import type { redrive } from '../../../workflows/redrive.ts';
import type { settleMonth } from '../../../workflows/settleMonth.ts';
import type { settlementPeriod } from '../../../workflows/settlementPeriod.ts';
import type { ComputedResult } from '../../activities/engineActivities.ts';
import { type PlannedRun, plannedRuns } from '../../settlement/runTimetable.ts';
import type { TemporalConnection } from '../config.ts';
import { connectTemporal } from './connectTemporal.ts';
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

/** Closes the stacks' days that are ready, and the months and years behind them, without waiting for the schedule. */
export function requestEmissionClosing(
  at: Deployment,
  args: Partial<z.input<typeof closeEmissionsArguments>> = {},
) {
  const checked = closeEmissionsArguments.parse({ ...CLOSE_EMISSIONS, ...args });
  return start<typeof closeEmissions>(at, 'closeEmissions', 'closeEmissions', [checked]);
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

/** Computes the footprint of one product and period. */
function requestProductFootprint(at: Deployment, args: ProductFootprintArguments) {
  const checked = productFootprintArguments.parse(args);
  const { id, period } = checked.question;
  return start<typeof productFootprint>(at, 'productFootprint', `footprint:${id}:${period.start}`, [checked]);
}

/** Begins the life of one product's footprint, or takes hold of the one that runs. */
export function requestFootprint(at: Deployment, args: z.input<typeof footprintRequestArguments>) {
  const checked = footprintRequestArguments.parse(args);
  const { id, period } = checked.question;
  const name = `footprintRequest:${footprintRequestName(id, period.start)}`;
  return start<typeof footprintRequest>(at, 'footprintRequest', name, [checked]);
}

/** Computes every product that stands on a background of this name on the given version of it. */
export function requestFootprintRecomputation(
  at: Deployment,
  args: z.input<typeof recomputeFootprintsArguments>,
) {
  const checked = recomputeFootprintsArguments.parse(args);
  const name = `recomputeFootprints:${checked.background.name}`;
  return start<typeof recomputeFootprints>(at, 'recomputeFootprints', name, [
    { ...checked, prefix: at.topicPrefix },
  ]);
}

/** Settles one market's month; one workflow a market and month is its only writer. */
function requestSettlement(at: Deployment, args: SettleMonthArguments) {
  const checked = settleMonthArguments.parse(args);
  return start<typeof settleMonth>(at, 'settleMonth', `settlement:${checked.market}:${checked.period}`, [
    checked,
  ]);
}

/** Begins the life of a settlement month by its timetable, or takes hold of the one that runs. */
export function requestSettlementPeriod(
  at: Deployment,
  args: Omit<z.input<typeof settlementPeriodArguments>, 'plan'>,
  plan: readonly PlannedRun[] = plannedRuns(args.period),
) {
  const checked = settlementPeriodArguments.parse({ ...args, plan });
  const name = `settlementPeriod:${checked.market}:${checked.period}`;
  return start<typeof settlementPeriod>(at, 'settlementPeriod', name, [checked]);
}

/** Starts a workflow, or takes hold of the one that runs under this name already. */
function start<W extends Workflow>(
  { client, topicPrefix, taskQueue = taskQueueOf(topicPrefix) }: Deployment,
  workflow: string,
  name: string,
  args: Parameters<W>,
): Promise<WorkflowHandle<W>> {
  const options = {
    workflowId: `${topicPrefix}${name}`,
    taskQueue,
    args,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  };
  return client.workflow.start<W>(workflow, options as never);
}

/** A deployment with a connection of its own; each request waits for its result. */
export interface Control extends Deployment {
  backfill(range: z.input<typeof backfillArguments>): Promise<BackfillProgress>;
  productFootprint(args: ProductFootprintArguments): Promise<ComputedResult>;
  settleMonth(args: SettleMonthArguments): Promise<ComputedResult>;
  /** Computes every day that has readings, without waiting for late ones. */
  closeFacilities(): Promise<ClosedFacilities>;
  closeEmissions(): Promise<ClosedEmissions>;
  close(): Promise<void>;
}

/** @throws Fault TL_SERVER_LOST where Temporal does not answer */
export async function connectControl(connection: TemporalConnection, topicPrefix: string): Promise<Control> {
  const at: Deployment = { client: await connectTemporal(connection), topicPrefix };
  return {
    ...at,
    backfill: async (range) => (await requestBackfill(at, range)).result(),
    closeFacilities: async () => (await requestFacilityClosing(at, { graceS: 0, quietS: 0 })).result(),
    closeEmissions: async () => (await requestEmissionClosing(at, { graceS: 0, quietS: 0 })).result(),
    productFootprint: async (args) => (await requestProductFootprint(at, args)).result(),
    settleMonth: async (args) => (await requestSettlement(at, args)).result(),
    close: () => at.client.connection.close(),
  };
}
