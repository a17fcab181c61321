/** A lock between processes: a file that names its holder, and that a dead holder cannot keep. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { identify, isAlive, type ProcessIdentity } from './processIdentity.ts';

const POLL_MS = 100;

/** What a waiter may be told and how long it waits. */
export interface LockOptions {
  readonly limitMs: number;
  /** Called once, when another living process holds the lock. */
  readonly onWait?: (holder: ProcessIdentity) => void;
  /** Cuts the waiting short. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding the lock file at `path`; waits for another living process to let go.
 * @throws Fault TL_SERVER_START when the limit passes.
 */
export async function withFileLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const release = await takeFileLock(path, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Takes the lock file at `path` for this process and returns how to let it go.
 * @throws Fault TL_SERVER_START when the limit passes.
 */
export async function takeFileLock(path: string, options: LockOptions): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  await take(path, options);
  return () => unlink(path).catch(() => undefined);
}

async function take(path: string, options: LockOptions): Promise<void> {
  const self = await identify(process.pid);
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(self));
  const deadline = performance.now() + options.limitMs;
  let told = false;
  try {
    // A hard link appears with its content or not at all, so a lock file is never half written.
    while (!(await tryLink(mine, path))) {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const holder = JSON.parse(text) as ProcessIdentity;
      if (!(await isAlive(holder))) {
        await evict(path, text);
        continue;
      }
      if (!told) options.onWait?.(holder);
      told = true;
      options.signal?.throwIfAborted();
      if (performance.now() > deadline) {
        throw new Fault('TL_SERVER_START', `process ${holder.pid} holds ${path}`, {
          remedy: `wait for it, or end process ${holder.pid}`,
        });
      }
      await sleep(POLL_MS);
    }
  } finally {
    await unlink(mine).catch(() => undefined);
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away a dead holder's file, and puts it back if it turns out to be a living one's that came in between. */
async function evict(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const text = await readFile(aside, 'utf8').catch(() => undefined);
  if (text !== undefined && text !== dead) await tryLink(aside, path);
  await unlink(aside).catch(() => undefined);
}
