/** Bad messages go to the dead letters whole and with a reason; their neighbours stand; a fixed contract takes them in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationS, id, integer, oneOf, QUALITIES, revision, start } from '../../schemas/fields.ts';
import { readings } from '../../schemas/stream.ts';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import { auditOffsets } from '../../src/ingest/auditOffsets.ts';
import { DEAD_REASONS } from '../../src/ingest/deadReasons.ts';
import { redrive } from '../../src/ingest/redrive.ts';
import { StreamIngest } from '../../src/ingest/streamIngest.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { Log } from '../../src/log/port.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { testServers, uniqueName } from '../runtime/servers.ts';
import { BAD_MESSAGES, goodReading, JSON_TYPE } from './badMessageCases.ts';

/** A later contract: energy may be negative, a quality `guessed` is known. */
const fixed = readings({
  topic: plantGeneration.topic,
  about: plantGeneration.about,
  key: 'plant',
  subject: ['plant', 'meter'],
  shape: {
    plant: id({ en: 'plant', zh: '电厂' }),
    meter: id({ en: 'metering point', zh: '计量点' }),
    start: start(),
    durationS: durationS(),
    energyWh: integer({ en: 'energy', zh: '电量' }, { unit: 'Wh', aggregation: 'sum' }),
    quality: oneOf([...QUALITIES, 'guessed'], { en: 'origin', zh: '来源' }),
    revision: revision(),
  },
});

const group = uniqueName('bad');
const prefix = `${uniqueName('bad')}.`;
const topic = prefix + plantGeneration.topic;
let dir: string;
let store: ChdbStore;
let log: Log;

const headersOf = (index: number, change: Readonly<Record<string, string | undefined>> = {}) => {
  const all = {
    ce_specversion: '1.0',
    ce_id: `case-${index}`,
    ce_source: '/test',
    'content-type': JSON_TYPE,
    ...change,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
};

beforeAll(async () => {
  const { kafka } = await testServers('kafka');
  log = createKafkajsLog({ brokers: kafka.brokers });
  dir = await mkdtemp(join(tmpdir(), 'tanliu-bad-'));
  store = await openChdbStore(dir);
  await migrate(store);
  const admin = await log.admin();
  await admin.createTopics([topic], {
    partitions: 1,
    replicas: 1,
    retentionMs: 86_400_000,
    maxMessageBytes: 32 << 20,
  });
  await admin.close();
  // A good one, a bad one, a good one, …: offset 2i + 1 is the i-th case.
  const producer = await log.producer();
  for (const [index, bad] of BAD_MESSAGES.entries()) {
    await producer.send(topic, [
      { key: 'k', value: JSON.stringify(goodReading(index)), headers: headersOf(index) },
      { key: `bad-${index}`, value: bad.value, headers: headersOf(index, bad.headers) },
    ]);
  }
  await producer.send(topic, [
    {
      key: 'k',
      value: JSON.stringify(goodReading(BAD_MESSAGES.length)),
      headers: headersOf(BAD_MESSAGES.length),
    },
  ]);
  await producer.close();
  const ingest = new StreamIngest({ store, log, group, contracts: [plantGeneration], topicPrefix: prefix });
  const { fault } = await ingest.start();
  const all = BAD_MESSAGES.length * 2 + 1;
  await Promise.race([
    fault,
    (async () => {
      while (ingest.progress().messages < all) await new Promise((resolve) => setTimeout(resolve, 50));
    })(),
  ]);
  await ingest.stop();
});

afterAll(async () => {
  await store?.close();
  await rm(dir, { recursive: true, force: true });
});

interface Letter {
  readonly key: string;
  readonly reason: string;
  readonly detail: string;
  readonly value: string | null;
  readonly headers: string;
}

const letterAt = async (index: number): Promise<Letter[]> =>
  store.query<Letter>(
    'SELECT key, reason, detail, if(value IS NULL, NULL, base64Encode(assumeNotNull(value))) AS value, headers FROM dead_letters WHERE _offset = {offset:Int64}',
    { offset: 2 * index + 1 },
  );

describe(`${BAD_MESSAGES.length} kinds of bad message`, () => {
  it('are at least a hundred, each of another name', () => {
    expect(BAD_MESSAGES.length).toBeGreaterThanOrEqual(100);
    expect(new Set(BAD_MESSAGES.map(({ name }) => name)).size).toBe(BAD_MESSAGES.length);
  });

  it.each(BAD_MESSAGES.map((bad, index) => [bad.name, bad, index] as const))(
    '%s',
    async (_name, bad, index) => {
      const letters = await letterAt(index);
      expect(letters).toHaveLength(1);
      const [letter] = letters;
      expect(letter).toMatchObject({ key: `bad-${index}`, reason: bad.reason });
      expect(letter?.detail).not.toBe('');
      expect(Object.keys(DEAD_REASONS)).toContain(letter?.reason);
      expect(letter?.value ?? null).toBe(bad.value === null ? null : bad.value.toString('base64'));
      const headers = Object.entries(JSON.parse(letter?.headers ?? '{}') as Record<string, string[]>).map(
        ([name, values]) => [name, Buffer.from(values[0] ?? '', 'base64').toString()],
      );
      expect(Object.fromEntries(headers)).toEqual(headersOf(index, bad.headers));
    },
  );

  it('leave their good neighbours in place, each once', async () => {
    const rows = await store.query<{ wh: number; o: number }>(
      'SELECT toInt32(energy_wh) AS wh, toInt32(_offset) AS o FROM plant_generation ORDER BY _offset',
    );
    expect(rows).toEqual(
      Array.from({ length: BAD_MESSAGES.length + 1 }, (_, n) => ({ wh: 1000 + n, o: 2 * n })),
    );
  });

  it('leave the invariant whole', async () => {
    const audit = await auditOffsets({ store, log, group, contract: plantGeneration, topicPrefix: prefix });
    expect(audit.holds).toBe(true);
    expect(audit.partitions[0]).toMatchObject({
      duplicates: 0,
      incomplete: 0,
      lost: [],
      deadLetters: BAD_MESSAGES.length,
      rows: BAD_MESSAGES.length + 1,
    });
  });
});

describe('redriving', () => {
  const accepted = [
    'negative energy',
    'an unknown quality',
    'a good array with one bad reading',
    'Arrow: an unknown quality',
    'Arrow: negative energy',
  ];
  const open = () =>
    store.query<{ o: number }>(
      "SELECT toInt32(_offset) AS o FROM dead_letters WHERE (_generation, _partition, _offset) NOT IN (SELECT _generation, _partition, _offset FROM dead_letter_attempts WHERE outcome = 'accepted') ORDER BY o",
    );

  it('with the same contract accepts nothing and loses nothing', async () => {
    expect(await redrive(store, plantGeneration, { limit: 10_000 })).toEqual({
      tried: BAD_MESSAGES.length,
      accepted: 0,
      refused: BAD_MESSAGES.length,
    });
    expect(await open()).toHaveLength(BAD_MESSAGES.length);
  });

  it('with a fixed contract leaves nothing that it accepts', async () => {
    const result = await redrive(store, fixed, { limit: 10_000 });
    expect(result.tried).toBe(BAD_MESSAGES.length);
    const left = new Set((await open()).map(({ o }) => o));
    const gone = BAD_MESSAGES.filter((_, index) => !left.has(2 * index + 1)).map(({ name }) => name);
    expect(gone.sort()).toEqual(accepted.sort());
    expect(result.accepted).toBe(accepted.length);
  });

  it('keeps the offset that a reading came with, all readings of a message together', async () => {
    const index = BAD_MESSAGES.findIndex(({ name }) => name === 'a good array with one bad reading');
    const rows = await store.query(
      'SELECT toInt32(_row) AS r, toInt32(_rows) AS n, toInt32(energy_wh) AS wh FROM plant_generation WHERE _offset = {offset:Int64} ORDER BY _row',
      { offset: 2 * index + 1 },
    );
    expect(rows).toEqual([
      { r: 0, n: 3, wh: 1001 },
      { r: 1, n: 3, wh: -1 },
      { r: 2, n: 3, wh: 1001 },
    ]);
  });

  it('twice changes nothing', async () => {
    const count = () =>
      store.query('SELECT count() AS n, (SELECT sum(rows) FROM stream_windows) AS w FROM plant_generation');
    const before = await count();
    await redrive(store, fixed, { limit: 10_000 });
    await store.command('ALTER TABLE dead_letter_attempts DELETE WHERE 1 SETTINGS mutations_sync = 2');
    await redrive(store, fixed, { limit: 10_000 });
    expect(await count()).toEqual(before);
  });
});
