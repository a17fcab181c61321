import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestAudit, requestRebuild, requestRedrive } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import { type RunningWorkers, startWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { drainUpdate, stateQuery } from '../../workflows/ingestControl.ts';
import type { ingestStream } from '../../workflows/ingestStream.ts';
import { keepHistory } from '../golden/history.ts';
import { otherPlantGeneration } from '../hazards/otherContracts.ts';
import { uniqueName } from '../runtime/servers.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';

const TOPICS = ['grid.load', 'plant.generation'];
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  bench = await openControlBench();
  for (const topic of TOPICS) await bench.createTopic(topic, 2);
  workers = await bench.startWorkers({ ingest: true, control: true });
  const { client, topicPrefix, taskQueue } = bench;
  await bench.produce('grid.load', loads(0, 200));
  await ensureIngest(client, { topics: TOPICS, topicPrefix, taskQueue });
  await eventually(async () => expect(await count('grid_load')).toBe(200));
});

afterAll(async () => {
  for (const topic of TOPICS)
    await bench?.client.workflow
      .getHandle(ingestWorkflowId(bench.topicPrefix, topic))
      .executeUpdate(drainUpdate);
  if (bench) await keepHistory(bench.client, ingestOf('grid.load'), 'ingestStream-held');
  await workers?.shutdown();
  await bench?.close();
});

function loads(first: number, many: number): Record<string, unknown>[] {
  return Array.from({ length: many }, (_, at) => ({
    zone: `Z${at % 5}`,
    start: new Date(Date.UTC(2026, 0, 1) + (first + at) * 3_600_000).toISOString(),
    durationS: 3_600,
    energyMwh: first + at,
    quality: 'measured',
  }));
}

const count = async (table: string) =>
  Number((await bench.store.query<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]!.n);

const windowRows = async () =>
  Number(
    (
      await bench.store.query<{ n: number }>(
        `SELECT sum(rows) AS n FROM stream_windows WHERE topic = 'grid.load'`,
      )
    )[0]!.n,
  );

/** What the audits of a topic have said so far. */
const verdicts = async (topic: string) =>
  (
    await bench.store.query<{ holds: boolean }>(
      'SELECT holds FROM offset_audits WHERE topic = {topic:String} ORDER BY at',
      { topic: bench.topicPrefix + topic },
    )
  ).map(({ holds }) => Boolean(holds));

const ingestOf = (topic: string) =>
  bench.client.workflow.getHandle<typeof ingestStream>(ingestWorkflowId(bench.topicPrefix, topic));

test('the audit holds, and fails visibly when a row is gone', async () => {
  const audit = await requestAudit(bench.deployment, { topics: TOPICS });
  const { holds, topics } = await audit.result();
  await keepHistory(bench.client, audit, 'auditOffsets');
  expect(holds).toBe(true);
  expect(topics).toHaveLength(2);
  expect(topics[0]).toMatchObject({
    topic: 'grid.load',
    rows: 200,
    lost: 0,
    duplicates: 0,
    viewDifference: 0,
  });

  expect(await verdicts('grid.load')).toEqual([true]);

  const [victim] = await bench.store.query<{ partition: number; offset: number; start: string }>(
    'SELECT _partition AS partition, toInt32(_offset) AS offset, toString(start) AS start FROM grid_load ORDER BY start LIMIT 1 OFFSET 77',
  );
  await bench.store.command(
    'ALTER TABLE grid_load DELETE WHERE _partition = {partition:UInt32} AND _offset = {offset:Int64} SETTINGS mutations_sync = 2',
    { partition: victim!.partition, offset: victim!.offset },
  );
  const broken = await requestAudit(bench.deployment, { topics: ['grid.load'] });
  await expect(broken.result()).rejects.toMatchObject({
    cause: {
      type: 'TL_AUDIT_BROKEN',
      message: 'grid.load: 1 lost, 0 duplicates, 0 incomplete, view differs by 1',
      details: [
        {
          topics: [
            expect.objectContaining({ lost: 1, firstLost: [`${victim!.partition}:${victim!.offset}`] }),
          ],
        },
      ],
    },
  });
  expect(await verdicts('grid.load')).toEqual([true, false]);
});

test('a rebuild lets the ingest rest, counts what the readings hold, and lets it go on', async () => {
  expect([await count('grid_load'), await windowRows()]).toEqual([199, 200]);
  const rebuild = await requestRebuild(bench.deployment, { topic: 'grid.load' });
  // What comes meanwhile waits in Kafka and is counted once afterwards.
  await bench.produce('grid.load', loads(500, 50));
  const { rebuilt } = await rebuild.result();
  expect(rebuilt).toBe(true);
  await keepHistory(bench.client, rebuild, 'rebuildWindows');
  await eventually(async () => expect([await count('grid_load'), await windowRows()]).toEqual([249, 249]));
  expect(await ingestOf('grid.load').query(stateQuery)).toMatchObject({ state: 'running', reasons: [] });
  // Again: what was built before is no reason to drop the same rows now.
  await bench.store.command(`ALTER TABLE stream_windows DELETE WHERE key = 'Z1' SETTINGS mutations_sync = 2`);
  const again = await requestRebuild(bench.deployment, { topic: 'grid.load' });
  expect((await again.result()).rebuilt).toBe(true);
  expect(await windowRows()).toBe(249);
  const unneeded = await requestRebuild(bench.deployment, { topic: 'grid.load' });
  expect(await unneeded.result()).toEqual({ difference: 0, rebuilt: false });
});

test('after a fix, redrive leaves nothing that the new contract accepts, page by page, history by history', async () => {
  const { produceBytes, deployment, temporal, deps } = bench;
  const feedBack = (at: number) => ({
    plant: 'plant/1',
    meter: 'meter/1',
    start: new Date(Date.UTC(2026, 0, 1) + at * 900_000).toISOString(),
    durationS: 900,
    energyWh: -1 - at,
    quality: 'measured',
  });
  for (let at = 0; at < 25; at++)
    await produceBytes('plant.generation', 'plant/1', JSON.stringify(feedBack(at)));
  for (let at = 0; at < 3; at++) await produceBytes('plant.generation', 'plant/1', '{ not json');
  await eventually(async () => expect(await count('dead_letters')).toBe(28));

  const pages = { topic: 'plant.generation', pageLetters: 5, pagesPerRun: 2 };
  const before = await requestRedrive(deployment, pages);
  expect(await before.result()).toEqual({ tried: 28, accepted: 0, refused: 28 });
  // A worker of the next version, whose contract lets feed-back in.
  const taskQueue = uniqueName('queue');
  const fixed = await startWorkers({
    connection: temporal,
    deps: { ...deps, contracts: [otherPlantGeneration] },
    roles: { ingest: false, control: true },
    taskQueue,
  });
  try {
    const after = await requestRedrive({ ...deployment, taskQueue }, pages);
    expect(await after.result()).toEqual({ tried: 28, accepted: 25, refused: 3 });
    const { raw, runId } = await after.describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId;
    expect(firstRunId).not.toBe(runId);
    await keepHistory(
      bench.client,
      { workflowId: after.workflowId, runId: firstRunId! },
      'redrive-continued',
    );
    await keepHistory(bench.client, { workflowId: after.workflowId, runId }, 'redrive');
    const again = await requestRedrive({ ...deployment, taskQueue }, pages);
    expect(await again.result()).toEqual({ tried: 0, accepted: 0, refused: 0 });
    expect(await count('plant_generation')).toBe(25);
    const audit = await requestAudit({ ...deployment, taskQueue }, { topics: ['plant.generation'] });
    expect(await audit.result()).toMatchObject({ holds: true, topics: [{ rows: 25, deadLetters: 28 }] });
  } finally {
    await fixed.shutdown();
  }
});
