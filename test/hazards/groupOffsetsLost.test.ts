/** What the group had committed is lost: everything is read again, and nothing stands twice, through further deaths too. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

const loseOffsets = () => run.withKafka((admin) => admin.deleteGroups([run.group]));

test('lost once, then stopped and killed half-way', { timeout: LIMIT_MS }, async () => {
  await run.produce(6_000);
  const first = run.ingest();
  await run.untilAllSettled(first);
  await first.stop();
  await loseOffsets();
  await run.produce(1_000);

  // Other ranges than before, so that no token of the first time holds.
  const stopped = run.ingest({ limits: { maxMessages: 290 } });
  await stopped.until(() => stopped.settled >= 580, 'some of it again');
  await stopped.stop();
  const killed = run.ingest({
    limits: { maxMessages: 310 },
    killAt: { step: 'after dead letters', times: 3 },
  });
  expect(await killed.ended).toBe('SIGKILL');
  const upgraded = run.ingest({ build: 'other', killAt: { step: 'before commit', times: 1 } });
  expect(await upgraded.ended).toBe('SIGKILL');

  const last = run.ingest();
  await run.untilAllSettled(last);
  await last.stop();
  expect(await run.accounts()).toMatchObject(SOUND);
});
