import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBackground } from '../../src/activities/importBackground.ts';
import { loadBackground } from '../../src/store/backgroundFiles.ts';
import { fetchBackground, publishBackground } from '../../src/store/backgroundInStore.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import { ilcdParts } from '../background/ilcdParts.ts';
import { zipArchive } from '../background/zipArchive.ts';

let dir = '';
let store: ChdbStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-background-store-'));
  store = await openChdbStore(join(dir, 'store'));
  await migrate(store);
});
afterAll(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

async function everyByte(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(path)).sort()) hash.update(name).update(await readFile(join(path, name)));
  return hash.digest('hex');
}

describe('a background version in ClickHouse', () => {
  it('is there once however often it is published, and comes back byte for byte on another machine', async () => {
    const file = join(dir, 'package.zip');
    const plant = {
      id: 'plant',
      zh: '电厂',
      exchanges: [
        { flow: 'power', amount: 0.1 + 0.2 },
        { flow: 'co2', amount: 1 / 3, uncertainty: { kind: 'log-normal', deviation95: 1.21 } },
        { flow: 'nowhere', amount: 1, input: true },
      ],
    };
    const gap = { id: 'gap', exchanges: [{ flow: 'metal', amount: null }] };
    await writeFile(file, zipArchive(ilcdParts([plant, gap])));
    const imported = await importBackground(join(dir, 'here'), 'small', file);
    const { version } = imported.manifest;
    const at = '2026-01-01T00:00:00.000Z';
    expect(await publishBackground(store, join(dir, 'here'), 'small', at)).toEqual({
      name: 'small',
      version,
      written: true,
    });
    expect(await publishBackground(store, join(dir, 'here'), 'small', at)).toMatchObject({ written: false });
    const [count] = await store.query<{ n: number }>(
      'SELECT toUInt32(count()) AS n FROM background_activities',
    );
    expect(count?.n).toBe(1);
    const left = await store.query(
      'SELECT code, action FROM background_findings WHERE process_id = {id:String}',
      { id: 'gap' },
    );
    expect(left).toEqual([{ code: 'zero_reference', action: 'quarantined' }]);

    const there = join(dir, 'there');
    expect(await fetchBackground(store, there, 'small')).toEqual({ name: 'small', version });
    expect(await everyByte(join(there, 'background/small', version))).toBe(await everyByte(imported.path));
    expect((await loadBackground(there, 'small')).system.activities[0]?.output).toBe(0.1 + 0.2);
  });

  it('that the store does not have is refused', async () => {
    await expect(fetchBackground(store, join(dir, 'there'), 'absent')).rejects.toThrow(
      expect.objectContaining({ code: 'E_BACKGROUND_UNKNOWN' }),
    );
  });
});
