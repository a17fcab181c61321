/** SIGTERM under load: what was taken is settled and committed, no intent is left open, and the group is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIntent } from '../../src/ingest/intent.ts';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';

let run: HazardRun;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
});
afterEach(() => run.end());

test('drains within seconds, and the next begins where it ended', { timeout: LIMIT_MS }, async () => {
  await run.produce(12_000);
  const admin = await run.log.admin();
  for (let i = 0; i < 3; i++) {
    const ingest = run.ingest();
    await ingest.until(() => ingest.settled >= 800, 'some ranges');
    await sleep(20 * i);
    ingest.signal('SIGTERM');
    expect(await ingest.ended).toBe('0');
    const committed = await admin.committed(run.group, run.topic);
    expect(committed.filter(({ metadata }) => readIntent(metadata))).toEqual([]);
  }
  await admin.close();
  const last = run.ingest();
  await run.untilAllSettled(last);
  await last.stop();
  expect(await run.accounts()).toMatchObject(SOUND);
});
