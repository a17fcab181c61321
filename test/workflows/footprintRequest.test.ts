/** The life of a footprint on the real Temporal server: review by four eyes, statement, verification, supersession, recomputation. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  EXAMPLE_BACKGROUND,
  exampleBackgroundFiles,
  exampleFlowMap,
} from '../../schemas/reference/exampleBackground.ts';
import { streamOf } from '../../schemas/streams/index.ts';
import { keepVerification } from '../../src/activities/footprintRequest.ts';
import { recomputeFootprintEvidence } from '../../src/activities/recomputeEvidence.ts';
import { unpackBundle } from '../../src/certificates/credentials/bundle.ts';
import { verifyBundle } from '../../src/certificates/credentials/verify.ts';
import { cjkFont } from '../../src/report/cjkFont.ts';
import { requestFootprint, requestFootprintRecomputation } from '../../src/runtime/temporal/requests.ts';
import { ensureIngest, ingestWorkflowId } from '../../src/runtime/temporal/startControl.ts';
import type { RunningWorkers } from '../../src/runtime/temporal/startWorkers.ts';
import { sichuanScenario } from '../../src/scenario/sichuan.ts';
import { type OutgoingReading, produceReadings } from '../../src/sheets/produceReadings.ts';
import {
  type FootprintRequestState,
  footprintStateQuery,
  recalculateSignal,
  reviewSignal,
  verificationSignal,
  withdrawSignal,
} from '../../workflows/footprintControl.ts';
import { drainUpdate } from '../../workflows/ingestControl.ts';
import { zipArchive } from '../background/zipArchive.ts';
import { keepHistory } from '../golden/history.ts';
import { type ControlBench, openControlBench } from './controlBench.ts';
import { eventually } from './eventually.ts';

const TOPIC = 'production.activity';
const OTHERS = 5;
const scenario = sichuanScenario();
const { quality: _, ...question } = scenario.answers.product;
let folder: string;
let bench: ControlBench;
let workers: RunningWorkers;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-request-'));
  const issuer = { folder: join(folder, 'identity'), domain: 'tanliu.example.org', name: 'Tanliu Example' };
  bench = await openControlBench({ issuer });
  workers = await bench.startWorkers({ ingest: true, control: true });
  const { client, topicPrefix, taskQueue } = bench;
  await bench.createTopic(TOPIC, 1);
  const producer = await bench.log.producer();
  await produceReadings({
    producer,
    topic: topicPrefix + TOPIC,
    contract: streamOf(TOPIC)!,
    source: 'test',
    readings: activities(),
    format: 'arrow',
    at: new Date(),
  });
  await producer.close();
  await ensureIngest(client, { topics: [TOPIC], topicPrefix, taskQueue });
  await client.workflow.getHandle(ingestWorkflowId(topicPrefix, TOPIC)).executeUpdate(drainUpdate);
});

afterAll(async () => {
  await workers?.shutdown();
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The scenario's batches as if they had been metered, and the same for some other products. */
function* activities(): Generator<OutgoingReading> {
  let id = 0;
  for (const reading of scenario.readings(TOPIC)) {
    const value = { ...(reading as { product: string }), quality: 'measured' };
    yield { id: String(id++), value };
    if (value.product !== question.id) continue;
    for (let other = 0; other < OTHERS; other++)
      yield {
        id: String(id++),
        value: { ...value, product: `other-${other}`, batch: `other-${other}-${id}` },
      };
  }
}

/** The example background with every emission `factor` times as large, as another version of the same name. */
async function dirtierBackground(factor: number) {
  const files = exampleBackgroundFiles().map(({ name, document }) => {
    const exchanges = document.exchanges as
      | { isInput: boolean; isQuantitativeReference?: boolean; amount: number }[]
      | undefined;
    const changed = exchanges?.map((one) =>
      one.isInput || one.isQuantitativeReference ? one : { ...one, amount: one.amount * factor },
    );
    return { name, text: JSON.stringify({ ...document, ...(changed && { exchanges: changed }) }) };
  });
  const [path, flowMapPath] = [join(folder, `b${factor}.zip`), join(folder, 'map.csv')];
  await writeFile(path, zipArchive(files.map(({ name, text }) => ({ name, bytes: text }))));
  const header = 'flow_uuid,flow_name,category_path,species,class';
  const rows = exampleFlowMap.map((row) =>
    Object.values(row)
      .map((cell) => `"${cell}"`)
      .join(','),
  );
  await writeFile(flowMapPath, `${[header, ...rows].join('\n')}\n`);
  return { kind: 'file' as const, path, flowMapPath, name: EXAMPLE_BACKGROUND };
}

interface Queried {
  query(definition: typeof footprintStateQuery): Promise<FootprintRequestState>;
}

async function stateWhen(
  handle: Queried,
  holds: (state: FootprintRequestState) => boolean,
): Promise<FootprintRequestState> {
  let state: FootprintRequestState | undefined;
  await eventually(async () => {
    state = await handle.query(footprintStateQuery);
    if (!holds(state)) throw new Error(`not yet: ${JSON.stringify(state)}`);
  }, 60_000);
  return state!;
}

test.skipIf(cjkFont() === undefined)(
  'a footprint is reviewed by a second person, issued, verified, superseded by a recomputation, and withdrawn',
  async () => {
    const { store, deployment } = bench;
    const request = `${question.id}:${question.period.start}`;
    const handle = await requestFootprint(deployment, { question, preparedBy: 'Li' });
    const asked = await stateWhen(handle, ({ stage }) => stage !== 'computing');
    expect(asked).toMatchObject({
      stage: 'in_review',
      computed: { faults: [], origin: 'measured' },
      issued: null,
    });
    const { computation } = asked.computed!;
    const review = { computation, approves: true, remark: 'looked at bills and meters' };
    await handle.signal(reviewSignal, { ...review, person: 'Li' });
    await handle.signal(reviewSignal, { ...review, person: 'Wang', computation: 'another' });
    const ignored = await stateWhen(handle, (state) => state.ignored.length === 2);
    expect(ignored.stage).toBe('in_review');
    await handle.signal(reviewSignal, { ...review, person: 'Wang' });
    const active = await stateWhen(handle, ({ stage, refused }) => stage === 'active' || refused !== null);
    expect(active).toMatchObject({ stage: 'active', issued: { kind: 'self_declared', revision: 1 } });

    const attested = {
      body: 'Example Verification Body',
      accreditation: 'CNAS V000',
      standard: 'ISO 14064-3:2019',
      levelOfAssurance: 'limited',
      completedAt: '2026-06-01',
    };
    const file = { name: 'verification.pdf', bytes: Buffer.from('signed elsewhere') };
    const record = await keepVerification(
      store,
      request,
      { statement: Buffer.from(JSON.stringify(attested)), file },
      new Date(),
    );
    await handle.signal(verificationSignal, { record });
    const verified = await stateWhen(handle, ({ issued }) => issued?.revision === 2);
    expect(verified).toMatchObject({ issued: { kind: 'verified' }, superseded: [active.issued!.statement] });

    await handle.signal(recalculateSignal, {});
    await stateWhen(handle, ({ logged }) => logged === 1);

    for (let other = 0; other < OTHERS; other++) {
      await (
        await requestFootprint(deployment, {
          question: { ...question, id: `other-${other}` },
          preparedBy: 'Li',
        })
      ).query(footprintStateQuery);
      await stateWhen(
        await requestFootprint(deployment, {
          question: { ...question, id: `other-${other}` },
          preparedBy: 'Li',
        }),
        ({ stage }) => stage === 'in_review',
      );
    }
    const background = await dirtierBackground(4);
    const recomputation = await requestFootprintRecomputation(deployment, {
      background,
      pageProducts: 2,
      pagesPerRun: 2,
    });
    const sums = await recomputation.result();
    expect(sums).toMatchObject({
      computed: OTHERS + 1,
      failedCount: 0,
      changed: OTHERS + 1,
      told: OTHERS + 1,
    });
    const again = await stateWhen(handle, ({ stage }) => stage === 'in_review');
    expect(again.computed!.totalKgCo2e).toBeGreaterThan(1.1 * again.issued!.totalKgCo2e);
    await handle.signal(reviewSignal, {
      ...review,
      person: 'Wang',
      computation: again.computed!.computation,
    });
    const superseded = await stateWhen(handle, ({ issued }) => issued?.revision === 3);
    expect(superseded).toMatchObject({ issued: { kind: 'self_declared' }, superseded: { length: 2 } });

    await handle.signal(withdrawSignal, { person: 'Zhao', reason: 'product is no longer made' });
    expect(await handle.result()).toMatchObject({ stage: 'withdrawn' });
    await keepHistory(bench.client, { workflowId: handle.workflowId }, 'footprintRequest');
    await keepHistory(bench.client, { workflowId: recomputation.workflowId }, 'recomputeFootprints');

    const events = await store.query<{ document: string }>(
      "SELECT document FROM footprint_records WHERE request = {request:String} AND kind = 'event' ORDER BY at",
      { request },
    );
    expect(events.map(({ document }) => JSON.parse(document).event)).toEqual([
      'reviewed',
      'published',
      'superseded',
      'published',
      'logged',
      'reviewed',
      'superseded',
      'published',
      'withdrawn',
    ]);
    const bundles = await store.query<{ document: string }>(
      "SELECT document FROM footprint_records WHERE request = {request:String} AND kind = 'bundle'",
      { request },
    );
    expect(bundles).toHaveLength(3);
    for (const { document } of bundles) {
      const checks = await verifyBundle(unpackBundle(Buffer.from(document, 'base64'), 'bundle.zip'), {
        name: 'bundle.zip',
        at: new Date(),
        recomputations: [recomputeFootprintEvidence],
      });
      expect(checks.filter(({ outcome }) => outcome === 'fails')).toEqual([]);
    }
  },
);
