/** What runs in a home, seen from another process; and stopping it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { STREAMS } from '../../schemas/streams/index.ts';
import { ingestGroup } from '../activities/ingestStretch.ts';
import type { LogAdmin } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import { findStoreOwner } from '../store/storeOwner.ts';
import type { Config, TemporalConnection } from './config.ts';
import { Fault } from './errors.ts';
import { isAlive } from './localServers/processIdentity.ts';
import { findRunningServers } from './localServers/startLocalServers.ts';
import { logOf, openStore, storeDir } from './services.ts';
import { connectTemporal } from './temporal/connectTemporal.ts';

export interface StackStatus {
  /** All three servers answer, and a process works in this home or every server is given. */
  readonly running: boolean;
  /** Process of `tanliu up` in this home. */
  readonly pid: number | null;
  readonly kafka: string | null;
  readonly temporal: string | null;
  readonly store: string | null;
  readonly topics: readonly TopicStatus[];
  /** Servers that are known and do not answer as they should, each with what would be right. */
  readonly faults: readonly string[];
}

interface TopicStatus {
  readonly topic: string;
  readonly readings: number;
  readonly deadLetters: number;
  readonly lag: number | null;
  /** The last audit of its offsets; `null` before the first. */
  readonly audit: { readonly at: string; readonly holds: boolean } | null;
}

/** Looks, without starting anything. A server that does not answer is a line of the report. */
export async function stackStatus(config: Config): Promise<StackStatus> {
  const owner = await findStoreOwner(storeDir(config));
  const { kafka, temporal } = await findRunningServers(config);
  const reachable = config.clickhouse !== undefined || owner?.gateway !== undefined;
  const faults: string[] = [];
  const noting =
    (server: string) =>
    (error: unknown): undefined => {
      const { message, remedy } = error as { message: string; remedy?: string };
      faults.push(`${server}: ${message}${remedy ? `; ${remedy}` : ''}`);
    };
  const [admin, , store] = await Promise.all([
    kafka && logOf(kafka).then((log) => log.admin().catch(noting('Kafka'))),
    temporal && seeTemporal(temporal).catch(noting('Temporal')),
    reachable ? openStore(config).catch(noting('ClickHouse')) : undefined,
  ]);
  try {
    const topics = admin && store ? await topicStates(config, admin, store).catch(noting('topics')) : [];
    const known = kafka !== undefined && temporal !== undefined && reachable;
    return {
      running: known && faults.length === 0,
      pid: owner?.process.pid ?? null,
      kafka: kafka?.brokers.join(',') ?? null,
      temporal: temporal?.address ?? null,
      store: config.clickhouse?.url ?? (owner?.gateway ? 'in the process of the stack' : null),
      topics: topics ?? [],
      faults,
    };
  } finally {
    await admin?.close();
    await store?.close();
  }
}

async function seeTemporal(connection: TemporalConnection): Promise<void> {
  const client = await connectTemporal(connection);
  await client.connection.close();
}

async function topicStates(config: Config, admin: LogAdmin, store: Store): Promise<TopicStatus[]> {
  const counts = await countAll(store);
  const audits = await lastAudits(store);
  return Promise.all(
    STREAMS.map(async ({ topic }) => {
      const name = config.topics.prefix + topic;
      const [ends, committed] = await Promise.all([
        admin.offsets(name),
        admin.committed(ingestGroup(config.consumerGroup, topic), name),
      ]).catch(() => [undefined, []] as const);
      const nextOf = new Map(committed.map(({ partition, offset }) => [partition, offset]));
      const lag =
        ends?.reduce((sum, { partition, low, high }) => sum + high - (nextOf.get(partition) ?? low), 0) ??
        null;
      const count = counts.get(topic);
      const audit = audits.get(name) ?? null;
      return { topic, readings: count?.readings ?? 0, deadLetters: count?.deadLetters ?? 0, lag, audit };
    }),
  );
}

async function lastAudits(store: Store): Promise<Map<string, { at: string; holds: boolean }>> {
  const rows = await store.query<{ topic: string; last: string; holds: boolean }>(
    "SELECT topic, formatDateTime(max(at), '%FT%TZ') AS last, argMax(holds, at) AS holds FROM offset_audits GROUP BY topic",
  );
  return new Map(rows.map(({ topic, last, holds }) => [topic, { at: last, holds: Boolean(holds) }]));
}

async function countAll(store: Store): Promise<Map<string, { readings: number; deadLetters: number }>> {
  const parts = STREAMS.map(
    ({ topic, table }) =>
      `SELECT '${topic}' AS topic, (SELECT count() FROM ${table}) AS readings, (SELECT count() FROM dead_letters WHERE topic = '${topic}') AS deadLetters`,
  );
  const rows = await store.query<{ topic: string; readings: number; deadLetters: number }>(
    parts.join(' UNION ALL '),
  );
  return new Map(
    rows.map(({ topic, readings, deadLetters }) => [
      topic,
      { readings: Number(readings), deadLetters: Number(deadLetters) },
    ]),
  );
}

const STOP_LIMIT_MS = 60_000;

/** Asks the process that holds the home's store to stop and waits until it has. Returns its number, or `undefined` where none runs. */
export async function stopStack(config: Config): Promise<number | undefined> {
  const owner = await findStoreOwner(storeDir(config));
  if (!owner) return undefined;
  const { pid } = owner.process;
  process.kill(pid, 'SIGTERM');
  for (const begun = performance.now(); performance.now() - begun < STOP_LIMIT_MS; await sleep(100)) {
    if (!(await isAlive(owner.process))) return pid;
  }
  throw new Fault('TL_SERVER_LOST', `process ${pid} has not stopped within ${STOP_LIMIT_MS / 1000} s`, {
    remedy: `look at its output; kill ${pid} ends it, nothing that was committed is lost`,
  });
}
