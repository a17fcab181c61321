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

  it('searches, shows links, compares two versions and exports', async () => {
    const file = join(home, 'package.zip');
    await tanliu('background', 'import', file, '--name', 'small', '--json');
    const first = JSON.parse(out).version;
    const plant = {
      ...POWER_AND_METAL[0]!,
      exchanges: POWER_AND_METAL[0]!.exchanges.map((e) =>
        e.flow === 'co2' ? { ...e, amount: 2 * e.amount! } : e,
      ),
    };
    await writeFile(file, zipArchive(smallPackage([plant, POWER_AND_METAL[1]!])));
    await tanliu('background', 'import', file, '--name', 'small', '--json');
    const second = JSON.parse(out).version;
    expect(await tanliu('background', 'list', '--json')).toBe(0);
    expect(JSON.parse(out).backgrounds).toMatchObject([{ name: 'small', current: second }]);
    expect(JSON.parse(out).backgrounds[0].versions.toSorted()).toEqual([first, second].toSorted());

    expect(await tanliu('background', 'diff', `small@${first}`, `small@${second}`, '--json')).toBe(0);
    const difference = JSON.parse(out);
    expect(difference).toMatchObject({ added: [], removed: [], changed: ['plant'], unchanged: 1 });
    const [largest] = difference.largestChanges;
    expect(largest.process).toBe('plant');
    expect(largest.after).toBeGreaterThan(largest.before);

    expect(await tanliu('background', 'search', 'small', 'electricity', '--json')).toBe(0);
    expect(JSON.parse(out).hits).toMatchObject([{ process: 'plant', flow: 'power', unit: 'MJ' }]);
    expect(await tanliu('background', 'search', 'small', 'x', '--most', 'many')).toBe(2);

    expect(await tanliu('background', 'links', 'small', '--process', 'smelter', '--json')).toBe(0);
    expect(JSON.parse(out).links).toMatchObject([
      { rule: 'only_maker', suppliers: [{ process: 'plant', share: 1 }] },
    ]);
    expect(await tanliu('background', 'links', 'small', '--ambiguous', '--json')).toBe(0);
    expect(JSON.parse(out).links).toEqual([]);

    const folder = join(home, 'export');
    expect(await tanliu('background', 'export', 'small', '--format', 'matrix-market', '--out', folder)).toBe(
      0,
    );
    expect(await readFile(join(folder, 'A.mtx'), 'utf8')).toContain(
      '%%MatrixMarket matrix coordinate real general',
    );
    expect(await tanliu('background', 'export', 'small', '--format', 'datapackage', '--out', folder)).toBe(1);
    expect(errors).toContain('E_EXPORT_FOLDER');
  });

  it('meets lines of a bill with datasets: suggestions with reasons, a choice kept and reused, gaps', async () => {
    await tanliu('background', 'import', join(home, 'package.zip'), '--name', 'small');
    const bill = join(home, 'bill.csv');
    await writeFile(
      bill,
      'name,unit,quantity\nElectricity,kWh,5\nElectricity,pieces,1\nUnobtainium,kg,1\nSpecial alloy,kg,2\n',
    );
    const queue = async () => {
      expect(await tanliu('background', 'map', 'small', bill, '--place', 'CN', '--json')).toBe(0);
      return JSON.parse(out);
    };
    const first = await queue();
    expect(first.counts).toEqual({ chosen: 0, stale: 0, open: 1, gap: 3 });
    expect(first.lines[0].suggestions).toMatchObject([{ process: 'plant', flow: 'power' }]);
    const reasons = first.lines[0].suggestions[0].reasons.map(({ en }: { en: string }) => en);
    expect(reasons).toContain('kWh converts to kWh');
    const choose = (...args: string[]) => tanliu('background', 'choose', 'small', '--by', 'Li', ...args);
    expect(
      await choose('--line', ' special  ALLOY', '--unit', 'KG', '--process', 'smelter', '--flow', 'metal'),
    ).toBe(0);
    expect(await choose('--line', 'Unobtainium', '--unit', 'kg', '--gap')).toBe(0);
    expect(await choose('--line', 'x', '--unit', 'kg', '--process', 'nobody', '--flow', 'metal')).toBe(1);
    expect(await choose('--line', 'x', '--unit', 'kg')).toBe(2);
    const second = await queue();
    expect(second.counts).toEqual({ chosen: 1, stale: 0, open: 1, gap: 2 });
    expect(second.lines[3]).toMatchObject({
      state: 'chosen',
      choice: { chosenBy: 'Li', product: { process: 'smelter' } },
    });
    expect(second.lines[2]).toMatchObject({ state: 'gap', choice: { product: null } });
    await writeFile(join(home, 'package.zip'), zipArchive(smallPackage([POWER_AND_METAL[0]!])));
    await tanliu('background', 'import', join(home, 'package.zip'), '--name', 'small');
    expect((await queue()).lines[3]).toMatchObject({ state: 'stale' });
  });

  it('applies a reviewed override file, which makes another version', async () => {
    const file = join(home, 'package.zip');
    const overrides = join(home, 'overrides.json');
    await writeFile(overrides, '{"schema": "tanliu.background-overrides/1", "reviewer": ""}');
    expect(await tanliu('background', 'import', file, '--name', 'small', '--overrides', overrides)).toBe(1);
    expect(errors).toContain('E_OVERRIDES');
    expect(errors).toContain('reviewer');
    const reviewed = { schema: 'tanliu.background-overrides/1', reviewer: 'A', reviewedOn: '2026-01-01' };
    await writeFile(overrides, JSON.stringify(reviewed));
    await tanliu('background', 'import', file, '--name', 'small', '--json');
    const plain = JSON.parse(out).version;
    expect(
      await tanliu('background', 'import', file, '--name', 'small', '--overrides', overrides, '--json'),
    ).toBe(0);
    expect(JSON.parse(out).version).not.toBe(plain);
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

  it('takes the filled-in workbook like the document, and says what made the difference of two versions', async () => {
    await tanliu('background', 'import', join(home, 'package.zip'), '--name', 'small');
    const [file, sheet, later] = ['pan.json', 'pan.xlsx', 'later.json'].map((name) => join(home, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(file, JSON.stringify(input));
    await writeFile(later, JSON.stringify({ ...input, declaredUnitsMade: 80 }));
    expect(await tanliu('footprint', 'template', '--out', sheet, '--from', file)).toBe(0);
    const computed = async (name: string) => {
      expect(await tanliu('footprint', 'compute', name, '--background', 'small', '--json')).toBe(0);
      return JSON.parse(out);
    };
    expect(await computed(sheet)).toEqual(await computed(file));
    const flags = ['--background', 'small', '--json'];
    expect(await tanliu('footprint', 'compare', sheet, later, ...flags)).toBe(0);
    const { effects, differencePercent } = JSON.parse(out);
    expect(differencePercent).toBeCloseTo(25, 9);
    expect(effects).toEqual({
      quantitiesKgCo2e: expect.closeTo(0.5 * 10.798, 9),
      factorsKgCo2e: 0,
      backgroundKgCo2e: 0,
    });
    expect(await tanliu('footprint', 'template', '--out', file)).toBe(2);
  });

  it('adds the spread of its background on request, the same for the same seed', async () => {
    const uncertain = POWER_AND_METAL.map((process) => ({
      ...process,
      exchanges: process.exchanges.map((exchange) =>
        exchange.flow === 'co2'
          ? {
              ...exchange,
              uncertainty: { distributionType: 'LOG_NORMAL_DISTRIBUTION', geomMean: 1, geomSd: 1.1 },
            }
          : exchange,
      ),
    }));
    await writeFile(join(home, 'uncertain.zip'), zipArchive(smallPackage(uncertain)));
    await tanliu('background', 'import', join(home, 'uncertain.zip'), '--name', 'uncertain');
    const file = join(home, 'pan.json');
    await writeFile(file, JSON.stringify(input));
    const compute = async (...flags: string[]) => {
      expect(await tanliu('footprint', 'compute', file, '--json', ...flags)).toBe(0);
      return JSON.parse(out).uncertainty;
    };
    const first = await compute('--draws', '300', '--seed', '5');
    expect(first).toMatchObject({ draws: 300, dropped: 0, uncertainExchanges: 2 });
    expect(first.percentile2_5KgCo2e).toBeLessThan(2 * 10.798);
    expect(first.percentile97_5KgCo2e).toBeGreaterThan(2 * 10.798);
    // 2 kg of metal: 18 kg CO2 by power, 3 kg by the smelter, each with sigma ln 1.1.
    expect(first.firstOrderSdKgCo2e).toBeCloseTo(Math.log(1.1) * Math.hypot(18, 3), 10);
    expect(first.sdByFirstOrder).toBeGreaterThan(0.8);
    expect(first.sdByFirstOrder).toBeLessThan(1.25);
    expect(first.contributors[0]).toMatchObject({ process: 'plant', basis: 'stated' });
    expect(await compute('--draws', '300', '--seed', '5')).toEqual(first);
    expect(await compute('--draws', '300', '--seed', '6')).not.toEqual(first);
    expect(await compute()).toBeUndefined();
    expect(await tanliu('footprint', 'compute', file, '--draws', '1')).toBe(2);
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
