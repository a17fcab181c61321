/** The Python that peers run in: one given by the environment, or a virtual environment made beside the caches. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Versions that figures are published with. */
const PACKAGES = [
  'bw2calc==3.1.0',
  'bw_processing==1.6',
  'scipy==1.17.1',
  'numpy==2.4.6',
  'pypardiso==0.4.7',
];

const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tanliu', 'bw2calc-3.1.0');

/** An interpreter that has the peer, or undefined; nothing is installed. `TANLIU_PEER_PYTHON` names another. */
export function peerPython(): string | undefined {
  const given = process.env.TANLIU_PEER_PYTHON;
  const python = given ?? join(folder, 'bin', 'python');
  if (!existsSync(python)) return undefined;
  return spawnSync(python, ['-c', 'import bw2calc, scipy'], { stdio: 'ignore' }).status === 0
    ? python
    : undefined;
}

/**
 * The same, installed first where it is missing.
 * @param progress one line a step
 */
export function installPeerPython(progress: (message: string) => void): string | undefined {
  const there = peerPython();
  if (there || process.env.TANLIU_PEER_PYTHON) return there;
  progress(`installing ${PACKAGES[0]} into ${folder}`);
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    progress(`${command} failed: ${(stderr || error?.message || '').trim().split('\n').at(-1)}`);
    return undefined;
  }
  return peerPython();
}
