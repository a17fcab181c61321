/** Rows of a bill in XLSX or CSV as plain texts, whatever its columns. */
import { Refusal } from '../../schemas/refusal.ts';
import { cellText, type TableRow } from './cell.ts';
import { csvRows } from './csvRows.ts';
import { fileKind } from './fileKind.ts';
import { openWorkbook } from './xlsx/workbook.ts';

/** A bill is a few thousand lines at most. */
const MAX_ROWS = 100_000;

/** @param sheet of a workbook; the first visible one where absent. @throws Refusal E_BILL_FORM, E_BILL_SHEET, TL_SHEET_… */
export async function billRows(path: string, sheet?: string): Promise<{ row: number; cells: string[] }[]> {
  const kind = await fileKind(path);
  if (kind === 'csv') return textRows(csvRows(path, []));
  if (kind !== 'xlsx') {
    throw new Refusal('not a table', { code: 'E_BILL_FORM', place: path, remedy: 'an XLSX or CSV file' });
  }
  const workbook = await openWorkbook(path);
  try {
    const found = workbook.sheets.find(({ name, hidden }) =>
      sheet === undefined ? !hidden : name === sheet,
    );
    if (found === undefined) {
      throw new Refusal(`no sheet "${sheet}"`, {
        code: 'E_BILL_SHEET',
        place: path,
        remedy: workbook.sheets.map(({ name }) => name).join(' | '),
      });
    }
    return await textRows(workbook.rows(found));
  } finally {
    workbook.close();
  }
}

async function textRows(rows: AsyncIterable<TableRow>): Promise<{ row: number; cells: string[] }[]> {
  const read: { row: number; cells: string[] }[] = [];
  for await (const { row, cells } of rows) {
    if (read.length >= MAX_ROWS) {
      throw new Refusal('the bill has too many rows', { code: 'E_BILL_FORM', remedy: `at most ${MAX_ROWS}` });
    }
    read.push({ row, cells: Array.from(cells, cellText) });
  }
  return read;
}
