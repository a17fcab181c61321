/** A token that ClickHouse wrote down before it was killed, while the part that it stands for was never put in place. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import type { Store } from '../../src/store/port.ts';
import { mendTokenLogs } from '../../src/store/tokenLog.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-token-'));
  await inStore(async (store) => {
    const window = 'SETTINGS non_replicated_deduplication_window = 100';
    await store.command(`CREATE TABLE raw (n Int64) ENGINE = MergeTree ORDER BY n ${window}`);
    await store.command(`CREATE TABLE counted (c UInt64) ENGINE = MergeTree ORDER BY c ${window}`);
    await store.command('CREATE MATERIALIZED VIEW counting TO counted AS SELECT count() AS c FROM raw');
  });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function inStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openChdbStore(dir);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const insert = (token: string, n: number) =>
  inStore((store) => store.insertRows('raw', [{ n }, { n: n + 1 }], token));

const counts = () =>
  inStore(async (store) => {
    const [row] = await store.query<{ raw: number; counted: number }>(
      'SELECT toUInt32((SELECT count() FROM raw)) AS raw, toUInt32((SELECT sum(c) FROM counted)) AS counted',
    );
    return row;
  });

/** What a SIGKILL between the token and the rename leaves: the log has the token, the folder of the part is missing. */
async function loseNewestPart(table: string): Promise<void> {
  const path = await inStore(async (store) => {
    const [row] = await store.query<{ path: string }>(
      'SELECT path FROM system.parts WHERE active AND table = {table:String} AND database = currentDatabase() ORDER BY min_block_number DESC LIMIT 1',
      { table },
    );
    return row?.path ?? '';
  });
  expect(await readdir(path)).not.toEqual([]);
  await rm(path, { recursive: true });
}

describe('opening a store', () => {
  it('takes back a token whose rows are not there, so that the repeated insert brings them', async () => {
    await insert('a', 1);
    await insert('b', 3);
    await loseNewestPart('counted');
    await loseNewestPart('raw');
    expect(await counts()).toEqual({ raw: 2, counted: 2 });
    await insert('b', 3);
    expect(await counts()).toEqual({ raw: 4, counted: 4 });
    await insert('b', 3);
    expect(await counts()).toEqual({ raw: 4, counted: 4 });
  });

  it('mends the view alone where only its rows are missing', async () => {
    await insert('a', 1);
    await loseNewestPart('counted');
    await insert('a', 1);
    expect(await counts()).toEqual({ raw: 2, counted: 2 });
  });

  it('keeps tokens whose parts were merged, deleted from or emptied', async () => {
    for (const [i, token] of ['a', 'b', 'c'].entries()) await insert(token, 10 * i);
    await inStore((store) => store.command('OPTIMIZE TABLE raw FINAL'));
    await inStore((store) =>
      store.command('ALTER TABLE raw DELETE WHERE n >= 10 SETTINGS mutations_sync = 2'),
    );
    expect(await mendTokenLogs(join(dir, 'data'))).toBe(0);
    for (const [i, token] of ['a', 'b', 'c'].entries()) await insert(token, 10 * i);
    expect(await counts()).toEqual({ raw: 2, counted: 6 });
  });

  it('has nothing to do in a new folder, and nothing twice', async () => {
    expect(await mendTokenLogs(join(dir, 'nowhere'))).toBe(0);
    await insert('a', 1);
    await loseNewestPart('raw');
    expect(await mendTokenLogs(join(dir, 'data'))).toBe(1);
    expect(await mendTokenLogs(join(dir, 'data'))).toBe(0);
  });
});
