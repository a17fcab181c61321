/** A process is stopped in the middle of a range, another takes its partitions over, and the first wakes up and goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { openStoreGateway, type StoreGateway } from '../../src/store/storeGateway.ts';
import { testServers } from '../runtime/servers.ts';
import { HazardRun, LIMIT_MS, SOUND } from './hazardRun.ts';
import type { ChildSettings } from './ingestChild.ts';
import type { IngestProcess } from './ingestProcess.ts';
import type { Step } from './steps.ts';

let run: HazardRun;
let store: ChdbStore;
let gateway: StoreGateway;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers);
  store = await openChdbStore(run.storeDir);
  await migrate(store);
  gateway = await openStoreGateway(store);
});
afterEach(async () => {
  await run.end(async () => {
    await gateway.close();
    await store.close();
  });
});

const STOPS: [Step, ChildSettings['build']][] = [
  ['after intent', 'usual'],
  ['before readings', 'usual'],
  ['after readings', 'usual'],
  ['before commit', 'usual'],
  // The one who takes over judges otherwise.
  ['before readings', 'other'],
  ['after readings', 'other'],
];

/** Produces until a process has settled a message that came after now: it is in the group again. */
async function produceUntilTakenBy(ingest: IngestProcess): Promise<void> {
  const admin = await run.log.admin();
  const ends = new Map((await admin.offsets(run.topic)).map(({ partition, high }) => [partition, high]));
  await admin.close();
  const hasTaken = () =>
    ingest.events.some(
      (event) => event.at === 'settled' && event.range.last >= (ends.get(event.range.partition) ?? 0),
    );
  const end = Date.now() + LIMIT_MS / 3;
  for (; !hasTaken() && Date.now() < end; await sleep(250)) await run.produce(100);
  expect(hasTaken()).toBe(true);
}

test.each(STOPS)('stopped %s, taken over by the %s build', { timeout: LIMIT_MS }, async (step, build) => {
  await run.produce(3_000);
  const { url, username, password } = gateway;
  const shared = { gateway: { url, username, password } };
  const zombie = run.ingest({ ...shared, stopAt: { step, times: 2 } });
  await zombie.until(() => zombie.events.some(({ at }) => at === 'stopping'), 'the stop');
  const heir = run.ingest({ ...shared, build });
  await run.untilAllSettled(heir);
  zombie.signal('SIGCONT');
  await produceUntilTakenBy(zombie);
  await run.untilAllSettled(heir);
  await zombie.stop();
  await heir.stop();
  expect([...zombie.faults, ...heir.faults]).toEqual([]);
  expect(await run.accounts({ held: store })).toMatchObject(SOUND);
});
