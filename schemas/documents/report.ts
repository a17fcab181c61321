/** A regulator's report (月报, 季报, 年报) of an area and sector: figures with origin and sources, sealed as a version. */
import { z } from 'zod';

const words = z.strictObject({ en: z.string(), zh: z.string() });

/** `declared`: stated by the operator; the others as in the results that the figure is made of. */
export const FIGURE_ORIGINS = [
  'measured',
  'mixed',
  'estimated',
  'inherited',
  'simulated',
  'declared',
  'none',
] as const;
export type FigureOrigin = (typeof FIGURE_ORIGINS)[number];

export const REPORT_SECTIONS = [
  'energy',
  'emissions',
  'intensity',
  'facilities',
  'completeness',
  'crosschecks',
] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

export const REPORT_SECTORS = ['all', 'datacenter', 'base_station', 'industry', 'power'] as const;
export type ReportSector = (typeof REPORT_SECTORS)[number];

/** A figure of another period of the same report. */
const comparison = z.strictObject({
  period: z.string(),
  value: z.number().nullable(),
  /** (now - then) / then; null where either is unknown or then is 0. */
  change: z.number().nullable(),
  reason: z.string(),
});

export const reportFigure = z.strictObject({
  /** `report/<area>/<sector>/<period>@v<version>#<key>`: what `tanliu explain` takes. */
  id: z.string(),
  key: z.string(),
  section: z.enum(REPORT_SECTIONS),
  label: words,
  unit: z.string(),
  value: z.number().nullable(),
  /** Why there is no value; empty where there is one. */
  reason: z.string(),
  origin: z.enum(FIGURE_ORIGINS),
  /** Part of what belongs to the figure is unknown: the value is what is known of it. */
  lowerBound: z.boolean(),
  method: words,
  /** 同比 and 环比. */
  yearOnYear: comparison,
  periodOnPeriod: comparison,
  /** Ids that `tanliu explain` walks on from; at most 20, the count says how many there are. */
  sources: z.array(z.string()).max(20),
  sourceCount: z.int(),
});
export type ReportFigure = z.infer<typeof reportFigure>;

const changedFigure = z.strictObject({
  key: z.string(),
  label: words,
  unit: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  change: z.number().nullable(),
});
export type ChangedFigure = z.infer<typeof changedFigure>;

export const regulatorReport = z.strictObject({
  schema: z.literal('tanliu.report/1'),
  /** `report/<area>/<sector>/<period>@v<version>` */
  id: z.string(),
  area: z.strictObject({ id: z.string(), name: words }),
  sector: z.strictObject({ id: z.enum(REPORT_SECTORS), name: words }),
  kind: z.enum(['month', 'quarter', 'year']),
  title: words,
  period: z.string(),
  start: z.string(),
  end: z.string(),
  timeZone: z.literal('Asia/Shanghai'),
  /** 期号. */
  issueNumber: z.string(),
  version: z.int().min(1),
  /** When this version was sealed, and the newest knowledge in it. */
  sealedAt: z.string(),
  codeVersion: z.string(),
  figures: z.array(reportFigure),
  /** What belongs in such a report and is not in the store. */
  notAvailable: z.array(z.strictObject({ what: words, reason: words })),
  previous: z.strictObject({ version: z.int(), sha256: z.string() }).nullable(),
  /** Present where figures of a version before were changed. */
  restatement: z
    .strictObject({
      notice: words,
      changedFigures: z.int(),
      /** Largest first, at most 10. */
      largest: z.array(changedFigure),
    })
    .nullable(),
  /** SHA-256 of this document without `seal`, as JSON with sorted keys. */
  seal: z.strictObject({ algorithm: z.literal('sha256'), sha256: z.string() }),
});
export type RegulatorReport = z.infer<typeof regulatorReport>;
