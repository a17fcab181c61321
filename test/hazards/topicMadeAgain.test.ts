/** A topic is deleted and made again under its name: offsets begin at 0 once more, and the rows of both lives stand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { testServers } from '../runtime/servers.ts';
import { FULL, HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';
import type { Step } from './steps.ts';

const FIRST = 1_500;
let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

async function makeAgain(partitions = 4): Promise<void> {
  await run.deleteTopic();
  await run.makeTopic(partitions);
}

/** How many messages stand of each life, of the first generation on. */
async function messagesByLife(): Promise<number[]> {
  const store = await openChdbStore(run.storeDir);
  try {
    const rows = await store.query<{ generation: number; n: number }>(
      `SELECT _generation AS generation, toUInt32(uniqExact(_partition, _offset)) AS n FROM (
         SELECT _generation, _partition, _offset FROM plant_generation
         UNION ALL SELECT _generation, _partition, _offset FROM dead_letters) GROUP BY _generation ORDER BY _generation`,
    );
    const lives = Math.max(...rows.map(({ generation }) => generation));
    return Array.from(
      { length: lives },
      (_, life) => rows.find(({ generation }) => generation === life + 1)?.n ?? 0,
    );
  } finally {
    await store.close();
  }
}

// Fewer messages than before, as many, and more: the old offsets lie beyond the new end, at it, or within.
test.each(FULL ? [400, FIRST, 3_000] : [400, 3_000])(
  'while nobody consumes, with %i messages afterwards',
  { timeout: LIMIT_MS },
  async (count) => {
    await run.produce(FIRST);
    const first = run.ingest();
    await run.untilAllSettled(first);
    await first.stop();
    await makeAgain();
    await run.produce(count);
    const second = run.ingest();
    await run.untilAllSettled(second);
    await second.stop();
    expect(await messagesByLife()).toEqual([FIRST, count]);
    const accounts = await run.accounts();
    expect(accounts).toMatchObject(SOUND);
    expect(accounts.audit.former).toMatchObject({ duplicates: 0, incomplete: 0 });
    expect(accounts.audit.former.rows + accounts.audit.former.deadLetters).toBe(FIRST);
  },
);

// Also with other numbers of partitions than before.
test.each([
  [400, 4],
  [FIRST, 4],
  [3_000, 4],
  [2_000, 2],
  [2_000, 6],
])(
  'under a running consumer, with %i messages in %i partitions afterwards',
  { timeout: LIMIT_MS },
  async (count, partitions) => {
    await run.produce(FIRST);
    const ingest = run.ingest();
    await run.untilAllSettled(ingest);
    await makeAgain(partitions);
    await run.produce(count);
    await run.untilAllSettled(ingest);
    await ingest.stop();
    expect(await messagesByLife()).toEqual([FIRST, count]);
    expect(ingest.faults).toEqual([]);
    expect(await run.accounts()).toMatchObject(SOUND);
  },
);

test('three times over, with two members', { timeout: LIMIT_MS }, async () => {
  const ingest = run.ingest();
  await ingest.started();
  await ingest.carryOut({ do: 'second member' });
  const counts = [1_500, 700, 2_200, 1_100];
  for (const [life, count] of counts.entries()) {
    if (life > 0) await makeAgain();
    await run.produce(count);
    await run.untilAllSettled(ingest);
  }
  await ingest.stop();
  expect(await messagesByLife()).toEqual(counts);
  expect(ingest.faults).toEqual([]);
  expect(await run.accounts()).toMatchObject(SOUND);
});

// Stopped in the middle of a range, so that it meets the new topic with work for the old one in its hands.
const STEPS: Step[] = ['before intent', 'after intent', 'after readings', 'before commit'];
test.each(STEPS)('while the ingest stands %s', { timeout: LIMIT_MS }, async (step) => {
  await run.produce(FIRST);
  const ingest = run.ingest({ stopAt: { step, times: 2 } });
  await ingest.until(() => ingest.events.some(({ at }) => at === 'stopping'), 'the stop');
  await makeAgain();
  await run.produce(3_000);
  ingest.signal('SIGCONT');
  await run.untilAllSettled(ingest);
  await ingest.stop();
  // What had not been read of the first life is gone with it; what stands, stands once.
  const [first = 0, second = 0] = await messagesByLife();
  expect(second).toBe(3_000);
  const { missing, ...accounts } = await run.accounts();
  const { missing: _, ...sound } = SOUND;
  expect(accounts).toMatchObject(sound);
  expect(missing).toBe(FIRST - first);
  expect(ingest.faults).toEqual([]);
});
