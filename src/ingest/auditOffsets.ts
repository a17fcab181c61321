/**
 * The standing invariant of exactly-once, per partition: every offset that Kafka has (or had) below the committed one
 * stands in the readings or in the dead letters, each reading once, and the views count what the tables hold.
 */
import type { StreamContract } from '../../schemas/stream.ts';
import type { Log } from '../log/port.ts';
import type { Store } from '../store/port.ts';

export interface PartitionAudit {
  readonly partition: number;
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

export interface TopicAudit {
  readonly topic: string;
  readonly holds: boolean;
  readonly partitions: readonly PartitionAudit[];
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
    const [committed, ends] = await Promise.all([admin.committed(group, topic), admin.offsets(topic)]);
    const generation = await presentGeneration(store, topic);
    const partitions: PartitionAudit[] = [];
    for (const { partition, low } of ends) {
      const upTo = committed.find((entry) => entry.partition === partition)?.offset;
      if (upTo === undefined) continue;
      partitions.push(
        await auditPartition({ store, log, contract, topic, generation, partition, low, upTo }),
      );
    }
    const viewDifference = await compareView(store, contract);
    const sound = partitions.every(
      ({ duplicates, incomplete, lost }) => duplicates === 0 && incomplete === 0 && lost.length === 0,
    );
    return { topic: contract.topic, holds: sound && viewDifference === 0, partitions, viewDifference };
  } finally {
    await admin.close();
  }
}

async function presentGeneration(store: Store, topic: string): Promise<number> {
  const [row] = await store.query<{ generation: number }>(
    'SELECT max(generation) AS generation FROM topic_generations WHERE topic = {topic:String}',
    { topic },
  );
  return row?.generation ?? 0;
}

interface PartitionQuestion {
  readonly store: Store;
  readonly log: Log;
  readonly contract: StreamContract;
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
  readonly low: number;
  readonly upTo: number;
}

async function auditPartition(question: PartitionQuestion): Promise<PartitionAudit> {
  const { store, contract, generation, partition } = question;
  const params = { generation, partition, topic: contract.topic };
  const [readings] = await store.query<Record<'rows' | 'distinct' | 'offsets' | 'incomplete', number>>(
    `SELECT sum(n) AS rows, sum(positions) AS distinct, count() AS offsets, countIf(positions != expected) AS incomplete
     FROM (SELECT _offset, count() AS n, uniqExact(_row) AS positions, any(_rows) AS expected FROM ${contract.table}
           WHERE _generation = {generation:UInt32} AND _partition = {partition:UInt32} GROUP BY _offset)`,
    params,
  );
  const [dead] = await store.query<Record<'rows' | 'distinct', number>>(
    `SELECT count() AS rows, uniqExact(_offset) AS distinct FROM dead_letters WHERE topic = {topic:String} AND _generation = {generation:UInt32} AND _partition = {partition:UInt32}`,
    params,
  );
  const holes = await findHoles(question);
  const rows = Number(readings?.rows ?? 0);
  const deadLetters = Number(dead?.rows ?? 0);
  return {
    partition,
    generation,
    offsets: Number(readings?.offsets ?? 0),
    rows,
    deadLetters,
    duplicates: rows - Number(readings?.distinct ?? 0) + deadLetters - Number(dead?.distinct ?? 0),
    incomplete: Number(readings?.incomplete ?? 0),
    ...holes,
  };
}

/** Looks every hole up in Kafka: what it still holds was lost here. */
async function findHoles({
  store,
  log,
  contract,
  topic,
  generation,
  partition,
  low,
  upTo,
}: PartitionQuestion): Promise<{ lost: number[]; gaps: number }> {
  const holes = await store.query<{ first: number; last: number }>(
    `SELECT previous + 1 AS first, o - 1 AS last FROM (
       SELECT o, lagInFrame(o, 1, {before:Int64}) OVER (ORDER BY o ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS previous FROM (
         SELECT DISTINCT _offset AS o FROM ${contract.table} WHERE _generation = {generation:UInt32} AND _partition = {partition:UInt32} AND _offset < {upTo:Int64}
         UNION DISTINCT SELECT DISTINCT _offset AS o FROM dead_letters WHERE topic = {topic:String} AND _generation = {generation:UInt32} AND _partition = {partition:UInt32} AND _offset < {upTo:Int64}
         UNION DISTINCT SELECT {upTo:Int64} AS o))
     WHERE o > previous + 1 ORDER BY first LIMIT ${MAX_GAPS + 1}`,
    { generation, partition, topic: contract.topic, upTo, before: low - 1 },
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
