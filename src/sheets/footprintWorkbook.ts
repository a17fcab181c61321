/** A footprint's input document as a workbook that people fill in, and back; every fault with its row and column. */
import { basename } from 'node:path';
import writeExcelFile, { type Cell as OutCell, type Row } from 'write-excel-file/node';
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type Cell, cellText, columnLetter, type TableRow } from './cell.ts';
import { FOOTPRINT_SHEETS, type FootprintColumn, type FootprintSheet } from './footprintSheets.ts';
import { NOTE_MARK } from './header.ts';
import { faultLines, type SheetFault } from './sheetFault.ts';
import { openWorkbook } from './xlsx/workbook.ts';

const MAX_ROWS = 20_000;
const CONTRACTS = 'contracts';

/** Writes the empty template, or a document as the template would be filled in. */
export async function writeFootprintWorkbook(path: string, input?: FootprintInput): Promise<void> {
  const sheets = FOOTPRINT_SHEETS.map((sheet) => ({
    sheet: sheet.name,
    data: sheet.list === undefined ? productRows(sheet, input) : listRows(sheet, input),
    columns:
      sheet.list === undefined
        ? [{ width: 30 }, { width: 50 }, { width: 70 }]
        : sheet.columns.map(() => ({ width: 22 })),
    stickyRowsCount: sheet.list === undefined ? 1 : 2,
  }));
  await writeExcelFile(sheets).toFile(path);
}

const noteOf = ({ zh, en, required, example }: FootprintColumn): string =>
  `${NOTE_MARK} ${zh} · ${en} · ${required ? '必填 required' : '选填 optional'}${example === undefined ? '' : ` · ${example}`}`;
const note = (value: string): OutCell => ({ value, textColor: '#777777', fontStyle: 'italic', wrap: true });
const head = (value: string, required: boolean): OutCell => ({
  value,
  fontWeight: 'bold',
  backgroundColor: required ? '#cfe8d5' : '#eeeeee',
});

function productRows({ columns }: FootprintSheet, input: FootprintInput | undefined): Row[] {
  return [
    [head('field', true), head('value', true), note(`${NOTE_MARK} 说明 · about`)],
    ...columns.map((column) => [
      head(column.path, column.required === true),
      outCell(input && at(input, column.path), column),
      note(noteOf(column)),
    ]),
  ];
}

function listRows(sheet: FootprintSheet, input: FootprintInput | undefined): Row[] {
  const rows = input ? linesOf(sheet, input) : [];
  return [
    sheet.columns.map((column) => head(column.path, column.required === true)),
    sheet.columns.map((column) => note(noteOf(column))),
    ...rows.map((line) => sheet.columns.map((column) => outCell(at(line, column.path), column))),
  ];
}

function linesOf({ list }: FootprintSheet, input: FootprintInput): readonly unknown[] {
  if (list !== CONTRACTS) return input[list as keyof FootprintInput] as readonly unknown[];
  return input.electricity.flatMap(({ name, contracts }) =>
    contracts.map((contract) => ({ ...contract, electricity: name })),
  );
}

function outCell(value: unknown, { kind }: FootprintColumn): OutCell | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : { value: value.join('; '), type: String };
  if (kind === 'number') return { value: value as number, type: Number };
  if (kind === 'boolean') return { value: value as boolean, type: Boolean };
  return { value: String(value), type: String, format: '@' };
}

function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) here = (here as Record<string, unknown> | undefined)?.[key];
  return here;
}

type Place = Pick<SheetFault, 'sheet' | 'row' | 'column'>;

/** What has been read, and where each place of the document stands in the workbook. */
class Reading {
  readonly document: Record<string, unknown> = { schema: 'tanliu.footprint-input/1' };
  readonly faults: SheetFault[] = [];
  readonly places = new Map<string, Place>();
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  fault(place: Place, code: SheetFault['code'], wrong: string, right: string): void {
    this.faults.push({ file: this.file, ...place, code, wrong, right });
  }

  /** The value of a cell at its path, or nothing where it is empty. */
  take(
    target: Record<string, unknown>,
    prefix: string,
    column: FootprintColumn,
    cell: Cell | undefined,
    place: Place,
  ): void {
    this.places.set(`${prefix}${column.path}`, place);
    if (cell === undefined) {
      if (column.required) this.fault(place, 'TL_SHEET_MISSING', 'empty', `${column.zh} ${column.en}`);
      return;
    }
    const value = cellValueOf(cell, column);
    if (value === undefined) {
      const right =
        column.kind === 'number' ? 'a number' : column.kind === 'boolean' ? 'TRUE or FALSE' : 'text';
      this.fault(place, 'TL_SHEET_CELL', `"${cellText(cell)}" (${cell.kind})`, right);
      return;
    }
    const keys = column.path.split('.');
    let here = target;
    for (const key of keys.slice(0, -1)) {
      here[key] ??= {};
      here = here[key] as Record<string, unknown>;
    }
    here[keys.at(-1)!] = value;
  }

  /** Place of a path of the document, or of the nearest thing that holds it. */
  placeOf(path: readonly PropertyKey[]): Place {
    for (let length = path.length; length > 0; length--) {
      const found = this.places.get(path.slice(0, length).map(String).join('.'));
      if (found) return found;
    }
    const inside = [...this.places].find(([key]) => key.startsWith(`${path.map(String).join('.')}.`));
    return inside?.[1] ?? { sheet: 'product', row: 0 };
  }
}

function cellValueOf(cell: Cell, { kind }: FootprintColumn): unknown {
  if (cell.kind === 'error' || cell.kind === 'uncomputed' || cell.kind === 'date') return undefined;
  if (kind === 'number') {
    if (cell.kind === 'number') return cell.value;
    const number = Number(cellText(cell));
    return cell.kind === 'text' && Number.isFinite(number) ? number : undefined;
  }
  if (kind === 'boolean') {
    if (cell.kind === 'boolean') return cell.value;
    const word = cellText(cell).toUpperCase();
    return word === 'TRUE' || word === '是' ? true : word === 'FALSE' || word === '否' ? false : undefined;
  }
  const text = cellText(cell);
  return kind === 'list'
    ? text
        .split(/[;；]/)
        .map((part) => part.trim())
        .filter(Boolean)
    : text;
}

/** @throws Refusal `E_FOOTPRINT_INPUT` with a line for every fault: sheet, row, column, what and what would be right */
export async function readFootprintWorkbook(path: string): Promise<FootprintInput> {
  const reading = new Reading(basename(path));
  const workbook = await openWorkbook(path);
  try {
    for (const sheet of workbook.sheets) {
      if (sheet.hidden) continue;
      const known = FOOTPRINT_SHEETS.find(({ name }) => name === sheet.name);
      if (!known) {
        const right = FOOTPRINT_SHEETS.map(({ name }) => name).join(' | ');
        reading.fault(
          { sheet: sheet.name, row: 0 },
          'TL_SHEET_WRONG_SHEET',
          'no sheet of a footprint',
          right,
        );
        continue;
      }
      const rows: TableRow[] = [];
      for await (const row of workbook.rows(sheet)) {
        if (rows.length > MAX_ROWS) {
          reading.fault(
            { sheet: sheet.name, row: row.row },
            'TL_SHEET_NOT_READABLE',
            `more than ${MAX_ROWS} rows`,
            'fewer',
          );
          break;
        }
        rows.push(row);
      }
      if (known.list === undefined) readProduct(reading, known, rows);
      else readList(reading, known, rows);
    }
  } finally {
    workbook.close();
  }
  attachContracts(reading);
  const parsed = footprintInput.safeParse(reading.document);
  const named = new Set(reading.faults.map(({ sheet, row, column }) => `${sheet} ${row} ${column?.letter}`));
  for (const { path: where, message } of parsed.success ? [] : parsed.error.issues) {
    const place = reading.placeOf(where);
    if (!named.has(`${place.sheet} ${place.row} ${place.column?.letter}`))
      reading.fault(
        place,
        'TL_SHEET_VALUE',
        `${where.map(String).join('.')}: ${message}`,
        'as the note of the column says',
      );
  }
  if (parsed.success && reading.faults.length === 0) return parsed.data;
  throw new Refusal(`the workbook is not a footprint input:\n${faultLines(reading.faults).join('\n')}`, {
    code: 'E_FOOTPRINT_INPUT',
    place: path,
    remedy: 'the template: tanliu footprint template --out F.xlsx',
  });
}

function readProduct(reading: Reading, sheet: FootprintSheet, rows: readonly TableRow[]): void {
  const cells = new Map<string, { row: number; cell: Cell | undefined }>();
  for (const { row, cells: line } of rows.slice(1)) {
    const name = cellText(line[0]);
    if (name === '' || name.startsWith(NOTE_MARK)) continue;
    const place = { sheet: sheet.name, row, column: { letter: 'A', name } };
    if (!sheet.columns.some(({ path }) => path === name))
      reading.fault(
        place,
        'TL_SHEET_UNKNOWN_COLUMN',
        `no field "${name}"`,
        sheet.columns.map((c) => c.path).join(', '),
      );
    else if (cells.has(name))
      reading.fault(place, 'TL_SHEET_REPEATED', `field "${name}" stands twice`, 'each once');
    else cells.set(name, { row, cell: line[1] });
  }
  for (const column of sheet.columns) {
    const found = cells.get(column.path);
    const place = {
      sheet: sheet.name,
      row: found?.row ?? 0,
      column: { letter: 'B', name: column.path, title: column.zh },
    };
    reading.take(reading.document, '', column, found?.cell, place);
  }
}

function readList(reading: Reading, sheet: FootprintSheet, rows: readonly TableRow[]): void {
  const header = rows[0]?.cells ?? [];
  const columns: { column: FootprintColumn; index: number }[] = [];
  for (const [index, cell] of header.entries()) {
    const name = cellText(cell);
    if (name === '') continue;
    const column = sheet.columns.find(({ path }) => path === name);
    const place = {
      sheet: sheet.name,
      row: rows[0]?.row ?? 1,
      column: { letter: columnLetter(index), name },
    };
    if (!column)
      reading.fault(
        place,
        'TL_SHEET_UNKNOWN_COLUMN',
        `no column "${name}"`,
        sheet.columns.map((c) => c.path).join(', '),
      );
    else if (columns.some((other) => other.column === column))
      reading.fault(place, 'TL_SHEET_REPEATED', `column "${name}" stands twice`, 'each once');
    else columns.push({ column, index });
  }
  const lines: Record<string, unknown>[] = [];
  for (const { row, cells } of rows.slice(1)) {
    if (cells.every((cell) => cell === undefined) || cellText(cells[0]).startsWith(NOTE_MARK)) continue;
    const line: Record<string, unknown> = {};
    const prefix = `${sheet.list}.${lines.length}.`;
    reading.places.set(prefix.slice(0, -1), { sheet: sheet.name, row });
    for (const column of sheet.columns) {
      const index = columns.find((known) => known.column === column)?.index;
      const named = { name: column.path, title: column.zh };
      const place = {
        sheet: sheet.name,
        row,
        column: index === undefined ? named : { letter: columnLetter(index), ...named },
      };
      reading.take(line, prefix, column, index === undefined ? undefined : cells[index], place);
    }
    lines.push(line);
  }
  reading.document[sheet.list!] = lines;
}

/** Contracts stand in a sheet of their own and name the use that they serve. */
function attachContracts(reading: Reading): void {
  const contracts = (reading.document[CONTRACTS] ?? []) as Record<string, unknown>[];
  delete reading.document[CONTRACTS];
  const uses = (reading.document.electricity ?? []) as Record<string, unknown>[];
  for (const [number, { electricity, ...contract }] of contracts.entries()) {
    const index = uses.findIndex(({ name }) => name === electricity);
    const from = `${CONTRACTS}.${number}`;
    if (index < 0) {
      if (electricity !== undefined)
        reading.fault(
          reading.placeOf([CONTRACTS, number, 'electricity']),
          'TL_SHEET_ITEM_ORPHAN',
          `no use "${electricity}" in sheet electricity`,
          'its name there',
        );
      continue;
    }
    const use = uses[index] as { contracts?: unknown[] };
    use.contracts ??= [];
    const to = `electricity.${index}.contracts.${use.contracts.length}`;
    for (const [path, place] of [...reading.places])
      if (path === from || path.startsWith(`${from}.`))
        reading.places.set(to + path.slice(from.length), place);
    use.contracts.push(contract);
  }
}
