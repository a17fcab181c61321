/** Kafka no longer has what comes next: what it still has is taken, what stands of an open range is not taken twice. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';
import type { IngestProcess } from './ingestProcess.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

/** Deletes what lies before `offset` in every partition. */
const deleteBefore = (offset: number) =>
  run.withKafka(async (admin) => {
    // Without this kafkajs does not know the leaders.
    await admin.fetchTopicOffsets(run.topic);
    await admin.deleteTopicRecords({
      topic: run.topic,
      partitions: [0, 1, 2, 3].map((partition) => ({ partition, offset: String(offset) })),
    });
  });

/** All that Kafka still has stands, once; what it had and we had not read is missing. */
async function expectWhatIsLeft(ingest: IngestProcess): Promise<void> {
  await run.untilAllSettled(ingest);
  await ingest.stop();
  expect(ingest.faults).toEqual([]);
  const { missing, ...accounts } = await run.accounts();
  const { missing: _, ...sound } = SOUND;
  expect(accounts).toMatchObject(sound);
  expect(missing).toBe(run.produced - accounts.readings - accounts.deadLetters);
}

// The open range lies half before what is deleted; it is taken up by the same build, or by one that judges otherwise.
test.each(['usual', 'other'] as const)(
  'after a death between insert and commit, by the %s build',
  {
    timeout: LIMIT_MS,
  },
  async (build) => {
    await run.produce(4_000);
    const killed = run.ingest({ killAt: { step: 'after readings', times: 2 } });
    expect(await killed.ended).toBe('SIGKILL');
    await deleteBefore(550);
    await run.produce(1_000);
    await expectWhatIsLeft(run.ingest({ build }));
  },
);

test('under a consumer that was stopped for a while', { timeout: LIMIT_MS }, async () => {
  await run.produce(4_000);
  const ingest = run.ingest({ stopAt: { step: 'before commit', times: 1 } });
  await ingest.until(() => ingest.events.some(({ at }) => at === 'stopping'), 'the stop');
  await deleteBefore(700);
  await run.produce(1_000);
  ingest.signal('SIGCONT');
  await expectWhatIsLeft(ingest);
});
