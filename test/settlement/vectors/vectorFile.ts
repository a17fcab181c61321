/** Reads a suite of the shared vectors and compares answers exactly, integers and rationals as text included. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '../../../src/cli/run.ts';
import { dataDir } from '../../sharedData.ts';

export interface VectorCase {
  readonly case: string;
  readonly input: unknown;
  readonly expected: unknown;
}

export function vectorPath(suite: string): string {
  return join(dataDir ?? '', 'settlement', `${suite}.json`);
}

export function readVectors(suite: string): { suite: string; cases: VectorCase[] } {
  return JSON.parse(readFileSync(vectorPath(suite), 'utf8'));
}

/** The answer as another program would read it: through JSON. */
export function asPrinted(value: unknown): unknown {
  return JSON.parse(toJson(value));
}
