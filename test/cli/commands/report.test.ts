/** `report` as a person types it, over a store of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { regulatorReport } from '../../../schemas/documents/report.ts';
import { register as registerReport } from '../../../src/cli/commands/report.ts';
import { openStore } from '../../../src/cli/connect.ts';
import { cjkFont } from '../../../src/report/cjkFont.ts';
import { temporaryFolder } from '../../runtime/temporaryFolder.ts';

let out = '';
let err = '';

beforeEach(() => {
  vi.stubEnv('TANLIU_HOME', temporaryFolder('report-home'));
  const taking = (take: (text: string) => void) => (text: string | Uint8Array) => {
    take(typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(taking((text) => (out += text)));
  vi.spyOn(process.stderr, 'write').mockImplementation(taking((text) => (err += text)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function tanliu(...args: string[]): Promise<number> {
  const program = new Command('tanliu');
  registerReport(program);
  [out, err] = ['', ''];
  process.exitCode = 0;
  await program.parseAsync(['report', ...args], { from: 'user' });
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return code;
}

test('makes, lists and shows; says what is wrong; refuses a document whose seal does not hold', async () => {
  const folder = temporaryFolder('report-out');
  const question = ['--area', 'CN-SC', '--sector', 'datacenter', '--period', '2026-01'];
  expect(await tanliu('make', ...question, '--out', folder, '--json')).toBe(0);
  const report = regulatorReport.parse(JSON.parse(out));
  expect(report.id).toBe('report/CN-SC/datacenter/2026-01@v1');
  const endings = readdirSync(folder).map((file) => file.slice(file.indexOf('v1.') + 3));
  expect(endings.sort()).toEqual([
    'csv',
    ...(cjkFont() ? ['en.pdf'] : []),
    'json',
    'xlsx',
    ...(cjkFont() ? ['zh.pdf'] : []),
  ]);
  const written = readFileSync(
    join(folder, readdirSync(folder).find((file) => file.endsWith('.json'))!),
    'utf8',
  );
  expect(JSON.parse(written)).toEqual(report);

  expect(await tanliu('make', ...question)).toBe(0);
  expect(err).toContain('version 1 (unchanged)');
  expect(await tanliu('list', '--json')).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ id: report.id, sha256: report.seal.sha256, version: 1 }]);
  expect(await tanliu('show', 'report/CN-SC/datacenter/2026-01')).toBe(0);
  expect(JSON.parse(out)).toEqual(report);
  expect(await tanliu('show', report.id, '--format', 'csv')).toBe(0);
  expect(out).toContain('label_zh');

  expect(await tanliu('show', report.id, '--format', 'doc')).toBe(2);
  expect(await tanliu('show', 'report/CN-SC/datacenter/2025-01')).toBe(1);
  expect(err).toContain('TL_NO_REPORT');
  expect(await tanliu('make', '--area', 'Sichuan', '--sector', 'all', '--period', '2026')).toBe(1);
  expect(err).toContain('would be right: a province or one of its prefectures');
  expect(await tanliu('show', report.id, '--format', 'pdf', '--font', '/nowhere.ttf')).toBe(1);
  expect(err).toContain('TL_REPORT_FONT');

  const store = await openStore();
  await store.command(
    `ALTER TABLE reports UPDATE document = replaceOne(document, '"version":1', '"version":7') WHERE 1 SETTINGS mutations_sync = 2`,
  );
  await store.close();
  expect(await tanliu('show', 'report/CN-SC/datacenter/2026-01')).toBe(1);
  expect(err).toContain('TL_REPORT_SEAL');
});
