/**
 * Makes a regulator's report from the results that stand in the store, as a sealed version. The same content is no new
 * version; a version that changes figures says which. What is not in the store is named with the reason.
 */
import {
  REPORT_SECTORS,
  type RegulatorReport,
  type ReportSector,
  regulatorReport,
} from '../../schemas/documents/report.ts';
import { zoneOf } from '../../schemas/reference/zones.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { periodBefore, type ReportPeriod, reportPeriod, yearBefore } from '../report/reportPeriod.ts';
import {
  contentHash,
  type FigureDraft,
  type ReportDraft,
  SECTOR_NAMES,
  sealReport,
} from '../report/sealReport.ts';
import type { Store } from '../store/port.ts';
import { spanOf } from './facilityCalendar.ts';
import { recordComputation } from './lineage.ts';
import { balanceFigures } from './reportBalance.ts';
import { facilityPart, type ReportScope } from './reportFacilities.ts';
import { gridPart } from './reportGrid.ts';
import { industryPart } from './reportIndustry.ts';

export interface ReportQuestion {
  /** Zone of the grid: a province or prefecture. */
  readonly area: string;
  readonly sector: string;
  readonly period: string;
}

export interface MadeReport {
  readonly report: RegulatorReport;
  /** The content was that of the version in force. */
  readonly existed: boolean;
}

/** @throws Refusal TL_REPORT_AREA, TL_REPORT_SECTOR, TL_REPORT_PERIOD */
export async function makeReport(
  store: Store,
  question: ReportQuestion,
  { now, codeVersion }: { readonly now: Date; readonly codeVersion: string },
): Promise<MadeReport> {
  const draft = await draftReport(store, question, now);
  const contentSha256 = contentHash(draft);
  const [latest] = await readReports(store, { ...question, period: draft.period.id });
  if (latest !== undefined && latest.contentSha256 === contentSha256)
    return { report: latest.report, existed: true };
  const report = regulatorReport.parse(
    sealReport(draft, latest?.report, { sealedAt: now.toISOString(), codeVersion }),
  );
  const computation = `report-${report.seal.sha256.slice(0, 20)}-v${report.version}`;
  await store.insertRows(
    'reports',
    [
      {
        computation,
        report: report.id,
        area: report.area.id,
        sector: report.sector.id,
        kind: report.kind,
        period: report.period,
        start: report.start,
        version: report.version,
        issue_number: report.issueNumber,
        sealed_at: report.sealedAt,
        content_sha256: contentSha256,
        sha256: report.seal.sha256,
        document: JSON.stringify(report),
      },
    ],
    `report:${computation}`,
  );
  await recordComputation(store, {
    id: computation,
    kind: 'report',
    subject: `${report.area.id}/${report.sector.id}/${report.period}`,
    start: report.start,
    end: report.end,
    version: report.version,
    cause: latest === undefined ? 'first' : report.restatement ? 'restatement' : 'input revision',
    origin: originOf(report),
    inputs: [],
    factorSet: '',
    ruleSet: '',
    parameters: { report: report.id, contentSha256 },
    codeVersion,
    resultSha256: report.seal.sha256,
    computedAt: report.sealedAt,
  });
  return { report, existed: false };
}

function originOf({ figures }: RegulatorReport): 'measured' | 'mixed' | 'estimated' | 'simulated' {
  const origins = new Set(figures.map(({ origin }) => origin).filter((origin) => origin !== 'none'));
  if (origins.has('simulated')) return origins.size === 1 ? 'simulated' : 'mixed';
  if (origins.has('mixed')) return 'mixed';
  return origins.size === 1 && origins.has('measured') ? 'measured' : 'estimated';
}

async function draftReport(
  store: Store,
  { area, sector, period: id }: ReportQuestion,
  now: Date,
): Promise<ReportDraft> {
  const zone = zoneOf(area);
  if (zone === undefined || !(zone.kind === 'province' || zone.kind === 'prefecture')) {
    throw new Refusal(`"${area}" is no area that is reported on`, {
      code: 'TL_REPORT_AREA',
      place: '--area',
      remedy: 'a province or one of its prefectures, e.g. CN-SC or CN-SC-5101',
    });
  }
  if (!(REPORT_SECTORS as readonly string[]).includes(sector)) {
    throw new Refusal(`"${sector}" is no sector`, {
      code: 'TL_REPORT_SECTOR',
      place: '--sector',
      remedy: `one of ${REPORT_SECTORS.join(', ')}`,
    });
  }
  const period = reportPeriod(id);
  const scope = scopeOf(area, period);
  if (scope.startMs >= now.getTime()) {
    throw new Refusal(`${period.id} has not begun`, {
      code: 'TL_REPORT_PERIOD',
      place: '--period',
      remedy: 'a period that has begun; one that has not ended is reported as incomplete',
    });
  }
  const chosen = sector as ReportSector;
  const other = async (each: ReportPeriod) => ({
    period: each.id,
    figures: (await collect(store, chosen, scopeOf(area, each))).map(({ key, value, lowerBound }) => ({
      key,
      value,
      lowerBound,
    })),
  });
  return {
    area: { id: area, name: { en: zone.nameEn, zh: zone.nameZh } },
    sector: chosen,
    period,
    start: new Date(scope.startMs).toISOString(),
    end: new Date(scope.endMs).toISOString(),
    figures: await collect(store, chosen, scope),
    notAvailable: notAvailable(chosen, scope.endMs > now.getTime()),
    yearBefore: await other(yearBefore(period)),
    periodBefore: await other(periodBefore(period)),
  };
}

function scopeOf(area: string, { months }: ReportPeriod): ReportScope {
  return { area, months, startMs: spanOf(months[0]!).startMs, endMs: spanOf(months.at(-1)!).endMs };
}

async function collect(store: Store, sector: ReportSector, scope: ReportScope): Promise<FigureDraft[]> {
  const wants = (one: ReportSector) => sector === one || sector === 'all';
  const figures: FigureDraft[] = wants('power') ? await gridPart(store, scope) : [];
  const endUse: Parameters<typeof balanceFigures>[0][] = [];
  for (const type of ['datacenter', 'base_station'] as const) {
    if (!wants(type)) continue;
    const part = await facilityPart(store, type, scope);
    const balance = { prefix: type, origin: part.amountsOrigin, ...part };
    endUse.push({ ...balance, detailed: false });
    figures.push(...part.figures, ...balanceFigures({ ...balance, detailed: false }));
  }
  if (wants('industry')) {
    const { figures: own, ...part } = await industryPart(store, scope);
    const balance = { ...part, prefix: 'industry', detailed: true };
    endUse.push(balance);
    figures.push(...balanceFigures(balance), ...own);
  }
  if (sector === 'all') {
    const amounts = endUse.flatMap((part) => part.amounts);
    const origins = new Set(endUse.filter((part) => part.amounts.length > 0).map(({ origin }) => origin));
    figures.push(
      ...balanceFigures({
        prefix: 'end_use',
        amounts,
        origin: origins.size === 1 ? [...origins][0]! : 'mixed',
        lowerBound: endUse.some(({ lowerBound }) => lowerBound),
        sources: endUse.flatMap(({ sources }) => sources),
        detailed: false,
      }),
    );
  }
  return sector === 'all' ? figures.map(labelled) : figures;
}

const END_USE = { en: 'data centres, base stations and industry', zh: '数据中心、基站与工业' };

/** In a report of all sectors each figure says whose it is. */
function labelled(draft: FigureDraft): FigureDraft {
  const [prefix = ''] = draft.key.split('.');
  const { en, zh } = SECTOR_NAMES[prefix as ReportSector] ?? END_USE;
  return { ...draft, label: { en: `${en}: ${draft.label.en}`, zh: `${zh}：${draft.label.zh}` } };
}

function notAvailable(sector: ReportSector, running: boolean): RegulatorReport['notAvailable'] {
  const stacks = sector === 'industry' || sector === 'all';
  return [
    ...(running
      ? [
          {
            what: { en: 'the whole period', zh: '完整报告期' },
            reason: { en: 'the period has not ended', zh: '报告期尚未结束' },
          },
        ]
      : []),
    ...(stacks
      ? [
          {
            what: {
              en: 'pollutants other than CO2, and hours over the emission limit',
              zh: '二氧化碳以外的污染物及超标小时数',
            },
            reason: {
              en: 'they stand in the windows of each stack (tanliu explain emissions/<period>/<site>|<stack>), not in this report',
              zh: '见各排放口核算结果，未汇入本报告',
            },
          },
          {
            what: { en: 'carbon intensity by output value', zh: '单位产值碳排放强度' },
            reason: { en: 'no output value is declared on registry.assets', zh: '未申报产值' },
          },
        ]
      : []),
    {
      what: { en: 'a signature of the report', zh: '报告签名' },
      reason: {
        en: 'versions are sealed by their hash and name the version before; they are not signed yet',
        zh: '各版本以哈希封存并指向上一版本，尚未签名',
      },
    },
  ];
}

export interface StoredReport {
  readonly report: RegulatorReport;
  readonly computation: string;
  readonly contentSha256: string;
}

/** Versions of a report, the newest first. */
async function readReports(store: Store, { area, sector, period }: ReportQuestion): Promise<StoredReport[]> {
  const rows = await store.query<{ document: string; computation: string; contentSha256: string }>(
    `SELECT document, computation, content_sha256 AS contentSha256 FROM reports
     WHERE area = {area:String} AND sector = {sector:String} AND period = {period:String} ORDER BY version DESC, sealed_at DESC`,
    { area, sector, period },
  );
  return rows.map(({ document, ...row }) => ({
    ...row,
    report: regulatorReport.parse(JSON.parse(document)),
  }));
}

/** A report by its id, the newest version where none is named. @throws Refusal TL_NO_REPORT */
export async function readReport(store: Store, id: string): Promise<StoredReport> {
  const parts = /^report\/([^/]+)\/([^/]+)\/([^/@#]+)(?:@v(\d+))?/.exec(id);
  const versions = parts
    ? await readReports(store, { area: parts[1]!, sector: parts[2]!, period: parts[3]! })
    : [];
  const found =
    parts?.[4] === undefined
      ? versions[0]
      : versions.find(({ report }) => report.version === Number(parts[4]));
  if (!found) {
    throw new Refusal(`there is no report ${id}`, {
      code: 'TL_NO_REPORT',
      place: id,
      remedy: 'report/<area>/<sector>/<period>[@v<version>], as tanliu report list names them',
    });
  }
  return found;
}

export interface ListedReport {
  readonly id: string;
  readonly issueNumber: string;
  readonly version: number;
  readonly sealedAt: string;
  readonly sha256: string;
}

/** All sealed versions, the newest first. */
export async function listReports(store: Store): Promise<ListedReport[]> {
  return store.query(
    `SELECT report AS id, issue_number AS issueNumber, version, formatDateTime(sealed_at, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS sealedAt, sha256
     FROM reports ORDER BY sealed_at DESC, id`,
  );
}
