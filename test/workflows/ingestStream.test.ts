import { afterAll, beforeAll, expect, test } from 'vitest';
import { ingestGroup } from '../../src/activities/ingestStretch.ts';
import { readIntent } from '../../src/ingest/intent.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import {
  drainUpdate,
  lagQuery,
  offsetsQuery,
  pauseUpdate,
  resumeUpdate,
  setLimitsUpdate,
  stateQuery,
} from '../../workflows/ingestControl.ts';
import type { ingestStream } from '../../workflows/ingestStream.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';

const TOPIC = 'grid.load';
let bench: ControlBench;
let workers: RunningWorkers;
let sent = 0;

beforeAll(async () => {
  bench = await openControlBench();
  await bench.createTopic(TOPIC, 2);
  workers = await bench.startWorkers({ ingest: true, control: true });
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
});

async function produceLoads(count: number): Promise<void> {
  const readings = Array.from({ length: count }, (_, at) => ({
    zone: `Z${(sent + at) % 7}`,
    start: new Date(Date.UTC(2026, 0, 1) + (sent + at) * 60_000).toISOString(),
    durationS: 60,
    energyMwh: sent + at,
    quality: 'measured',
  }));
  sent += count;
  await bench.produce(TOPIC, readings);
}

const handle = () =>
  bench.client.workflow.getHandle<typeof ingestStream>(ingestWorkflowId(bench.topicPrefix, TOPIC));

const rows = async () =>
  Number((await bench.store.query<{ n: number }>('SELECT count() AS n FROM grid_load'))[0]!.n);

async function start(): Promise<void> {
  const { client, topicPrefix, taskQueue } = bench;
  const plan = { topics: [TOPIC], topicPrefix, taskQueue, heartbeatTimeoutS: 5 };
  expect(await ensureIngest(client, plan)).toEqual([TOPIC]);
  expect(await ensureIngest(client, plan)).toEqual([]);
}

/** Next offsets that the group has committed, with no intent left open. */
async function committed(): Promise<number> {
  const admin = await bench.log.admin();
  const name = bench.topicPrefix + TOPIC;
  const entries = await admin.committed(ingestGroup(bench.deps.group, TOPIC), name);
  await admin.close();
  expect(entries.filter(({ metadata }) => readIntent(metadata))).toEqual([]);
  return entries.reduce((sum, { offset }) => sum + offset, 0);
}

test('what is produced stands in the store, and the ingest says where it stands', async () => {
  await produceLoads(500);
  await start();
  await eventually(async () => expect(await rows()).toBe(500));
  const state = await handle().executeUpdate(pauseUpdate, { args: ['a person wants a look'] });
  expect(state).toMatchObject({
    state: 'paused',
    reasons: ['a person wants a look'],
    rows: 500,
    messages: 500,
  });
  expect(await handle().query(lagQuery)).toEqual({ messages: 0, partitions: { 0: 0, 1: 0 } });
  const offsets = await handle().query(offsetsQuery);
  expect(Object.values(offsets).reduce((sum, { next }) => sum + next, 0)).toBe(500);
  expect(await committed()).toBe(500);
});

test('paused it takes nothing; resumed it takes what has come meanwhile', async () => {
  await produceLoads(300);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await rows()).toBe(500);
  expect(await handle().executeUpdate(resumeUpdate)).toMatchObject({ state: 'running', reasons: [] });
  await eventually(async () => expect(await rows()).toBe(800));
});

test('new limits begin a new stretch', async () => {
  const before = await handle().query(stateQuery);
  const after = await handle().executeUpdate(setLimitsUpdate, {
    args: [{ stretchMessages: 100, maxMessages: 20 }],
  });
  expect(after.limits).toEqual({ stretchMessages: 100, maxMessages: 20 });
  await produceLoads(250);
  await eventually(async () => {
    expect(await rows()).toBe(1_050);
    const { stretches, lastEnded } = await handle().query(stateQuery);
    expect({ more: stretches > before.stretches + 1, lastEnded }).toEqual({
      more: true,
      lastEnded: 'messages',
    });
  });
});

test('drained it settles what the topic holds and completes', async () => {
  await produceLoads(400);
  const state = await handle().executeUpdate(drainUpdate);
  expect(state).toMatchObject({ state: 'drained', rows: sent, messages: sent });
  expect(await handle().result()).toMatchObject({ state: 'drained', rows: sent });
  expect(await rows()).toBe(sent);
  expect(await committed()).toBe(sent);
  await keepHistory(bench.client, handle(), 'ingestStream');
});

test('cancelled it settles what it took, commits and leaves the group', async () => {
  await start();
  await produceLoads(200);
  await eventually(async () => expect(await rows()).toBe(sent));
  await handle().cancel();
  await expect(handle().result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  await keepHistory(bench.client, handle(), 'ingestStream-cancelled');
  expect(await committed()).toBe(sent);
  // Nobody is a member any more: another takes the partitions at once, not after a session's time-out.
  const begun = performance.now();
  await start();
  await produceLoads(100);
  await eventually(async () => expect(await rows()).toBe(sent));
  expect(performance.now() - begun).toBeLessThan(5_500);
  await handle().executeUpdate(drainUpdate);
});

test('a long history continues as new and keeps counts and limits', async () => {
  const { client, topicPrefix, taskQueue } = bench;
  const limits = { stretchS: 1, maxMessages: 30 };
  await ensureIngest(client, { topics: [TOPIC], topicPrefix, taskQueue, limits, stretchesPerRun: 2 });
  const { runId } = await handle().describe();
  await produceLoads(90);
  await eventually(async () => {
    expect((await handle().query(stateQuery)).stretches).toBeGreaterThan(2);
    expect((await handle().describe()).runId).not.toBe(runId);
  });
  expect(await handle().executeUpdate(drainUpdate)).toMatchObject({ limits, rows: 90, messages: 90 });
  await keepHistory(client, { workflowId: handle().workflowId, runId }, 'ingestStream-continued');
});

test('workers that shut down in the middle of a stretch settle and commit it; the next ones go on', async () => {
  await start();
  await produceLoads(3_000);
  await eventually(async () => expect(await rows()).toBeGreaterThan(sent - 3_000));
  await workers.shutdown();
  const settled = await rows();
  expect(await committed()).toBe(settled);
  await produceLoads(50);
  workers = await bench.startWorkers({ ingest: true, control: true });
  await eventually(async () => expect(await rows()).toBe(sent));
  expect(await handle().executeUpdate(drainUpdate)).toMatchObject({ state: 'drained', rows: 3_050 });
});
