import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gridLoad } from '../../schemas/streams/gridLoad.ts';
import { ingestGroup } from '../../src/activities/ingestStretch.ts';
import { auditOffsets } from '../../src/ingest/auditOffsets.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import type { ingestStream } from '../../workflows/ingestStream.ts';
import { testServers } from '../runtime/servers.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';
import type { IngestOwnerSettings } from './ingestOwner.ts';

const TOPIC = 'grid.load';
const OWNER = fileURLToPath(new URL('./ingestOwner.ts', import.meta.url));
let bench: ControlBench;
let control: RunningWorkers;
let dir: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  bench = await openControlBench();
  await bench.createTopic(TOPIC, 2);
  control = await bench.startWorkers({ ingest: false, control: true });
  dir = await mkdtemp(join(tmpdir(), 'tanliu-lost-'));
});

afterAll(async () => {
  child?.kill('SIGKILL');
  await control?.shutdown();
  await bench?.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
});

async function startOwner(): Promise<ChildProcess> {
  const { kafka } = await testServers('kafka');
  const { temporal, topicPrefix, taskQueue, deps } = bench;
  const settings: IngestOwnerSettings = {
    dir,
    brokers: kafka.brokers,
    temporal,
    group: deps.group,
    topicPrefix,
    taskQueue,
  };
  // kafkajs asks for timers in the past; Node says so once a process.
  const quiet = '--disable-warning=TimeoutNegativeWarning';
  const owner = spawn(process.execPath, [quiet, OWNER, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout!, 'data');
  return owner;
}

const produced = 60_000;

async function produceSome(from: number, count: number): Promise<void> {
  for (let first = from; first < from + count; first += 5_000) {
    await bench.produce(
      TOPIC,
      Array.from({ length: 5_000 }, (_, at) => ({
        zone: `Z${(first + at) % 11}`,
        start: new Date(Date.UTC(2026, 0, 1) + (first + at) * 60_000).toISOString(),
        durationS: 60,
        energyMwh: first + at,
        quality: 'measured',
      })),
    );
  }
}

/** Attempt of the running stretch and the messages that it has reported by heartbeat. */
async function reported(): Promise<{ attempt: number; messages: number }> {
  const { raw } = await handle().describe();
  const [stretch] = raw.pendingActivities ?? [];
  const [beat] = stretch?.heartbeatDetails?.payloads ?? [];
  const progress = beat?.data
    ? (JSON.parse(Buffer.from(beat.data).toString()) as { messages: number })
    : undefined;
  return { attempt: stretch?.attempt ?? 0, messages: progress?.messages ?? 0 };
}

const handle = () =>
  bench.client.workflow.getHandle<typeof ingestStream>(ingestWorkflowId(bench.topicPrefix, TOPIC));

test('a worker is killed in the middle of a stretch: another takes over, nothing lost, nothing twice', {
  timeout: 120_000,
}, async () => {
  child = await startOwner();
  const { client, topicPrefix, taskQueue } = bench;
  await ensureIngest(client, { topics: [TOPIC], topicPrefix, taskQueue, heartbeatTimeoutS: 3 });
  const half = produced / 2;
  await produceSome(0, half);
  await eventually(async () => expect((await reported()).messages).toBeGreaterThan(0));
  const producing = produceSome(half, half);
  const before = await reported();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await producing;
  expect(before).toMatchObject({ attempt: 1 });
  expect(before.messages).toBeLessThan(produced);

  child = await startOwner();
  await eventually(async () => expect((await reported()).attempt).toBeGreaterThan(1));
  const state = await handle().executeUpdate(drainUpdate);
  expect(state.state).toBe('drained');
  await bench.closeStore();

  // SIGTERM drains: the process ends by itself and leaves the store to us.
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const store = await openChdbStore(dir);
  try {
    const [count] = await store.query(
      'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(energy_mwh)) AS different, toUInt32(max(energy_mwh)) AS last FROM grid_load',
    );
    expect(count).toEqual({ rows: produced, different: produced, last: produced - 1 });
    const audit = await auditOffsets({
      store,
      log: bench.log,
      group: ingestGroup(bench.deps.group, TOPIC),
      contract: gridLoad,
      topicPrefix,
    });
    expect(audit).toMatchObject({ holds: true, viewDifference: 0 });
  } finally {
    await store.close();
  }
});
