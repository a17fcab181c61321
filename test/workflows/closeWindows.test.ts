import { afterAll, beforeAll, expect, test } from 'vitest';
import { recomputeGridWindow } from '../../src/activities/recomputeGridWindow.ts';
import { requestBackfill, requestClosing } from '../../src/runtime/temporal/requests.ts';
import {
  ensureIngest,
  ensureSchedules,
  ingestWorkflowId,
  scheduleIds,
} from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { GRID_TOPICS, hourReadings, hourText } from './gridReadings.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS = Date.UTC(2026, 2, 1);
const at = (hour: number) => FIRST_MS + hour * HOUR_MS;
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  bench = await openControlBench();
  for (const topic of GRID_TOPICS) await bench.createTopic(topic, 1);
  workers = await bench.startWorkers({ ingest: true, control: true });
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
});

/** Sends readings and lets the ingest settle all of them. */
async function ingest(
  readings: Partial<ReturnType<typeof hourReadings>>[],
  knownAtMs: number,
): Promise<void> {
  const { client, topicPrefix, taskQueue } = bench;
  for (const topic of GRID_TOPICS)
    await bench.produce(
      topic,
      readings.flatMap((hour) => hour[topic] ?? []),
      knownAtMs,
    );
  await ensureIngest(client, { topics: GRID_TOPICS, topicPrefix, taskQueue });
  await Promise.all(
    GRID_TOPICS.map((topic) =>
      client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate),
    ),
  );
}

async function close(nowMs: number) {
  bench.setNow(nowMs);
  const run = await requestClosing(bench.deployment, { graceS: 7_200, quietS: 30, batchHours: 2 });
  const closed = await run.result();
  if (closed.computed > 0) await keepHistory(bench.client, run, 'closeWindows');
  return closed;
}

const versions = () =>
  bench.store.query<{ start: string; version: number; cause: string; origin: string; id: string }>(
    `SELECT formatDateTime(start, '%H:%i', 'UTC') AS start, version, cause, origin, id FROM computations ORDER BY computations.start, version`,
  );

async function curve() {
  return bench.store.query(
    `SELECT zone, family, toString(start) AS start, version, consumption_intensity_kg_per_mwh AS x, unknown_share AS q, origin, reason
     FROM grid_intensity_current ORDER BY family, zone, start`,
  );
}

test('hours are closed when all that reported the hour before have reported, or when the grace has passed', async () => {
  const three = [0, 1, 2].map((hour) => hourReadings(at(hour), 100));
  // In the third hour the load of C is still missing.
  const late = three[2]!['grid.load'].pop();
  await ingest(three, at(3) + 1_000);
  expect(late).toMatchObject({ zone: 'C' });

  // Nothing is older than the quiet time yet.
  expect(await close(at(3) + 5_000)).toEqual({ computed: 0, unchanged: 0, reopened: 0, waiting: 3 });
  // The first hour is past its grace, the second complete, the third incomplete.
  expect(await close(at(3) + 60_000)).toEqual({ computed: 2, unchanged: 0, reopened: 0, waiting: 1 });
  expect(await close(at(3) + 120_000)).toEqual({ computed: 0, unchanged: 0, reopened: 0, waiting: 1 });
  expect(await close(at(5))).toEqual({ computed: 1, unchanged: 0, reopened: 0, waiting: 0 });
  expect(
    (await versions()).map(({ start, version, cause, origin }) => [start, version, cause, origin]),
  ).toEqual([
    ['00:00', 1, 'first', 'measured'],
    ['01:00', 1, 'first', 'measured'],
    ['02:00', 1, 'first', 'measured'],
  ]);
});

test('a late reading re-opens only its own window, and its intensity follows', async () => {
  const before = await curve();
  const now = at(6);
  const revised = hourReadings(at(1), 160, { revision: 1, quality: 'estimated' });
  await ingest([{ 'grid.generation': revised['grid.generation'].slice(0, 1) }], now);
  expect(await close(now + 60_000)).toEqual({ computed: 1, unchanged: 0, reopened: 1, waiting: 0 });
  expect(
    (await versions()).map(({ start, version, cause, origin }) => [start, version, cause, origin]),
  ).toEqual([
    ['00:00', 1, 'first', 'measured'],
    ['01:00', 1, 'first', 'measured'],
    ['01:00', 2, 'input revision', 'estimated'],
    ['02:00', 1, 'first', 'measured'],
  ]);
  const changed = (await curve()).filter(
    (row, index) => JSON.stringify(row) !== JSON.stringify(before[index]),
  );
  expect(new Set(changed.map(({ start }) => start))).toEqual(new Set(['2026-03-01 01:00:00.000']));
  // A supplies itself: 160 MWh of coal at 760 and 40 MWh of hydro at 0.
  expect(changed).toContainEqual(
    expect.objectContaining({ zone: 'A', family: 'mode_direct', version: 2, x: (160 * 760) / 200, q: 0 }),
  );
});

test('the same content under a new message opens its window and leaves its version', async () => {
  const now = at(7);
  await ingest([{ 'grid.load': hourReadings(at(0), 100)['grid.load'] }], now);
  expect(await close(now + 60_000)).toEqual({ computed: 0, unchanged: 1, reopened: 1, waiting: 0 });
  expect(await close(now + 120_000)).toEqual({ computed: 0, unchanged: 0, reopened: 0, waiting: 0 });
  expect(await versions()).toHaveLength(4);
});

test('what came late is left out when a version is recomputed: the same bytes, for both versions', async () => {
  for (const { id } of await versions()) {
    const again = await recomputeGridWindow(bench.store, id);
    expect(again).toMatchObject({ computation: id, same: true, changedInputs: [] });
    expect(again.recomputedSha256).toBe(again.expectedSha256);
    expect(again.storedSha256).toBe(again.expectedSha256);
  }
  const [tampered] = await versions();
  await bench.store.command(
    `ALTER TABLE grid_load DELETE WHERE zone = 'B' AND start = '2026-03-01 00:00:00' SETTINGS mutations_sync = 2`,
  );
  expect(await recomputeGridWindow(bench.store, tampered!.id)).toMatchObject({
    same: false,
    changedInputs: ['grid_load'],
  });
});

test('backfill continues as new and gives what closing gives', async () => {
  const from = hourText(at(0));
  const to = hourText(at(48));
  await ingest(
    Array.from({ length: 10 }, (_, hour) => hourReadings(at(20 + hour), 100 + hour)),
    at(47),
  );
  bench.setNow(at(48));
  const run = await requestBackfill(bench.deployment, {
    kind: 'grid_window',
    from,
    to,
    chunkHours: 12,
    chunksPerRun: 2,
  });
  const progress = await run.result();
  expect(progress).toEqual({
    from,
    to,
    next: new Date(at(48)).toISOString(),
    computed: 11,
    unchanged: 2,
    empty: 35,
    failed: [],
  });
  // A new history after every second chunk.
  const { raw, runId } = await run.describe();
  const firstRunId = raw.workflowExecutionInfo?.firstRunId;
  expect(firstRunId).not.toBe(runId);
  await keepHistory(bench.client, { workflowId: run.workflowId, runId: firstRunId! }, 'backfill-continued');
  await keepHistory(bench.client, { workflowId: run.workflowId, runId }, 'backfill');
  const after = await curve();
  expect(await close(at(49))).toMatchObject({ computed: 0 });
  expect(await curve()).toEqual(after);
  const again = await requestBackfill(bench.deployment, { kind: 'grid_window', from, to });
  expect(await again.result()).toMatchObject({ computed: 0, unchanged: 13, empty: 35 });
});

test('a late reading re-opens by the stock of storage the hours that delivered what was charged in its own', async () => {
  const reading = (hour: number, mwh: Record<string, number>, revision = 0) => ({
    'grid.generation': Object.entries({
      coal: 0,
      gas: 0,
      wind: 0,
      hydro_charge: 0,
      hydro_discharge: 0,
      ...mwh,
    }).map(([fuel, energyMwh]) => ({
      ...{ zone: 'S', fuel, energyMwh, start: hourText(at(hour)), durationS: 3_600 },
      ...{ quality: 'measured', revision },
    })),
    'grid.exchange': [],
    'grid.load': [],
  });
  const night = reading(240, { coal: 150, hydro_charge: 100 });
  const evening = [241, 242].map((hour) => reading(hour, { wind: 60, hydro_discharge: 20 }));
  await ingest([night, ...evening], at(243));
  expect(await close(at(246))).toMatchObject({ computed: 3, reopened: 0 });
  await ingest([reading(240, { gas: 150, hydro_charge: 100 }, 1)], at(247));
  expect(await close(at(248))).toMatchObject({ computed: 3, unchanged: 0, reopened: 1 });
  const rows = await bench.store.query<{ x: number; version: number; cause: string }>(
    `SELECT consumption_intensity_kg_per_mwh AS x, g.version AS version, cause FROM grid_intensity_current AS g
     INNER JOIN computations AS c ON c.id = g.computation WHERE zone = 'S' AND family = 'mode_direct' ORDER BY g.start`,
  );
  expect(rows.map(({ version, cause }) => [version, cause])).toEqual([
    [2, 'input revision'],
    [2, 'stock'],
    [2, 'stock'],
  ]);
  // A quarter of the supply is delivered gas, at 370 kg/MWh over the losses of pumping.
  expect(rows[2]!.x).toBeGreaterThan((20 * 370) / 80);
  expect(rows[2]!.x).toBeLessThan((20 * 370) / 80 / 0.7);
});

test('schedules are made once and brought up to date', async () => {
  const { client, topicPrefix, taskQueue } = bench;
  const ids = scheduleIds(topicPrefix);
  await ensureSchedules(client, { topicPrefix, taskQueue });
  await client.schedule.getHandle(ids.closeWindows).pause('a person wants it to rest');
  await ensureSchedules(client, { topicPrefix, taskQueue, closeWindows: { graceS: 60 } });
  const closing = await client.schedule.getHandle(ids.closeWindows).describe();
  const audit = await client.schedule.getHandle(ids.auditOffsets).describe();
  expect(closing.action.args).toEqual([expect.objectContaining({ graceS: 60 })]);
  expect(closing.state).toMatchObject({ paused: true, note: 'a person wants it to rest' });
  expect(audit.spec.timezone).toBe('Asia/Shanghai');
  const night = new Date(audit.info.nextActionTimes[0]!);
  expect([night.getUTCHours(), night.getUTCMinutes()]).toEqual([19, 17]);
  for (const id of Object.values(ids)) await client.schedule.getHandle(id).delete();
});
