/**
 * Which life of a topic is being read. A topic that was deleted and made again starts at offset 0 once more, and
 * Kafka forgets what the group had committed; the rows of its former life must not be taken for those of this one.
 */
import type { Committed, Log, PartitionOffsets } from '../log/port.ts';
import type { Store } from '../store/port.ts';

export interface TopicLife {
  readonly generation: number;
  /** Partitions whose committed offset is lost though rows of this life exist: up to this offset rows may stand already. */
  readonly knownUpTo: ReadonlyMap<number, number>;
}

interface Question {
  readonly store: Store;
  readonly log: Log;
  /** Name of the topic in Kafka. */
  readonly topic: string;
  readonly contractTopic: string;
  readonly table: string;
  readonly committed: readonly Committed[];
  readonly offsets: readonly PartitionOffsets[];
}

/** Finds the present life; a new one is written down before anything is inserted for it. */
export async function topicLife(question: Question): Promise<TopicLife> {
  const { store, topic, committed, offsets } = question;
  const [latest] = await store.query<{ generation: number }>(
    'SELECT max(generation) AS generation FROM topic_generations WHERE topic = {topic:String}',
    { topic },
  );
  const generation = latest?.generation ?? 0;
  if (generation === 0)
    return { generation: await begin(store, topic, 1, 'first seen'), knownUpTo: new Map() };
  const byPartition = new Map(committed.map((entry) => [entry.partition, entry.offset]));
  const doubtful = offsets.filter(({ partition, high }) => {
    const offset = byPartition.get(partition);
    return offset === undefined || offset > high;
  });
  if (doubtful.length === 0) return { generation, knownUpTo: new Map() };
  const lasts = await lastRows(question, generation);
  const evidence = doubtful.flatMap((partition) => {
    const last = lasts.get(partition.partition);
    return last ? [{ ...partition, ...last }] : [];
  });
  for (const one of evidence) {
    if (!(await sameLife(question, one)))
      return { generation: await begin(store, topic, generation + 1, 'made again'), knownUpTo: new Map() };
  }
  return { generation, knownUpTo: new Map(evidence.map(({ partition, offset }) => [partition, offset])) };
}

async function begin(store: Store, topic: string, generation: number, cause: string): Promise<number> {
  await store.insertRows(
    'topic_generations',
    [{ topic, generation, cause }],
    `generation:${topic}:${generation}`,
  );
  return generation;
}

interface LastRow {
  readonly offset: number;
  readonly knownAtMs: number;
}

async function lastRows(
  { store, table, contractTopic }: Question,
  generation: number,
): Promise<Map<number, LastRow>> {
  const rows = await store.query<{ partition: number; offset: number; ms: number }>(
    `SELECT _partition AS partition, max(_offset) AS offset, toUnixTimestamp64Milli(argMax(known_at, _offset)) AS ms
     FROM (SELECT _partition, _offset, known_at FROM ${table} WHERE _generation = {generation:UInt32}
           UNION ALL SELECT _partition, _offset, known_at FROM dead_letters WHERE _generation = {generation:UInt32} AND topic = {topic:String})
     GROUP BY partition`,
    { generation, topic: contractTopic },
  );
  return new Map(
    rows.map(({ partition, offset, ms }) => [partition, { offset: Number(offset), knownAtMs: Number(ms) }]),
  );
}

/** Whether the last row that we hold of a partition is the message that Kafka holds there (or held before retention). */
async function sameLife(
  { log, topic }: Question,
  { partition, low, high, offset, knownAtMs }: PartitionOffsets & LastRow,
): Promise<boolean> {
  if (offset >= high) return false;
  if (offset < low) return true;
  const [message] = await log.read({ topic, partition, first: offset, last: offset });
  return message?.offset === offset && message.timestampMs === knownAtMs;
}
