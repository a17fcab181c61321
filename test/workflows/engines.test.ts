import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamOf } from '../../schemas/streams/index.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { sichuanScenario } from '../../src/scenario/sichuan.ts';
import { type OutgoingReading, produceReadings } from '../../src/sheets/produceReadings.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import type { productFootprint } from '../../workflows/productFootprint.ts';
import type { settleMonth } from '../../workflows/settleMonth.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';

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
