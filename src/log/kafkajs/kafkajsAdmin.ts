/** Topics, their settings and offsets. */
import { createRequire } from 'node:module';
import type { Admin, Kafka } from 'kafkajs';
import type { Committed, LogAdmin, PartitionOffsets, TopicSettings } from '../port.ts';
import { logFault } from './logFault.ts';

const require = createRequire(import.meta.url);
const { ConfigResourceTypes } = require('kafkajs') as typeof import('kafkajs');

export async function kafkajsAdmin(client: Kafka): Promise<LogAdmin> {
  const admin = client.admin();
  await admin.connect().catch(logFault('connecting'));
  return {
    createTopics: (topics, settings) => createTopics(admin, topics, settings),
    describeTopic: (topic) => describeTopic(admin, topic),
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }).catch(logFault(`deleting ${topic}`)),
    offsets: (topic) => offsets(admin, topic),
    committed: (group, topic) => fetchCommitted(admin, group, topic).catch(logFault(`offsets of ${group}`)),
    close: () => admin.disconnect(),
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
      waitForLeaders: true,
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
  return missing;
}

async function describeTopic(admin: Admin, topic: string): Promise<TopicSettings | undefined> {
  const existing = await admin.listTopics().catch(logFault('listing topics'));
  if (!existing.includes(topic)) return undefined;
  const { topics } = await admin
    .fetchTopicMetadata({ topics: [topic] })
    .catch(logFault(`describing ${topic}`));
  const partitions = topics[0]?.partitions ?? [];
  const described = await admin
    .describeConfigs({
      includeSynonyms: false,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms', 'max.message.bytes'] },
      ],
    })
    .catch(logFault(`describing ${topic}`));
  const value = (name: string) =>
    Number(described.resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue);
  return {
    partitions: partitions.length,
    replicas: Math.min(...partitions.map((partition) => partition.replicas.length)),
    retentionMs: value('retention.ms'),
    maxMessageBytes: value('max.message.bytes'),
  };
}

async function offsets(admin: Admin, topic: string): Promise<PartitionOffsets[]> {
  const all = await admin.fetchTopicOffsets(topic).catch(logFault(`offsets of ${topic}`));
  return all
    .map(({ partition, low, high }) => ({ topic, partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

/** What a group has committed; partitions without a commit are left out. */
export async function fetchCommitted(admin: Admin, group: string, topic: string): Promise<Committed[]> {
  const [entry] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  return (entry?.partitions ?? [])
    .filter(({ offset }) => Number(offset) >= 0)
    .map(({ partition, offset, metadata }) => ({
      topic,
      partition,
      offset: Number(offset),
      metadata: metadata ?? '',
    }));
}
