import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readXlsxFile from 'read-excel-file/node';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RegulatorReport } from '../../schemas/documents/report.ts';
import { computeEmissionPeriod } from '../../src/activities/computeEmissionPeriod.ts';
import { computeFacilityDay } from '../../src/activities/computeFacilityDay.ts';
import { computeFacilityPeriod } from '../../src/activities/computeFacilityPeriod.ts';
import { listReports, makeReport, readReport } from '../../src/activities/makeReport.ts';
import { explainResult, recomputeResult } from '../../src/activities/resultKinds.ts';
import { cjkFont } from '../../src/report/cjkFont.ts';
import { reportCsv } from '../../src/report/reportCsv.ts';
import { reportPdf } from '../../src/report/reportPdf.ts';
import { reportPeriod } from '../../src/report/reportPeriod.ts';
import { reportWorkbook } from '../../src/report/reportWorkbook.ts';
import { sealHolds } from '../../src/report/sealReport.ts';
import { FACILITY, type FacilityStore, openFacilityStore } from '../activities/facilityStore.ts';
import { plainQuarters, YEAR } from '../datacenter/generatedYear.ts';

const DAY_MS = 86_400_000;
const NOW = new Date(YEAR.startMs + 60 * DAY_MS);
const JANUARY = { area: 'CN-SC', sector: 'datacenter', period: '2026-01' } as const;

async function computeDays(bench: FacilityStore, from: number, days: number): Promise<void> {
  for (let day = from; day < from + days; day++)
    await computeFacilityDay(
      {
        day: new Date(YEAR.startMs + day * DAY_MS + 12 * 3_600_000).toISOString().slice(0, 10),
        cause: 'backfill',
      },
      bench.context,
    );
}

const make = (bench: FacilityStore, more = {}, now = NOW) =>
  makeReport(bench.store, { ...JANUARY, ...more }, { now, codeVersion: 'test/1' });
const figureOf = (report: RegulatorReport, key: string) =>
  report.figures.find((figure) => figure.key === key)!;

describe('a monthly report of data centres', () => {
  let bench: FacilityStore;
  let first: RegulatorReport;
  const quarters = plainQuarters(0, 31);
  const kwh = (wh: (row: (typeof quarters)[number]) => number) =>
    quarters.reduce((sum, row) => sum + wh(row), 0) / 1_000;
  const totalKwh = kwh(({ totalWh }) => totalWh);
  const itKwh = kwh(({ rackWh }) => rackWh.reduce((sum, [a, b]) => sum + a + b, 0));

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tanliu-report-store-'));
    bench = await openFacilityStore(NOW.getTime(), folder);
    await bench.register();
    await bench.meter(plainQuarters(0, 59));
    const fuel = {
      site: FACILITY,
      carrier: 'diesel',
      unit: 'L',
      quantity: 1_000,
      start: '2026-01-09T16:00:00Z',
      durationS: 86_400,
    };
    await bench.put('energy_carriers', [fuel]);
    await computeDays(bench, 0, 31);
    await computeFacilityPeriod({ period: '2026-01', cause: 'backfill' }, bench.context);
    ({ report: first } = await make(bench));
    return async () => {
      await bench.store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    };
  });

  test('says energy in its own units and as standard coal, emissions by scope and method, and intensities', () => {
    expect(first).toMatchObject({
      id: 'report/CN-SC/datacenter/2026-01@v1',
      title: { zh: '四川数据中心能源与碳排放监测月报（2026-01）' },
      issueNumber: '碳监测月报（2026）第1期',
      previous: null,
      restatement: null,
    });
    const value = (key: string) => figureOf(first, `datacenter.${key}`).value;
    expect(value('energy.electricity')).toBeCloseTo(totalKwh, 6);
    expect(value('energy.diesel.L')).toBe(1_000);
    expect(value('intensity.pue')).toBeCloseTo((totalKwh + 9_900) / itKwh, 12);
    expect(value('emissions.scope1')).toBeCloseTo(2_642, 9);
    expect(value('emissions.scope2.location_annual')).toBeCloseTo(totalKwh * 0.1564, 6);
    // 当量值: 0.0036 GJ a kWh, 29.307 GJ a tonne; diesel by its own heating value.
    expect(value('energy.total.tce_equivalent')).toBeCloseTo((totalKwh * 0.0036) / 29.307 + 0.84 * 1.4571, 9);
    expect(value('facility.dc/test-1.declared.rack_occupancy')).toBe(0.7);
  });

  test('tells measured, estimated, simulated and declared apart, and says why a figure has no value', () => {
    expect(figureOf(first, 'datacenter.energy.electricity').origin).toBe('simulated');
    expect(figureOf(first, 'datacenter.facility.dc/test-1.declared.rack_occupancy').origin).toBe('declared');
    expect(figureOf(first, 'datacenter.completeness.simulated').value).toBe(1);
    expect(figureOf(first, 'datacenter.emissions.scope2.location_hourly')).toMatchObject({
      value: null,
      origin: 'none',
      reason: 'the traced intensity of an interval is unknown',
    });
    expect(figureOf(first, 'datacenter.intensity.green_share')).toMatchObject({
      value: null,
      reason: 'a month has no complete settlement',
    });
    expect(figureOf(first, 'datacenter.energy.total.tce_primary')).toMatchObject({
      value: null,
      reason: 'not known for electricity',
    });
    for (const figure of first.figures) expect(figure.value === null).toBe(figure.reason !== '');
    expect(first.notAvailable.map(({ what }) => what.en)).toContain('a signature of the report');
  });

  test('the same content is no new version; its seal holds and notices a change', async () => {
    expect(await make(bench, {}, new Date(NOW.getTime() + DAY_MS))).toMatchObject({
      existed: true,
      report: { version: 1 },
    });
    const { report } = await readReport(bench.store, 'report/CN-SC/datacenter/2026-01');
    expect(report).toEqual(first);
    expect(sealHolds(report)).toBe(true);
    const forged = {
      ...report,
      figures: report.figures.map((figure) => ({ ...figure, lowerBound: !figure.lowerBound })),
    };
    expect(sealHolds(forged)).toBe(false);
  });

  test('every figure is explained down to the offsets of its readings', async () => {
    const figure = figureOf(first, 'datacenter.energy.electricity');
    const told = await explainResult(bench.store, figure.id);
    expect(told.computation).toMatchObject({ kind: 'report', version: 1 });
    expect(told.details).toMatchObject({ sealHolds: true, figure: { id: figure.id, value: figure.value } });
    const month = await explainResult(bench.store, figure.sources[0]!);
    const { parts } = month.details as { parts: string[] };
    expect(parts).toHaveLength(31);
    const day = await explainResult(bench.store, parts[0]!);
    expect(day.inputs).toMatchObject([
      { table: 'datacenter_power', offsets: [{ generation: 1, partition: 0 }] },
    ]);
    expect((await explainResult(bench.store, `facility/${FACILITY}/2026-01-01`)).id).toBe(
      `facility/${FACILITY}/2026-01-01`,
    );
    expect(await recomputeResult(bench.store, parts[0]!)).toMatchObject({ same: true, differences: [] });
  });

  test('February stands beside January; a year of which months are missing is a lower bound and is not compared', async () => {
    await computeDays(bench, 31, 28);
    await computeFacilityPeriod({ period: '2026-02', cause: 'backfill' }, bench.context);
    const { report } = await make(bench, { period: '2026-02' });
    const { periodOnPeriod, yearOnYear } = figureOf(report, 'datacenter.energy.electricity');
    expect(periodOnPeriod.period).toBe('2026-01');
    expect(periodOnPeriod.value).toBeCloseTo(totalKwh, 6);
    expect(periodOnPeriod.change).toBeCloseTo(
      plainQuarters(31, 28).reduce((sum, row) => sum + row.totalWh, 0) / 1_000 / totalKwh - 1,
      9,
    );
    expect(yearOnYear).toEqual({
      period: '2025-02',
      value: null,
      change: null,
      reason: 'no value in that period',
    });
    const { report: year } = await make(bench, { period: '2026' });
    expect(figureOf(year, 'datacenter.energy.electricity')).toMatchObject({ lowerBound: true });
    expect(figureOf(year, 'datacenter.completeness.facility_months').value).toBeCloseTo(2 / 12, 12);
    expect(year.notAvailable.map(({ what }) => what.en)).toContain('the whole period');
  });

  test('a correction gives a version that restates: what changed, largest first, beside the version before', async () => {
    const late = {
      facility: FACILITY,
      meter: 'cool',
      start: new Date(YEAR.startMs + 40 * 900_000).toISOString(),
      energyWh: 0,
      revision: 1,
    };
    const fuel = {
      site: FACILITY,
      carrier: 'diesel',
      unit: 'L',
      quantity: 1_500,
      start: '2026-01-09T16:00:00Z',
      durationS: 86_400,
      revision: 1,
    };
    await bench.put('datacenter_power', [late], '2026-03-01T00:00:00Z');
    await bench.put('energy_carriers', [fuel], '2026-03-01T00:00:00Z');
    await computeDays(bench, 0, 1);
    await computeDays(bench, 9, 1);
    await computeFacilityPeriod({ period: '2026-01', cause: 'closing' }, bench.context);
    const { report, existed } = await make(bench, {}, new Date(NOW.getTime() + 2 * DAY_MS));
    expect(existed).toBe(false);
    expect(report).toMatchObject({ version: 2, previous: { version: 1, sha256: first.seal.sha256 } });
    expect(report.restatement!.largest).toContainEqual(
      expect.objectContaining({
        key: 'datacenter.energy.diesel.L',
        before: 1_000,
        after: 1_500,
        change: 0.5,
      }),
    );
    expect(report.restatement!.notice.zh).toContain('更正第 1 版');
    expect(report.restatement!.largest.map(({ key }) => key)).toContain('datacenter.intensity.pue');
    expect((await readReport(bench.store, 'report/CN-SC/datacenter/2026-01@v1')).report).toEqual(first);
    expect((await listReports(bench.store)).map(({ id }) => id)[0]).toBe(
      'report/CN-SC/datacenter/2026-01@v2',
    );
  });

  test('CSV and workbook hold every figure with all digits', async () => {
    const lines = reportCsv(first).split('\r\n');
    expect(lines).toHaveLength(first.figures.length + 2);
    const figure = figureOf(first, 'datacenter.intensity.pue');
    expect(lines.find((line) => line.startsWith(figure.id))).toContain(String(figure.value));
    const sheets = await readXlsxFile(await reportWorkbook(first));
    const rows = sheets.find(({ sheet }) => sheet.startsWith('数据'))!.data;
    expect(rows).toHaveLength(first.figures.length + 1);
    expect(rows.find((row) => row.at(-1) === figure.id)![2]).toBe(figure.value);
  });

  const font = cjkFont();
  test.skipIf(!font)(
    `the PDF says the same in both languages, and the same bytes twice${font ? '' : ' (skipped: no CJK font)'}`,
    async () => {
      const [zh, again, en] = [
        await reportPdf(first, 'zh', font!),
        await reportPdf(first, 'zh', font!),
        await reportPdf(first, 'en', font!),
      ];
      expect(again.equals(zh)).toBe(true);
      expect(zh.subarray(0, 5).toString()).toBe('%PDF-');
      // Subsets, not the 20 MB of the collection.
      expect(zh.length).toBeLessThan(1_000_000);
      const text = textOf(zh);
      if (text === undefined) return;
      expect(text).toContain('四川数据中心能源与碳排放监测月报');
      expect(text).toContain('绿色电力消费比例');
      expect(text).toContain(first.seal.sha256);
      expect(textOf(en)).toContain('of which IT equipment');
      const { report: second } = await readReport(bench.store, 'report/CN-SC/datacenter/2026-01@v2');
      const bytes = await reportPdf(second, 'zh', font!);
      expect(textOf(bytes)).toContain('更正声明');
    },
  );
});

/** Text of a PDF by poppler's own reader, where this machine has it. */
function textOf(pdf: Buffer): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), 'tanliu-report-')), 'report.pdf');
  writeFileSync(file, pdf);
  try {
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

test('an area, a sector or a period that cannot be is refused with what would be right', async () => {
  const bench = await openFacilityStore(NOW.getTime());
  const codes = async (more: object) => make(bench, more).catch((error: { code: string }) => error.code);
  expect(await codes({ area: 'CN-XX' })).toBe('TL_REPORT_AREA');
  expect(await codes({ area: 'CN-REG-SOUTHWEST' })).toBe('TL_REPORT_AREA');
  expect(await codes({ sector: 'farms' })).toBe('TL_REPORT_SECTOR');
  expect(await codes({ period: '2026-13' })).toBe('TL_REPORT_PERIOD');
  expect(await codes({ period: '2027' })).toBe('TL_REPORT_PERIOD');
  expect(reportPeriod('2026-Q2').months).toEqual(['2026-04', '2026-05', '2026-06']);
  // Nothing is registered: every figure is absent with its reason, and none is 0.
  const { report } = await make(bench, { sector: 'all', period: '2026-Q1' });
  expect(report.figures.length).toBeGreaterThan(40);
  expect(report.figures.filter(({ value }) => value !== null)).toEqual([]);
  expect(report.title.zh).toBe('四川全部行业能源与碳排放监测季报（2026-Q1）');
});

test('industrial sites: carriers with measured heating values, CO2 by rules, electricity of production, and sites without a month', async () => {
  const bench = await openFacilityStore(NOW.getTime());
  const site = (id: string, zone: string) => ({
    kind: 'facility',
    id,
    document: JSON.stringify({ name: id, zone, type: 'factory' }),
  });
  await bench.put('registry_assets', [
    site('site/a', 'CN-SC-5110'),
    site('site/b', 'CN-SC-5108'),
    site('site/far', 'CN-YN'),
  ]);
  const coal = {
    site: 'site/a',
    carrier: 'coal',
    unit: 't',
    quantity: 100,
    lowerHeatingValueGjPerUnit: 20,
    start: '2026-01-04T16:00:00Z',
    durationS: 86_400,
    quality: 'measured',
  };
  await bench.put('energy_carriers', [coal, { ...coal, site: 'site/far', quantity: 7_000 }]);
  await computeEmissionPeriod({ period: '2026-01', subjects: [], sites: ['site/a'] }, bench.context);
  await bench.store.insertRows('production_activity', [
    {
      site: 'site/b',
      product: 'ingot',
      batch: 'b1',
      start: '2026-01-10T00:00:00Z',
      duration_s: 3_600,
      output: 1,
      output_unit: 't',
      'inputs.item': ['electricity', 'alumina'],
      'inputs.quantity': [13.5, 1.9],
      'inputs.unit': ['MWh', 't'],
      'inputs.meter': [null, null],
      quality: 'manual',
      revision: 0,
      source: 'test',
      _generation: 1,
      _partition: 0,
      _offset: 1,
      _row: 0,
      _rows: 1,
      known_at: '2026-01-11T00:00:00Z',
      contract: 'test',
    },
  ]);
  const { report } = await make(bench, { sector: 'industry' });
  const value = (key: string) => figureOf(report, `industry.${key}`).value;
  expect(value('energy.coal.t')).toBe(100);
  expect(value('energy.total.gj')).toBeCloseTo(100 * 20 + 13_500 * 0.0036, 9);
  expect(value('energy.total.tce_equivalent')).toBeCloseTo((2_000 + 48.6) / 29.307, 9);
  expect(value('emissions.scope1')).toBeCloseTo((2_000 * 0.02637 * 0.94 * 44) / 12, 9);
  expect(value('emissions.scope2.location_annual')).toBeCloseTo(13.5 * 0.1564, 9);
  expect(value('completeness.site_months')).toBe(0.5);
  expect(figureOf(report, 'industry.energy.total.gj')).toMatchObject({
    lowerBound: true,
    origin: 'estimated',
  });
  expect(figureOf(report, 'industry.emissions.scope1.stacks')).toMatchObject({
    value: null,
    reason: 'no stack measures CO2',
  });
  const { report: all } = await make(bench, { sector: 'all' });
  expect(figureOf(all, 'end_use.energy.total.gj').value).toBe(value('energy.total.gj'));
  const [source] = figureOf(report, 'industry.energy.coal.t').sources;
  expect((await explainResult(bench.store, source!)).inputs).toMatchObject([
    { table: 'energy_carriers_current', rows: 1 },
  ]);
});
