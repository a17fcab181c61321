/** A member of a consumer group whose progress is committed only by `commit`. */
import { createRequire } from 'node:module';
import type { Batch, Consumer, Kafka } from 'kafkajs';
import { Fault } from '../../runtime/errors.ts';
import type { Committed, ConsumerHandler, ConsumerOptions, LogConsumer, TopicPartition } from '../port.ts';
import { fetchCommitted } from './kafkajsAdmin.ts';
import { logFault } from './logFault.ts';
import { portMessage } from './plainRecord.ts';

const require = createRequire(import.meta.url);
const { KafkaJSProtocolError } = require('kafkajs') as { KafkaJSProtocolError: new (error: object) => Error };

const SESSION_TIMEOUT_MS = 30_000;
const MIB = 1 << 20;

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
  return {
    run: (handler) => run(consumer, handler),
    commit: (entries) => commit(consumer, entries),
    committed: (partitions) => committed(client, options.group, partitions),
    stop: () => consumer.disconnect(),
  };
}

async function run(consumer: Consumer, handler: ConsumerHandler): Promise<void> {
  const { GROUP_JOIN, REBALANCING, CRASH, STOP, DISCONNECT } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => handler.onJoined(flatten(payload.memberAssignment)));
  for (const event of [REBALANCING, CRASH, STOP, DISCONNECT]) consumer.on(event, () => handler.onLost());
  await consumer
    .run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch: async ({ batch, heartbeat }) => {
        await handler.onBatch(portBatch(batch), heartbeat).catch(rejoinWhenFenced);
        await heartbeat();
      },
    })
    .catch(logFault('consuming'));
}

/** kafkajs joins the group again when its own error of that type is thrown. */
function rejoinWhenFenced(error: unknown): never {
  if (!(error instanceof Fault && error.code === 'TL_LOG_FENCED')) throw error;
  throw new KafkaJSProtocolError({ message: error.message, type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: true });
}

const portBatch = (batch: Batch) => ({
  topic: batch.topic,
  partition: batch.partition,
  highWatermark: Number(batch.highWatermark),
  messages: batch.messages.map(portMessage),
});

function flatten(assignment: Record<string, number[]>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

async function commit(consumer: Consumer, entries: readonly Committed[]): Promise<void> {
  const offsets = entries.map(({ topic, partition, offset, metadata }) => ({
    topic,
    partition,
    offset: String(offset),
    metadata,
  }));
  try {
    await consumer.commitOffsets(offsets);
  } catch (error) {
    // Without a group (between two generations) kafkajs fails on its own state: that is a lost assignment too.
    if (error instanceof TypeError)
      throw new Fault('TL_LOG_FENCED', 'the consumer is not in the group', { cause: error });
    logFault('committing offsets')(error);
  }
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
