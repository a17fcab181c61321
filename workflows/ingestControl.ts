/** Messages that the ingest of a topic understands, for those who send them and for itself. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { IngestLimitsChange, IngestStretch, PartitionPositions } from '../schemas/control.ts';

export interface IngestState {
  readonly topic: string;
  readonly state: 'running' | 'paused' | 'failed' | 'draining' | 'drained';
  /** Who holds it, or what it failed on. */
  readonly reasons: readonly string[];
  readonly stretches: number;
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
  readonly limits: IngestLimitsChange;
  readonly lastEnded: IngestStretch['ended'] | null;
}

export interface IngestLag {
  /** Messages not settled at the end of the last stretch. */
  readonly messages: number;
  readonly partitions: Readonly<Record<string, number>>;
}

export const stateQuery = defineQuery<IngestState>('state');
/** At the end of the last stretch; what a running stretch has done since stands in its heartbeat. */
export const lagQuery = defineQuery<IngestLag>('lag');
export const offsetsQuery = defineQuery<PartitionPositions>('offsets');

/** Resolves when the group has been left. */
export const pauseUpdate = defineUpdate<IngestState, [reason: string]>('pause');
export const resumeUpdate = defineUpdate<IngestState>('resume');
/** Settles what stands in the topic now; then the workflow completes. */
export const drainUpdate = defineUpdate<IngestState>('drain');
export const setLimitsUpdate = defineUpdate<IngestState, [change: IngestLimitsChange]>('setLimits');

export interface Hold {
  /** Workflow that asks; it is told by `held`. */
  readonly by: string;
  /** The hold ends by itself after this. */
  readonly mostS: number;
}

export const holdSignal = defineSignal<[hold: Hold]>('hold');
export const releaseSignal = defineSignal<[by: string]>('release');
/** Answer to the holder: the topic's ingest rests. */
export const heldSignal = defineSignal<[topic: string]>('held');
