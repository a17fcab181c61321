/** Writes a stream's template as a workbook with drop-downs and prompts, or as CSV. */
import { writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import writeExcelFile, { type Cell, type Image, type Row, type Sheet } from 'write-excel-file/node';
import type { StreamContract } from '../../schemas/stream.ts';
import { expectationOf } from './expectation.ts';
import { isRequired } from './fieldsOf.ts';
import {
  exampleOf,
  instructions,
  noteOf,
  type TemplateColumn,
  type TemplateSheet,
  templateSheets,
  templateTable,
} from './templateSheets.ts';
import { validations } from './templateValidation.ts';
import { NOTES_SHEET } from './workbookReadings.ts';

type WorkbookSheet = Sheet<Image['content']>;

/** Rows that are laid out as text, so that a spreadsheet program turns no id or time into something else. */
const LAID_OUT_ROWS = 500;

/** Writes the template for `contract` to `path`: CSV where the name ends in `.csv`, else XLSX. */
export async function writeTemplate(contract: StreamContract, path: string): Promise<void> {
  if (extname(path).toLowerCase() === '.csv') return writeFile(path, csvTemplate(contract));
  await workbook(contract, basename(path)).toFile(path);
}

/** With a byte order mark, without which Excel takes UTF-8 for the system's encoding. */
function csvTemplate(contract: StreamContract): string {
  const { columns } = templateTable(contract);
  const rows = [columns.map((column) => column.name), columns.map(noteOf)];
  return `\ufeff${rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')}`;
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function workbook(contract: StreamContract, fileName: string) {
  const sheets = templateSheets(contract);
  const written = [...sheets.map(dataSheet), notesSheet(contract, sheets, fileName)];
  return writeExcelFile(written, { features: [validations(sheets)] });
}

function dataSheet(sheet: TemplateSheet): WorkbookSheet {
  const header = sheet.columns.map(
    (column): Cell => ({
      value: column.name,
      fontWeight: 'bold',
      backgroundColor: isRequired(column.field) ? '#cfe8d5' : '#eeeeee',
    }),
  );
  const notes = sheet.columns.map(
    (column): Cell => ({ value: noteOf(column), textColor: '#777777', fontStyle: 'italic', wrap: true }),
  );
  const blank: Row = sheet.columns.map((column) => (isText(column) ? { type: String, format: '@' } : null));
  return {
    sheet: sheet.name,
    data: [header, notes, ...Array.from({ length: LAID_OUT_ROWS }, () => blank)],
    columns: sheet.columns.map((column) => ({ width: Math.max(14, column.name.length + 4) })),
    stickyRowsCount: 2,
  };
}

const isText = ({ field }: TemplateColumn) => ['id', 'text', 'timestamp'].includes(field.kind);

/** Explanations and one example for each sheet; `tanliu produce` never reads this sheet. */
function notesSheet(
  contract: StreamContract,
  sheets: readonly TemplateSheet[],
  fileName: string,
): WorkbookSheet {
  const bold = (value: string): Cell => ({ value, fontWeight: 'bold' });
  const data: Row[] = instructions(contract, fileName).map((line) => [line]);
  const titles = [
    '工作表 sheet',
    '字段 field',
    '中文名 title',
    '说明 about',
    '单位 unit',
    '必填 required',
    '应填 what is right',
    '示例 example',
  ];
  data.push([], titles.map(bold));
  for (const sheet of sheets) data.push(...sheet.columns.map((column) => explained(sheet, column)));
  data.push([], [bold('示例行，不会发送 · example rows, never sent')]);
  for (const sheet of sheets) {
    data.push(
      [],
      [bold(sheet.name)],
      sheet.columns.map((column) => bold(column.name)),
    );
    data.push(sheet.columns.map((column) => exampleOf(column.field)));
  }
  const columns = [18, 26, 18, 44, 18, 12, 60, 26].map((width) => ({ width }));
  return { sheet: NOTES_SHEET, data, columns };
}

function explained(sheet: TemplateSheet, { name, field }: TemplateColumn): Row {
  const need = isRequired(field) ? '是 yes' : '否 no';
  const { zh, en } = field.about;
  return [sheet.name, name, zh, en, field.unit ?? null, need, expectationOf(field), exampleOf(field)];
}
