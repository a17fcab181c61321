/** The log on Apache Kafka through kafkajs. */
import { createRequire } from 'node:module';
import type { Kafka as KafkaClient, KafkaConfig, Producer } from 'kafkajs';
import type { ConsumerOptions, Log, LogMessage, LogProducer, OutgoingMessage, ReadRange } from '../port.ts';
import { installFastRecords } from './fastRecords.ts';
import './quietTimers.ts';
import { kafkajsAdmin } from './kafkajsAdmin.ts';
import { kafkajsConsumer } from './kafkajsConsumer.ts';
import { logFault } from './logFault.ts';
import { portMessage } from './plainRecord.ts';
import { installStrictGroup } from './strictGroup.ts';
import { watchedTls } from './tlsRefusals.ts';

// The decoder must be in place before kafkajs loads its own.
installFastRecords();
installStrictGroup();
const require = createRequire(import.meta.url);
const { Kafka, logLevel } = require('kafkajs') as typeof import('kafkajs');

/** Connection of a log: brokers, and TLS and SASL where the cluster asks for them. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Options of Node's TLS; an empty object trusts the system's authorities. */
  readonly ssl?: Exclude<KafkaConfig['ssl'], boolean>;
  readonly sasl?: KafkaConfig['sasl'];
  readonly clientId?: string;
}

const READ_LIMIT_MS = 60_000;

/** Opens nothing by itself: each part connects when it is made. Faults are `TL_LOG_BROKER` and `TL_LOG_FENCED`. */
export function createKafkajsLog(connection: KafkaConnection): Log {
  const client = new Kafka({
    clientId: connection.clientId ?? 'tanliu',
    brokers: [...connection.brokers],
    ...(connection.ssl && { ssl: watchedTls(connection.ssl, new Set(connection.brokers).size) }),
    // A copy: kafkajs writes into it, and the configuration cannot be written.
    ...(connection.sasl && { sasl: { ...connection.sasl } }),
    logLevel: logLevel.NOTHING,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 200, retries: 8, maxRetryTime: 5_000 },
  });
  return {
    producer: () => openProducer(client),
    consumer: (options: ConsumerOptions) => kafkajsConsumer(client, options),
    admin: () => kafkajsAdmin(client),
    read: (range: ReadRange) => readRange(client, range),
  };
}

async function openProducer(client: KafkaClient): Promise<LogProducer> {
  const producer: Producer = client.producer({
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 5,
  });
  await producer.connect().catch(logFault('connecting a producer'));
  return {
    async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
      const records = messages.map(({ key, value, headers, timestampMs }) => ({
        key,
        value,
        headers: { ...headers },
        ...(timestampMs !== undefined && { timestamp: String(timestampMs) }),
      }));
      await producer.send({ topic, messages: records, acks: -1 }).catch(logFault(`sending to ${topic}`));
    },
    close: () => producer.disconnect(),
  };
}

/** Reads with a group of its own that commits nothing and is deleted afterwards. */
async function readRange(client: KafkaClient, range: ReadRange): Promise<LogMessage[]> {
  const { topic, partition, first, last } = range;
  const group = `tanliu-read-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const admin = client.admin();
  const consumer = client.consumer({ groupId: group, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  const found: LogMessage[] = [];
  try {
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    const end = Math.min(last, Number(ends.find((entry) => entry.partition === partition)?.high ?? 0) - 1);
    if (end < first) return found;
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no end of ${topic}/${partition} within ${READ_LIMIT_MS} ms`)),
        READ_LIMIT_MS,
      );
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (payload.partition === partition && Number(payload.lastOffset) >= end) done();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            if (batch.partition !== partition) return;
            for (const message of batch.messages) {
              const record = portMessage(message);
              if (record.offset >= first && record.offset <= end) found.push(record);
            }
          },
        })
        .then(() => consumer.seek({ topic, partition, offset: String(first) }))
        .catch(reject);
    });
    return found;
  } catch (error) {
    return logFault(`reading ${topic}/${partition}`)(error);
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await admin.deleteGroups([group]).catch(() => undefined);
    await admin.disconnect().catch(() => undefined);
  }
}
