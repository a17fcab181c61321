/**
 * The hazards together: kills at random moments and at every step of a range, a rebalance between two live consumers,
 * a broker killed and restarted, upgrades whose contract judges otherwise, one of them between insert and commit.
 * The control goes through the same kills without intents and tokens.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { type LocalKafka, startKafka } from '../../src/runtime/localServers/kafka.ts';
import { FULL, HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';
import type { ChildSettings } from './ingestChild.ts';
import type { IngestProcess } from './ingestProcess.ts';
import { STEPS } from './steps.ts';

const MESSAGES = FULL ? 400_000 : 40_000;
const KILLS = FULL ? 14 : 4;
const CHUNK = Math.floor(MESSAGES / (KILLS + 1));
const SEED = Number(process.env.TANLIU_TEST_SEED ?? Date.now() % 1_000_000);

interface Life {
  readonly build: ChildSettings['build'];
  readonly killAt?: ChildSettings['killAt'];
  /** Share of the chunk after which it is killed from outside, and how long after that. */
  readonly killAfter: number;
  readonly thenMs: number;
  readonly rebalance: boolean;
  readonly brokerRestart: boolean;
}

/** Mulberry32: the plan can be repeated from its seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function plan(): Life[] {
  const random = seeded(SEED);
  return Array.from({ length: KILLS }, (_, i) => {
    const atStep = i % 2 === 0;
    const step = i === 0 ? 'after readings' : STEPS[Math.floor(random() * STEPS.length)];
    return {
      // The first life is killed between insert and commit for certain, the control's too; the second judges otherwise.
      build: i % 3 === 1 ? 'other' : 'usual',
      ...(atStep && step && { killAt: { step, times: i === 0 ? 2 : 2 + Math.floor(random() * 10) } }),
      killAfter: i === 0 ? 1 : 0.1 + random() * 0.6,
      thenMs: random() * 60,
      rebalance: i % 4 === 2 || i % 4 === 3,
      brokerRestart: i === 1,
    };
  });
}

let broker: LocalKafka;
let brokerDir: string;
let run: HazardRun;

beforeAll(async () => {
  brokerDir = await mkdtemp(join(tmpdir(), 'tanliu-hazard-kafka-'));
  broker = await startKafka({
    dir: brokerDir,
    cacheDir: loadConfig().cacheDir,
    progress: () => undefined,
  });
  run = await HazardRun.begin(broker.brokers);
});

afterAll(async () => {
  await run?.end();
  await broker?.stop();
  await rm(brokerDir, { recursive: true, force: true });
});

/** Restarts the broker under a running ingest, which must go on by itself. */
async function restartBroker(ingest: IngestProcess): Promise<void> {
  await broker.kill();
  await sleep(500);
  await broker.restart();
  await run.produce(100);
  const before = ingest.settled;
  await ingest.untilOrEnd(() => ingest.settled > before, 'ranges settled after the broker came back');
}

async function live(life: Life, settings: Partial<ChildSettings>): Promise<string> {
  const ingest = run.ingest({ build: life.build, ...(life.killAt && { killAt: life.killAt }), ...settings });
  if (life.rebalance) ingest.order({ do: 'second member' });
  if (life.brokerRestart && !settings.naive) {
    await ingest.untilOrEnd(() => ingest.settled > 0, 'first range');
    await restartBroker(ingest);
  }
  await ingest.untilOrEnd(() => ingest.settled >= life.killAfter * CHUNK, 'the moment to be killed');
  if (life.rebalance) ingest.order({ do: 'second member leaves' });
  await sleep(life.thenMs);
  await ingest.kill();
  expect(ingest.faults).toEqual([]);
  return ingest.ended;
}

const produceChunk = (): Promise<void> => run.produce(Math.min(CHUNK, MESSAGES - run.produced));

/** Lives through the plan and then to the end of the topic. */
async function liveThrough(settings: Partial<ChildSettings>, produce: boolean): Promise<void> {
  for (const life of plan()) {
    if (produce) await produceChunk();
    expect(await live(life, settings)).toBe('SIGKILL');
  }
  while (produce && run.produced < MESSAGES) await produceChunk();
  const last = run.ingest({ build: 'other', ...settings });
  await last.started();
  await run.untilAllSettled(last, settings.group);
  await last.stop();
  expect(await last.ended).toBe('0');
}

test(`${MESSAGES} messages through ${KILLS} kills: none lost, none twice, views included (seed ${SEED})`, {
  timeout: LIMIT_MS,
}, async () => {
  await liveThrough({}, true);
  const accounts = await run.accounts();
  expect(accounts).toMatchObject(SOUND);
  expect(accounts.readings + accounts.deadLetters).toBe(run.produced);
  // Both builds have had their say, so that the verdicts are not all of one.
  expect(accounts.judgedByOther).toBeGreaterThan(0);
  process.stderr.write(
    `hazards: ${run.produced} messages, ${KILLS} kills, ${accounts.readings} readings, ${accounts.deadLetters} dead letters\n`,
  );
});

test('the control without intents and tokens shows duplicates', { timeout: LIMIT_MS }, async () => {
  const dir = join(run.dir, 'control');
  const group = `${run.prefix}control`;
  await liveThrough({ naive: true, dir, group }, false);
  const accounts = await run.accounts({ dir, group });
  process.stderr.write(`hazards: the control has ${accounts.repeated} messages twice\n`);
  expect(accounts.repeated).toBeGreaterThan(0);
});
