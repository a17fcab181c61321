/** A report as PDF in one language, by pdfkit with an embedded font that has Chinese characters. */
import type { RegulatorReport, ReportFigure } from '../../schemas/documents/report.ts';
import type { EmbeddableFont } from './cjkFont.ts';
import { INK, MARGIN, PALE, type PdfPages, pdfBytes } from './pdfPages.ts';
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

/** Widths of the columns of figures: name, value, unit, origin, 同比, 环比. */
const FIGURE_WIDTHS = [188, 92, 62, 68, 46, 43] as const;

/** Bytes of the PDF; the same report gives the same bytes. */
export function reportPdf(
  report: RegulatorReport,
  language: ReportLanguage,
  font: EmbeddableFont,
): Promise<Buffer> {
  const info = {
    title: report.title[language],
    author: report.codeVersion,
    subject: report.id,
    at: new Date(report.sealedAt),
    language,
  };
  return pdfBytes(info, font, (pages) => new Pages(pages, report, language).write());
}

class Pages {
  private readonly pages: PdfPages;
  private readonly report: RegulatorReport;
  private readonly language: ReportLanguage;

  constructor(pages: PdfPages, report: RegulatorReport, language: ReportLanguage) {
    this.pages = pages;
    this.report = report;
    this.language = language;
  }

  write(): void {
    this.cover();
    this.restatement();
    for (const [section, figures] of bySection(this.report.figures)) {
      this.pages.heading(SECTION_WORDS[section][this.language]);
      this.figures(figures);
    }
    this.methods();
    this.pages.heading(this.word('notAvailable'));
    this.pages.table(
      [230, 269],
      [this.word('what'), this.word('reason')],
      this.report.notAvailable.map(({ what, reason }) => [what[this.language], reason[this.language]]),
    );
    const { id, seal } = this.report;
    this.pages.footers(`${id}   SHA-256 ${seal.sha256}`);
  }

  private word(name: keyof typeof HEADINGS): string {
    return HEADINGS[name][this.language];
  }

  private bracketed(text: string): string {
    return this.language === 'zh' ? `（${text}）` : `(${text})`;
  }

  private cover(): void {
    const { report, language } = this;
    const { document } = this.pages;
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
    this.pages.table([120, 379], undefined, rows);
    document.moveDown(0.4);
    document.fillColor(PALE).fontSize(8).text(this.word('lowerBound'), MARGIN);
  }

  private restatement(): void {
    const { restatement } = this.report;
    if (!restatement) return;
    this.pages.heading(this.word('restatement'));
    this.pages.document.fillColor(INK).fontSize(9).text(restatement.notice[this.language], MARGIN);
    this.pages.document.moveDown(0.5);
    this.pages.document.fontSize(9).text(this.word('largest'), MARGIN);
    this.pages.document.moveDown(0.3);
    this.pages.table(
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
    this.pages.heading(this.word('methods'));
    this.pages.table(
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
    this.pages.table(
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
}
