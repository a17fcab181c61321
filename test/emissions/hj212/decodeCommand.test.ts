import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { register } from '../../../src/cli/commands/hj212.ts';
import { annexA } from './samples.ts';

let folder: string;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-hj212-'));
  output = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

async function decode(content: string, ...flags: string[]): Promise<unknown[]> {
  const file = join(folder, 'frames');
  await writeFile(file, content);
  const program = new Command();
  register(program);
  await program.parseAsync(['hj212', 'decode', file, ...flags], { from: 'user' });
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('a captured stream gives one line a frame', async () => {
  const lines = await decode(`xx${annexA}##0001Q0000\r\n${annexA}`, '--dialect', '2017');
  expect(lines).toMatchObject([
    { frame_ok: true, valid: true, noiseBytes: 2, fields: { RtdInterval: '30' } },
    { frame_ok: false, valid: false, reason: 'bad_crc' },
    { frame_ok: true, valid: true },
  ]);
});

test('--each judges packets one by one and strictly', async () => {
  const rows = [
    { packet: annexA, dialect: '2017', more: 1 },
    { packet: annexA.trimEnd(), dialect: '2017' },
    { packet: '', dialect: '2017' },
  ];
  const lines = await decode(rows.map((row) => JSON.stringify(row)).join('\n'), '--each');
  expect(lines).toMatchObject([
    { frame_ok: true, valid: true },
    { frame_ok: false, valid: false, reason: 'truncated' },
    { frame_ok: false, valid: false, reason: 'noise' },
  ]);
});

test('a file that is not what --each expects is refused with its line', async () => {
  await decode(`${JSON.stringify({ packet: annexA })}\n{"frame": 1}\n`, '--each');
  expect(process.exitCode).toBe(1);
});
