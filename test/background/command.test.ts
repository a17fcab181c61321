import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { register as registerBackground } from '../../src/cli/commands/background.ts';
import { register as registerFootprint } from '../../src/cli/commands/footprint.ts';
import { POWER_AND_METAL, smallPackage } from './smallPackage.ts';
import { zipArchive } from './zipArchive.ts';

let home = '';
let out = '';
let errors = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tanliu-command-'));
  await writeFile(join(home, 'package.zip'), zipArchive(smallPackage(POWER_AND_METAL)));
  vi.stubEnv('TANLIU_HOME', home);
  out = '';
  errors = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  await rm(home, { recursive: true });
});

async function tanliu(...args: string[]): Promise<number> {
  const program = new Command('tanliu');
  registerBackground(program);
  registerFootprint(program);
  process.exitCode = undefined;
  out = '';
  await program.parseAsync(args, { from: 'user' });
  return Number(process.exitCode ?? 0);
}

describe('tanliu background', () => {
  it('imports, checks and scores without any server', async () => {
    expect(await tanliu('background', 'import', join(home, 'package.zip'), '--name', 'small', '--json')).toBe(
      0,
    );
    expect(JSON.parse(out)).toMatchObject({ name: 'small', existed: false, activities: 2 });
    expect(await tanliu('background', 'check', 'small', '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      linked: { unique: 1, shared: 0, cutOff: 0 },
      scores: { gwpSet: 'ar6_100', usable: 2 },
    });
    const file = join(home, 'scores.csv');
    expect(await tanliu('background', 'scores', 'small', '--out', file)).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text.split('\n')[0]).toBe(
      'process,flow,unit,total_kg_co2e,fossil_kg_co2e,land_use_kg_co2e,biogenic_co2_kg,biogenic_non_co2_kg_co2e,biogenic_co2_uptake_kg,usable,flags',
    );
    const [plant, smelter] = parse(text, { columns: true }) as Record<string, string>[];
    expect(plant).toMatchObject({ process: 'plant', flow: 'power', unit: 'kWh', usable: '1', flags: '' });
    expect(Number(plant?.total_kg_co2e)).toBeCloseTo(0.9, 14);
    expect(Number(smelter?.total_kg_co2e)).toBeCloseTo(10.798, 12);
  });

  it('ends with 1 and says why when the package is refused', async () => {
    await writeFile(join(home, 'bad.zip'), 'no zip at all, only some text');
    expect(await tanliu('background', 'import', join(home, 'bad.zip'), '--name', 'bad', '--json')).toBe(1);
    expect(out).toBe('');
    expect(errors).toContain('E_ZIP_FORMAT');
    expect(await tanliu('background', 'check', 'absent')).toBe(1);
  });
});

describe('tanliu footprint compute', () => {
  const input = {
    schema: 'tanliu.footprint-input/1',
    product: { id: 'pan', name: 'Pan' },
    site: 'works',
    referencePeriod: { start: '2024-01-01T00:00:00+08:00', end: '2025-01-01T00:00:00+08:00' },
    declaredUnit: { amount: 1, unit: 'piece', massKg: 2 },
    declaredUnitsMade: 100,
    billOfMaterials: [
      { name: 'metal', quantity: 0.2, unit: 't', product: { process: 'smelter', flow: 'metal' } },
    ],
  };

  it('prints the document of the one background that is stored', async () => {
    await tanliu('background', 'import', join(home, 'package.zip'), '--name', 'small');
    const file = join(home, 'pan.json');
    await writeFile(file, JSON.stringify(input));
    expect(await tanliu('footprint', 'compute', file, '--json')).toBe(0);
    const result = JSON.parse(out);
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo(2 * 10.798, 11);
    expect(result.versions.background).toMatch(/^small@/);
  });

  it('lists every place of the input that is wrong and ends with 1; ends with 2 when no background is named', async () => {
    const file = join(home, 'pan.json');
    await writeFile(file, JSON.stringify({ ...input, declaredUnitsMade: 0, site: '' }));
    expect(await tanliu('footprint', 'compute', file)).toBe(1);
    expect(errors).toContain('declaredUnitsMade');
    expect(errors).toContain('site');
    await writeFile(file, JSON.stringify(input));
    expect(await tanliu('footprint', 'compute', file)).toBe(2);
  });
});
