/**
 * Reads XLSX workbooks row by row in bounded memory. Unlike the readers at hand it keeps error cells and formulas
 * that were never computed apart from blank cells: a blank means unknown, those mean a mistake.
 */
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { Refusal } from '../../../schemas/refusal.ts';
import type { TableRow } from '../cell.ts';
import { isDateFormat } from './dateFormat.ts';
import { SheetRows } from './sheetRows.ts';
import { readXml, xmlChunks } from './xmlEvents.ts';

const MAX_PARTS = 10_000;
const MAX_SHEET_BYTES = 1 << 30;
const MAX_SHARED_BYTES = 256 << 20;

export interface WorkbookSheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly path: string;
}

export interface Workbook {
  readonly sheets: readonly WorkbookSheet[];
  rows(sheet: WorkbookSheet): AsyncGenerator<TableRow>;
  close(): void;
}

/** Opens a workbook. Throws `Refusal` TL_SHEET_NOT_READABLE where the file is none. */
export async function openWorkbook(path: string): Promise<Workbook> {
  const zip = await openZip(path);
  try {
    const parts = await partsOf(zip);
    const stream = (name: string) => partStream(zip, parts, name);
    const { sheets, date1904, related } = await readWorkbookXml(stream);
    const dateStyles = parts.has(related.styles) ? await readDateStyles(await stream(related.styles)) : [];
    const shared = parts.has(related.sharedStrings)
      ? await readSharedStrings(await stream(related.sharedStrings))
      : [];
    return {
      sheets: sheets.filter((sheet) => parts.has(sheet.path)),
      close: () => zip.close(),
      async *rows(sheet) {
        const rows = new SheetRows({ shared, dateStyles, date1904 });
        for await (const _ of xmlChunks(await stream(sheet.path), rows, MAX_SHEET_BYTES)) yield* rows.taken();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw notWorkbook(`the ZIP archive cannot be opened (${(error as Error).message})`);
  }
}

async function partsOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const parts = new Map<string, Entry>();
  if (zip.entryCount > MAX_PARTS) throw notWorkbook(`more than ${MAX_PARTS} parts`);
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      parts.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', resolve);
    zip.once('error', (error: Error) => reject(notWorkbook(error.message)));
    zip.readEntry();
  });
  return parts;
}

function partStream(zip: ZipFile, parts: Map<string, Entry>, name: string): Promise<Readable> {
  const entry = parts.get(name);
  if (!entry) throw notWorkbook(`the part ${name} is missing`);
  return zip.openReadStreamPromise(entry).catch((error: Error) => {
    throw notWorkbook(`the part ${name} cannot be unpacked (${error.message})`);
  });
}

function notWorkbook(why: string): Refusal {
  return new Refusal(`not an XLSX workbook: ${why}`, {
    code: 'TL_SHEET_NOT_READABLE',
    remedy: 'a workbook saved as .xlsx, or a .csv',
  });
}

async function readWorkbookXml(stream: (name: string) => Promise<Readable>) {
  const targets = new Map<string, string>();
  const byType = new Map<string, string>();
  await readXml(
    await stream('xl/_rels/workbook.xml.rels'),
    {
      open(name, attribute) {
        if (name !== 'Relationship') return;
        const target = attribute('Target') ?? '';
        const path = target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
        targets.set(attribute('Id') ?? '', path);
        byType.set((attribute('Type') ?? '').split('/').at(-1) ?? '', path);
      },
      close() {},
      text() {},
    },
    MAX_SHARED_BYTES,
  );
  const sheets: WorkbookSheet[] = [];
  let date1904 = false;
  await readXml(
    await stream('xl/workbook.xml'),
    {
      open(name, attribute) {
        if (name === 'workbookPr') date1904 = ['1', 'true'].includes(attribute('date1904') ?? '');
        if (name !== 'sheet') return;
        const path = targets.get(attribute('id') ?? '') ?? '';
        sheets.push({
          name: decodeXml(attribute('name') ?? ''),
          hidden: (attribute('state') ?? 'visible') !== 'visible',
          path,
        });
      },
      close() {},
      text() {},
    },
    MAX_SHARED_BYTES,
  );
  const related = {
    styles: byType.get('styles') ?? 'xl/styles.xml',
    sharedStrings: byType.get('sharedStrings') ?? 'xl/sharedStrings.xml',
  };
  return { sheets, date1904, related };
}

/** For each cell style whether it shows a date. */
async function readDateStyles(stream: Readable): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let inCellFormats = false;
  await readXml(
    stream,
    {
      open(name, attribute) {
        if (name === 'numFmt')
          codes.set(Number(attribute('numFmtId')), decodeXml(attribute('formatCode') ?? ''));
        if (name === 'cellXfs') inCellFormats = true;
        if (name !== 'xf' || !inCellFormats) return;
        const id = Number(attribute('numFmtId') ?? 0);
        styles.push(isDateFormat(id, codes.get(id)));
      },
      close(name) {
        if (name === 'cellXfs') inCellFormats = false;
      },
      text() {},
    },
    MAX_SHARED_BYTES,
  );
  return styles;
}

async function readSharedStrings(stream: Readable): Promise<string[]> {
  const strings: string[] = [];
  let current: string | undefined;
  let inText = false;
  let inPhonetic = false;
  await readXml(
    stream,
    {
      open(name) {
        if (name === 'si') current = '';
        if (name === 'rPh') inPhonetic = true;
        inText = name === 't';
      },
      close(name) {
        inText = false;
        if (name === 'rPh') inPhonetic = false;
        if (name === 'si') strings.push(current ?? '');
      },
      text(text) {
        if (inText && !inPhonetic && current !== undefined) current += text;
      },
    },
    MAX_SHARED_BYTES,
  );
  return strings;
}

/** Attribute values come as written. */
function decodeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, code: string) => {
    if (!code.startsWith('#')) return named[code] ?? whole;
    return String.fromCodePoint(Number(code[1] === 'x' ? `0x${code.slice(2)}` : code.slice(1)));
  });
}
