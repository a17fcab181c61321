import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestBackfill, requestFacilityClosing } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { NODES, POINTS, plainQuarters, readingsOf, YEAR } from '../datacenter/generatedYear.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';

const DAY_MS = 86_400_000;
const FACILITY = 'dc/test-1';
const TOPICS = ['registry.assets', 'datacenter.power'];
const text = (ms: number) => new Date(ms).toISOString().replace('.000', '');
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  bench = await openControlBench();
  for (const topic of TOPICS) await bench.createTopic(topic, 1);
  workers = await bench.startWorkers({ ingest: true, control: true });
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
});

async function ingest(topic: string, readings: readonly Record<string, unknown>[], knownAtMs: number) {
  const { client, topicPrefix, taskQueue } = bench;
  await bench.produce(topic, readings, knownAtMs);
  await ensureIngest(client, { topics: [topic], topicPrefix, taskQueue });
  await client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate);
}

/** The registry of a facility with two feeds, as messages. */
function registry(): Record<string, unknown>[] {
  const head = (kind: string, id: string) => ({
    kind,
    id,
    validFrom: '2025-01-01T00:00:00Z',
    quality: 'simulated',
    revision: 0,
  });
  const feeds = ([parent, secondParent]: readonly string[]) => ({
    ...(parent !== undefined && { parent }),
    ...(secondParent !== undefined && { secondParent }),
  });
  return [
    {
      ...head('facility', FACILITY),
      name: '测试数据中心',
      zone: 'CN-SC-5101',
      type: 'datacenter',
      itBoundary: 'rack',
      capacityKva: 400,
    },
    ...NODES.map(({ node, feeds: fed, ...rest }) => ({
      ...head('node', `${FACILITY}/node/${node}`),
      facility: FACILITY,
      node,
      ...feeds(fed),
      ...rest,
    })),
    ...POINTS.map(({ id, feeds: fed, ...rest }) => ({
      ...head('meter', `${FACILITY}/${id}`),
      facility: FACILITY,
      ...feeds(fed),
      ...rest,
    })),
  ];
}

const power = (days: number): Record<string, unknown>[] =>
  readingsOf(plainQuarters(0, days)).flatMap((series, at) =>
    series.map(({ kind, startMs, value }) => ({
      facility: FACILITY,
      meter: POINTS[at]!.id,
      node: POINTS[at]!.node,
      side: POINTS[at]!.side,
      start: text(startMs),
      durationS: 900,
      [{ counter: 'registerWh', delta: 'energyWh', mean: 'meanPowerW', instant: 'instantPowerW' }[kind]]:
        value,
      quality: 'simulated',
      revision: 0,
    })),
  );

async function close(nowMs: number) {
  bench.setNow(nowMs);
  const run = await requestFacilityClosing(bench.deployment);
  const closed = await run.result();
  if (closed.computed > 0) await keepHistory(bench.client, run, 'closeFacilities');
  return closed;
}

const versions = () =>
  bench.store.query(
    'SELECT unit, period, max(version) AS version FROM facility_windows GROUP BY unit, period ORDER BY unit, period',
  );

test('registers, energies and powers come in through Kafka; days close, late data re-opens its own, backfill agrees', async () => {
  const end = YEAR.startMs + 2 * DAY_MS;
  await ingest('registry.assets', registry(), end);
  await ingest('datacenter.power', power(2), end + 1_000);
  expect(await bench.store.query('SELECT count() AS n FROM dead_letters')).toEqual([{ n: 0 }]);
  // The register at the start of the year makes the day before, the month and the year that end with it.
  expect(await close(end + 120_000)).toEqual({ computed: 5, unchanged: 0, reopened: 0, waiting: 0 });
  expect(await close(end + 180_000)).toEqual({ computed: 0, unchanged: 0, reopened: 0, waiting: 0 });

  const late = {
    ...power(1).find(
      ({ meter, start }) => meter === 'rack-1-a' && start === text(YEAR.startMs + DAY_MS / 2),
    )!,
    meanPowerW: 9_000,
    revision: 1,
  };
  await ingest('datacenter.power', [late], end + 200_000);
  expect(await close(end + 300_000)).toEqual({ computed: 1, unchanged: 4, reopened: 1, waiting: 0 });
  const after = await versions();
  expect(after).toContainEqual({ unit: 'day', period: '2026-01-01', version: 2 });
  expect(after).toContainEqual({ unit: 'day', period: '2026-01-02', version: 1 });

  const run = await requestBackfill(bench.deployment, {
    kind: 'facility_day',
    from: text(YEAR.startMs - DAY_MS),
    to: text(end),
    chunksPerRun: 2,
  });
  expect(await run.result()).toMatchObject({ computed: 0, unchanged: 5, empty: 0, failed: [] });
  expect(await versions()).toEqual(after);
  const { raw, runId } = await run.describe();
  const firstRunId = raw.workflowExecutionInfo?.firstRunId;
  expect(firstRunId).not.toBe(runId);
  await keepHistory(
    bench.client,
    { workflowId: run.workflowId, runId: firstRunId! },
    'backfill-facilities-continued',
  );
  await keepHistory(bench.client, { workflowId: run.workflowId, runId }, 'backfill-facilities');
  expect(() =>
    requestBackfill(bench.deployment, { kind: 'facility_day', from: '2026-01-01T00:00:00Z', to: text(end) }),
  ).toThrow(/civil days/);
});
