/** Transactions leave control records and aborted messages among the offsets: gaps that are neither lost nor counted. */
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';
import { plantMessage } from './plantMessages.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

/** Transactions of 50 messages; of three one is aborted, and its messages are produced again by the next. */
async function produceInTransactions(transactions: number): Promise<void> {
  const kafka = new Kafka({ brokers: [...run.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ transactionalId: run.prefix, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let i = 0; i < transactions; i++) {
    const transaction = await producer.transaction();
    const messages = Array.from({ length: 50 }, (_, n) => {
      const { key, value, headers } = plantMessage(run.produced + n);
      return { key, value, headers: { ...headers } };
    });
    await transaction.send({ topic: run.topic, messages });
    if (i % 3 === 1) await transaction.abort();
    else {
      await transaction.commit();
      run.produced += 50;
    }
  }
  await producer.disconnect();
}

test('aborted messages are not taken, committed ones are, through a kill', {
  timeout: LIMIT_MS,
}, async () => {
  await produceInTransactions(30);
  const killed = run.ingest({ limits: { maxMessages: 70 }, killAt: { step: 'after readings', times: 4 } });
  expect(await killed.ended).toBe('SIGKILL');
  await produceInTransactions(15);
  // A committed offset comes to the end of a partition only where no control record is the last.
  await run.produce(200);
  const ingest = run.ingest({ limits: { maxMessages: 70 } });
  await run.untilAllSettled(ingest);
  await ingest.stop();
  const accounts = await run.accounts();
  expect(accounts).toMatchObject(SOUND);
  expect(accounts.audit.partitions.reduce((sum, { gaps }) => sum + gaps, 0)).toBeGreaterThan(0);
});
