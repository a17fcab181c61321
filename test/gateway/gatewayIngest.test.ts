/** From the station to ClickHouse: register, gateway, ingest; a restart remembers; a mended register redrives. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redriveFrames } from '../../src/gateway/redriveFrames.ts';
import { type RunningGateway, runGateway } from '../../src/gateway/runGateway.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { freePort } from '../../src/runtime/localServers/freePort.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { type ControlBench, openControlBench } from '../workflows/controlBench.ts';
import { frameOf, mnOf, Station } from './station.ts';

const T0 = Date.parse('2026-03-01T00:00:00Z');
const TOPICS = ['registry.assets', 'emissions.cems', 'emissions.frames'];
let bench: ControlBench;
let workers: RunningWorkers;
let gateway: RunningGateway | undefined;

beforeAll(async () => {
  bench = await openControlBench();
  for (const topic of TOPICS) await bench.createTopic(topic, 1);
  workers = await bench.startWorkers({ ingest: true, control: true });
});

afterAll(async () => {
  await gateway?.stop();
  await workers?.shutdown();
  await bench?.close();
});

async function settle(topic: string): Promise<void> {
  const { client, topicPrefix, taskQueue } = bench;
  await ensureIngest(client, { topics: [topic], topicPrefix, taskQueue });
  await client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate);
}

async function register(documents: readonly Record<string, unknown>[]): Promise<void> {
  const common = { validFrom: '2026-01-01T00:00:00Z', quality: 'measured', revision: 0 };
  await bench.produce(
    'registry.assets',
    documents.map((each) => ({ ...common, ...each })),
  );
  await settle('registry.assets');
}

const device = (index: number) => ({
  kind: 'device',
  id: mnOf(index),
  stack: 'stack-1',
  dialect: '2017',
  trailer: 'strict',
});

async function startGateway(): Promise<RunningGateway> {
  const config = loadConfig({
    ...process.env,
    HJ212_LISTEN: `127.0.0.1:${await freePort()}`,
    KAFKA_TOPIC_PREFIX: bench.topicPrefix,
  });
  return runGateway({ config, store: bench.store, log: bench.log, progress: () => undefined });
}

const readings = () =>
  bench.store.query(
    'SELECT site, stack, pollutant, value, revision FROM emissions_cems_current ORDER BY start, pollutant, device',
  );
const frames = () =>
  bench.store.query(
    'SELECT verdict, reason, content_revision AS revision FROM emissions_frames_current ORDER BY start, position',
  );

test('what a station sends stands in the store once, across restarts; a refused frame is redriven', async () => {
  await register([{ kind: 'stack', id: 'stack-1', name: '一号', site: 'site/1' }, device(1)]);
  gateway = await startGateway();
  const items = 'a21026-Avg=18.3,a21026-Flag=N';
  const frame = frameOf({ mn: mnOf(1), qnMs: T0, dataMs: T0, cn: '2061', items });
  let station = await Station.connect(gateway.port);
  station.send(frame);
  station.send(frameOf({ mn: mnOf(2), qnMs: T0, dataMs: T0, cn: '2061', items }));
  expect(await station.answered(2)).toBe(true);
  await gateway.stop();
  for (const topic of ['emissions.cems', 'emissions.frames']) await settle(topic);
  expect(await bench.store.query('SELECT count() AS n FROM dead_letters')).toEqual([{ n: 0 }]);
  const first = { site: 'site/1', stack: 'stack-1', pollutant: 'a21026', value: 18.3, revision: 0 };
  expect(await readings()).toEqual([first]);
  expect(await frames()).toEqual([
    { verdict: 'accepted', reason: 'none', revision: 0 },
    { verdict: 'dead', reason: 'unknown_mn', revision: 0 },
  ]);

  // The next gateway asks the store what it does not remember itself.
  gateway = await startGateway();
  station = await Station.connect(gateway.port);
  station.send(frame);
  station.send(
    frameOf({ mn: mnOf(1), qnMs: T0 + 1, dataMs: T0, cn: '2061', items: 'a21026-Avg=19,a21026-Flag=N' }),
  );
  expect(await station.answered(2)).toBe(true);
  expect(gateway.gateway.counters).toMatchObject({ duplicates: 1, accepted: 1 });
  for (const topic of ['emissions.cems', 'emissions.frames']) await settle(topic);
  expect(await readings()).toEqual([{ ...first, value: 19, revision: 1 }]);

  await register([device(2)]);
  const producer = await bench.log.producer();
  const context = {
    store: bench.store,
    producer,
    topics: { frames: `${bench.topicPrefix}emissions.frames`, cems: `${bench.topicPrefix}emissions.cems` },
    nowMs: Date.now(),
    futureToleranceMs: 600_000,
  };
  expect(await redriveFrames({ mn: mnOf(2), limit: 10 }, context)).toEqual({
    tried: 1,
    accepted: 1,
    readings: 1,
    refused: {},
  });
  for (const topic of ['emissions.cems', 'emissions.frames']) await settle(topic);
  expect(await redriveFrames({ limit: 10 }, context)).toMatchObject({ tried: 0 });
  await producer.close();
  expect(await readings()).toEqual([{ ...first, value: 19, revision: 1 }, first]);
  expect((await frames()).map((each) => (each as { verdict: string }).verdict)).toEqual([
    'accepted',
    'accepted',
    'accepted',
  ]);
});
