import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postRun, withdrawRun } from '../../src/activities/settlementJournal.ts';
import { Journal } from '../../src/settlement/ledger/journal.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { runOf } from './settlementRunOf.ts';

vi.setConfig({ testTimeout: 600_000 });

const FULL = process.env.TANLIU_TEST_FULL === '1';
const OWNER = fileURLToPath(new URL('./runOwner.ts', import.meta.url));
const clock = () => new Date('2026-03-06T01:00:00Z');
let home: string;
let dir = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tanliu-journal-'));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
});

let stores = 0;

async function withStore<T>(run: (store: ChdbStore) => Promise<T>, at?: string): Promise<T> {
  dir = at ?? join(home, String(stores++));
  const store = await openChdbStore(dir);
  try {
    await migrate(store);
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Everything that is posted, in one order. */
async function postedRows(store: ChdbStore): Promise<string[]> {
  const rows = await store.query<{ row: string }>(
    'SELECT toString(tuple(run_id, reverses, journal_id, key, unit, account, amount)) AS row FROM settlement_journal_posted ORDER BY row',
  );
  return rows.map(({ row }) => row);
}

async function balancesOf(store: ChdbStore): Promise<Map<string, bigint>> {
  const rows = await store.query<{ name: string; amount: string }>(
    "SELECT concat(unit, ' ', account) AS name, toString(amount) AS amount FROM settlement_balances ORDER BY name",
  );
  return new Map(rows.map(({ name, amount }) => [name, BigInt(amount)]));
}

test('a run and its correction leave the balances of the correction alone; a withdrawal those of before', async () => {
  const [first, second] = [runOf(1, 'S1'), runOf(2, 'R1')];
  await withStore(async (store) => {
    const posted = await postRun(store, first, clock);
    expect(posted).toMatchObject({ status: 'posted' });
    const before = await balancesOf(store);
    expect(await postRun(store, first, clock)).toMatchObject({
      ...posted,
      status: 'already_posted',
      memos: 0,
    });
    const corrected = await postRun(store, second, clock);
    const alone = new Journal();
    alone.post(second);
    const wanted = new Map(
      ['CNY_FEN', 'WH'].flatMap((unit) =>
        [...alone.balances(unit)].map(([account, amount]): [string, bigint] => [
          `${unit} ${account}`,
          amount,
        ]),
      ),
    );
    expect(await balancesOf(store)).toEqual(wanted);
    const { market, period } = first;
    await expect(
      withdrawRun(store, { market, period, runId: posted.runId, reason: 'x' }, clock),
    ).rejects.toMatchObject({ code: 'E_RUN_NOT_LATEST' });
    await withdrawRun(store, { market, period, runId: corrected.runId, reason: 'x' }, clock);
    await withdrawRun(store, { market, period, runId: corrected.runId, reason: 'x' }, clock);
    expect(await balancesOf(store)).toEqual(before);
    await expect(postRun(store, second, clock)).rejects.toMatchObject({ code: 'E_RUN_WITHDRAWN' });
    await expect(postRun(store, runOf(3, 'R1'), clock)).rejects.toMatchObject({
      code: 'E_RUN_NUMBER_REUSED',
    });
    await postRun(store, { ...second, runNo: 2 }, clock);
    expect(await balancesOf(store)).toEqual(wanted);
  });
});

test('two writers of one run at once leave one set of postings', async () => {
  const run = runOf(4, 'S1');
  const alone = await withStore(async (store) => {
    await postRun(store, run, clock);
    return postedRows(store);
  });
  await withStore(async (store) => {
    const both = await Promise.all([postRun(store, run, clock), postRun(store, run, clock)]);
    expect(both[0].postingsSha256).toBe(both[1].postingsSha256);
    expect(await postedRows(store)).toEqual(alone);
    const [runs] = await store.query<{ count: number }>(
      'SELECT toInt32(count()) AS count FROM settlement_runs',
    );
    expect(runs?.count).toBe(1);
  });
});

test('a writer killed in the middle leaves the run complete or not at all, and the next attempt the same bytes', async () => {
  const [first, second] = [runOf(5, 'S1'), runOf(6, 'R1')];
  const wanted = await withStore(async (store) => {
    await postRun(store, first, clock);
    const before = await postedRows(store);
    await postRun(store, second, clock);
    return { before, after: await postedRows(store) };
  });
  const seen = { none: 0, complete: 0 };
  for (let attempt = 0; attempt < (FULL ? 12 : 2); attempt++) {
    await withStore(async (store) => void (await postRun(store, first, clock)));
    const at = dir;
    const owner = spawn(process.execPath, [OWNER, JSON.stringify({ dir: at, seed: 6, runType: 'R1' })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // It may end by itself before it is killed.
    const ended = once(owner, 'exit');
    await once(owner.stdout!, 'data');
    await sleep(20 + attempt * 25);
    owner.kill('SIGKILL');
    await ended;
    await withStore(async (store) => {
      const rows = await postedRows(store);
      if (rows.length === wanted.before.length) {
        seen.none++;
        expect(rows).toEqual(wanted.before);
      } else {
        seen.complete++;
        expect(rows).toEqual(wanted.after);
      }
      await postRun(store, second, clock);
      expect(await postedRows(store)).toEqual(wanted.after);
    }, at);
  }
  expect(seen.none).toBeGreaterThan(0);
});
