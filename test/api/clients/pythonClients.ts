/** Published Python clients in a virtual environment of their own, made once in the cache. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '../../../src/runtime/config.ts';

const PACKAGES = ['electricitymaps==0.0.1', 'aioelectricitymaps==1.1.1'];
const INSTALL_LIMIT_MS = 150_000;

export interface PythonClients {
  /** Interpreter that has the clients, where it could be made. */
  readonly python?: string;
  /** Why it could not. */
  readonly reason?: string;
}

/** Makes the environment, or finds the one of before. Waits for the registry at most two minutes and a half. */
export function preparePythonClients(): PythonClients {
  const home = join(loadConfig().cacheDir, 'python-clients');
  const made = join(home, PACKAGES.join('+').replaceAll('==', '-'));
  const python = (folder: string) => join(folder, 'bin', 'python');
  if (existsSync(python(made))) return { python: python(made) };
  mkdirSync(home, { recursive: true });
  const fresh = `${made}.${process.pid}`;
  try {
    const steps: [string, string[]][] = [
      ['python3', ['-m', 'venv', fresh]],
      [python(fresh), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
      [python(fresh), ['-c', 'import electricitymaps, aioelectricitymaps']],
    ];
    for (const [command, args] of steps) {
      const { status, stderr, error } = spawnSync(command, args, {
        timeout: INSTALL_LIMIT_MS,
        encoding: 'utf8',
      });
      if (status !== 0)
        return { reason: `${command} ${args[1]}: ${(error?.message ?? stderr).trim().split('\n').at(-1)}` };
    }
    // Whole or not at all: another run may be making the same one.
    if (!existsSync(made)) renameSync(fresh, made);
    return { python: python(made) };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Runs a script with the clients; its output as JSON. */
export async function runClient(python: string, script: string, args: readonly string[]): Promise<unknown> {
  const path = join(import.meta.dirname, script);
  const { stdout } = await promisify(execFile)(python, [path, ...args], { timeout: 60_000 });
  return JSON.parse(stdout);
}
