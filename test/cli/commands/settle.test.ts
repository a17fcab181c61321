import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { register } from '../../../src/cli/commands/settle.ts';
import { readVectors, vectorPath } from '../../settlement/vectors/vectorFile.ts';
import { dataDir } from '../../sharedData.ts';

/** Runs the command in this process and catches both streams and the exit code. */
async function settle(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const program = new Command();
    register(program);
    await program.parseAsync(['node', 'tanliu', 'settle', ...args]);
    return { out, err, code: Number(process.exitCode) };
  } finally {
    process.exitCode = before;
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe('tanliu settle vectors', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settle-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const file = async (text: string) => {
    const path = join(folder, 'vectors.json');
    await writeFile(path, text);
    return path;
  };

  it.skipIf(!dataDir)('answers all of legal.json as one JSON document', async () => {
    const { out, code } = await settle('vectors', vectorPath('legal'));
    expect(code).toBe(0);
    const answer = JSON.parse(out) as { suite: string; cases: { case: string; actual: unknown }[] };
    const expected = readVectors('legal').cases.map(({ case: name, expected: actual }) => ({
      case: name,
      actual,
    }));
    expect(answer).toEqual({ suite: 'legal', cases: expected });
  });

  it('refuses an unknown suite and names those it knows', async () => {
    const { out, err, code } = await settle(
      'vectors',
      await file('{"suite":"lottery","cases":[{"case":"a","input":{}}]}'),
    );
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toMatch(/TL_VECTORS_SUITE[\s\S]*legal/);
  });

  it('refuses what is not JSON', async () => {
    const { err, code } = await settle('vectors', await file('{"suite":'));
    expect(code).toBe(1);
    expect(err).toContain('TL_VECTORS_FORM');
  });

  it('calls a missing file wrong use', async () => {
    expect((await settle('vectors', join(folder, 'absent.json'))).code).toBe(2);
  });
});
