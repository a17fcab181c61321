/** Topics, their settings and offsets. */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { Committed, LogAdmin, PartitionOffsets, TopicSettings, TopicState } from '../port.ts';
import { logFault } from './logFault.ts';
import { TopicIds } from './topicIds.ts';

const require = createRequire(import.meta.url);
const { ConfigResourceTypes } = require('kafkajs') as typeof import('kafkajs');

export async function kafkajsAdmin(client: Kafka): Promise<LogAdmin> {
  const admin = client.admin();
  await admin.connect().catch(logFault('connecting'));
  const ids = new TopicIds(client);
  return {
    createTopics: (topics, settings) => createTopics(admin, topics, settings),
    describeTopic: (topic) => describeTopic(admin, topic),
    topicId: (topic) => ids.of(topic).catch(logFault(`the id of ${topic}`)),
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }).catch(logFault(`deleting ${topic}`)),
    offsets: (topic) => offsets(admin, topic),
    committed: (group, topic) => fetchCommitted(admin, group, topic).catch(logFault(`offsets of ${group}`)),
    async close() {
      await ids.close();
      await admin.disconnect();
    },
  };
}

async function createTopics(
  admin: Admin,
  topics: readonly string[],
  settings: TopicSettings,
): Promise<string[]> {
  const existing = new Set(await admin.listTopics().catch(logFault('listing topics')));
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return [];
  await admin
    .createTopics({
      // Waited for below: kafkajs gives up at once where the new topic has not reached the broker's metadata yet.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: settings.partitions,
        replicationFactor: settings.replicas,
        configEntries: [
          { name: 'retention.ms', value: String(settings.retentionMs) },
          { name: 'max.message.bytes', value: String(settings.maxMessageBytes) },
        ],
      })),
    })
    .catch(logFault('creating topics'));
  await whileItPasses(() => admin.fetchTopicMetadata({ topics: missing })).catch(logFault('creating topics'));
  return missing;
}

const PASS_LIMIT_MS = 15_000;
const PASS_PAUSE_MS = 100;

/** Tries again while Kafka says that it is not ready: a topic just made, a coordinator that is being loaded. */
async function whileItPasses<T>(ask: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + PASS_LIMIT_MS; ; await sleep(PASS_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      const { name, retriable } = error as { name?: string; retriable?: boolean };
      if (name !== 'KafkaJSProtocolError' || retriable !== true || Date.now() > until) throw error;
    }
  }
}

const CONFIGS = ['retention.ms', 'retention.bytes', 'max.message.bytes', 'cleanup.policy'] as const;

async function describeTopic(admin: Admin, topic: string): Promise<TopicState | undefined> {
  const existing = await admin.listTopics().catch(logFault('listing topics'));
  if (!existing.includes(topic)) return undefined;
  const { topics } = await admin
    .fetchTopicMetadata({ topics: [topic] })
    .catch(logFault(`describing ${topic}`));
  const partitions = topics[0]?.partitions ?? [];
  const described = await admin
    .describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [...CONFIGS] }],
    })
    .catch(logFault(`describing ${topic}`));
  const text = (name: (typeof CONFIGS)[number]) =>
    described.resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue ?? '';
  return {
    partitions: partitions.length,
    replicas: Math.min(...partitions.map((partition) => partition.replicas.length)),
    retentionMs: Number(text('retention.ms')),
    retentionBytes: Number(text('retention.bytes')),
    maxMessageBytes: Number(text('max.message.bytes')),
    compacted: text('cleanup.policy').includes('compact'),
  };
}

async function offsets(admin: Admin, topic: string): Promise<PartitionOffsets[]> {
  const all = await whileItPasses(() => admin.fetchTopicOffsets(topic)).catch(
    logFault(`offsets of ${topic}`),
  );
  return all
    .map(({ partition, low, high }) => ({ topic, partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

/** What a group has committed; partitions without a commit are left out. */
export async function fetchCommitted(admin: Admin, group: string, topic: string): Promise<Committed[]> {
  const [entry] = await whileItPasses(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
  return (entry?.partitions ?? [])
    .filter(({ offset }) => Number(offset) >= 0)
    .map(({ partition, offset, metadata }) => ({
      topic,
      partition,
      offset: Number(offset),
      metadata: metadata ?? '',
    }));
}
