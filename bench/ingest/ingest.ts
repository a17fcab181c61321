/**
 * `tanliu bench ingest`: the pipeline against ClickHouse's own Kafka table engine, on the same broker, topic and rows
 * in one run; ours with Arrow batches; and the time from produce to queryable at a steady rate.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { Log } from '../../src/log/port.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { startKafka } from '../../src/runtime/localServers/kafka.ts';
import type { PassOrder, PassReport } from './pass.ts';
import { arrowBatch, jsonMessage } from './rows.ts';

const TOPIC = 'plant.generation';
const JSON_ROWS = 1_000_000;
const ARROW_MESSAGES = 200;
const ARROW_ROWS_PER_MESSAGE = 5_000;
/** Each Arrow message is sent so often: what it costs to make them is not measured. */
const ARROW_COPIES = 5;
const ROUNDS = 3;
const PASSES_PER_ROUND = 2;
const STEADY_ROWS_PER_S = 20_000;
const STEADY_S = 30;
/** The engine's settings that are tried; the fastest is the peer. */
const ENGINE_SETTINGS = [
  { consumers: 1, block: 65_536 },
  { consumers: 1, block: 1_048_576 },
  { consumers: 2, block: 262_144 },
] as const;

export interface IngestBench {
  readonly bench: 'ingest';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  readonly peer: {
    readonly name: string;
    readonly version: string;
    readonly settings: Readonly<Record<string, number>>;
  };
  readonly ours: {
    readonly json_rows_per_s: number;
    readonly arrow_rows_per_s: number;
    readonly p50_ms: number;
    readonly p99_ms: number;
    readonly peak_rss_mib: number;
  };
  readonly theirs: { readonly json_rows_per_s: number };
  readonly ratios: { readonly json: number; readonly arrow: number };
}

/** Runs everything on a broker of its own; about four minutes. */
export async function benchIngest(progress: (message: string) => void): Promise<IngestBench> {
  const dir = await mkdtemp(join(tmpdir(), 'tanliu-bench-kafka-'));
  const kafka = await startKafka({ dir, cacheDir: loadConfig().cacheDir, progress });
  try {
    const [broker] = kafka.brokers;
    if (!broker) throw new Error('the broker has no address');
    const log = createKafkajsLog({ brokers: [broker] });
    return await run(log, broker, progress);
  } finally {
    await kafka.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function run(log: Log, broker: string, progress: (message: string) => void): Promise<IngestBench> {
  progress(`producing ${JSON_ROWS} JSON messages`);
  await produceJson(log, 'json.', JSON_ROWS);
  progress(`producing ${ARROW_MESSAGES * ARROW_COPIES} Arrow messages of ${ARROW_ROWS_PER_MESSAGE} rows`);
  await produceArrow(log, 'arrow.');
  const json = { broker, prefix: 'json.', rows: JSON_ROWS, passes: PASSES_PER_ROUND };
  const { settings, first } = await fastestEngine(json, progress);
  const theirs = [...first];
  const ours: number[] = [];
  let version = '';
  let peakRssMib = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const mine = await pass({ ...json, role: 'ours' });
    const engine = await pass({ ...json, role: 'engine', engine: settings });
    ours.push(...mine.rowsPerS);
    theirs.push(...engine.rowsPerS);
    peakRssMib = Math.max(peakRssMib, mine.peakRssMib);
    version = engine.version ?? version;
    progress(`JSON: ours ${rounded(mine.rowsPerS)}, engine ${rounded(engine.rowsPerS)} rows/s`);
  }
  const arrowRows = ARROW_MESSAGES * ARROW_COPIES * ARROW_ROWS_PER_MESSAGE;
  const arrow = await pass({ role: 'ours', broker, prefix: 'arrow.', rows: arrowRows, passes: 5 });
  progress(`Arrow: ours ${rounded(arrow.rowsPerS)} rows/s`);
  const steady = await steadyPass(log, broker, progress);
  const jsonRate = median(ours);
  const engineRate = median(theirs);
  const arrowRate = median(arrow.rowsPerS);
  return {
    bench: 'ingest',
    machine: {
      cores: availableParallelism(),
      memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
      node: process.version,
    },
    peer: { name: 'ClickHouse Kafka table engine in chdb', version, settings },
    ours: {
      json_rows_per_s: Math.round(jsonRate),
      arrow_rows_per_s: Math.round(arrowRate),
      p50_ms: steady.p50Ms ?? Number.NaN,
      p99_ms: steady.p99Ms ?? Number.NaN,
      peak_rss_mib: Math.round(Math.max(peakRssMib, arrow.peakRssMib, steady.peakRssMib)),
    },
    theirs: { json_rows_per_s: Math.round(engineRate) },
    ratios: { json: ratio(jsonRate, engineRate), arrow: ratio(arrowRate, engineRate) },
  };
}

async function fastestEngine(json: Omit<PassOrder, 'role'>, progress: (message: string) => void) {
  let best: { settings: (typeof ENGINE_SETTINGS)[number]; first: readonly number[] } | undefined;
  for (const settings of ENGINE_SETTINGS) {
    const { rowsPerS } = await pass({ ...json, role: 'engine', passes: 1, engine: settings });
    progress(
      `engine with ${settings.consumers} consumer(s), blocks of ${settings.block}: ${rounded(rowsPerS)} rows/s`,
    );
    if (!best || median(rowsPerS) > median(best.first)) best = { settings, first: rowsPerS };
  }
  if (!best) throw new Error('no engine settings');
  return best;
}

/** Produces at a fixed rate while the pipeline runs in a process of its own. */
async function steadyPass(
  log: Log,
  broker: string,
  progress: (message: string) => void,
): Promise<PassReport> {
  const prefix = 'steady.';
  await createTopic(log, prefix);
  const rows = STEADY_ROWS_PER_S * STEADY_S;
  const producer = await log.producer();
  progress(`producing ${STEADY_ROWS_PER_S} rows/s for ${STEADY_S} s`);
  const report = await pass({ role: 'steady', broker, prefix, rows, passes: 1 }, async () => {
    const tickMs = 50;
    const perTick = (STEADY_ROWS_PER_S * tickMs) / 1000;
    const begun = performance.now();
    const sending: Promise<void>[] = [];
    for (let sent = 0; sent < rows; sent += perTick) {
      const due = (sent / perTick) * tickMs;
      await sleep(Math.max(0, begun + due - performance.now()));
      const now = Date.now();
      sending.push(
        producer.send(
          prefix + TOPIC,
          Array.from({ length: perTick }, (_, i) => jsonMessage(sent + i, now)),
        ),
      );
    }
    await Promise.all(sending);
  });
  await producer.close();
  return report;
}

async function createTopic(log: Log, prefix: string): Promise<void> {
  const admin = await log.admin();
  await admin.createTopics([prefix + TOPIC], {
    partitions: 4,
    replicas: 1,
    retentionMs: 86_400_000,
    maxMessageBytes: 8 << 20,
  });
  await admin.close();
}

async function produceJson(log: Log, prefix: string, rows: number): Promise<void> {
  await createTopic(log, prefix);
  const producer = await log.producer();
  const perRequest = 4_000;
  for (let n = 0; n < rows; n += perRequest) {
    await producer.send(
      prefix + TOPIC,
      Array.from({ length: Math.min(perRequest, rows - n) }, (_, i) => jsonMessage(n + i)),
    );
  }
  await producer.close();
}

async function produceArrow(log: Log, prefix: string): Promise<void> {
  await createTopic(log, prefix);
  const producer = await log.producer();
  for (let index = 0; index < ARROW_MESSAGES; index += 4) {
    const messages = Array.from({ length: 4 }, (_, i) => arrowBatch(index + i, ARROW_ROWS_PER_MESSAGE));
    for (let copy = 0; copy < ARROW_COPIES; copy++) await producer.send(prefix + TOPIC, messages);
  }
  await producer.close();
}

/** One process; its report is the last line that it prints. */
function pass(order: PassOrder, whenJoined?: () => Promise<void>): Promise<PassReport> {
  const child = fork(new URL('./pass.ts', import.meta.url), [JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: ['--no-warnings'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => whenJoined?.().catch(reject));
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.trim().split('\n').at(-1);
      if (code === 0 && line) resolve(JSON.parse(line) as PassReport);
      else reject(new Error(`a pass of ${order.role} ended with ${code}`));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const ratio = (ours: number, theirs: number): number => Math.round((ours / theirs) * 100) / 100;
const rounded = (values: readonly number[]): string =>
  values.map((value) => Math.round(value).toLocaleString('en')).join(', ');
