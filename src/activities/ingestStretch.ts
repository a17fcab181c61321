/** One bounded stretch of the ingest of a topic: joins the group, settles ranges, leaves the group. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IngestStretch, IngestStretchArguments, PartitionPositions } from '../../schemas/control.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import type { DecodePool } from '../ingest/decodePool.ts';
import type { IngestLimits } from '../ingest/limits.ts';
import { type IngestProgress, StreamIngest } from '../ingest/streamIngest.ts';
import type { Log, LogAdmin } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';

const STRETCH_S = 600;
const STRETCH_MESSAGES = 500_000_000;
const LOOK_EVERY_MS = 250;
const REPORT_EVERY_MS = 500;

/** The group of one topic: topics that share a group would rebalance each other at every stretch. */
export const ingestGroup = (group: string, topic: string): string => `${group}.${topic}`;

export interface StretchContext {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly topicPrefix: string;
  readonly contracts: readonly StreamContract[];
  readonly contractsUrl?: string;
  readonly pool?: DecodePool;
  readonly limits: Partial<IngestLimits>;
  readonly clock: () => number;
  /** Aborts when the stretch is to end: what was taken is settled before it does. */
  readonly signal: AbortSignal;
  /** Counts of attempts before this one, which ended without returning. */
  readonly before: StretchCounts;
  report(progress: StretchProgress): void;
}

export interface StretchCounts {
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
}

export interface StretchProgress extends StretchCounts {
  readonly partitions: PartitionPositions;
}

/**
 * Runs one stretch. It ends by time, by messages, at the end of the topic, or when `signal` aborts; in each case
 * everything taken is settled, committed, and the group is left.
 * @throws Fault of the log or the store after the ingest's own attempts, TL_TOPIC_CONFIG for an unknown stream
 */
export async function runStretch(
  { topic, limits, until }: IngestStretchArguments,
  context: StretchContext,
): Promise<IngestStretch> {
  const { stretchS = STRETCH_S, stretchMessages = STRETCH_MESSAGES, ...changed } = limits;
  const contract = context.contracts.find((candidate) => candidate.topic === topic);
  if (!contract) throw new Fault('TL_TOPIC_CONFIG', `no stream has the topic ${topic}`);
  const ingest = new StreamIngest({
    store: context.store,
    log: context.log,
    group: ingestGroup(context.group, topic),
    contracts: [contract],
    topicPrefix: context.topicPrefix,
    limits: { ...context.limits, ...given(changed) },
    clock: context.clock,
    ...(context.pool && { pool: context.pool }),
    ...(context.contractsUrl !== undefined && { contractsUrl: context.contractsUrl }),
  });
  const seen = () => addCounts(ingest.progress(), context.before);
  const reporting = setInterval(() => context.report(seen()), REPORT_EVERY_MS);
  const failed = new AbortController();
  const sight = until === 'end' ? await openSight(context, topic) : undefined;
  try {
    const { fault } = await ingest.start();
    fault.catch(() => failed.abort());
    const signal = AbortSignal.any([context.signal, failed.signal]);
    const ended = await waitForEnd(signal, { stretchS, stretchMessages }, ingest, sight);
    await ingest.stop();
    if (failed.signal.aborted) await fault;
    return { ended, ...seen(), partitions: await positionsOf(context, topic) };
  } catch (error) {
    await ingest.stop().catch(() => undefined);
    throw error;
  } finally {
    clearInterval(reporting);
    await sight?.close();
  }
}

function given<T extends object>(change: T): Partial<IngestLimits> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

async function waitForEnd(
  signal: AbortSignal,
  bounds: { stretchS: number; stretchMessages: number },
  ingest: StreamIngest,
  sight: EndSight | undefined,
): Promise<IngestStretch['ended']> {
  const deadline = performance.now() + bounds.stretchS * 1_000;
  for (;;) {
    if (signal.aborted) return 'cancelled';
    if (performance.now() >= deadline) return 'time';
    if (ingest.progress().messages >= bounds.stretchMessages) return 'messages';
    if (await sight?.reached()) return 'end';
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

interface EndSight {
  reached(): Promise<boolean>;
  close(): Promise<void>;
}

/** Watches whether the group has committed everything that stood in the topic when the sight was opened. */
async function openSight(context: StretchContext, topic: string): Promise<EndSight> {
  const name = context.topicPrefix + topic;
  const admin: LogAdmin = await context.log.admin();
  const ends = (await admin.offsets(name)).filter(({ low, high }) => high > low);
  return {
    async reached() {
      const committed = await admin.committed(ingestGroup(context.group, topic), name);
      const nextOf = new Map(committed.map(({ partition, offset }) => [partition, offset]));
      return ends.every(({ partition, high }) => (nextOf.get(partition) ?? -1) >= high);
    },
    close: () => admin.close(),
  };
}

/** Where the group stands in every partition, also in those that had nothing new. */
async function positionsOf(context: StretchContext, topic: string): Promise<PartitionPositions> {
  const name = context.topicPrefix + topic;
  const admin = await context.log.admin();
  try {
    const [ends, committed] = await Promise.all([
      admin.offsets(name),
      admin.committed(ingestGroup(context.group, topic), name),
    ]);
    const nextOf = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    return Object.fromEntries(
      ends.map(({ partition, low, high }) => [
        String(partition),
        { next: nextOf.get(partition) ?? low, high },
      ]),
    );
  } finally {
    await admin.close();
  }
}

function addCounts(progress: IngestProgress, before: StretchCounts): StretchProgress {
  const positions = Object.entries(progress.partitions).map(([key, position]) => [
    key.slice(key.lastIndexOf('/') + 1),
    position,
  ]);
  return {
    messages: before.messages + progress.messages,
    rows: before.rows + progress.rows,
    refused: before.refused + progress.refused,
    partitions: Object.fromEntries(positions),
  };
}
