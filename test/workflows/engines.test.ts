import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamOf } from '../../schemas/streams/index.ts';
import { marketFaults, monthAdvice } from '../../src/activities/marketAdvice.ts';
import { requestSettlementPeriod } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { sichuanScenario } from '../../src/scenario/sichuan.ts';
import { type OutgoingReading, produceReadings } from '../../src/sheets/produceReadings.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import type { productFootprint } from '../../workflows/productFootprint.ts';
import type { settleMonth } from '../../workflows/settleMonth.ts';
import {
  closeUpdate,
  confirmSignal,
  objectSignal,
  periodStateQuery,
  runUpdate,
  withdrawUpdate,
} from '../../workflows/settlementControl.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';

const TOPICS = [
  'registry.assets',
  'market.contracts',
  'plant.generation',
  'datacenter.power',
  'production.activity',
];
const scenario = sichuanScenario();
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  bench = await openControlBench();
  workers = await bench.startWorkers({ ingest: true, control: true });
  const { client, topicPrefix, taskQueue } = bench;
  for (const topic of TOPICS) await bench.createTopic(topic, 1);
  await Promise.all(TOPICS.map(send));
  await ensureIngest(client, { topics: TOPICS, topicPrefix, taskQueue });
  await Promise.all(
    TOPICS.map((topic) =>
      client.workflow.getHandle(ingestWorkflowId(topicPrefix, topic)).executeUpdate(drainUpdate),
    ),
  );
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
});

function* named(topic: string): Generator<OutgoingReading> {
  let number = 0;
  for (const value of scenario.readings(topic)) yield { id: String(number++), value };
}

async function send(topic: string): Promise<void> {
  const producer = await bench.log.producer();
  await produceReadings({
    producer,
    topic: bench.topicPrefix + topic,
    contract: streamOf(topic)!,
    source: 'test',
    readings: named(topic),
    format: 'arrow',
    at: new Date(),
  });
  await producer.close();
}

test('a month is settled and a footprint computed as workflows; asked again they give the version that exists', async () => {
  const { client, taskQueue, topicPrefix } = bench;
  const { dataCenter, product } = scenario.answers;
  const { quality: _, ...question } = product;
  const ask = async () => {
    const [settled, footprint] = await Promise.all([
      client.workflow.execute<typeof settleMonth>('settleMonth', {
        workflowId: `${topicPrefix}settlement`,
        taskQueue,
        args: [
          {
            market: 'SC',
            period: dataCenter.month,
            useMeters: { [dataCenter.id]: [...dataCenter.useMeters] },
          },
        ],
      }),
      client.workflow.execute<typeof productFootprint>('productFootprint', {
        workflowId: `${topicPrefix}footprint`,
        taskQueue,
        args: [{ question }],
      }),
    ]);
    return { settled, footprint };
  };
  const first = await ask();
  expect(first).toMatchObject({
    settled: { version: 1, existed: false, origin: 'simulated' },
    footprint: { version: 1, existed: false, origin: 'simulated' },
  });
  await keepHistory(client, { workflowId: `${topicPrefix}settlement` }, 'settleMonth');
  await keepHistory(client, { workflowId: `${topicPrefix}footprint` }, 'productFootprint');
  const again = await ask();
  expect(again).toEqual({
    settled: { ...first.settled, existed: true },
    footprint: { ...first.footprint, existed: true },
  });
});

test('refused data is not tried again: the workflow fails with the code of the refusal', async () => {
  const { client, taskQueue, topicPrefix } = bench;
  const run = client.workflow.execute<typeof settleMonth>('settleMonth', {
    workflowId: `${topicPrefix}empty`,
    taskQueue,
    args: [{ market: 'SC', period: '2031-01' }],
  });
  await expect(run).rejects.toMatchObject({
    cause: { cause: { type: 'E_MARKET_EMPTY', nonRetryable: true } },
  });
});

const MARKET = 'SC';

/** Sums of the posted journal that must be zero: of every journal and unit, and of every match account. */
async function unbalanced(): Promise<unknown[]> {
  return bench.store.query(
    `SELECT name, toString(total) AS shown FROM (
       SELECT concat(journal_id, ' ', unit) AS name, sum(amount) AS total FROM settlement_journal_posted GROUP BY name
       UNION ALL
       SELECT account AS name, sum(amount) AS total FROM settlement_journal_posted WHERE startsWith(account, 'match/') GROUP BY name
     ) WHERE total != 0`,
  );
}

async function balances(): Promise<Record<string, string>> {
  const rows = await bench.store.query<{ account: string; unit: string; amount: string }>(
    'SELECT account, unit, toString(amount) AS amount FROM settlement_balances ORDER BY account, unit',
  );
  return Object.fromEntries(rows.map(({ account, unit, amount }) => [`${account} ${unit}`, amount]));
}

test('a settlement period: objection, correction by deltas, confirmation, withdrawal, close', async () => {
  const { client, topicPrefix, taskQueue } = bench;
  const { dataCenter } = scenario.answers;
  const period = dataCenter.month;
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const plan = [
    { runType: 'PRE', dueAt: new Date().toISOString(), objectionsUntil: inAnHour, closes: false },
    { runType: 'RF', dueAt: inAnHour, objectionsUntil: inAnHour, closes: true },
  ] as const;
  const handle = await requestSettlementPeriod(
    bench.deployment,
    { market: MARKET, period, useMeters: { [dataCenter.id]: [...dataCenter.useMeters] } },
    plan,
  );
  const state = () => handle.query(periodStateQuery);
  await eventually(async () => expect((await state()).runs).toHaveLength(1));
  const [pre] = (await state()).runs;
  expect(pre).toMatchObject({ runType: 'PRE', runNo: 1, status: 'posted', state: 'posted' });
  expect(pre!.postings).toBeGreaterThan(1_000);
  expect(await unbalanced()).toEqual([]);
  const afterPre = await balances();
  const [statement] = await bench.store.query<{ amount: string }>(
    'SELECT toString(amount_fen) AS amount FROM settlement_statements WHERE computation = {id:String} AND party = {party:String}',
    { id: pre!.computation, party: dataCenter.id },
  );
  // Debit is positive: what the data centre owes is what its statement says.
  expect(afterPre[`${dataCenter.id}/payable CNY_FEN`]).toBe(statement!.amount);

  await handle.signal(objectSignal, { party: dataCenter.id, reason: 'a meter of the plant was read twice' });
  await handle.signal(objectSignal, { party: 'dc/nobody', reason: 'not mine' });
  await eventually(async () => expect((await state()).runs[0]!.state).toBe('objected'));
  expect((await state()).ignored).toEqual([{ party: 'dc/nobody', why: 'not a party of the run' }]);
  await expect(handle.executeUpdate(closeUpdate)).rejects.toThrow();

  const [reading] = await bench.store.query<Record<string, unknown>>(
    `SELECT plant, meter, formatDateTime(start, '%Y-%m-%dT%H:%i:%SZ') AS starts, toInt32(duration_s) AS durationS, toFloat64(energy_wh) AS energyWh, quality
     FROM plant_generation_current WHERE energy_wh > 1000000 AND plant IN (SELECT JSONExtractString(document, 'plant') FROM market_contracts_current WHERE kind = 'contract')
       AND formatDateTime(start, '%Y-%m', 'Asia/Shanghai') = {period:String} ORDER BY plant, start LIMIT 1 OFFSET 100`,
    { period },
  );
  const { starts, ...values } = reading!;
  const halved = {
    ...values,
    start: starts,
    energyWh: Math.floor(Number(reading!.energyWh) / 2),
    revision: 1,
  };
  await bench.produce('plant.generation', [halved]);
  await ensureIngest(client, { topics: ['plant.generation'], topicPrefix, taskQueue });
  await client.workflow
    .getHandle(ingestWorkflowId(topicPrefix, 'plant.generation'))
    .executeUpdate(drainUpdate);

  const corrected = await handle.executeUpdate(runUpdate, { args: [{ runType: 'S1', objectionsS: 3_600 }] });
  expect(corrected).toMatchObject({ runType: 'S1', runNo: 1, version: pre!.version + 1 });
  expect(corrected.postings).toBeGreaterThan(0);
  expect(corrected.postings).toBeLessThan(pre!.postings / 10);
  expect(await unbalanced()).toEqual([]);
  for (const party of corrected.parties) await handle.signal(confirmSignal, { party });
  await eventually(async () => expect((await state()).runs[1]!.state).toBe('confirmed'));

  const withdrawn = await handle.executeUpdate(withdrawUpdate, {
    args: [{ runId: corrected.runId, reason: 'the correction was itself wrong' }],
  });
  expect(withdrawn).toEqual([corrected.runId]);
  expect(await balances()).toEqual(afterPre);
  expect(await unbalanced()).toEqual([]);

  const again = await handle.executeUpdate(runUpdate, { args: [{ runType: 'S1', objectionsS: 3_600 }] });
  expect(again).toMatchObject({ runNo: 2, postings: corrected.postings, computation: corrected.computation });
  for (const party of again.parties) await handle.signal(confirmSignal, { party });
  await eventually(async () => expect((await state()).runs[2]!.state).toBe('confirmed'));
  const closed = await handle.executeUpdate(closeUpdate);
  expect(closed.runs.map((run) => run.state)).toEqual(['objected', 'withdrawn', 'confirmed']);
  await handle.result();
  await keepHistory(client, { workflowId: handle.workflowId }, 'settlementPeriod');
  const events = await bench.store.query<{ event: string; count: number }>(
    'SELECT event, toInt32(count()) AS count FROM settlement_run_events GROUP BY event ORDER BY event',
  );
  expect(events).toEqual([
    { event: 'confirmed', count: corrected.parties.length * 2 },
    { event: 'objected', count: 1 },
    { event: 'withdrawn', count: 1 },
  ]);
});

test('beside the settlement: the registry has no fault, and both engines stand side by side', async () => {
  const { dataCenter } = scenario.answers;
  expect(await marketFaults(bench.store, dataCenter.month)).toEqual([]);
  const advice = await monthAdvice(bench.store, {
    market: MARKET,
    period: dataCenter.month,
    useMeters: { [dataCenter.id]: [...dataCenter.useMeters] },
  });
  const statements = await bench.store.query<{ party: string; matched: string }>(
    'SELECT party, toString(matched_wh) AS matched FROM settlement_statements_current ORDER BY party',
  );
  expect(advice.map(({ dataCenter: party, legalWh }) => ({ party, matched: String(legalWh) }))).toEqual(
    statements,
  );
  expect(advice.every(({ leftWh }) => leftWh >= 0n)).toBe(true);
});
