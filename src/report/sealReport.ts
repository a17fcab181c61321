/** Compares a report with other periods and with its version before, and seals it. Pure. */
import { createHash } from 'node:crypto';
import type {
  ChangedFigure,
  RegulatorReport,
  ReportFigure,
  ReportSector,
} from '../../schemas/documents/report.ts';
import { issueNumber, type ReportPeriod } from './reportPeriod.ts';

/** A figure before it is compared and named. */
export type FigureDraft = Omit<ReportFigure, 'id' | 'yearOnYear' | 'periodOnPeriod'>;

export interface ReportDraft {
  readonly area: RegulatorReport['area'];
  readonly sector: ReportSector;
  readonly period: ReportPeriod;
  readonly start: string;
  readonly end: string;
  readonly figures: readonly FigureDraft[];
  readonly notAvailable: RegulatorReport['notAvailable'];
  readonly yearBefore: OtherPeriod;
  readonly periodBefore: OtherPeriod;
}

export interface OtherPeriod {
  readonly period: string;
  readonly figures: readonly Pick<FigureDraft, 'key' | 'value' | 'lowerBound'>[];
}

export const SECTOR_NAMES: Readonly<Record<ReportSector, { en: string; zh: string }>> = {
  all: { en: 'all sectors', zh: '全部行业' },
  datacenter: { en: 'data centres', zh: '数据中心' },
  base_station: { en: 'base stations', zh: '通信基站' },
  industry: { en: 'industry', zh: '工业' },
  power: { en: 'power system', zh: '电力系统' },
};

const KINDS = {
  month: { en: 'Monthly', zh: '月报' },
  quarter: { en: 'Quarterly', zh: '季报' },
  year: { en: 'Annual', zh: '年报' },
} as const;
const LARGEST = 10;

/** SHA-256 over all that a draft says, whatever its version: the same content is no new version. */
export const contentHash = (draft: ReportDraft): string => hashOf(draft);

/** Whether the seal is that of the document. */
export function sealHolds({ seal, ...document }: RegulatorReport): boolean {
  return seal.sha256 === hashOf(document);
}

/** The report as a version behind `previous`, or as the first. */
export function sealReport(
  draft: ReportDraft,
  previous: RegulatorReport | undefined,
  { sealedAt, codeVersion }: { readonly sealedAt: string; readonly codeVersion: string },
): RegulatorReport {
  const { area, sector, period, start, end, notAvailable } = draft;
  const version = (previous?.version ?? 0) + 1;
  const id = `report/${area.id}/${sector}/${period.id}@v${version}`;
  const figures = draft.figures.map((figure) => ({
    id: `${id}#${figure.key}`,
    ...figure,
    yearOnYear: compared(figure, draft.yearBefore),
    periodOnPeriod: compared(figure, draft.periodBefore),
  }));
  const names = SECTOR_NAMES[sector];
  const document = {
    schema: 'tanliu.report/1' as const,
    id,
    area,
    sector: { id: sector, name: names },
    kind: period.kind,
    title: {
      en: `${KINDS[period.kind].en} energy and carbon report: ${area.name.en}, ${names.en}, ${period.id}`,
      zh: `${area.name.zh}${names.zh}能源与碳排放监测${KINDS[period.kind].zh}（${period.id}）`,
    },
    period: period.id,
    start,
    end,
    timeZone: 'Asia/Shanghai' as const,
    issueNumber: issueNumber(period),
    version,
    sealedAt,
    codeVersion,
    figures,
    notAvailable,
    previous: previous ? { version: previous.version, sha256: previous.seal.sha256 } : null,
    restatement: previous ? restatement(previous, figures) : null,
  };
  return { ...document, seal: { algorithm: 'sha256', sha256: hashOf(document) } };
}

function compared(figure: FigureDraft, { period, figures }: OtherPeriod): ReportFigure['yearOnYear'] {
  const then = figures.find(({ key }) => key === figure.key);
  const value = then?.value ?? null;
  if (value === null) return { period, value: null, change: null, reason: 'no value in that period' };
  if (figure.value === null) return { period, value, change: null, reason: 'no value in this period' };
  if (figure.lowerBound || then!.lowerBound)
    return { period, value, change: null, reason: 'incomplete: the two are not comparable' };
  return { period, value, change: changeOf(value, figure.value), reason: '' };
}

const changeOf = (before: number | null, after: number | null): number | null =>
  before === null || after === null || before === 0 ? null : (after - before) / Math.abs(before);

function restatement(
  previous: RegulatorReport,
  figures: readonly ReportFigure[],
): RegulatorReport['restatement'] {
  const before = new Map(previous.figures.map((figure) => [figure.key, figure]));
  const now = new Map(figures.map((figure) => [figure.key, figure]));
  const changed: ChangedFigure[] = [];
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [then, after] = [before.get(key), now.get(key)];
    if ((then?.value ?? null) === (after?.value ?? null)) continue;
    const { label, unit } = (after ?? then)!;
    const values = { before: then?.value ?? null, after: after?.value ?? null };
    changed.push({ key, label, unit, ...values, change: changeOf(values.before, values.after) });
  }
  if (changed.length === 0) return null;
  // What appeared or went is larger than any relative change.
  const size = ({ change }: ChangedFigure) => (change === null ? Number.POSITIVE_INFINITY : Math.abs(change));
  const largest = changed.toSorted((a, b) => size(b) - size(a) || (a.key < b.key ? -1 : 1)).slice(0, LARGEST);
  return {
    notice: {
      en: `This version restates ${changed.length} figures of version ${previous.version}, sealed ${previous.sealedAt} (${previous.seal.sha256}).`,
      zh: `本版更正第 ${previous.version} 版（${previous.sealedAt} 封存，${previous.seal.sha256}）中的 ${changed.length} 项数据。`,
    },
    changedFigures: changed.length,
    largest,
  };
}

/** JSON with sorted keys, so that a document that was stored and read again has the same hash. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
