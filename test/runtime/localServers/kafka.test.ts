/** A broker of its own, since these tests stop and kill it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/runtime/config.ts';
import { type LocalKafka, startKafka } from '../../../src/runtime/localServers/kafka.ts';
import { identify } from '../../../src/runtime/localServers/processIdentity.ts';

const TOPIC = 'readings';

describe('the local Kafka broker', () => {
  // A blank and a non-ASCII letter, as in the macOS data folder and in people's names.
  let dir: string;
  let broker: LocalKafka;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tanliu kafka 碳-'));
    broker = await start();
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }] }));
  });

  afterAll(async () => {
    await broker.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const start = () => startKafka({ dir, cacheDir: loadConfig().cacheDir, progress: () => undefined });
  const client = () => new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING });

  async function withAdmin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = client().admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async function produce(values: (string | Buffer)[]): Promise<void> {
    const producer = client().producer();
    await producer.connect();
    await producer.send({
      topic: TOPIC,
      acks: -1,
      messages: values.map((value) => ({ key: 'meter', value })),
    });
    await producer.disconnect();
  }

  async function consume(count: number): Promise<string[]> {
    const consumer = client().consumer({ groupId: `reader-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    const values: string[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            values.push(String(message.value).slice(0, 20));
            if (values.length === count) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return values;
  }

  test('what is produced is consumed, a message of 8 MiB included', async () => {
    await produce(['one', Buffer.alloc(8 * 1024 * 1024, 'x')]);
    expect(await consume(2)).toEqual(['one', 'x'.repeat(20)]);
  });

  test('a topic is not made by asking for it', async () => {
    const producer = client().producer({ retry: { retries: 0 } });
    await producer.connect();
    await expect(producer.send({ topic: 'misspelt', messages: [{ value: '1' }] })).rejects.toThrow();
    await producer.disconnect();
    expect(await withAdmin((admin) => admin.listTopics())).not.toContain('misspelt');
  });

  test('after a restart and after SIGKILL nothing is lost, on the same port', {
    timeout: 180_000,
  }, async () => {
    const { pid, brokers } = broker;
    await produce(['two']);
    await withAdmin((admin) =>
      admin.setOffsets({
        groupId: 'writer',
        topic: TOPIC,
        partitions: [{ partition: 0, offset: '1' }],
      }),
    );
    await broker.restart();
    expect(broker.brokers).toEqual(brokers);
    expect(broker.pid).not.toBe(pid);
    await produce(['three']);
    await broker.kill();
    expect(await identify(broker.pid)).toBeUndefined();
    await broker.restart();
    expect(await consume(4)).toEqual(['one', 'x'.repeat(20), 'two', 'three']);
    const [offsets] = await withAdmin((admin) => admin.fetchOffsets({ groupId: 'writer', topics: [TOPIC] }));
    expect(offsets?.partitions.find(({ partition }) => partition === 0)).toMatchObject({ offset: '1' });
  });

  test('when another program took its port meanwhile, a later start moves to a free one', {
    timeout: 180_000,
  }, async () => {
    const [before = ''] = broker.brokers;
    await broker.stop();
    const squatter = createServer().listen(Number(before.split(':')[1]), '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    broker = await start();
    squatter.close();
    expect(broker.brokers).not.toEqual([before]);
    expect(await consume(4)).toHaveLength(4);
  });
});
