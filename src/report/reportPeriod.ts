/** Months, quarters and years of a report: `2026-03`, `2026-Q1`, `2026`. */
import { Refusal } from '../../schemas/refusal.ts';

export interface ReportPeriod {
  readonly id: string;
  readonly kind: 'month' | 'quarter' | 'year';
  readonly year: number;
  /** 1 to 12, 1 to 4, 1. */
  readonly ordinal: number;
  /** `YYYY-MM`. */
  readonly months: readonly string[];
}

const MONTHS_OF = { month: 1, quarter: 3, year: 12 } as const;

/** @throws Refusal TL_REPORT_PERIOD */
export function reportPeriod(id: string): ReportPeriod {
  const parts = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/.exec(id);
  if (!parts) {
    throw new Refusal(`"${id}" is no period of a report`, {
      code: 'TL_REPORT_PERIOD',
      place: '--period',
      remedy: 'a month 2026-03, a quarter 2026-Q1 or a year 2026',
    });
  }
  const [, year, quarter, month] = parts;
  if (month !== undefined) return periodAt('month', Number(year), Number(month));
  return quarter === undefined
    ? periodAt('year', Number(year), 1)
    : periodAt('quarter', Number(year), Number(quarter));
}

function periodAt(kind: ReportPeriod['kind'], year: number, ordinal: number): ReportPeriod {
  const count = MONTHS_OF[kind];
  const two = (value: number) => String(value).padStart(2, '0');
  const id = { month: `${year}-${two(ordinal)}`, quarter: `${year}-Q${ordinal}`, year: `${year}` }[kind];
  const months = Array.from({ length: count }, (_, at) => `${year}-${two((ordinal - 1) * count + at + 1)}`);
  return { id, kind, year, ordinal, months };
}

/** The same period of the year before, 同比. */
export const yearBefore = ({ kind, year, ordinal }: ReportPeriod): ReportPeriod =>
  periodAt(kind, year - 1, ordinal);

/** The period before, 环比. */
export function periodBefore({ kind, year, ordinal }: ReportPeriod): ReportPeriod {
  return ordinal > 1 ? periodAt(kind, year, ordinal - 1) : periodAt(kind, year - 1, 12 / MONTHS_OF[kind]);
}

/** 期号, e.g. 碳监测月报（2026）第3期. */
export const issueNumber = ({ kind, year, ordinal }: ReportPeriod): string =>
  `碳监测${{ month: '月报', quarter: '季报', year: '年报' }[kind]}（${year}）第${ordinal}期`;
