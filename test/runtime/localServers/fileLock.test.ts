import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withFileLock } from '../../../src/runtime/localServers/fileLock.ts';
import { identify } from '../../../src/runtime/localServers/processIdentity.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

function newLock(): { dir: string; path: string } {
  const dir = temporaryFolder('lock');
  return { dir, path: join(dir, 'lock') };
}

test('one at a time holds the lock, and nothing is left of it', async () => {
  const { dir, path } = newLock();
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(20);
    inside--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(path, { limitMs: 10_000 }, work)));
  expect(most).toBe(1);
  expect(await readdir(dir)).toEqual([]);
});

test('a lock whose holder died is taken over', async () => {
  const { dir, path } = newLock();
  const self = await identify(process.pid);
  await writeFile(path, JSON.stringify({ ...self, started: 'long ago' }));
  expect(await withFileLock(path, { limitMs: 1_000 }, async () => 'in')).toBe('in');
  expect(await readdir(dir)).toEqual([]);
});

test('a lock that a living process keeps ends the wait with its number', async () => {
  const { path } = newLock();
  await writeFile(path, JSON.stringify(await identify(process.pid)));
  const told: number[] = [];
  const waiting = withFileLock(path, { limitMs: 250, onWait: ({ pid }) => told.push(pid) }, async () => 'in');
  await expect(waiting).rejects.toThrow(`process ${process.pid} holds`);
  expect(told).toEqual([process.pid]);
});

test('the lock is let go when the work fails', async () => {
  const { path } = newLock();
  const failing = withFileLock(path, { limitMs: 1_000 }, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(await withFileLock(path, { limitMs: 0 }, async () => 'in')).toBe('in');
});
