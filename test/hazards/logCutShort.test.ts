/**
 * The broker loses the end of its log, as after a power cut (Kafka does not fsync): the same offsets come again with
 * other messages. What was read before stands, what comes now is not taken for it.
 */
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { type LocalKafka, startKafka } from '../../src/runtime/localServers/kafka.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

let broker: LocalKafka;
let brokerDir: string;
let run: HazardRun;

beforeAll(async () => {
  brokerDir = await mkdtemp(join(tmpdir(), 'tanliu-cut-kafka-'));
  broker = await startKafka({ dir: brokerDir, cacheDir: loadConfig().cacheDir, progress: () => undefined });
  run = await HazardRun.begin(broker.brokers);
});

afterAll(async () => {
  await run?.end();
  await broker?.stop();
  await rm(brokerDir, { recursive: true, force: true });
});

/** Kills the broker and takes the second half of two partitions away. */
async function cutShort(): Promise<void> {
  await broker.kill();
  for (const partition of [1, 3]) {
    const folder = join(brokerDir, 'data', `${run.topic}-${partition}`);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.log'))) {
      const { size } = await stat(join(folder, file));
      await truncate(join(folder, file), Math.floor(size / 2));
    }
  }
  await broker.restart();
}

async function positions(): Promise<{ ends: number[]; committed: number[] }> {
  const admin = await run.log.admin();
  const ends = await admin.offsets(run.topic);
  const committed = await admin.committed(run.group, run.topic);
  await admin.close();
  return {
    ends: ends.map(({ high }) => high),
    committed: ends.map((end) => committed.find((one) => one.partition === end.partition)?.offset ?? 0),
  };
}

/** The loss is seen as long as new messages have not filled it up. */
async function untilSeen(): Promise<void> {
  for (const until = Date.now() + 90_000; ; await sleep(200)) {
    const { ends, committed } = await positions();
    if (committed.every((offset, i) => offset <= (ends[i] ?? 0))) return;
    if (Date.now() > until) throw new Error(`not seen: ${JSON.stringify({ ends, committed })}`);
  }
}

test.each(['stopped', 'running'])('and the ingest was %s', { timeout: LIMIT_MS }, async (state) => {
  // In small portions: a record batch is what is lost whole.
  for (let i = 0; i < 10; i++) await run.produce(200);
  const first = run.ingest();
  await run.untilAllSettled(first);
  if (state === 'stopped') await first.stop();
  const { ends: before } = await positions();
  await cutShort();
  const { ends: cut } = await positions();
  expect([cut[0], cut[2]]).toEqual([before[0], before[2]]);
  expect(cut[1]).toBeLessThan(before[1] ?? 0);
  const second = state === 'stopped' ? run.ingest() : first;
  await untilSeen();
  for (let i = 0; i < 3; i++) await run.produce(500);
  await run.untilAllSettled(second);
  await second.stop();
  expect(second.faults).toEqual([]);
  expect(await run.accounts()).toMatchObject(SOUND);
});
