/** ClickHouse refuses inserts for a while, or does not answer: tried again, nothing lost, nothing twice. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

// Both last longer than the session, which heartbeats must keep alive.
test.each(['refuse', 'hang'] as const)('a store that %ss for 3 s', { timeout: LIMIT_MS }, async (trouble) => {
  const ingest = run.ingest();
  await run.produce(2_000);
  await ingest.until(() => ingest.settled >= 400, 'first ranges');
  await ingest.carryOut({ do: trouble, ms: 3_000 });
  const before = ingest.settled;
  await run.produce(4_000);
  await run.untilAllSettled(ingest);
  expect(ingest.settled).toBeGreaterThan(before);
  await ingest.stop();
  expect(ingest.faults).toEqual([]);
  expect(await run.accounts()).toMatchObject(SOUND);
});

test('a store that refuses longer than all attempts ends the ingest with a fault, and the next goes on', {
  timeout: LIMIT_MS,
}, async () => {
  const ingest = run.ingest({ limits: { insertAttempts: 2 } });
  await ingest.started();
  await ingest.carryOut({ do: 'refuse', ms: 60_000 });
  await run.produce(2_000);
  await ingest.until(() => ingest.faults.length > 0, 'a fault');
  expect(ingest.faults[0]).toContain('memory limit exceeded');
  await ingest.kill();
  const next = run.ingest();
  await run.untilAllSettled(next);
  await next.stop();
  expect(await run.accounts()).toMatchObject(SOUND);
});
