import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamOf } from '../../schemas/streams/index.ts';
import { postSettlementRun } from '../../src/activities/settlementRun.ts';
import { requestSettlementPeriod } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import { sichuanScenario } from '../../src/scenario/sichuan.ts';
import { type OutgoingReading, produceReadings } from '../../src/sheets/produceReadings.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { periodStateQuery } from '../../workflows/settlementControl.ts';
import { testServers } from '../runtime/servers.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';
import type { IngestOwnerSettings } from './ingestOwner.ts';

/** A lost worker is noticed after the heartbeat's 30 s: too long for every run of the tests. */
const FULL = process.env.TANLIU_TEST_FULL === '1';
const TOPICS = ['registry.assets', 'market.contracts', 'plant.generation', 'datacenter.power'];
const OWNER = fileURLToPath(new URL('./ingestOwner.ts', import.meta.url));
const scenario = sichuanScenario();

describe.skipIf(!FULL)('a worker killed in the middle of a settlement run', () => {
  let bench: ControlBench;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    bench = await openControlBench();
    const workers = await bench.startWorkers({ ingest: true, control: true });
    const { client, topicPrefix, taskQueue } = bench;
    for (const topic of TOPICS) await bench.createTopic(topic, 1);
    await Promise.all(TOPICS.map(send));
    await ensureIngest(client, { topics: TOPICS, topicPrefix, taskQueue });
    for (const topic of TOPICS) {
      await client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate);
    }
    await workers.shutdown();
    await bench.closeStore();
  }, 180_000);

  afterAll(async () => {
    child?.kill('SIGKILL');
    await bench?.close();
  });

  function* named(topic: string): Generator<OutgoingReading> {
    let number = 0;
    for (const value of scenario.readings(topic)) yield { id: String(number++), value };
  }

  async function send(topic: string): Promise<void> {
    const producer = await bench.log.producer();
    const contract = streamOf(topic)!;
    const readings = named(topic);
    const to = { topic: bench.topicPrefix + topic, contract, source: 'test', readings };
    await produceReadings({ producer, ...to, format: 'arrow', at: new Date() });
    await producer.close();
  }

  async function startOwner(): Promise<ChildProcess> {
    const { kafka } = await testServers('kafka');
    const { temporal, topicPrefix, taskQueue, deps } = bench;
    const settings: IngestOwnerSettings = {
      dir: deps.home,
      brokers: kafka.brokers,
      temporal,
      group: deps.group,
      topicPrefix,
      taskQueue,
      roles: { ingest: false, control: true },
    };
    const owner = spawn(process.execPath, [OWNER, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout!, 'data');
    return owner;
  }

  /** What a market's runs posted, without what names the market. */
  const posted = (store: ChdbStore, market: string) =>
    store.query(
      'SELECT key, unit, account, toString(amount) AS sum FROM settlement_journal_posted WHERE market = {market:String} ORDER BY key, unit, account',
      { market },
    );

  test('is done again by another worker, and its postings are those of a run that nobody disturbed', {
    timeout: 240_000,
  }, async () => {
    const { dataCenter } = scenario.answers;
    const useMeters = { [dataCenter.id]: [...dataCenter.useMeters] };
    const period = dataCenter.month;
    child = await startOwner();
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const handle = await requestSettlementPeriod(bench.deployment, { market: 'LOST', period, useMeters }, [
      { runType: 'PRE', dueAt: new Date().toISOString(), objectionsUntil: later, closes: false },
    ]);
    await eventually(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities?.[0]?.activityType?.name).toBe('postSettlementRun');
      expect(raw.pendingActivities?.[0]?.lastStartedTime).toBeTruthy();
    });
    await sleep(600);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { raw } = await handle.describe();
    // Still at work when its worker died.
    expect(raw.pendingActivities).toHaveLength(1);

    child = await startOwner();
    await eventually(async () => {
      const { runs } = await handle.query(periodStateQuery);
      expect(runs.map(({ state }) => state)).toEqual(['posted']);
    }, 120_000);
    child.kill('SIGTERM');
    await once(child, 'exit');
    const store = await openChdbStore(bench.deps.home);
    try {
      const [runs] = await store.query('SELECT toInt32(count()) AS count FROM settlement_runs');
      expect(runs).toEqual({ count: 1 });
      const clock = () => new Date();
      const run = { market: 'CALM', period, runType: 'PRE', runNo: 1, closes: false, useMeters } as const;
      await postSettlementRun(store, run, clock);
      expect(await posted(store, 'LOST')).toEqual(await posted(store, 'CALM'));
    } finally {
      await store.close();
    }
  });
});
