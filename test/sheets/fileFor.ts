/** Files for the tests of sheets: workbooks with cells as wished, text in any bytes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import writeExcelFile, { type Row } from 'write-excel-file/node';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';

/** Writes `content` under `name` in a folder that goes with the test; returns its path. */
export function fileFor(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder('sheets'), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A workbook with the sheets' rows. */
export async function workbookFor(sheets: Record<string, Row[]>): Promise<string> {
  const path = join(temporaryFolder('sheets'), 'sheet.xlsx');
  const written = Object.entries(sheets).map(([sheet, data]) => ({ sheet, data }));
  await writeExcelFile(written).toFile(path);
  return path;
}

/** A workbook whose only worksheet part is `sheetData` as written, and whose workbook part may be changed. */
export async function rawWorkbookFor(
  sheetName: string,
  sheetData: string,
  changeWorkbook: (xml: string) => string = (xml) => xml,
): Promise<string> {
  const path = join(temporaryFolder('sheets'), 'raw.xlsx');
  const date: Row = [{ value: new Date(0), type: Date, format: 'yyyy-mm-dd hh:mm' }];
  await writeExcelFile([{ sheet: sheetName, data: [date] }], {
    features: [
      {
        files: {
          transform: {
            'xl/worksheets/sheet{id}.xml': {
              transform: (xml) =>
                xml.replace(/<sheetData>.*<\/sheetData>/s, `<sheetData>${sheetData}</sheetData>`),
            },
            'xl/workbook.xml': { transform: changeWorkbook },
          },
        },
      },
    ],
  }).toFile(path);
  return path;
}
