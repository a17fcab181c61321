/** Starting the workflows that a person or a program asks for, and waiting for their results. */
import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import {
  type BackfillArguments,
  backfillArguments,
  type ProductFootprintArguments,
  type SettleMonthArguments,
} from '../../../schemas/control.ts';
import type { BackfillProgress, backfill } from '../../../workflows/backfill.ts';
import type { productFootprint } from '../../../workflows/productFootprint.ts';
import type { settleMonth } from '../../../workflows/settleMonth.ts';
import type { ComputedResult } from '../../activities/engineActivities.ts';
import type { TemporalConnection } from '../config.ts';
import { connectTemporal } from './connectTemporal.ts';
import { taskQueueOf } from './startWorkers.ts';

export interface Control {
  readonly client: Client;
  /** Computes a range of hours; one a range at a time. */
  backfill(range: Pick<BackfillArguments, 'kind' | 'from' | 'to'>): Promise<BackfillProgress>;
  productFootprint(args: ProductFootprintArguments): Promise<ComputedResult>;
  /** One workflow a market and month is its only writer: asking again while it runs waits for the same. */
  settleMonth(args: SettleMonthArguments): Promise<ComputedResult>;
  close(): Promise<void>;
}

/** @throws Fault TL_SERVER_LOST where Temporal does not answer */
export async function connectControl(connection: TemporalConnection, topicPrefix: string): Promise<Control> {
  const client = await connectTemporal(connection);
  const common = {
    taskQueue: taskQueueOf(topicPrefix),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  } as const;
  return {
    client,
    backfill: (range) =>
      client.workflow.execute<typeof backfill>('backfill', {
        ...common,
        workflowId: `${topicPrefix}backfill:${range.kind}:${range.from}:${range.to}`,
        args: [backfillArguments.parse(range)],
      }),
    productFootprint: (args) =>
      client.workflow.execute<typeof productFootprint>('productFootprint', {
        ...common,
        workflowId: `${topicPrefix}footprint:${args.question.id}:${args.question.period.start}`,
        args: [args],
      }),
    settleMonth: (args) =>
      client.workflow.execute<typeof settleMonth>('settleMonth', {
        ...common,
        workflowId: `${topicPrefix}settlement:${args.market}:${args.period}`,
        args: [args],
      }),
    close: () => client.connection.close(),
  };
}
