/** A report as PDF in one language, by pdfkit with an embedded font that has Chinese characters. */
import PDFDocument from 'pdfkit';
import type { RegulatorReport, ReportFigure } from '../../schemas/documents/report.ts';
import type { EmbeddableFont } from './cjkFont.ts';
import {
  bySection,
  changeText,
  civilDays,
  HEADINGS,
  numberText,
  ORIGIN_WORDS,
  type ReportLanguage,
  reasonText,
  SECTION_WORDS,
  unitText,
  valueText,
} from './reportWords.ts';

const MARGIN = 48;
const FOOTER = 28;
const INK = '#1b2430';
const PALE = '#6b7683';
const LINE = '#c9d2dc';
const BAND = '#e8eef5';

/** Widths of the columns of figures: name, value, unit, origin, 同比, 环比. */
const FIGURE_WIDTHS = [188, 92, 62, 68, 46, 43] as const;

/** Bytes of the PDF; the same report gives the same bytes. */
export function reportPdf(
  report: RegulatorReport,
  language: ReportLanguage,
  font: EmbeddableFont,
): Promise<Buffer> {
  const sealedAt = new Date(report.sealedAt);
  const document = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER },
    bufferPages: true,
    info: {
      Title: report.title[language],
      Author: report.codeVersion,
      Subject: report.id,
      CreationDate: sealedAt,
      ModDate: sealedAt,
    },
    lang: language === 'zh' ? 'zh-CN' : 'en',
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  if (font.face === undefined) document.font(font.path);
  else document.font(font.path, font.face);
  new Pages(document, report, language).write();
  document.end();
  return done;
}

class Pages {
  private readonly document: PDFKit.PDFDocument;
  private readonly report: RegulatorReport;
  private readonly language: ReportLanguage;

  constructor(document: PDFKit.PDFDocument, report: RegulatorReport, language: ReportLanguage) {
    this.document = document;
    this.report = report;
    this.language = language;
  }

  write(): void {
    this.cover();
    this.restatement();
    for (const [section, figures] of bySection(this.report.figures)) {
      this.heading(SECTION_WORDS[section][this.language]);
      this.figures(figures);
    }
    this.methods();
    this.heading(this.word('notAvailable'));
    this.table(
      [230, 269],
      [this.word('what'), this.word('reason')],
      this.report.notAvailable.map(({ what, reason }) => [what[this.language], reason[this.language]]),
    );
    this.footers();
  }

  private word(name: keyof typeof HEADINGS): string {
    return HEADINGS[name][this.language];
  }

  private bracketed(text: string): string {
    return this.language === 'zh' ? `（${text}）` : `(${text})`;
  }

  private cover(): void {
    const { document, report, language } = this;
    document.fillColor(INK).fontSize(17).text(report.title[language]);
    document.moveDown(0.6);
    const rows: [string, string][] = [
      [this.word('issue'), report.issueNumber],
      [this.word('version'), `${report.version}`],
      [this.word('period'), `${report.period}: ${civilDays(report)} (${report.timeZone})`],
      [this.word('sealed'), report.sealedAt],
      [this.word('seal'), report.seal.sha256],
      [
        this.word('previous'),
        report.previous ? `${report.previous.version}  ${report.previous.sha256}` : this.word('none'),
      ],
    ];
    this.table([120, 379], undefined, rows);
    document.moveDown(0.4);
    document.fillColor(PALE).fontSize(8).text(this.word('lowerBound'), MARGIN);
  }

  private restatement(): void {
    const { restatement } = this.report;
    if (!restatement) return;
    this.heading(this.word('restatement'));
    this.document.fillColor(INK).fontSize(9).text(restatement.notice[this.language], MARGIN);
    this.document.moveDown(0.5);
    this.document.fontSize(9).text(this.word('largest'), MARGIN);
    this.document.moveDown(0.3);
    this.table(
      [219, 90, 90, 50, 50],
      [this.word('figure'), this.word('before'), this.word('after'), this.word('unit'), this.word('change')],
      restatement.largest.map(({ label, before, after, unit, change }) => [
        label[this.language],
        numberText(before),
        numberText(after),
        unitText(unit),
        changeText(change),
      ]),
      [1, 2, 4],
    );
  }

  /** Each method once, with the figures that it made. */
  private methods(): void {
    const groups = Map.groupBy(this.report.figures, ({ method }) => method[this.language]);
    this.heading(this.word('methods'));
    this.table(
      [230, 269],
      [this.word('figure'), this.word('method')],
      [...groups].map(([method, figures]) => [
        [...new Set(figures.map(({ label }) => label[this.language]))].join(
          this.language === 'zh' ? '、' : '; ',
        ),
        method,
      ]),
    );
  }

  private figures(figures: readonly ReportFigure[]): void {
    this.table(
      FIGURE_WIDTHS,
      (['figure', 'value', 'unit', 'origin', 'yearOnYear', 'periodOnPeriod'] as const).map((name) =>
        this.word(name),
      ),
      figures.map((figure) => [
        figure.reason === ''
          ? figure.label[this.language]
          : `${figure.label[this.language]}\n${this.bracketed(reasonText(figure.reason, this.language))}`,
        valueText(figure),
        unitText(figure.unit),
        ORIGIN_WORDS[figure.origin][this.language],
        changeText(figure.yearOnYear.change),
        changeText(figure.periodOnPeriod.change),
      ]),
      [1, 4, 5],
    );
  }

  private heading(text: string): void {
    const { document } = this;
    if (document.y > document.page.height - 180) document.addPage();
    document.moveDown(1);
    document.fillColor(INK).fontSize(12).text(text, MARGIN);
    document.moveDown(0.3);
  }

  /** Rows of wrapped cells; the header stands again on every page. `right`: columns of numbers. */
  private table(
    widths: readonly number[],
    header: readonly string[] | undefined,
    rows: readonly (readonly string[])[],
    right: readonly number[] = [],
  ): void {
    const { document } = this;
    const bottom = document.page.height - MARGIN - FOOTER;
    document.fontSize(8);
    const draw = (cells: readonly string[], head: boolean) => {
      const height =
        6 +
        Math.max(
          ...cells.map((cell, at) => document.heightOfString(cell || ' ', { width: widths[at]! - 8 })),
        );
      if (document.y + height > bottom) {
        document.addPage();
        document.fontSize(8);
        if (!head && header) draw(header, true);
      }
      const top = document.y;
      let left = MARGIN;
      if (head)
        document
          .rect(
            MARGIN,
            top,
            widths.reduce((sum, width) => sum + width, 0),
            height,
          )
          .fill(BAND);
      document.fillColor(INK);
      cells.forEach((cell, at) => {
        const width = widths[at]!;
        document.text(cell, left + 4, top + 3, {
          width: width - 8,
          align: right.includes(at) ? 'right' : 'left',
        });
        left += width;
      });
      document
        .moveTo(MARGIN, top + height)
        .lineTo(left, top + height)
        .lineWidth(0.5)
        .stroke(LINE);
      document.x = MARGIN;
      document.y = top + height;
    };
    if (header) draw(header, true);
    for (const row of rows) draw(row, false);
  }

  private footers(): void {
    const { document, report } = this;
    const { start, count } = document.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      document.switchToPage(page);
      // The footer stands in the margin, where text would open a page.
      document.page.margins.bottom = 0;
      const y = document.page.height - MARGIN;
      document.fillColor(PALE).fontSize(7);
      document.text(`${report.id}   SHA-256 ${report.seal.sha256}`, MARGIN, y, {
        width: 440,
        lineBreak: false,
      });
      document.text(`${page - start + 1} / ${count}`, MARGIN, y, {
        width: 499,
        align: 'right',
        lineBreak: false,
      });
    }
  }
}
