/** Stacks under Temporal: readings through Kafka, days and months closed, late data re-opens its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleCoalUnit as unit } from '../../schemas/reference/exampleMarket.ts';
import { requestEmissionClosing } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { coalReadings, stackReadings } from '../../src/scenario/coalUnit.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';

const HOUR = 3_600_000;
const DAY = { startMs: Date.parse('2026-03-30T16:00:00Z'), endMs: Date.parse('2026-03-31T16:00:00Z') };
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  bench = await openControlBench();
  for (const topic of ['emissions.cems', 'energy.carriers']) await bench.createTopic(topic, 1);
  workers = await bench.startWorkers({ ingest: true, control: true });
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
});

async function ingest(topic: string, readings: Iterable<Record<string, unknown>>, knownAtMs: number) {
  const { client, topicPrefix, taskQueue } = bench;
  await bench.produce(topic, [...readings], knownAtMs);
  await ensureIngest(client, { topics: [topic], topicPrefix, taskQueue });
  await client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate);
}

async function close(nowMs: number) {
  bench.setNow(nowMs);
  const run = await requestEmissionClosing(bench.deployment);
  const closed = await run.result();
  if (closed.reopened > 0) await keepHistory(bench.client, run, 'closeEmissions');
  return closed;
}

test('a day of a stack closes with its month and site; a late revision makes second versions of the three', async () => {
  await ingest('emissions.cems', stackReadings(7, DAY), DAY.endMs + HOUR);
  await ingest('energy.carriers', coalReadings(7, DAY), DAY.endMs + HOUR);
  expect(await bench.store.query('SELECT count() AS n FROM dead_letters')).toEqual([{ n: 0 }]);
  expect(await close(DAY.endMs + 8 * HOUR)).toEqual({ computed: 3, unchanged: 0, reopened: 0, waiting: 0 });
  expect(await close(DAY.endMs + 9 * HOUR)).toEqual({ computed: 0, unchanged: 0, reopened: 0, waiting: 0 });
  const late = [...stackReadings(7, { ...DAY, endMs: DAY.startMs + HOUR })].map((reading) => ({
    ...reading,
    flag: 'D',
    revision: 1,
  }));
  await ingest('emissions.cems', late, DAY.endMs + 9 * HOUR);
  expect(await close(DAY.endMs + 10 * HOUR)).toEqual({ computed: 3, unchanged: 0, reopened: 1, waiting: 0 });
  const versions = await bench.store.query(
    'SELECT kind, subject, max(version) AS version FROM emission_windows GROUP BY kind, subject ORDER BY kind',
  );
  expect(versions).toEqual([
    { kind: 'site_period', subject: unit.site, version: 2 },
    { kind: 'stack_day', subject: `${unit.site}|${unit.stack}`, version: 2 },
    { kind: 'stack_period', subject: `${unit.site}|${unit.stack}`, version: 2 },
  ]);
});
