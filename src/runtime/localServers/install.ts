/** Puts a server's program into the per-user cache once: under a lock, in a folder of its own, then renamed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '../errors.ts';
import { withFileLock } from './fileLock.ts';

/** Receives short lines on what is going on; the CLI writes them to standard error. */
export type Progress = (message: string) => void;

/** Longest time one installation may take before another process stops waiting for it. */
const INSTALL_LIMIT_MS = 15 * 60_000;
const LAST_LINES = 20;

/**
 * The folder `target`, filled by `fill` if it is not there yet. `fill` gets an empty folder beside it that
 * becomes `target` by a rename, so that a half-made installation is never taken for a whole one.
 */
export async function installOnce(
  target: string,
  options: { name: string; progress: Progress; signal?: AbortSignal | undefined },
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (await exists(target)) return target;
  const onWait = () => options.progress(`waiting for another process that fetches ${options.name}`);
  return withFileLock(
    `${target}.lock`,
    { limitMs: INSTALL_LIMIT_MS, onWait, signal: options.signal },
    async () => {
      if (await exists(target)) return target;
      await removeLeftovers(target);
      const folder = `${target}.part-${process.pid}`;
      await mkdir(folder, { recursive: true });
      const start = performance.now();
      await fill(folder);
      await rename(folder, target);
      options.progress(`${options.name} is ready (${((performance.now() - start) / 1000).toFixed(0)} s)`);
      return target;
    },
  );
}

/** Whoever holds the lock is alone: every other unfinished folder belongs to a process that died. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${basename(target)}.part-`;
  for (const entry of await readdir(dirname(target))) {
    if (entry.startsWith(prefix)) await rm(join(dirname(target), entry), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export interface InstallerOptions {
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs an installing program to its end and shows each line to `onLine`; an abort ends it and all it has started.
 * @throws Fault TL_SERVER_START with the program's last lines when it fails.
 */
export async function runInstaller(
  command: string,
  args: readonly string[],
  { onLine = () => undefined, signal }: InstallerOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const lines: string[] = [];
  // A group of its own, so that an abort reaches what Maven's and pip's scripts start.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = () => endGroup(child);
  signal?.addEventListener('abort', end, { once: true });
  process.once('exit', end);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      onLine(line);
    });
  }
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, endedBy) => resolve(exitCode ?? endedBy ?? 'unknown'));
  }).finally(() => {
    signal?.removeEventListener('abort', end);
    process.off('exit', end);
  });
  signal?.throwIfAborted();
  if (code === 0) return;
  throw new Fault('TL_SERVER_START', `${basename(command)} ended with ${code}:\n${lines.join('\n')}`, {
    remedy: 'the package registries must be reachable on the first start; later starts use the cache',
  });
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
}
