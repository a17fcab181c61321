/**
 * The standing invariant of exactly-once, per partition: every offset that Kafka has (or had) below the committed one
 * stands in the readings or in the dead letters, each reading once, and the views count what the tables hold. Offsets
 * are looked up in Kafka for the topic as it is now; of its former lives, what stands must stand once and whole.
 */
import type { StreamContract } from '../../schemas/stream.ts';
import type { Log } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import { readProgress } from './intent.ts';
import { generationsOf } from './topicLife.ts';

export interface PartitionAudit {
  readonly partition: number;
  /** The one that is written to now. */
  readonly generation: number;
  readonly offsets: number;
  readonly rows: number;
  readonly deadLetters: number;
  /** Rows beyond one for each (offset, position in the message). */
  readonly duplicates: number;
  /** Messages of which only some readings stand. */
  readonly incomplete: number;
  /** Offsets that Kafka holds and the store does not. */
  readonly lost: readonly number[];
  /** Offsets that neither holds: control records, compaction, retention. */
  readonly gaps: number;
}

export interface LifeAudit {
  readonly rows: number;
  readonly deadLetters: number;
  readonly duplicates: number;
  readonly incomplete: number;
}

export interface TopicAudit {
  readonly topic: string;
  readonly holds: boolean;
  /** Of the topic as it is now. */
  readonly partitions: readonly PartitionAudit[];
  /** Of topics of this name that were deleted. */
  readonly former: LifeAudit;
  /** Rows counted by the view minus rows of the table. */
  readonly viewDifference: number;
}

export interface AuditQuestion {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly contract: StreamContract;
  readonly topicPrefix?: string;
}

/** Most gaps that are looked up in Kafka one by one; more are reported as lost without a look. */
const MAX_GAPS = 200;

export async function auditOffsets({
  store,
  log,
  group,
  contract,
  topicPrefix = '',
}: AuditQuestion): Promise<TopicAudit> {
  const topic = topicPrefix + contract.topic;
  const admin = await log.admin();
  try {
    // In this order: what was committed lies within the offsets that are read after it.
    const topicId = await admin.topicId(topic);
    const committed = await admin.committed(group, topic);
    const ends = await admin.offsets(topic);
    const generations = await generationsOf(store, topic, topicId ?? '');
    const latest = generations.at(-1) ?? 0;
    const common = { store, log, contract, topic, generations };
    const partitions: PartitionAudit[] = [];
    for (const { partition, low } of ends) {
      const entry = committed.find((one) => one.partition === partition);
      const generation = entry && (readProgress(entry.metadata)?.generation ?? latest);
      // What the group has committed of a former life says nothing about this one.
      if (!entry || generation === undefined || !generations.includes(generation)) continue;
      partitions.push(await auditPartition({ ...common, generation, partition, low, upTo: entry.offset }));
    }
    const former = await count(store, contract, `_generation NOT IN (${[0, ...generations].join(', ')})`);
    const viewDifference = await compareView(store, contract);
    const sound =
      [former, ...partitions].every(({ duplicates, incomplete }) => duplicates === 0 && incomplete === 0) &&
      partitions.every(({ lost }) => lost.length === 0);
    return {
      topic: contract.topic,
      holds: sound && viewDifference === 0,
      partitions,
      former,
      viewDifference,
    };
  } finally {
    await admin.close();
  }
}

interface PartitionQuestion {
  readonly store: Store;
  readonly log: Log;
  readonly contract: StreamContract;
  readonly topic: string;
  /** All of this life of the topic: more than one where Kafka has lost the end of its log. */
  readonly generations: readonly number[];
  readonly generation: number;
  readonly partition: number;
  readonly low: number;
  readonly upTo: number;
}

async function auditPartition(question: PartitionQuestion): Promise<PartitionAudit> {
  const { store, contract, generations, generation, partition } = question;
  const condition = `_generation IN (${generations.join(', ')}) AND _partition = ${partition}`;
  const counted = await count(store, contract, condition);
  return { partition, generation, ...counted, ...(await findHoles(question, condition)) };
}

interface Counted extends LifeAudit {
  /** Distinct ones of the readings. */
  readonly offsets: number;
}

async function count(store: Store, contract: StreamContract, condition: string): Promise<Counted> {
  const [readings] = await store.query<Record<'rows' | 'distinct' | 'offsets' | 'incomplete', number>>(
    `SELECT sum(n) AS rows, sum(positions) AS distinct, count() AS offsets, countIf(positions != expected) AS incomplete
     FROM (SELECT count() AS n, uniqExact(_row) AS positions, any(_rows) AS expected FROM ${contract.table}
           WHERE ${condition} GROUP BY _generation, _partition, _offset)`,
  );
  const [dead] = await store.query<Record<'rows' | 'distinct', number>>(
    `SELECT count() AS rows, uniqExact(_generation, _partition, _offset) AS distinct FROM dead_letters WHERE topic = {topic:String} AND ${condition}`,
    { topic: contract.topic },
  );
  const rows = Number(readings?.rows ?? 0);
  const deadLetters = Number(dead?.rows ?? 0);
  return {
    offsets: Number(readings?.offsets ?? 0),
    rows,
    deadLetters,
    duplicates: rows - Number(readings?.distinct ?? 0) + deadLetters - Number(dead?.distinct ?? 0),
    incomplete: Number(readings?.incomplete ?? 0),
  };
}

/** Looks every hole up in Kafka: what it still holds was lost here. */
async function findHoles(
  { store, log, contract, topic, partition, low, upTo }: PartitionQuestion,
  condition: string,
): Promise<{ lost: number[]; gaps: number }> {
  const holes = await store.query<{ first: number; last: number }>(
    `SELECT previous + 1 AS first, o - 1 AS last FROM (
       SELECT o, lagInFrame(o, 1, {before:Int64}) OVER (ORDER BY o ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS previous FROM (
         SELECT DISTINCT _offset AS o FROM ${contract.table} WHERE ${condition} AND _offset < {upTo:Int64}
         UNION DISTINCT SELECT DISTINCT _offset AS o FROM dead_letters WHERE topic = {topic:String} AND ${condition} AND _offset < {upTo:Int64}
         UNION DISTINCT SELECT {upTo:Int64} AS o))
     WHERE o > previous + 1 ORDER BY first LIMIT ${MAX_GAPS + 1}`,
    { topic: contract.topic, upTo, before: low - 1 },
  );
  const lost: number[] = [];
  let gaps = 0;
  for (const [index, hole] of holes.entries()) {
    const first = Math.max(Number(hole.first), low);
    const last = Number(hole.last);
    if (last < first) continue;
    const held = index < MAX_GAPS ? await log.read({ topic, partition, first, last }) : [{ offset: first }];
    for (const { offset } of held) lost.push(offset);
    gaps += last - first + 1 - held.length;
  }
  return { lost, gaps };
}

async function compareView(store: Store, contract: StreamContract): Promise<number> {
  const [row] = await store.query<{ difference: number }>(
    `SELECT toInt64((SELECT sum(rows) FROM stream_windows WHERE topic = {topic:String})) - toInt64((SELECT count() FROM ${contract.table})) AS difference`,
    { topic: contract.topic },
  );
  return Number(row?.difference ?? 0);
}
