/** A topic gets more partitions under a running ingest: they are read from their beginning, soon. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers, 2);
});
afterEach(() => run.end());

test('from two to five', { timeout: LIMIT_MS }, async () => {
  await run.produce(1_000);
  const ingest = run.ingest();
  await run.untilAllSettled(ingest);
  await run.withKafka((admin) =>
    admin.createPartitions({ topicPartitions: [{ topic: run.topic, count: 5 }] }),
  );
  await run.produce(1_000);
  await run.untilAllSettled(ingest);
  await ingest.stop();
  const accounts = await run.accounts();
  expect(accounts).toMatchObject(SOUND);
  expect(accounts.audit.partitions).toHaveLength(5);
});
