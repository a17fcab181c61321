import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readZipEntries, ZIP_LIMITS, type ZipLimits } from '../../src/store/zipEntries.ts';
import { type ZipPart, zipArchive } from './zipArchive.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Buffer, limits: ZipLimits = ZIP_LIMITS): Promise<Map<string, string>> {
  const path = join(folder, 'package.zip');
  await writeFile(path, bytes);
  const entries = new Map<string, string>();
  for await (const entry of readZipEntries(path, () => true, limits)) {
    entries.set(entry.name, Buffer.from(entry.bytes).toString());
  }
  return entries;
}

const part = (name: string, bytes = 'text', more: Partial<ZipPart> = {}): ZipPart => ({
  name,
  bytes,
  ...more,
});
const refused = (code: string, place?: string) =>
  expect.objectContaining({ code, ...(place && { place: expect.stringContaining(place) }) });

describe('reading a zip', () => {
  it('gives every file with its bytes, folders left out', async () => {
    const parts = Array.from({ length: 500 }, (_, at) => part(`a/${at}.json`, `${at}`.repeat(at)));
    const entries = await read(zipArchive([part('a/', ''), ...parts]));
    expect(entries.size).toBe(500);
    expect(entries.get('a/499.json')).toBe('499'.repeat(499));
  });

  it('refuses what is not a zip, what is cut short and what is not there', async () => {
    await expect(read(Buffer.from('{"no": "zip"}'))).rejects.toThrow(refused('E_ZIP_FORMAT'));
    await expect(read(Buffer.alloc(0))).rejects.toThrow(refused('E_ZIP_FORMAT'));
    const whole = zipArchive([part('a.json', 'x'.repeat(1000))]);
    await expect(read(whole.subarray(0, whole.length - 10))).rejects.toThrow(refused('E_ZIP_FORMAT'));
    const missing = readZipEntries(join(folder, 'absent.zip'), () => true);
    await expect(missing.next()).rejects.toThrow(refused('E_FILE', 'absent.zip'));
    await expect(readZipEntries(folder, () => true).next()).rejects.toThrow(refused('E_FILE'));
  });

  it('refuses bytes that are not what the directory states', async () => {
    const lie = zipArchive([part('a.json', 'text', { claimedCrc: 1 })]);
    await expect(read(lie)).rejects.toThrow(refused('E_ZIP_FORMAT', 'a.json'));
    const flipped = zipArchive([part('a.json', 'x'.repeat(100))]);
    flipped[40]! ^= 0xff;
    await expect(read(flipped)).rejects.toThrow(refused('E_ZIP_FORMAT', 'a.json'));
  });

  it.each(['../climb.json', '/etc/absolute.json', 'a\\..\\b.json', 'C:/drive.json'])(
    'refuses the name %s',
    async (name) => {
      await expect(read(zipArchive([part(name)]))).rejects.toThrow(refused('E_ZIP_PATH'));
    },
  );

  it('refuses links and names that come twice', async () => {
    const link = part('a.json', '/etc/passwd', { mode: 0o120777 });
    await expect(read(zipArchive([link]))).rejects.toThrow(refused('E_ZIP_PATH', 'a.json'));
    await expect(read(zipArchive([part('a.json'), part('a.json')]))).rejects.toThrow(refused('E_ZIP_PATH'));
  });

  it('refuses a bomb by its ratio before it unpacks anything', async () => {
    const bomb = zipArchive([part('bomb.json', Buffer.alloc(8 * 1024 * 1024).toString())]);
    await expect(read(bomb)).rejects.toThrow(refused('E_ZIP_LIMIT', 'bomb.json'));
  });

  it('refuses a bomb that lies about its size', async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024).toString();
    const bomb = zipArchive([part('bomb.json', bytes, { claimedSize: 100 })]);
    await expect(read(bomb)).rejects.toThrow(refused('E_ZIP_FORMAT', 'bomb.json'));
  });

  it('refuses more entries, larger entries and more in all than the limits allow', async () => {
    const three = zipArchive([part('a', 'x'.repeat(100)), part('b', 'y'.repeat(100)), part('c', 'z')]);
    await expect(read(three, { ...ZIP_LIMITS, entries: 2 })).rejects.toThrow(refused('E_ZIP_LIMIT'));
    await expect(read(three, { ...ZIP_LIMITS, entryBytes: 99 })).rejects.toThrow(
      refused('E_ZIP_LIMIT', '!a'),
    );
    await expect(read(three, { ...ZIP_LIMITS, totalBytes: 150 })).rejects.toThrow(refused('E_ZIP_LIMIT'));
    expect((await read(three)).size).toBe(3);
  });
});
