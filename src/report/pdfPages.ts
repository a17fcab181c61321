/** Pages of a document in one language, by pdfkit with an embedded font that has Chinese characters: headings, tables, footers. */
import PDFDocument from 'pdfkit';
import type { EmbeddableFont } from './cjkFont.ts';

export const MARGIN = 48;
const FOOTER = 28;
export const INK = '#1b2430';
export const PALE = '#6b7683';
const LINE = '#c9d2dc';
const BAND = '#e8eef5';

export interface PdfInfo {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  /** Stands as the date of the file, so that the same document gives the same bytes. */
  readonly at: Date;
  readonly language: 'zh' | 'en';
}

/** Bytes of the PDF that `write` fills; the same content gives the same bytes. */
export function pdfBytes(
  info: PdfInfo,
  font: EmbeddableFont,
  write: (pages: PdfPages) => void,
): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER },
    bufferPages: true,
    info: {
      Title: info.title,
      Author: info.author,
      Subject: info.subject,
      CreationDate: info.at,
      ModDate: info.at,
    },
    lang: info.language === 'zh' ? 'zh-CN' : 'en',
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  if (font.face === undefined) document.font(font.path);
  else document.font(font.path, font.face);
  write(new PdfPages(document));
  document.end();
  return done;
}

export class PdfPages {
  readonly document: PDFKit.PDFDocument;

  constructor(document: PDFKit.PDFDocument) {
    this.document = document;
  }

  heading(text: string): void {
    const { document } = this;
    if (document.y > document.page.height - 180) document.addPage();
    document.moveDown(1);
    document.fillColor(INK).fontSize(12).text(text, MARGIN);
    document.moveDown(0.3);
  }

  /** Rows of wrapped cells; the header stands again on every page. `right`: columns of numbers. */
  table(
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

  /** The same line at the foot of every page, with its number. */
  footers(text: string): void {
    const { document } = this;
    const { start, count } = document.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      document.switchToPage(page);
      // The footer stands in the margin, where text would open a page.
      document.page.margins.bottom = 0;
      const y = document.page.height - MARGIN;
      document.fillColor(PALE).fontSize(7);
      document.text(text, MARGIN, y, {
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
