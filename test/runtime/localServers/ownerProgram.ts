/** Runs one of the owner programs beside this file and reads the line it tells. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { identify } from '../../../src/runtime/localServers/processIdentity.ts';

/** Starts `file` (beside this one) with `args` and resolves with its first line as JSON. */
export async function startOwner<T>(file: string, args: string[]): Promise<{ owner: ChildProcess; told: T }> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const owner = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = once(createInterface({ input: owner.stdout }), 'line');
  const ended = once(owner, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  const [text] = (await Promise.race([line, ended])) as [string];
  ended.catch(() => undefined);
  return { owner, told: JSON.parse(text) as T };
}

/** Milliseconds until none of the processes is alive; fails after `limitMs`. */
export async function goneAfter(pids: readonly number[], limitMs: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const alive = (await Promise.all(pids.map(identify))).filter((identity) => identity !== undefined);
    const elapsed = performance.now() - start;
    if (alive.length === 0) return elapsed;
    if (elapsed > limitMs) throw new Error(`still alive after ${limitMs} ms: ${alive.map(({ pid }) => pid)}`);
    await sleep(50);
  }
}
