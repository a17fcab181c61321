/**
 * Which life of a topic is being read, and where. A topic that was deleted and made again starts at offset 0 once
 * more; its rows must not be taken for those of the former life, nor the group's progress in the one for that in the
 * other: every commit says of which generation it is.
 */
import type { Committed, Log, PartitionOffsets } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import { type Intent, readIntent, readProgress, writeProgress } from './intent.ts';

export interface TopicLife {
  /** Kafka's id of the topic. */
  readonly topicId: string;
  readonly partitions: ReadonlyMap<number, PartitionLife>;
}

export interface PartitionLife {
  readonly generation: number;
  /** The group's progress, where it is of this life. */
  readonly committed?: Committed;
  /** The group's progress is lost though rows of this life exist: up to this offset they may stand already. */
  readonly knownUpTo?: number;
  /** To be committed before anything is read: what stands there is of another life, or the log no longer has it. */
  readonly mend?: Committed;
  /** A range that stands open, of which the log no longer has the beginning: it was deleted, or the whole topic was. */
  readonly passed?: { readonly first: number; readonly intent: Intent };
}

export interface LifeQuestion {
  readonly store: Store;
  readonly log: Log;
  /** Name of the topic in Kafka. */
  readonly topic: string;
  readonly topicId: string;
  readonly contractTopic: string;
  readonly table: string;
  /** Partitions that this member is to read. */
  readonly partitions: readonly number[];
  /** Read before `offsets`, so that the log cannot seem shorter than what was committed. */
  readonly committed: readonly Committed[];
  readonly offsets: readonly PartitionOffsets[];
}

/** Finds the present life; a new one is written down before anything is inserted for it. */
export async function topicLife(question: LifeQuestion): Promise<TopicLife> {
  const { topicId, offsets } = question;
  const generation = await presentGeneration(question);
  const lives = await generationsOf(question.store, question.topic, topicId);
  let lasts: Map<number, LastRow> | undefined;
  let shortened: number | undefined;
  const partitions = new Map<number, PartitionLife>();
  for (const at of offsets.filter(({ partition }) => question.partitions.includes(partition))) {
    const entry = question.committed.find(({ partition }) => partition === at.partition);
    const of = entry && (readProgress(entry.metadata)?.generation ?? generation);
    if (entry && of !== undefined && (of === generation || lives.includes(of))) {
      if (isBeyond(entry, at)) shortened ??= await begin(question, generation + 1, 'cut short');
      partitions.set(at.partition, progressOf(entry, at, of, shortened));
      continue;
    }
    lasts ??= await lastRows(question, generation);
    const last = lasts.get(at.partition);
    if (!last || (await holds(question, { ...at, ...last }))) {
      partitions.set(at.partition, withoutProgress(entry, at, generation, last));
      continue;
    }
    shortened ??= await begin(question, generation + 1, 'cut short');
    partitions.set(at.partition, withoutProgress(entry, at, shortened, undefined));
  }
  return { topicId, partitions };
}

/** Generations of a topic that were read from the topic with this id; more than one where it was cut short. */
export async function generationsOf(store: Store, topic: string, topicId: string): Promise<number[]> {
  const lives = await livesOf(store, topic);
  const latest = lives.at(-1);
  if (!topicId) return latest ? [latest.generation] : [];
  const same = lives.filter((life) => life.topicId === topicId);
  // Written down before ids were: the latest may be this one.
  if (same.length === 0 && latest?.topicId === '') return [latest.generation];
  return same.map(({ generation }) => generation);
}

/** Kafka has lost the end of its log: what comes under these offsets now are other messages. */
const isBeyond = ({ offset, metadata }: Committed, { high }: PartitionOffsets): boolean =>
  offset > high || (readIntent(metadata)?.last ?? -1) >= high;

function progressOf(
  entry: Committed,
  { low, high }: PartitionOffsets,
  generation: number,
  shortened: number | undefined,
): PartitionLife {
  if (shortened !== undefined && isBeyond(entry, { ...entry, low, high })) {
    const offset = Math.min(entry.offset, high);
    const mend = { ...entry, offset, metadata: writeProgress({ generation: shortened }) };
    return { generation: shortened, mend };
  }
  if (entry.offset >= low) return { generation, committed: entry };
  // Retention has passed: of a range that stood open, what is left is compared.
  const intent = readIntent(entry.metadata);
  const knownUpTo = Math.max(intent?.last ?? -1, readProgress(entry.metadata)?.knownUpTo ?? -1);
  const known = knownUpTo >= low ? { knownUpTo } : {};
  return {
    generation,
    mend: { ...entry, offset: low, metadata: writeProgress({ generation, ...known }) },
    ...(intent && { passed: { first: entry.offset, intent } }),
  };
}

function withoutProgress(
  entry: Committed | undefined,
  { low }: PartitionOffsets,
  generation: number,
  last: LastRow | undefined,
): PartitionLife {
  const known = last && { knownUpTo: last.offset };
  if (!entry) return { generation, ...known };
  const metadata = writeProgress({ generation, ...known });
  const intent = readIntent(entry.metadata);
  return {
    generation,
    mend: { ...entry, offset: low, metadata },
    ...(intent && { passed: { first: entry.offset, intent } }),
  };
}

async function presentGeneration(question: LifeQuestion): Promise<number> {
  const { store, topic, topicId } = question;
  const lives = await livesOf(store, topic);
  const same = topicId ? lives.findLast((life) => life.topicId === topicId) : undefined;
  if (same) return same.generation;
  const latest = lives.at(-1);
  if (!latest) return begin(question, 1, 'first seen');
  if (latest.topicId !== '' && topicId) return begin(question, latest.generation + 1, 'made again');
  if (!(await isSameByItsRows(question, latest.generation)))
    return begin(question, latest.generation + 1, 'made again');
  return topicId ? begin(question, latest.generation, 'id learnt') : latest.generation;
}

interface Life {
  readonly generation: number;
  /** Empty where it was written down without. */
  readonly topicId: string;
}

const livesOf = (store: Store, topic: string): Promise<Life[]> =>
  store.query<Life>(
    'SELECT generation, max(topic_id) AS topicId FROM topic_generations WHERE topic = {topic:String} GROUP BY generation ORDER BY generation',
    { topic },
  );

/** Writes a life down, under the next number where another member has given this one to another life meanwhile. */
async function begin(question: LifeQuestion, from: number, cause: string): Promise<number> {
  const { store, topic, topicId } = question;
  for (let generation = from; ; generation++) {
    const learnt = cause === 'id learnt' && generation === from;
    const token = `generation:${topic}:${generation}${learnt ? ':id' : ''}`;
    await store.insertRows('topic_generations', [{ topic, generation, cause, topic_id: topicId }], token);
    const written = (await livesOf(store, topic)).find((life) => life.generation === generation);
    if (written?.topicId === topicId) return generation;
  }
}

/** Where ids do not tell: whether the last rows that we hold of partitions without progress are what Kafka holds there. */
async function isSameByItsRows(question: LifeQuestion, generation: number): Promise<boolean> {
  const { committed, offsets } = question;
  const progress = new Map(committed.map(({ partition, offset }) => [partition, offset]));
  const doubtful = offsets.filter(({ partition, high }) => {
    const offset = progress.get(partition);
    return offset === undefined || offset > high;
  });
  if (doubtful.length === 0) return true;
  const lasts = await lastRows(question, generation);
  for (const at of doubtful) {
    const last = lasts.get(at.partition);
    if (last && !(await holds(question, { ...at, ...last }))) return false;
  }
  return true;
}

interface LastRow {
  readonly offset: number;
  readonly knownAtMs: number;
}

async function lastRows(
  { store, table, contractTopic }: LifeQuestion,
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
async function holds(
  { log, topic }: LifeQuestion,
  { partition, low, high, offset, knownAtMs }: PartitionOffsets & LastRow,
): Promise<boolean> {
  if (offset >= high) return false;
  if (offset < low) return true;
  const [message] = await log.read({ topic, partition, first: offset, last: offset });
  return message?.offset === offset && message.timestampMs === knownAtMs;
}
