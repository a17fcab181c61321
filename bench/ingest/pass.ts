/**
 * One process of the ingest benchmark: a warm pass and measured ones over a topic, by our pipeline or by ClickHouse's
 * Kafka table engine, each into the same table of a fresh store. Prints one JSON line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tableFromIPC } from 'apache-arrow';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import { StreamIngest } from '../../src/ingest/streamIngest.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';

export interface PassOrder {
  readonly role: 'ours' | 'engine' | 'steady';
  readonly broker: string;
  readonly prefix: string;
  readonly rows: number;
  readonly passes: number;
  readonly engine?: { readonly consumers: number; readonly block: number };
}

export interface PassReport {
  readonly rowsPerS: readonly number[];
  readonly peakRssMib: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly version?: string;
}

/** The rate is taken from this share of the rows on, so that joining the group counts for neither side. */
const WARM_SHARE = 0.05;
const PASS_LIMIT_MS = 300_000;

/** Rows per second between the first counted rows and the last. `count` gives the rows that are queryable now. */
async function rate(rows: number, count: () => Promise<number>, pollMs: number): Promise<number> {
  const begun = performance.now();
  let from: { rows: number; at: number } | undefined;
  while (performance.now() - begun < PASS_LIMIT_MS) {
    const now = await count();
    if (from === undefined && now >= rows * WARM_SHARE) from = { rows: now, at: performance.now() };
    if (now >= rows && from) return (now - from.rows) / ((performance.now() - from.at) / 1000);
    await sleep(pollMs);
  }
  throw new Error(`not all of ${rows} rows within ${PASS_LIMIT_MS} ms`);
}

async function ours(order: PassOrder, store: ChdbStore, pass: number): Promise<number> {
  const log = createKafkajsLog({ brokers: [order.broker] });
  const ingest = new StreamIngest({
    store,
    log,
    group: `bench-${process.pid}-${pass}`,
    contracts: [plantGeneration],
    topicPrefix: order.prefix,
  });
  const { fault } = await ingest.start();
  try {
    return await Promise.race([rate(order.rows, async () => ingest.progress().rows, 5), fault]);
  } finally {
    await ingest.stop();
  }
}

async function engine(order: PassOrder, store: ChdbStore, pass: number): Promise<number> {
  const { consumers, block } = order.engine ?? { consumers: 1, block: 65_536 };
  await store.command(`CREATE TABLE engine_source (plant String, meter String, start DateTime64(3, 'UTC'), durationS UInt32, energyWh Nullable(Int64), quality String, revision UInt32)
    ENGINE = Kafka SETTINGS kafka_broker_list = '${order.broker}', kafka_topic_list = '${order.prefix}plant.generation', kafka_group_name = 'engine-${process.pid}-${pass}',
    kafka_format = 'JSONEachRow', kafka_num_consumers = ${consumers}, kafka_thread_per_consumer = ${consumers > 1 ? 1 : 0},
    kafka_max_block_size = ${block}, kafka_poll_max_batch_size = 65536, date_time_input_format = 'best_effort'`);
  await store.command(`CREATE MATERIALIZED VIEW engine_view TO plant_generation AS SELECT plant, meter, start, durationS AS duration_s, energyWh AS energy_wh, quality, revision,
    '/tanliu/bench' AS source, 1 AS _generation, _partition, _offset, 0 AS _row, 1 AS _rows, assumeNotNull(_timestamp_ms) AS known_at, 'engine' AS contract FROM engine_source`);
  try {
    return await rate(
      order.rows,
      async () =>
        Number((await store.query<{ n: number }>('SELECT count() AS n FROM plant_generation'))[0]?.n ?? 0),
      20,
    );
  } finally {
    await store.command('DROP TABLE engine_view SYNC');
    await store.command('DROP TABLE engine_source SYNC');
  }
}

/** Latency of every row at a steady rate: from the producer's clock in the message to the end of the insert. */
async function steady(order: PassOrder, store: ChdbStore): Promise<{ p50Ms: number; p99Ms: number }> {
  const latencies: number[] = [];
  const watched: Store = {
    ...store,
    async insertArrow(insert) {
      await store.insertArrow(insert);
      const at = Date.now();
      const known = tableFromIPC(insert.ipc).getChild('known_at');
      for (const ms of known ?? []) latencies.push(at - Number(ms));
    },
  };
  const log = createKafkajsLog({ brokers: [order.broker] });
  const ingest = new StreamIngest({
    store: watched,
    log,
    group: `steady-${process.pid}`,
    contracts: [plantGeneration],
    topicPrefix: order.prefix,
  });
  const { fault } = await ingest.start();
  process.send?.('joined');
  await Promise.race([rate(order.rows, async () => ingest.progress().rows, 50), fault]);
  await ingest.stop();
  // The first second belongs to starting up.
  const sorted = latencies.slice(Math.floor(latencies.length * WARM_SHARE)).sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function main(order: PassOrder): Promise<PassReport> {
  const dir = await mkdtemp(join(tmpdir(), 'tanliu-bench-'));
  const store = await openChdbStore(dir);
  try {
    await migrate(store);
    const [version] = await store.query<{ version: string }>('SELECT version() AS version');
    const rowsPerS: number[] = [];
    let latency: { p50Ms: number; p99Ms: number } | undefined;
    if (order.role === 'steady') latency = await steady(order, store);
    else {
      for (let pass = 0; pass <= order.passes; pass++) {
        await store.command('TRUNCATE TABLE plant_generation');
        await store.command('TRUNCATE TABLE stream_windows');
        const measured = await (order.role === 'ours' ? ours : engine)(order, store, pass);
        // The first pass warms the code up.
        if (pass > 0) rowsPerS.push(measured);
      }
    }
    return {
      rowsPerS,
      peakRssMib: process.resourceUsage().maxRSS / 1024,
      ...latency,
      ...(version && { version: version.version }),
    };
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const report = await main(JSON.parse(process.argv[2] ?? '{}') as PassOrder);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
