/** A report's figures as CSV: one row a figure, all digits, both languages. */
import type { RegulatorReport } from '../../schemas/documents/report.ts';

const COLUMNS = [
  'id',
  'section',
  'label_zh',
  'label_en',
  'value',
  'unit',
  'lower_bound',
  'origin',
  'reason',
  'year_before',
  'value_year_before',
  'change_year_on_year',
  'period_before',
  'value_period_before',
  'change_period_on_period',
  'method_zh',
  'method_en',
  'source_count',
  'sources',
] as const;

/** With a byte order mark, without which Excel takes UTF-8 for the system's encoding. */
export function reportCsv({ figures }: RegulatorReport): string {
  const rows = figures.map((figure) => {
    const { yearOnYear, periodOnPeriod } = figure;
    return [
      figure.id,
      figure.section,
      figure.label.zh,
      figure.label.en,
      figure.value,
      figure.unit,
      figure.lowerBound,
      figure.origin,
      figure.reason,
      yearOnYear.period,
      yearOnYear.value,
      yearOnYear.change,
      periodOnPeriod.period,
      periodOnPeriod.value,
      periodOnPeriod.change,
      figure.method.zh,
      figure.method.en,
      figure.sourceCount,
      figure.sources.join(' '),
    ];
  });
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** A text that a spreadsheet would take for a formula is kept a text. */
function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
