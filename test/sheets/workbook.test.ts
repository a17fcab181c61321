/** The workbook reader beside another one, and what that one does not tell. */

import { join } from 'node:path';
import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { readSheet as readWithOther } from 'read-excel-file/node';
import { describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { cellText, type TableRow } from '../../src/sheets/cell.ts';
import { isDateFormat, wallMsOfSerial } from '../../src/sheets/xlsx/dateFormat.ts';
import { openWorkbook } from '../../src/sheets/xlsx/workbook.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';
import { fileFor, rawWorkbookFor } from './fileFor.ts';

async function rowsOf(path: string): Promise<TableRow[]> {
  const workbook = await openWorkbook(path);
  try {
    const rows: TableRow[] = [];
    for await (const row of workbook.rows(workbook.sheets[0]!)) rows.push(row);
    return rows;
  } finally {
    workbook.close();
  }
}

const cell = fc.oneof(
  fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .map((text) => text.replace(/[\p{Cc}\p{Cn}\p{Cs}]/gu, ''))
    // The writer keeps texts as keys of a plain object and stumbles over `valueOf` and its like.
    .filter((text) => !(text in {})),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

property.prop([fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 })], {
  numRuns: 40,
})('agrees with read-excel-file on text, numbers and truth values', async (data) => {
  const path = join(temporaryFolder('workbook'), 'any.xlsx');
  await writeExcelFile(data).toFile(path);
  const theirs = (await readWithOther(path)).map((row) =>
    row.map((value) => (value === null ? '' : String(value))),
  );
  const ours: string[][] = theirs.map((row) => row.map(() => ''));
  for (const { row, cells } of await rowsOf(path))
    for (const [i, value] of cells.entries())
      if (value) ours[row - 1]![i] = value.kind === 'boolean' ? String(value.value) : cellText(value);
  expect(ours).toEqual(theirs);
});

describe('cells that are more than they seem', () => {
  test('error cells and formulas that nobody computed are not blank', async () => {
    const path = await rawWorkbookFor(
      'data',
      '<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2"><f>1+1</f></c><c r="C2"><f>1+1</f><v>2</v></c>' +
        '<c r="D2" t="str"><f>""</f><v></v></c><c r="E2"/><c r="AB2" t="inlineStr"><is><t>a &amp; b</t></is></c></row>',
    );
    const [row] = await rowsOf(path);
    expect(row?.row).toBe(2);
    expect(row?.cells.slice(0, 5)).toEqual([
      { kind: 'error', text: '#DIV/0!' },
      { kind: 'uncomputed' },
      { kind: 'number', value: 2 },
      undefined,
      undefined,
    ]);
    expect(row?.cells[27]).toEqual({ kind: 'text', text: 'a & b' });
  });

  test('every quarter of an hour of a year comes back to the millisecond', () => {
    for (let quarter = 0; quarter < 35_040; quarter++) {
      const serial = 46_082 + quarter / 96;
      expect(wallMsOfSerial(serial, false)).toBe(Date.UTC(2026, 2, 1) + quarter * 900_000);
    }
  });

  test('workbooks that count days from 1904 do so', async () => {
    const data = '<row r="1"><c r="A1" s="1"><v>0</v></c></row>';
    const in1904 = (xml: string) =>
      xml.includes('<workbookPr')
        ? xml.replace('<workbookPr', '<workbookPr date1904="1"')
        : xml.replace(/(<workbook[^>]*>)/, '$1<workbookPr date1904="1"/>');
    const [row] = await rowsOf(await rawWorkbookFor('data', data, in1904));
    expect(row?.cells[0]).toEqual({ kind: 'date', wallMs: Date.UTC(1904, 0, 1) });
  });

  test.each([
    ['yyyy"年"m"月"d"日"', true],
    ['[$-804]yyyy/m/d h:mm', true],
    ['[h]:mm:ss', true],
    ['0.00" MWh"', false],
    ['#,##0.00_);[Red](#,##0.00)', false],
    ['General', false],
    ['0.00E+00', false],
    ['"d"0', false],
  ])('the format %s shows a date: %s', (code, date) => {
    expect(isDateFormat(164, code)).toBe(date);
  });
});

test.each([
  ['a ZIP of something else', Buffer.from('504b0506000000000000000000000000000000000000', 'hex')],
  ['a torn archive', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(500, 7)])],
])('%s is refused as no workbook', async (_what, bytes) => {
  await expect(openWorkbook(fileFor('x.xlsx', bytes))).rejects.toMatchObject({
    code: 'TL_SHEET_NOT_READABLE',
  });
});
