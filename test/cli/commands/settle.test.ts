import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { register } from '../../../src/cli/commands/settle.ts';
import { toJson } from '../../../src/cli/run.ts';
import { settleMonth } from '../../../src/settlement/monthSettlement.ts';
import { randomMonth } from '../../settlement/randomMonth.ts';
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

describe('tanliu settle reconcile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reconcile-'));
    vi.stubEnv('TANLIU_HOME', folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const write = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const mapping = {
    issuer: 'sichuan-grid',
    document: 'grid_bill',
    columns: {
      component: '项目',
      energy: { name: '电量（千瓦时）', unit: 'kWh' },
      price: { name: '电价（元/千瓦时）', unit: 'yuan/kWh' },
      amount: { name: '金额（元）', unit: 'yuan' },
    },
    components: {
      上网环节线损费用: 'line_loss',
      输配电量电费: 'tnd_volumetric',
      政府性基金及附加: 'gov_funds',
    },
    ignore: ['合计'],
    covers: ['line_loss', 'tnd_volumetric', 'gov_funds', 'adjustment'],
  };
  /** A statement whose site takes 1 GWh: 12 + 105 + 28.6 yuan/MWh. */
  async function statement(): Promise<string> {
    const { lines: _, ...rest } = settleMonth(randomMonth(3)).statements[0]!;
    const line = (component: string, price: bigint) => ({
      component,
      wh: 1_000_000_000n,
      priceMilliYuanPerMwh: price,
      payer: rest.dataCenter,
      payee: 'grid',
      amountFen: price / 10n,
    });
    const lines = [line('tnd_volumetric', 105_000n), line('line_loss', 12_000n), line('gov_funds', 28_600n)];
    const scaled = lines.map((one) => ({ ...one, amountFen: one.amountFen * 1_000n }));
    return write('statement.json', toJson({ ...rest, lines: scaled }));
  }
  const header = ['项目', '电量（千瓦时）', '电价（元/千瓦时）', '金额（元）'];
  const bill = [
    ['国网四川省电力公司 2026 年 2 月电费账单'],
    header,
    ['输配电量电费', 1_001_000, 0.105, 105_105],
    ['上网环节线损费用', 1_000_000, 0.0121, 12_100],
    ['功率因数调整电费', undefined, undefined, -12.34],
    ['合计', undefined, undefined, 117_192.66],
  ];
  const differences = [
    ['gov_funds', -2_860_000, 'the bill does not have this line'],
    ['line_loss', 10_000, 'another price'],
    ['tnd_volumetric', 10_500, 'another quantity'],
    ['unmapped:功率因数调整电费', -1_234, 'the bill has a line that was not expected'],
  ];

  it('explains each difference of a workbook and of a CSV, and keeps the mapping for the issuer', async () => {
    const sheet = join(folder, 'bill.xlsx');
    await writeExcelFile(
      bill.map((row) => row.map((value) => (value === undefined ? null : { value }))),
    ).toFile(sheet);
    const path = await statement();
    const kept = await write('mapping.json', JSON.stringify(mapping));
    const first = await settle('reconcile', path, sheet, '--mapping', kept, '--json');
    expect(first.code, first.err).toBe(0);
    const shown = (out: string) =>
      JSON.parse(out).rows.map((row: { component: string; differenceFen: number; cause: { en: string } }) => [
        row.component,
        row.differenceFen,
        row.cause.en,
      ]);
    expect(shown(first.out)).toEqual(differences);
    expect(JSON.parse(first.out)).toMatchObject({
      totalDifferenceFen: -2_860_000 + 10_000 + 10_500 - 1_234,
      unmapped: ['功率因数调整电费'],
    });
    const text = bill.map((row) => row.map((value) => value ?? '').join(',')).join('\n');
    const csv = await write('bill.csv', text);
    const second = await settle('reconcile', path, csv, '--issuer', 'sichuan-grid', '--json');
    expect(shown(second.out)).toEqual(differences);
  });

  it('lists every cell that cannot be read, and the columns that are missing', async () => {
    const path = await statement();
    const kept = await write('mapping.json', JSON.stringify(mapping));
    const broken = await write(
      'broken.csv',
      `${header.join(',')}\n输配电量电费,many,0.1,12.345\n上网环节线损费用,1,0.1,\n`,
    );
    const faults = await settle('reconcile', path, broken, '--mapping', kept);
    expect(faults.code).toBe(1);
    for (const part of [
      'row 2, 电量（千瓦时）: "many"',
      'row 2, 金额（元）: "12.345"',
      'row 3, 金额（元）: no amount',
    ])
      expect(faults.err).toContain(part);
    const headless = await write('headless.csv', '项目,金额\n');
    const refused = await settle('reconcile', path, headless, '--mapping', kept);
    expect(refused.err).toContain('E_BILL_HEADER');
    expect(refused.err).toContain('电量（千瓦时）, 电价（元/千瓦时）, 金额（元）');
    expect((await settle('reconcile', path, headless, '--issuer', 'nobody')).err).toContain('sichuan-grid');
    expect((await settle('reconcile', path, headless)).code).toBe(2);
  });
});
