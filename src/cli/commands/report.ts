/** `tanliu report …`: makes, lists and shows regulator's reports (月报, 季报, 年报) as JSON, CSV, XLSX and PDF. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RegulatorReport } from '../../../schemas/documents/report.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import type { Store } from '../../store/port.ts';
import { action, printJson, say, toJson, UsageError } from '../run.ts';

const FORMATS = ['json', 'csv', 'xlsx', 'pdf'] as const;
type Format = (typeof FORMATS)[number];
const LANGUAGES = ['zh', 'en'] as const;

interface MakeOptions {
  readonly area: string;
  readonly sector: string;
  readonly period: string;
  readonly out?: string;
  readonly font?: string;
  readonly json?: true;
}

interface ShowOptions {
  readonly format: string;
  readonly lang: string;
  readonly out?: string;
  readonly font?: string;
}

export function register(program: Command): void {
  const group = program.command('report').description("regulator's reports 月报、季报、年报");
  group
    .command('make')
    .description('seals the report of an area, sector and period; the same content is no new version')
    .requiredOption('--area <zone>', 'province or prefecture, e.g. CN-SC or CN-SC-5101')
    .requiredOption('--sector <sector>', 'all, datacenter, base_station, industry or power')
    .requiredOption('--period <period>', '2026-03, 2026-Q1 or 2026')
    .option('--out <folder>', 'writes it there as JSON, CSV, XLSX, and PDF in Chinese and English')
    .option('--font <file>', 'font with Chinese characters for the PDF: FILE or COLLECTION.ttc#FACE')
    .option('--json', 'the report on standard output')
    .action(action(make));
  group
    .command('list')
    .description('all sealed versions')
    .option('--json', 'one JSON document on standard output')
    .action(action(list));
  group
    .command('show')
    .argument('<id>', 'report/<area>/<sector>/<period>[@v<version>]')
    .option('--format <format>', FORMATS.join(', '), 'json')
    .option('--lang <language>', 'zh or en, of a PDF', 'zh')
    .option('--out <file>', 'writes there instead of standard output')
    .option('--font <file>', 'font with Chinese characters for the PDF')
    .description('one version; its seal is checked')
    .action(action(show));
}

async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const store = await openStore();
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

async function make({ area, sector, period, out, font, json }: MakeOptions): Promise<void> {
  const { makeReport } = await import('../../activities/makeReport.ts');
  const { CODE_VERSION } = await import('../../activities/codeVersion.ts');
  await withStore(async (store) => {
    const { report, existed } = await makeReport(
      store,
      { area, sector, period },
      { now: new Date(), codeVersion: CODE_VERSION },
    );
    const known = report.figures.filter(({ value }) => value !== null).length;
    say(
      `${report.title.zh}  ${report.issueNumber}, version ${report.version}${existed ? ' (unchanged)' : ''}`,
      `  ${report.id}: ${known} of ${report.figures.length} figures known, seal ${report.seal.sha256}`,
      report.restatement !== null && `  ${report.restatement.notice.zh}`,
    );
    if (out !== undefined) await writeAll(report, out, font);
    if (json) printJson(report);
  });
}

async function writeAll(report: RegulatorReport, folder: string, font: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const base = join(folder, report.id.replaceAll(/[/@]/g, '_'));
  for (const format of ['json', 'csv', 'xlsx'] as const)
    await writeFile(`${base}.${format}`, await bytesOf(report, format, 'zh', font));
  const { cjkFont } = await import('../../report/cjkFont.ts');
  if (cjkFont(font) === undefined) {
    say(`  no PDF: ${NO_FONT}`);
    return;
  }
  for (const language of LANGUAGES)
    await writeFile(`${base}.${language}.pdf`, await bytesOf(report, 'pdf', language, font));
  say(`  written to ${folder}`);
}

const NO_FONT =
  'this machine has no font with Chinese characters; apt-get install fonts-noto-cjk, or --font FILE';

async function bytesOf(
  report: RegulatorReport,
  format: Format,
  language: 'zh' | 'en',
  named: string | undefined,
): Promise<string | Buffer> {
  if (format === 'json') return `${toJson(report, 2)}\n`;
  if (format === 'csv') return (await import('../../report/reportCsv.ts')).reportCsv(report);
  if (format === 'xlsx') return (await import('../../report/reportWorkbook.ts')).reportWorkbook(report);
  const { cjkFont } = await import('../../report/cjkFont.ts');
  const font = cjkFont(named);
  if (font === undefined)
    throw new Refusal('a PDF cannot be written', { code: 'TL_REPORT_FONT', remedy: NO_FONT });
  return (await import('../../report/reportPdf.ts')).reportPdf(report, language, font);
}

async function list({ json }: { json?: true }): Promise<void> {
  const { listReports } = await import('../../activities/makeReport.ts');
  await withStore(async (store) => {
    const reports = await listReports(store);
    if (json) printJson(reports);
    else if (reports.length === 0) say('no report is sealed yet: tanliu report make');
    else
      for (const { id, issueNumber, sealedAt, sha256 } of reports)
        say(`${id}  ${issueNumber}  ${sealedAt}  ${sha256}`);
  });
}

async function show(id: string, { format, lang, out, font }: ShowOptions): Promise<void> {
  const wanted = FORMATS.find((each) => each === format);
  const language = LANGUAGES.find((each) => each === lang);
  if (wanted === undefined)
    throw new UsageError(`--format ${format}: would be right: one of ${FORMATS.join(', ')}`);
  if (language === undefined) throw new UsageError(`--lang ${lang}: would be right: zh or en`);
  const { readReport } = await import('../../activities/makeReport.ts');
  const { sealHolds } = await import('../../report/sealReport.ts');
  await withStore(async (store) => {
    const { report } = await readReport(store, id);
    if (!sealHolds(report)) {
      throw new Refusal(`the seal of ${report.id} does not hold: the stored document was changed`, {
        code: 'TL_REPORT_SEAL',
        place: report.id,
        remedy: `SHA-256 ${report.seal.sha256}`,
      });
    }
    const bytes = await bytesOf(report, wanted, language, font);
    if (out === undefined) process.stdout.write(bytes);
    else await writeFile(out, bytes);
  });
}
