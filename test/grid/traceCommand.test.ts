import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { register } from '../../src/cli/commands/grid.ts';

let folder: string;
let errors: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-grid-'));
  errors = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

async function trace(balance: string, emissions: string): Promise<void> {
  await writeFile(join(folder, 'E.csv'), balance);
  await writeFile(join(folder, 'CO2.csv'), emissions);
  const program = new Command();
  register(program);
  const paths = ['--balance', 'E.csv', '--emissions', 'CO2.csv', '--out', 'CO2I.csv'];
  const argv = paths.map((word) => (word.startsWith('--') ? word : join(folder, word)));
  await program.parseAsync(['grid', 'trace', ...argv], { from: 'user' });
}

test('grid trace writes the intensities and nothing else', async () => {
  await trace('period,E_A_NG,E_B_NG,E_A-B_ID\n1,100,100,50\n', 'period,CO2_A_NG,CO2_B_NG\n1,80000,0\n');
  expect(process.exitCode).toBeUndefined();
  expect(await readFile(join(folder, 'CO2I.csv'), 'utf8')).toBe(
    'period,CO2i_A_D,CO2i_B_D\n1,800,266.6666666666667\n',
  );
  expect((await readdir(folder)).sort()).toEqual(['CO2.csv', 'CO2I.csv', 'E.csv']);
});

test('refused input ends with 1, names row and column, and leaves an older result alone', async () => {
  await writeFile(join(folder, 'CO2I.csv'), 'older');
  await trace('period,E_A_NG\n1,abc\n', 'period,CO2_A_NG\n1,80000\n');
  expect(process.exitCode).toBe(1);
  expect(errors).toContain('row 2, column E_A_NG');
  expect(await readFile(join(folder, 'CO2I.csv'), 'utf8')).toBe('older');
});
