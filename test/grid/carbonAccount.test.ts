import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { register } from '../../src/cli/commands/grid.ts';

let folder: string;
let errors: string;
let out: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-account-'));
  errors = '';
  out = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

const GREEN = { id: 'gec-1', energyWh: 400_000_000, intensityKgPerMwh: 0, family: 'mode_direct' };
const INPUT = {
  schema: 'tanliu.carbon-account-input/1',
  zone: 'CN-SC',
  year: 2024,
  announcedBy: '2026-01-01',
  residualFamily: 'cn_co2_excl_traded_nonfossil',
  periods: [{ period: '2024-01', loadWh: 1_000_000_000, green: [GREEN] }],
};

async function account(input: unknown, ...flags: string[]): Promise<number> {
  const file = join(folder, 'load.json');
  await writeFile(file, typeof input === 'string' ? input : JSON.stringify(input));
  const program = new Command();
  register(program);
  await program.parseAsync(['grid', 'account', file, ...flags], { from: 'user' });
  return Number(process.exitCode ?? 0);
}

test('shows both ways side by side with the factors they rest on, which can be the higher one by market', async () => {
  expect(await account(INPUT, '--json')).toBe(0);
  const { locationBased, marketBased } = JSON.parse(out);
  // Sichuan 2023: 0.1564 kg/kWh of 1,000 MWh; the national residual 0.6096 kg/kWh of the 600 MWh left.
  expect(locationBased).toMatchObject({ family: 'cn_co2_average', factorYear: 2023, year: 2024 });
  expect(locationBased.massKg).toBeCloseTo(156_400, 6);
  expect(marketBased.massKg).toBeCloseTo(365_760, 6);
  expect(await account(INPUT)).toBe(0);
  expect(errors).toContain('no factor of 2024 is announced; that of 2023 serves');
});

test.each([
  [
    'a certificate twice',
    { ...INPUT, periods: [{ ...INPUT.periods[0], green: [GREEN, GREEN] }] },
    'E_GREEN_TWICE',
  ],
  [
    'more green than load',
    { ...INPUT, periods: [{ ...INPUT.periods[0], loadWh: 1 }] },
    'E_GREEN_EXCEEDS_LOAD',
  ],
  [
    'CO2 with CO2e',
    { ...INPUT, periods: [{ ...INPUT.periods[0], green: [{ ...GREEN, family: 'mode_lifecycle' }] }] },
    'E_FACTOR_FAMILY',
  ],
  ['an unknown zone', { ...INPUT, zone: 'XX' }, 'E_NO_FACTOR'],
  ['a document that is not whole', { ...INPUT, year: undefined }, 'E_CARBON_ACCOUNT'],
  ['no JSON', '{', 'E_CARBON_ACCOUNT'],
])('%s is refused with what would be right', async (_what, input, code) => {
  expect(await account(input)).toBe(1);
  expect(errors).toContain(code);
  expect(errors).toContain('would be right');
  expect(out).toBe('');
});
