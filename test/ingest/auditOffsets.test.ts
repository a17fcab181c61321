/** The audit over two lives of a topic: it holds where it should, and sees what is wrong in each of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import { auditOffsets } from '../../src/ingest/auditOffsets.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { HazardRun, LIMIT_MS } from '../hazards/hazardRun.ts';
import { testServers } from '../runtime/servers.ts';

let run: HazardRun;
let store: ChdbStore | undefined;

beforeEach(async () => {
  const { kafka } = await testServers('kafka');
  run = await HazardRun.begin(kafka.brokers, 1);
});
afterEach(() => run.end(async () => store?.close()));

const CHANGE = 'SETTINGS mutations_sync = 2';

test('a row lost of the second life, one doubled of the first', { timeout: LIMIT_MS }, async () => {
  await run.produce(300);
  const ingest = run.ingest();
  await run.untilAllSettled(ingest);
  await run.deleteTopic();
  await run.makeTopic(1);
  await run.produce(100);
  await run.untilAllSettled(ingest);
  await ingest.stop();
  store = await openChdbStore(run.storeDir);
  const { log, group, prefix: topicPrefix } = run;
  const question = { store, log, group, topicPrefix, contract: plantGeneration };

  const sound = await auditOffsets(question);
  expect(sound).toMatchObject({ holds: true, viewDifference: 0 });
  expect(sound.partitions).toMatchObject([{ partition: 0, generation: 2, lost: [], duplicates: 0 }]);
  const { rows = 0, deadLetters = 0 } = sound.partitions[0] ?? {};
  expect(rows + deadLetters).toBe(100);
  expect(sound.former.rows + sound.former.deadLetters).toBe(300);

  // The same offset stands in both lives: that of the first must not hide the loss in the second.
  const [victim] = await store.query<{ o: number }>(
    'SELECT toUInt32(_offset) AS o FROM plant_generation WHERE _generation = 2 ORDER BY _offset LIMIT 1 OFFSET 40',
  );
  const offset = victim?.o ?? -1;
  await store.command(
    `ALTER TABLE plant_generation DELETE WHERE _generation = 2 AND _offset = ${offset} ${CHANGE}`,
  );
  const lost = await auditOffsets(question);
  expect(lost).toMatchObject({ holds: false, viewDifference: 1, former: { duplicates: 0 } });
  expect(lost.partitions).toMatchObject([{ lost: [offset], duplicates: 0 }]);

  await store.command(
    "INSERT INTO plant_generation SETTINGS insert_deduplication_token = 'another' SELECT * FROM plant_generation WHERE _generation = 1 AND _offset = 0",
  );
  const doubled = await auditOffsets(question);
  expect(doubled).toMatchObject({ holds: false, former: { duplicates: 1 } });
});
