/** A report as a workbook: cover, figures, restatement, and what is not available; both languages side by side. */
import writeExcelFile, { type Cell, type Image, type Row, type Sheet } from 'write-excel-file/node';
import type { RegulatorReport } from '../../schemas/documents/report.ts';
import { HEADINGS, ORIGIN_WORDS, reasonText, SECTION_WORDS } from './reportWords.ts';

type WorkbookSheet = Sheet<Image['content']>;

export async function reportWorkbook(report: RegulatorReport): Promise<Buffer> {
  const sheets = [cover(report), figures(report), changes(report), missing(report)];
  return writeExcelFile(sheets).toBuffer();
}

const both = ({ zh, en }: { readonly zh: string; readonly en: string }) => `${zh} ${en}`;
const bold = (value: string): Cell => ({ value, fontWeight: 'bold', backgroundColor: '#dfe9f3' });
const text = (value: string): Cell => ({ value, type: String, wrap: true });
const number = (value: number | null): Cell => (value === null ? null : { value, type: Number });

function cover(report: RegulatorReport): WorkbookSheet {
  const rows: [string, string][] = [
    [both(HEADINGS.issue), report.issueNumber],
    [both(HEADINGS.version), String(report.version)],
    [both(HEADINGS.period), `${report.period}: ${report.start} – ${report.end} (${report.timeZone})`],
    [both(HEADINGS.sealed), report.sealedAt],
    [both(HEADINGS.seal), report.seal.sha256],
    [
      both(HEADINGS.previous),
      report.previous ? `${report.previous.version} ${report.previous.sha256}` : both(HEADINGS.none),
    ],
    ['', both(HEADINGS.lowerBound)],
    ...(report.restatement
      ? [[both(HEADINGS.restatement), both(report.restatement.notice)] as [string, string]]
      : []),
  ];
  return {
    sheet: '封面 Cover',
    columns: [{ width: 30 }, { width: 100 }],
    data: [
      [{ value: report.title.zh, fontWeight: 'bold', fontSize: 16 }],
      [{ value: report.title.en, fontWeight: 'bold' }],
      ...rows.map(([name, value]): Row => [bold(name), text(value)]),
    ],
  };
}

function figures(report: RegulatorReport): WorkbookSheet {
  const heads = [
    '分类 Section',
    both(HEADINGS.figure),
    both(HEADINGS.value),
    both(HEADINGS.unit),
    '≥',
    both(HEADINGS.origin),
    both(HEADINGS.yearOnYear),
    both(HEADINGS.periodOnPeriod),
    both(HEADINGS.reason),
    both(HEADINGS.method),
    'ID',
  ];
  return {
    sheet: '数据 Figures',
    stickyRowsCount: 1,
    columns: [14, 46, 18, 12, 4, 18, 12, 12, 40, 60, 80].map((width) => ({ width })),
    data: [
      heads.map(bold),
      ...report.figures.map(
        (figure): Row => [
          text(both(SECTION_WORDS[figure.section])),
          text(both(figure.label)),
          number(figure.value),
          text(figure.unit),
          text(figure.lowerBound ? '≥' : ''),
          text(both(ORIGIN_WORDS[figure.origin])),
          percent(figure.yearOnYear.change),
          percent(figure.periodOnPeriod.change),
          text(figure.reason === '' ? '' : `${reasonText(figure.reason, 'zh')} ${figure.reason}`),
          text(both(figure.method)),
          text(figure.id),
        ],
      ),
    ],
  };
}

const percent = (value: number | null): Cell =>
  value === null ? null : { value, type: Number, format: '+0.00%;-0.00%;0.00%' };

function changes({ restatement }: RegulatorReport): WorkbookSheet {
  return {
    sheet: '更正 Restatement',
    columns: [46, 18, 18, 12, 12].map((width) => ({ width })),
    data: [
      [HEADINGS.figure, HEADINGS.before, HEADINGS.after, HEADINGS.unit, HEADINGS.change].map((head) =>
        bold(both(head)),
      ),
      ...(restatement?.largest ?? []).map(
        ({ label, before, after, unit, change }): Row => [
          text(both(label)),
          number(before),
          number(after),
          text(unit),
          percent(change),
        ],
      ),
    ],
  };
}

function missing({ notAvailable }: RegulatorReport): WorkbookSheet {
  return {
    sheet: '未提供 Not available',
    columns: [{ width: 60 }, { width: 80 }],
    data: [
      [bold(both(HEADINGS.what)), bold(both(HEADINGS.reason))],
      ...notAvailable.map(({ what, reason }): Row => [text(both(what)), text(both(reason))]),
    ],
  };
}
