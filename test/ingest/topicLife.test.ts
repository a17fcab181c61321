/** Which generation a topic's id gets, and where the group's progress is put right. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeIntent, writeProgress } from '../../src/ingest/intent.ts';
import { generationsOf, type LifeQuestion, topicLife } from '../../src/ingest/topicLife.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';

const TOPIC = 'x.plant.generation';
// Never asked here: it is read only where progress is lost and rows stand.
const log = createKafkajsLog({ brokers: ['127.0.0.1:1'] });
let dir: string;
let store: ChdbStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-life-'));
  store = await openChdbStore(dir);
  await migrate(store);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const question = (topicId: string, change: Partial<LifeQuestion> = {}): LifeQuestion => ({
  store,
  log,
  topic: TOPIC,
  topicId,
  contractTopic: 'plant.generation',
  table: 'plant_generation',
  partitions: [0],
  committed: [],
  offsets: [{ topic: TOPIC, partition: 0, low: 0, high: 100 }],
  ...change,
});

const committed = (offset: number, metadata: string) => ({
  committed: [{ topic: TOPIC, partition: 0, offset, metadata }],
});

async function generationOf(topicId: string): Promise<number | undefined> {
  return (await topicLife(question(topicId))).partitions.get(0)?.generation;
}

test('each id has one generation for ever, whichever member asks and when', async () => {
  expect(await generationOf('a')).toBe(1);
  expect(await generationOf('b')).toBe(2);
  // A broker that lags behind may still tell of the former topic.
  expect(await generationOf('a')).toBe(1);
  const found = await Promise.all(['c', 'd', 'c', 'e', 'd'].map(generationOf));
  expect(found).toEqual([found[0], found[1], found[0], found[3], found[1]]);
  expect(new Set([...found, 1, 2]).size).toBe(5);
  expect(await Promise.all(['c', 'd', 'e'].map(generationOf))).toEqual([found[0], found[1], found[3]]);
  expect(await generationsOf(store, TOPIC, 'b')).toEqual([2]);
});

test('a life from before ids were kept learns its own', async () => {
  await store.insertRows('topic_generations', [{ topic: TOPIC, generation: 3, cause: 'made again' }], 'old');
  const at = question('a', committed(40, ''));
  expect((await topicLife(at)).partitions.get(0)).toMatchObject({
    generation: 3,
    committed: { offset: 40 },
  });
  expect(await generationOf('b')).toBe(4);
  expect(await generationOf('a')).toBe(3);
});

test('progress in a former life is put back to the beginning', async () => {
  await generationOf('a');
  const intent = { generation: 1, last: 60, contract: 'A', atMs: 0 };
  for (const [metadata, left] of [
    [writeProgress({ generation: 1 }), {}],
    [writeIntent(intent), { passed: { first: 40, intent } }],
  ] as const) {
    const life = await topicLife(question('b', committed(40, metadata)));
    expect(life.partitions.get(0)).toEqual({
      generation: 2,
      mend: { topic: TOPIC, partition: 0, offset: 0, metadata: writeProgress({ generation: 2 }) },
      ...left,
    });
  }
});

test('of a log that was cut short, only the partition that lost something gets the next generation', async () => {
  await generationOf('a');
  const metadata = writeProgress({ generation: 1 });
  const at = question('a', {
    partitions: [0, 1],
    committed: [0, 1].map((partition) => ({ topic: TOPIC, partition, offset: 90, metadata })),
    offsets: [70, 100].map((high, partition) => ({ topic: TOPIC, partition, low: 0, high })),
  });
  const { partitions } = await topicLife(at);
  expect(partitions.get(0)).toMatchObject({
    generation: 2,
    mend: { offset: 70, metadata: writeProgress({ generation: 2 }) },
  });
  expect(partitions.get(1)).toMatchObject({ generation: 1, committed: { offset: 90 } });
  expect(await generationsOf(store, TOPIC, 'a')).toEqual([1, 2]);
});

test('what retention has taken is passed over, and an open range told of', async () => {
  await generationOf('a');
  const intent = { generation: 1, last: 60, contract: 'A', atMs: 0 };
  const offsets = [{ topic: TOPIC, partition: 0, low: 50, high: 100 }];
  const life = await topicLife(question('a', { ...committed(40, writeIntent(intent)), offsets }));
  expect(life.partitions.get(0)).toMatchObject({
    generation: 1,
    mend: { offset: 50, metadata: writeProgress({ generation: 1, knownUpTo: 60 }) },
    passed: { first: 40, intent },
  });
});
