/**
 * Scores of all products of a version by a method, kept beside the version so that a footprint needs no solve. A file is
 * found by the sum of what it was made from (version, factors, solver) and checked by the sum of its own bytes; one that
 * is missing or damaged is simply solved again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Characterisation } from '../background/characterisation.ts';
import type { SolveReport } from '../background/solver/adjoint.ts';

export interface StoredScores {
  readonly lambda: Float64Array;
  readonly report: SolveReport;
}

/** Goes up with every change of the solver that may change a byte of its result. */
const SOLVER_RULES = 1;

function fileOf(home: string, name: string, version: string, { gwpSet, factors }: Characterisation): string {
  const key = createHash('sha256')
    .update(`${version}\n${gwpSet.id}\n${SOLVER_RULES}\n`)
    .update(new Uint8Array(factors.buffer, factors.byteOffset, factors.byteLength))
    .digest('hex');
  return join(home, 'background', name, '.scores', `${key.slice(0, 32)}.bin`);
}

/** First line the sum of the rest, second the solver's report, then n × 5 numbers, little-endian. */
export async function readScores(
  home: string,
  name: string,
  version: string,
  characterisation: Characterisation,
  length: number,
): Promise<StoredScores | undefined> {
  const bytes = await readFile(fileOf(home, name, version, characterisation)).catch(() => undefined);
  const first = bytes?.indexOf('\n') ?? -1;
  if (!bytes || first < 0) return undefined;
  const rest = bytes.subarray(first + 1);
  if (sumOf(rest) !== bytes.subarray(0, first).toString()) return undefined;
  const second = rest.indexOf('\n');
  const numbers = rest.subarray(second + 1);
  if (numbers.length !== 8 * length) return undefined;
  // The sum proves that these are the bytes that `writeScores` wrote.
  const report = JSON.parse(rest.subarray(0, second).toString()) as SolveReport;
  return { lambda: new Float64Array(new Uint8Array(numbers).buffer), report };
}

export async function writeScores(
  home: string,
  name: string,
  version: string,
  characterisation: Characterisation,
  { lambda, report }: StoredScores,
): Promise<void> {
  const numbers = new Uint8Array(lambda.buffer, lambda.byteOffset, lambda.byteLength);
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(report)}\n`), numbers]);
  const file = fileOf(home, name, version, characterisation);
  const draft = `${file}.${process.pid}`;
  await mkdir(join(file, '..'), { recursive: true });
  try {
    await writeFile(draft, Buffer.concat([Buffer.from(`${sumOf(rest)}\n`), rest]));
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
