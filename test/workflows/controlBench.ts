/** Everything a test of the workflows needs: own store, topics, queue and worker on the run's shared servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { STREAMS } from '../../schemas/streams/index.ts';
import type { ActivityDependencies } from '../../src/activities/createActivities.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { Log, LogProducer } from '../../src/log/port.ts';
import type { TemporalConnection } from '../../src/runtime/config.ts';
import { connectTemporal } from '../../src/runtime/temporal/connectTemporal.ts';
import type { Deployment } from '../../src/runtime/temporal/requests.ts';
import {
  type RunningWorkers,
  startWorkers,
  type WorkerRoles,
} from '../../src/runtime/temporal/startWorkers.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { testServers, uniqueName } from '../runtime/servers.ts';

export interface ControlBench {
  readonly store: ChdbStore;
  readonly log: Log;
  readonly client: Client;
  readonly temporal: TemporalConnection;
  readonly topicPrefix: string;
  readonly taskQueue: string;
  readonly deps: ActivityDependencies;
  readonly deployment: Deployment;
  /** What `clock` says from now on, ms since 1970. */
  setNow(nowMs: number): void;
  createTopic(topic: string, partitions: number): Promise<void>;
  /** JSON readings of one source, each a message of its own under its key. */
  produce(topic: string, readings: readonly Record<string, unknown>[], timestampMs?: number): Promise<void>;
  produceBytes(topic: string, key: string, value: string): Promise<void>;
  startWorkers(roles: WorkerRoles): Promise<RunningWorkers>;
  /** The store alone, so that this process may open another. */
  closeStore(): Promise<void>;
  close(): Promise<void>;
}

export async function openControlBench(changed: Partial<ActivityDependencies> = {}): Promise<ControlBench> {
  const { kafka, temporal } = await testServers('kafka', 'temporal');
  const dir = await mkdtemp(join(tmpdir(), 'tanliu-control-'));
  const store = await openChdbStore(dir);
  await migrate(store);
  const log = createKafkajsLog({ brokers: [...kafka.brokers] });
  const producer: LogProducer = await log.producer();
  const admin = await log.admin();
  const client = await connectTemporal(temporal);
  const topicPrefix = `${uniqueName('control')}.`;
  const taskQueue = uniqueName('queue');
  let now = () => Date.now();
  let storeClosed: Promise<void> | undefined;
  const closeStore = () => {
    storeClosed ??= store.close();
    return storeClosed;
  };
  const deps: ActivityDependencies = {
    store,
    log,
    group: uniqueName('group'),
    topicPrefix,
    contracts: STREAMS,
    clock: () => now(),
    home: dir,
    codeVersion: 'test/1',
    limits: { sessionTimeoutMs: 6_000, maxAgeMs: 50 },
    ...changed,
  };
  const headers = {
    ce_id: '1',
    ce_source: 'test',
    ce_type: 'reading',
    ce_time: '2026-01-01T00:00:00Z',
    'content-type': 'application/json',
  };
  const keyOf = (topic: string) => STREAMS.find((stream) => stream.topic === topic)!.key;
  return {
    store,
    log,
    client,
    temporal,
    topicPrefix,
    taskQueue,
    deps,
    deployment: { client, topicPrefix, taskQueue },
    setNow(nowMs) {
      const set = performance.now();
      // It goes on from there: the ingest closes its ranges by the same clock.
      now = () => nowMs + performance.now() - set;
    },
    async createTopic(topic, partitions) {
      const settings = { partitions, replicas: 1, retentionMs: -1, maxMessageBytes: 4 << 20 };
      await admin.createTopics([topicPrefix + topic], settings);
    },
    async produce(topic, readings, timestampMs) {
      await producer.send(
        topicPrefix + topic,
        readings.map((reading) => ({
          key: String(reading[keyOf(topic)]),
          value: JSON.stringify(reading),
          headers,
          ...(timestampMs !== undefined && { timestampMs }),
        })),
      );
    },
    produceBytes: (topic, key, value) => producer.send(topicPrefix + topic, [{ key, value, headers }]),
    startWorkers: (roles) => startWorkers({ connection: temporal, deps, roles, taskQueue }),
    closeStore,
    async close() {
      await producer.close();
      await admin.close();
      await client.connection.close();
      await closeStore();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
