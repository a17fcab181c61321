/** The kafkajs adapter against the conformance of the log port, and what only Kafka can send it. */
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { FastRecord } from '../../../src/log/kafkajs/fastRecords.ts';
import { createKafkajsLog } from '../../../src/log/kafkajs/kafkajsLog.ts';
import type { Log } from '../../../src/log/port.ts';
import { testServers, uniqueName } from '../../runtime/servers.ts';
import { conformsToLogPort } from '../conformance.ts';

const require = createRequire(import.meta.url);
const { Kafka, CompressionTypes, logLevel } = require('kafkajs') as typeof import('kafkajs');

let log: Log;
let brokers: string[];
beforeAll(async () => {
  const { kafka } = await testServers('kafka');
  brokers = [...kafka.brokers];
  log = createKafkajsLog({ brokers });
});

describe('the kafkajs log', () => {
  conformsToLogPort(() => log, { topic: () => uniqueName('conformance'), group: () => uniqueName('group') });

  it('reads with the shorter record decoder', async () => {
    const { topic, client } = await plainTopic();
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] });
    await producer.disconnect();
    const [message] = await log.read({ topic, partition: 0, first: 0, last: 0 });
    expect(message).toBeInstanceOf(FastRecord);
  });

  it('reads compressed batches and repeated headers', async () => {
    const { topic, client } = await plainTopic();
    const producer = client.producer();
    await producer.connect();
    const messages = Array.from({ length: 200 }, (_, n) => ({
      key: `k${n}`,
      value: `value ${n}`,
      headers: { twice: ['a', 'b'], empty: '' },
    }));
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages });
    await producer.disconnect();
    const found = await log.read({ topic, partition: 0, first: 0, last: 199 });
    expect(found.map(({ value }) => value?.toString())).toEqual(messages.map(({ value }) => value));
    expect(found[7]?.headers).toEqual({
      twice: [Buffer.from('a'), Buffer.from('b')],
      empty: Buffer.alloc(0),
    });
    expect(found[7]?.header(Buffer.from('twice'))?.toString()).toBe('a');
  });

  it('passes over control records and aborted transactions, leaving gaps in the offsets', async () => {
    const { topic, client } = await plainTopic();
    const producer = client.producer({
      transactionalId: uniqueName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    for (const [value, keep] of [
      ['one', true],
      ['aborted', false],
      ['two', true],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: 'k', value }] });
      await (keep ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    const found = await log.read({ topic, partition: 0, first: 0, last: 10 });
    expect(found.map(({ value }) => value?.toString())).toEqual(['one', 'two']);
    expect(found.map(({ offset }) => offset)).toEqual([0, 4]);
  });
});

async function plainTopic() {
  const topic = uniqueName('plain');
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
  return { topic, client };
}
