/** A member of a consumer group whose progress is committed only by `commit`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer, Kafka } from 'kafkajs';
import { Fault } from '../../runtime/errors.ts';
import type { Committed, ConsumerHandler, ConsumerOptions, LogConsumer, TopicPartition } from '../port.ts';
import { fetchCommitted } from './kafkajsAdmin.ts';
import { isFenced, logFault } from './logFault.ts';
import { portMessage } from './plainRecord.ts';
import { rejoin, topicIdOf, watchGroup } from './strictGroup.ts';

const SESSION_TIMEOUT_MS = 30_000;
const MIB = 1 << 20;
/** A commit is tried again for so long, while the generation is the same. */
const COMMIT_LIMIT_MS = 30_000;
const COMMIT_PAUSE_MS = { first: 200, most: 3_000 };

/** Which generation of the group this member is in; commits and batches must not cross from one into the next. */
interface Membership {
  joins: number;
  joined: boolean;
  /** Why the assignment is to be taken anew, also where no further message would show that it has passed. */
  anew: string | undefined;
}

export async function kafkajsConsumer(client: Kafka, options: ConsumerOptions): Promise<LogConsumer> {
  const sessionTimeout = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  const consumer = client.consumer({
    groupId: options.group,
    allowAutoTopicCreation: false,
    sessionTimeout,
    rebalanceTimeout: Math.max(60_000, sessionTimeout),
    heartbeatInterval: Math.max(500, Math.floor(sessionTimeout / 10)),
    maxBytesPerPartition: options.maxBytesPerPartition ?? 2 * MIB,
    maxBytes: 16 * MIB,
    maxWaitTimeInMs: 100,
    minBytes: 1,
    retry: { initialRetryTime: 200, retries: 10, maxRetryTime: 3_000, restartOnFailure: async () => true },
  });
  await consumer.connect().catch(logFault('connecting a consumer'));
  await consumer
    .subscribe({ topics: [...options.topics], fromBeginning: true })
    .catch(logFault('subscribing'));
  watchGroup(options.group);
  const membership: Membership = { joins: 0, joined: false, anew: undefined };
  return {
    run: (handler) => run(consumer, membership, handler),
    commit: (entries) => commit(consumer, membership, entries),
    committed: (partitions) => committed(client, options.group, partitions),
    joinAnew(why) {
      membership.anew = why;
    },
    stop: () => consumer.disconnect(),
  };
}

async function run(consumer: Consumer, membership: Membership, handler: ConsumerHandler): Promise<void> {
  const { GROUP_JOIN, REBALANCING, CRASH, STOP, DISCONNECT, FETCH_START } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    membership.joins++;
    membership.joined = true;
    membership.anew = undefined;
    handler.onJoined(flatten(payload.memberAssignment));
  });
  // What is thrown here comes out of the fetch that begins.
  consumer.on(FETCH_START, () => {
    if (membership.anew !== undefined) rejoin(membership.anew);
  });
  const lost = () => {
    membership.joined = false;
    handler.onLost();
  };
  for (const event of [REBALANCING, STOP, DISCONNECT]) consumer.on(event, lost);
  consumer.on(CRASH, ({ payload }) => {
    lost();
    if (!payload.restart) handler.onEnded?.(endedBy(payload.error));
  });
  await consumer
    .run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async ({ batch, heartbeat, resolveOffset }) => {
        const { joins } = membership;
        await handler.onBatch(portBatch(batch), heartbeat).catch(rejoinWhenFenced);
        await heartbeat();
        // With several brokers another fetcher may have joined anew meanwhile: the position is another one now.
        if (membership.joins !== joins) rejoin('the group has moved on');
        resolveOffset(batch.lastOffset());
      },
    })
    .catch(logFault('consuming'));
}

/** kafkajs joins the group again when its own error of that type is thrown. */
function rejoinWhenFenced(error: unknown): never {
  if (!(error instanceof Fault && error.code === 'TL_LOG_FENCED')) throw error;
  return rejoin(error.message);
}

function endedBy(error: Error): Fault {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof Fault) return cause;
  return new Fault('TL_LOG_BROKER', `the consumer has ended: ${error.message}`, { cause: error });
}

const portBatch = (batch: Batch) => ({
  topic: batch.topic,
  topicId: topicIdOf(batch),
  partition: batch.partition,
  from: Number((batch as Batch & { fetchedOffset: string }).fetchedOffset),
  highWatermark: Number(batch.highWatermark),
  messages: batch.messages.map(portMessage),
});

function flatten(assignment: Record<string, number[]>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

const AWAY = /KafkaJSConnection|KafkaJSRequestTimeout|KafkaJSBrokerNotFound|KafkaJSGroupCoordinatorNotFound/;

function isAway(error: unknown): boolean {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown };
  return (
    AWAY.test(name ?? '') ||
    /^Connection error|ECONNREFUSED|ECONNRESET/.test(message ?? '') ||
    (cause !== undefined && isAway(cause))
  );
}

async function commit(
  consumer: Consumer,
  membership: Membership,
  entries: readonly Committed[],
): Promise<void> {
  const offsets = entries.map(({ topic, partition, offset, metadata }) => ({
    topic,
    partition,
    offset: String(offset),
    metadata,
  }));
  const { joins } = membership;
  const until = Date.now() + COMMIT_LIMIT_MS;
  for (let pauseMs = COMMIT_PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, COMMIT_PAUSE_MS.most)) {
    if (!membership.joined || membership.joins !== joins)
      throw new Fault('TL_LOG_FENCED', 'the group has moved on since this commit was asked for');
    try {
      return await consumer.commitOffsets(offsets);
    } catch (error) {
      const fenced = whyFenced(error, membership);
      if (fenced !== undefined) {
        if (membership.joins === joins) membership.anew = 'a commit was refused';
        throw new Fault('TL_LOG_FENCED', `committing offsets: ${fenced}`, { cause: error });
      }
      if ((error as { retriable?: boolean }).retriable !== true || Date.now() > until)
        logFault('committing offsets')(error);
    }
    await sleep(pauseMs);
  }
}

/** Why a refused commit means that the assignment has passed, where it does. */
function whyFenced(error: unknown, membership: Membership): string | undefined {
  // A broker that is away cannot say whose the partition is: the assignment is taken anew when it is back.
  if (isAway(error)) return 'the broker is away, the assignment with it';
  // Without a group (between two generations) kafkajs fails on its own state: that is a lost assignment too.
  if (error instanceof TypeError || !membership.joined) return 'the consumer is not in the group';
  const { type, message } = error as { type?: string; message?: string };
  return isFenced(type) ? message : undefined;
}

async function committed(
  client: Kafka,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<Committed[]> {
  const admin = client.admin();
  try {
    await admin.connect();
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const all = (await Promise.all(topics.map((topic) => fetchCommitted(admin, group, topic)))).flat();
    return all.filter((entry) =>
      partitions.some(({ topic, partition }) => topic === entry.topic && partition === entry.partition),
    );
  } catch (error) {
    return logFault('reading committed offsets')(error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
