/** bw2calc 3.1 as a peer: installed once into the user's cache where Python is there, given the same matrices as files. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { TechnosphereInput } from '../../src/background/solver/scaledSystem.ts';
import type { SparseColumns } from '../../src/background/solver/sparseColumns.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { installOnce, type Progress, runInstaller } from '../../src/runtime/localServers/install.ts';
import { requireProgram } from '../../src/runtime/requirements.ts';

export const PEER_VERSION = '3.1.0';
const PACKAGES = [`bw2calc==${PEER_VERSION}`, 'pypardiso==0.4.7'];
const SCRIPT = new URL('bw2calc_peer.py', import.meta.url).pathname;

export interface PeerSystem {
  readonly base: TechnosphereInput;
  readonly biosphere: SparseColumns;
  /** Elementary flows × categories. */
  readonly factors: Float64Array;
  readonly categories: number;
}

const footprintFigures = z.object({
  version: z.string(),
  lambda_ms: z.number(),
  demand_us: z.number(),
});

const monteCarloFigures = z.object({
  version: z.string(),
  iterations_per_s: z.number(),
  solver: z.string(),
  scores: z.array(z.number()),
});

/** A Python that has the peer already, for tests that compare with it and install nothing. */
export function installedPeerPython(): string | undefined {
  const there = join(loadConfig().cacheDir, `bw2calc-${PEER_VERSION}`, 'venv', 'bin', 'python');
  return process.env.TANLIU_PEER_PYTHON ?? (existsSync(there) ? there : undefined);
}

/** Path of a Python that has the peer, or the reason why there is none. */
export async function peerPython(progress: Progress): Promise<{ python: string } | { missing: string }> {
  const given = process.env.TANLIU_PEER_PYTHON;
  if (given) return { python: given };
  try {
    const system = await requireProgram('python3');
    const target = join(loadConfig().cacheDir, `bw2calc-${PEER_VERSION}`);
    const folder = await installOnce(target, { name: `bw2calc ${PEER_VERSION}`, progress }, async (part) => {
      progress(`fetching bw2calc ${PEER_VERSION} for comparison (300 MB, once)`);
      await runInstaller(system, ['-m', 'venv', join(part, 'venv')]);
      const pip = ['-m', 'pip', 'install', '--no-input', '--quiet', '--only-binary', ':all:'];
      await runInstaller(join(part, 'venv', 'bin', 'python'), [...pip, ...PACKAGES]);
    });
    return { python: join(folder, 'venv', 'bin', 'python') };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

export interface PeerScores {
  readonly version: string;
  readonly lambdaMs: number;
  readonly demandUs: number;
  /** Activities × categories. */
  readonly lambda: Float64Array;
}

/** Scores of all products by the peer's adjoint, and a new demand of 60 inputs on an unchanged matrix. */
export async function peerFootprint(
  python: string,
  system: PeerSystem,
  { repeats, total }: { repeats: number; total: readonly number[] },
): Promise<PeerScores> {
  return withFolder(system, { repeats, total }, async (folder) => {
    const { version, lambda_ms, demand_us } = footprintFigures.parse(
      await runPeer(python, folder, 'footprint'),
    );
    const bytes = await readFile(join(folder, 'peer_lambda'));
    const lambda = new Float64Array(new Uint8Array(bytes).buffer);
    return { version, lambdaMs: lambda_ms, demandUs: demand_us, lambda };
  });
}

/** Monte Carlo of one demand by the fastest of the peer's classes, for some seconds each. */
export async function peerMonteCarlo(
  python: string,
  system: PeerSystem,
  { demand, seconds }: { demand: number; seconds: number },
) {
  return withFolder(system, { demand, seconds }, async (folder) =>
    monteCarloFigures.parse(await runPeer(python, folder, 'montecarlo')),
  );
}

async function withFolder<T>(
  { base, biosphere, factors, categories }: PeerSystem,
  options: Record<string, unknown>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tanliu-peer-'));
  try {
    await writeMatrix(folder, 'technosphere', base.technosphere);
    await writeMatrix(folder, 'biosphere', biosphere);
    await writeFile(join(folder, 'factors'), bytesOf(factors));
    await writeFile(join(folder, 'reference'), bytesOf(base.referenceRow));
    const manifest = { activities: base.technosphere.columns, categories, ...options };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeMatrix(folder: string, name: string, matrix: SparseColumns): Promise<void> {
  const column = new Int32Array(matrix.index.length);
  for (let j = 0; j < matrix.columns; j++) column.fill(j, matrix.start[j], matrix.start[j + 1]);
  await writeFile(join(folder, `${name}.row`), bytesOf(matrix.index));
  await writeFile(join(folder, `${name}.column`), bytesOf(column));
  await writeFile(join(folder, `${name}.value`), bytesOf(matrix.value));
}

const bytesOf = (array: Int32Array | Float64Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function runPeer(python: string, folder: string, mode: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [SCRIPT, folder, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4_000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`the peer ended with ${code}:\n${errors}`));
    });
  });
}
