/** A process that holds a store and posts one run of a random month, to be killed. Its settings are its one argument. */
import { postRun } from '../../src/activities/settlementJournal.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { runOf } from './settlementRunOf.ts';

const { dir, seed, runType } = JSON.parse(process.argv[2] ?? '') as {
  dir: string;
  seed: number;
  runType: 'S1' | 'R1';
};
const store = await openChdbStore(dir);
await migrate(store);
const run = runOf(seed, runType);
process.stdout.write('posting\n');
const posted = await postRun(store, run, () => new Date());
await store.close();
process.stdout.write(`${JSON.stringify(posted)}\n`);
