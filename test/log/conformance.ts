/** What any adapter of the log port must pass. An adapter's test calls it with the log and names that nobody else uses. */
import { expect, it } from 'vitest';
import type {
  Committed,
  ConsumerHandler,
  Log,
  LogMessage,
  OutgoingMessage,
  PartitionBatch,
  TopicPartition,
} from '../../src/log/port.ts';

const WAIT_MS = 40_000;

export interface Names {
  topic(): string;
  group(): string;
}

const message = (
  key: string | null,
  value: string | null,
  headers: Record<string, string> = {},
): OutgoingMessage => ({ key, value, headers });

async function topicOf(log: Log, names: Names, partitions: number): Promise<string> {
  const topic = names.topic();
  await makeTopic(log, topic, partitions);
  return topic;
}

async function makeTopic(log: Log, topic: string, partitions: number): Promise<void> {
  const admin = await log.admin();
  await admin.createTopics([topic], {
    partitions,
    replicas: 1,
    retentionMs: 86_400_000,
    maxMessageBytes: 2 << 20,
  });
  await admin.close();
}

async function send(log: Log, topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  const producer = await log.producer();
  await producer.send(topic, messages);
  await producer.close();
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (
    const begun = Date.now();
    Date.now() - begun < WAIT_MS;
    await new Promise((resolve) => setTimeout(resolve, 50))
  )
    if (await holds()) return;
  throw new Error(`waited in vain for ${what}`);
}

/** A member of a group that keeps what it is given. */
async function member(
  log: Log,
  group: string,
  topic: string,
  onBatch: (batch: PartitionBatch, heartbeat: () => Promise<void>) => Promise<void> = async () => undefined,
) {
  const consumer = await log.consumer({ group, topics: [topic], sessionTimeoutMs: 10_000 });
  const got: { partition: number; topicId: string; message: LogMessage }[] = [];
  const state: { assigned: readonly TopicPartition[]; lost: number } = { assigned: [], lost: 0 };
  const handler: ConsumerHandler = {
    onJoined: (assignment) => {
      state.assigned = assignment;
    },
    onLost: () => {
      state.assigned = [];
      state.lost++;
    },
    onBatch: async (batch, heartbeat) => {
      await onBatch(batch, heartbeat);
      const { partition, topicId } = batch;
      for (const each of batch.messages) got.push({ partition, topicId, message: each });
    },
  };
  await consumer.run(handler);
  return { consumer, got, state };
}

/** Declares the tests; call it inside a `describe`. */
export function conformsToLogPort(log: () => Log, names: Names): void {
  it('keeps the order within a key, and keys, values, times and headers as they were sent', async () => {
    const topic = await topicOf(log(), names, 3);
    const sent = Array.from({ length: 300 }, (_, n) => ({
      ...message(`k${n % 7}`, `value ${n} 四川`, { ce_id: String(n), 'content-type': 'text/plain' }),
      timestampMs: 1_770_000_000_000 + n,
    }));
    await send(log(), topic, sent);
    const { consumer, got } = await member(log(), names.group(), topic);
    await until(() => got.length >= 300, '300 messages');
    await consumer.stop();
    expect(got).toHaveLength(300);
    for (let key = 0; key < 7; key++) {
      const values = got
        .filter(({ message: each }) => each.key?.toString() === `k${key}`)
        .map(({ message: each }) => each.value?.toString());
      expect(values).toEqual(sent.filter((each) => each.key === `k${key}`).map(({ value }) => value));
    }
    for (const { message: each } of got) {
      const id = each.header(Buffer.from('ce_id'))?.toString() ?? '';
      expect(each.timestampMs).toBe(1_770_000_000_000 + Number(id));
      expect(each.headerIs(Buffer.from('content-type'), Buffer.from('text/plain'))).toBe(true);
      expect(each.headerIs(Buffer.from('content-type'), Buffer.from('text/plai'))).toBe(false);
      expect(each.headerIs(Buffer.from('content-typ'), Buffer.from('text/plain'))).toBe(false);
      expect(each.header(Buffer.from('absent'))).toBeUndefined();
      expect(Object.keys(each.headers).sort()).toEqual(['ce_id', 'content-type']);
      expect(each.valueLength).toBe(each.value?.length);
      const copy = Buffer.alloc(each.valueLength + 2);
      each.copyValue(copy, 1);
      expect(copy.subarray(1, -1)).toEqual(each.value);
    }
  });

  it('hands over tombstones and messages without key or headers', async () => {
    const topic = await topicOf(log(), names, 1);
    await send(log(), topic, [message('k', null), message(null, 'x'), message('', '')]);
    const found = await log().read({ topic, partition: 0, first: 0, last: 2 });
    expect(
      found.map(({ key, value, valueLength }) => [
        key?.toString() ?? null,
        value?.toString() ?? null,
        valueLength,
      ]),
    ).toEqual([
      ['k', null, -1],
      [null, 'x', 1],
      ['', '', 0],
    ]);
    expect(found.map(({ headers }) => headers)).toEqual([{}, {}, {}]);
  });

  it('reads a range and no more, and ends at the end of the partition', async () => {
    const topic = await topicOf(log(), names, 2);
    await send(
      log(),
      topic,
      Array.from({ length: 50 }, (_, n) => message('same', String(n))),
    );
    const admin = await log().admin();
    const ends = await admin.offsets(topic);
    const partition = ends.find(({ high }) => high === 50)?.partition ?? -1;
    expect(ends.map(({ low }) => low)).toEqual([0, 0]);
    await admin.close();
    const some = await log().read({ topic, partition, first: 10, last: 19 });
    expect(some.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 }, (_, n) => n + 10));
    expect((await log().read({ topic, partition, first: 45, last: 99 })).map(({ offset }) => offset)).toEqual(
      [45, 46, 47, 48, 49],
    );
    expect(await log().read({ topic, partition, first: 50, last: 60 })).toEqual([]);
  });

  it('keeps what was committed with its metadata, and starts there again', async () => {
    const topic = await topicOf(log(), names, 1);
    const group = names.group();
    await send(
      log(),
      topic,
      Array.from({ length: 10 }, (_, n) => message('k', String(n))),
    );
    const first = await member(log(), group, topic);
    await until(() => first.got.length === 10, 'ten messages');
    expect(await first.consumer.committed([{ topic, partition: 0 }])).toEqual([]);
    const entry: Committed = { topic, partition: 0, offset: 4, metadata: '{"v":1,"last":9,"文":"字"}' };
    await first.consumer.commit([entry]);
    expect(await first.consumer.committed([{ topic, partition: 0 }])).toEqual([entry]);
    await first.consumer.stop();
    const second = await member(log(), group, topic);
    await until(() => second.got.length >= 6, 'the rest');
    await second.consumer.stop();
    expect(second.got.map(({ message: each }) => each.offset)).toEqual([4, 5, 6, 7, 8, 9]);
    const admin = await log().admin();
    expect(await admin.committed(group, topic)).toEqual([entry]);
    await admin.close();
  });

  it('refuses the commit of a member whose generation has passed', async () => {
    const topic = await topicOf(log(), names, 2);
    const group = names.group();
    await send(log(), topic, [message('k', 'x')]);
    const first = await member(log(), group, topic);
    await until(() => first.state.assigned.length === 2, 'the first assignment');
    await first.consumer.stop();
    await expect(
      first.consumer.commit([{ topic, partition: 0, offset: 1, metadata: '' }]),
    ).rejects.toMatchObject({ code: 'TL_LOG_FENCED' });
  });

  it('says that the assignment is void when another member joins, and shares the partitions', async () => {
    const topic = await topicOf(log(), names, 2);
    const group = names.group();
    const first = await member(log(), group, topic);
    await until(() => first.state.assigned.length === 2, 'all partitions');
    const lostBefore = first.state.lost;
    const second = await member(log(), group, topic);
    await until(
      () => first.state.assigned.length === 1 && second.state.assigned.length === 1,
      'one partition each',
    );
    expect(first.state.lost).toBeGreaterThan(lostBefore);
    await second.consumer.stop();
    await until(() => first.state.assigned.length === 2, 'all partitions again');
    await first.consumer.stop();
  });

  it('tells a topic from a later one of the same name, also under a member that reads it', async () => {
    const topic = await topicOf(log(), names, 1);
    const admin = await log().admin();
    const first = await admin.topicId(topic);
    expect(await admin.topicId(names.topic())).toBeUndefined();
    await send(log(), topic, [message('k', 'old 0'), message('k', 'old 1'), message('k', 'old 2')]);
    const { consumer, got, state } = await member(log(), names.group(), topic);
    await until(() => got.length === 3, 'three messages');
    const lostBefore = state.lost;
    await admin.deleteTopic(topic);
    await until(async () => (await admin.topicId(topic)) === undefined, 'the topic to go');
    await makeTopic(log(), topic, 1);
    const second = await admin.topicId(topic);
    expect(second).not.toBe(first);
    await send(log(), topic, [message('k', 'new 0')]);
    await until(() => got.length === 4, 'the new message');
    expect(state.lost).toBeGreaterThan(lostBefore);
    expect(got.map(({ topicId, message: each }) => [topicId, each.value?.toString()])).toEqual([
      [first, 'old 0'],
      [first, 'old 1'],
      [first, 'old 2'],
      [second, 'new 0'],
    ]);
    await consumer.stop();
    await admin.close();
  });

  it('takes the assignment anew when it is told to, and begins at what is committed', async () => {
    const topic = await topicOf(log(), names, 1);
    await send(
      log(),
      topic,
      Array.from({ length: 4 }, (_, n) => message('k', String(n))),
    );
    const { consumer, got, state } = await member(log(), names.group(), topic);
    await until(() => got.length === 4, 'four messages');
    await consumer.commit([{ topic, partition: 0, offset: 2, metadata: '' }]);
    consumer.joinAnew('the test wants it');
    await until(() => got.length === 6, 'two of them again');
    expect(state.lost).toBe(1);
    expect(got.map(({ message: each }) => each.offset)).toEqual([0, 1, 2, 3, 2, 3]);
    await consumer.stop();
  });

  it('does not begin by itself where the log does not have what is committed', async () => {
    const topic = await topicOf(log(), names, 1);
    const group = names.group();
    await send(
      log(),
      topic,
      Array.from({ length: 3 }, (_, n) => message('k', String(n))),
    );
    const { consumer, got, state } = await member(log(), group, topic);
    await until(() => got.length === 3, 'three messages');
    const beyond: Committed = { topic, partition: 0, offset: 9, metadata: 'kept' };
    await consumer.commit([beyond]);
    consumer.joinAnew('the test wants it');
    await until(() => state.lost >= 3, 'it to join anew again and again');
    expect(await consumer.committed([{ topic, partition: 0 }])).toEqual([beyond]);
    await until(async () => {
      try {
        await consumer.commit([{ ...beyond, offset: 1 }]);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'TL_LOG_FENCED' });
        return false;
      }
    }, 'a commit between two assignments');
    await until(() => got.length === 5, 'the rest again');
    expect(got.map(({ message: each }) => each.offset)).toEqual([0, 1, 2, 1, 2]);
    await consumer.stop();
  });

  it('stays in the group over a long batch that beats', async () => {
    const topic = await topicOf(log(), names, 1);
    await send(log(), topic, [message('k', 'slow')]);
    const slow = await member(log(), names.group(), topic, async (_batch, heartbeat) => {
      for (let second = 0; second < 12; second++) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await heartbeat();
      }
    });
    await until(() => slow.got.length === 1, 'the slow batch');
    await slow.consumer.commit([{ topic, partition: 0, offset: 1, metadata: '' }]);
    expect(slow.state.lost).toBe(0);
    await slow.consumer.stop();
  });

  it('makes only the topics that are missing and describes them', async () => {
    const topic = await topicOf(log(), names, 3);
    const admin = await log().admin();
    const settings = { partitions: 3, replicas: 1, retentionMs: 86_400_000, maxMessageBytes: 2 << 20 };
    expect(await admin.createTopics([topic], settings)).toEqual([]);
    expect(await admin.describeTopic(topic)).toEqual({
      ...settings,
      retentionBytes: -1,
      compacted: false,
    });
    expect(await admin.describeTopic(names.topic())).toBeUndefined();
    await admin.deleteTopic(topic);
    await until(async () => (await admin.describeTopic(topic)) === undefined, 'the topic to go');
    await admin.close();
  });
}
