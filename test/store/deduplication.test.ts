/** The facts of ClickHouse that exactly-once rests on. Each of them once cost rows somewhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Int64, Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';

let dir: string;
let store: ChdbStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-dedup-'));
  store = await openChdbStore(dir);
  await store.command(
    'CREATE TABLE raw (n Int64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 3',
  );
  await store.command(
    'CREATE TABLE counted (n Int64, c UInt64) ENGINE = SummingMergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 3',
  );
  await store.command(
    'CREATE MATERIALIZED VIEW counting TO counted AS SELECT n, count() AS c FROM raw GROUP BY n',
  );
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const insert = (token: string, numbers: readonly number[], where?: string) =>
  store.insertArrow({
    table: 'raw',
    ipc: tableToIPC(new Table({ n: vectorFromArray(numbers.map(BigInt), new Int64()) }), 'stream'),
    columns: [{ name: 'n', type: 'Int64' }],
    constants: {},
    token,
    ...(where && { where }),
  });

async function rows(): Promise<{ raw: number[]; counted: number }> {
  const raw = await store.query<{ n: number }>('SELECT n FROM raw ORDER BY n');
  const [sum] = await store.query<{ c: number }>('SELECT toUInt32(sum(c)) AS c FROM counted');
  return { raw: raw.map(({ n }) => Number(n)), counted: Number(sum?.c) };
}

describe('an insert with a token', () => {
  it('counts once however often it is repeated, in the view too', async () => {
    for (let attempt = 0; attempt < 3; attempt++) await insert('a', [1, 2]);
    expect(await rows()).toEqual({ raw: [1, 2], counted: 2 });
  });

  it('counts twice without one: the control', async () => {
    await store.insertRows('raw', [{ n: 1 }]);
    await store.insertRows('raw', [{ n: 1 }]);
    expect((await rows()).raw).toEqual([1, 1]);
  });

  it('drops other rows under a used token', async () => {
    await insert('a', [1]);
    await insert('a', [7, 8]);
    expect((await rows()).raw).toEqual([1]);
  });

  it('takes equal rows under another token', async () => {
    await insert('a', [1]);
    await insert('b', [1]);
    expect(await rows()).toEqual({ raw: [1, 1], counted: 2 });
  });

  it('remembers its token when the store is opened again', async () => {
    await insert('a', [1]);
    await store.close();
    store = await openChdbStore(dir);
    await insert('a', [1]);
    expect((await rows()).raw).toEqual([1]);
  });

  it('lets an old token in again when the window has overflowed: why old intents are settled by comparison', async () => {
    for (const token of ['a', 'b', 'c', 'd', 'e']) await insert(token, [1]);
    await insert('a', [1]);
    expect((await rows()).raw).toHaveLength(6);
  });

  it('mends a view that failed when it is repeated', async () => {
    await store.command(
      'CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 3',
    );
    await store.command(
      "CREATE MATERIALIZED VIEW failing TO strict AS SELECT toUInt8(throwIf(n = 5, 'not five')) AS n FROM raw",
    );
    await expect(insert('a', [5])).rejects.toMatchObject({ code: 'TL_STORE_QUERY' });
    await store.command('DROP VIEW failing SYNC');
    await insert('a', [5]);
    expect(await rows()).toEqual({ raw: [5], counted: 1 });
  });

  it('inserts only the rows that a condition names', async () => {
    await insert('a', [1, 2]);
    await insert('b', [1, 2, 3], 'n NOT IN (SELECT n FROM raw)');
    expect(await rows()).toEqual({ raw: [1, 2, 3], counted: 3 });
  });

  it('leaves no token behind for other inserts of the session', async () => {
    await insert('a', [1]);
    await store.insertRows('raw', [{ n: 2 }]);
    await store.insertRows('raw', [{ n: 2 }]);
    expect((await rows()).raw).toEqual([1, 2, 2]);
  });
});
