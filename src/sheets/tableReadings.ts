/** Turns the rows of a table (a CSV file or one sheet of a workbook) into candidate readings. */
import type { NamedField } from '../../schemas/fields.ts';
import { type Candidate, unreadable } from './candidate.ts';
import { cellText, columnLetter, type TableRow } from './cell.ts';
import { type CellContext, cellValue } from './cellValue.ts';
import { type Column, isHeader, isNoteRow, readHeader } from './header.ts';
import { type ColumnPlace, type Place, type SheetFault, shown } from './sheetFault.ts';

export interface Table {
  readonly file: string;
  readonly sheet?: string;
  readonly rows: AsyncIterable<TableRow> | Iterable<TableRow>;
}

export interface TableOptions extends CellContext {
  readonly fields: readonly NamedField[];
  /** Values that hold for every row, such as the kind that a sheet is named after. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Fields that need no column: lists whose elements stand on another sheet, fields of some kinds only. */
  readonly columnless?: ReadonlySet<string>;
}

const HEADER_WITHIN = 10;

/** Candidates in the order of the rows. Faults of the header come as one candidate without a value, and then nothing else. */
export async function* tableReadings(table: Table, options: TableOptions): AsyncGenerator<Candidate> {
  const given = new Set([...Object.keys(options.fixed ?? {}), ...(options.columnless ?? [])]);
  let reader: RowReader | undefined;
  let waiting: TableRow[] = [];
  for await (const row of table.rows) {
    if (row.cells.every((cell) => cell === undefined)) continue;
    if (reader) {
      const done = reader.take(row);
      if (done) yield done;
      continue;
    }
    waiting.push(row);
    const found = isHeader(row, options.fields);
    if (!found && waiting.length < HEADER_WITHIN) continue;
    const headerRow = found ? row : (waiting[0] as TableRow);
    const header = readHeader(headerRow, options.fields, given);
    const faults = header.faults.map((fault) => ({ ...placeOf(table, headerRow.row), ...fault }));
    if (faults.length > 0) return yield unreadable(faults as [SheetFault, ...SheetFault[]]);
    reader = new RowReader(table, headerRow, header.columns, options);
    waiting = [];
  }
  if (reader) yield* reader.rest();
  else yield headless(table, waiting[0], options, given);
}

function headless(
  table: Table,
  first: TableRow | undefined,
  options: TableOptions,
  given: ReadonlySet<string>,
): Candidate {
  const names = options.fields.map((field) => field.name).join(', ');
  if (!first) {
    const place = { ...placeOf(table, 0), code: 'TL_SHEET_EMPTY' } as const;
    return unreadable([{ ...place, wrong: 'there is nothing in it', right: `a header with ${names}` }]);
  }
  const { faults } = readHeader(first, options.fields, given);
  return unreadable(
    faults.map((fault) => ({ ...placeOf(table, first.row), ...fault })) as [SheetFault, ...SheetFault[]],
  );
}

function placeOf({ file, sheet }: Table, row: number): Place {
  return sheet === undefined ? { file, row } : { file, sheet, row };
}

interface Found {
  readonly place: Place;
  readonly column?: ColumnPlace;
}

/** Reads rows below a header. A row that holds nothing but elements of a list belongs to the reading above it. */
class RowReader {
  private readonly table: Table;
  private readonly headerRow: TableRow;
  private readonly columns: readonly Column[];
  private readonly options: TableOptions;
  private readonly byIndex: ReadonlyMap<number, Column>;
  private readonly byName: ReadonlyMap<string, Column>;
  private readonly lists: ReadonlySet<string>;
  private open: OpenReading | undefined;
  private rows = 0;

  constructor(table: Table, headerRow: TableRow, columns: readonly Column[], options: TableOptions) {
    this.table = table;
    this.headerRow = headerRow;
    this.columns = columns;
    this.options = options;
    this.byIndex = new Map(columns.map((column) => [column.index, column]));
    this.byName = new Map(columns.map((column) => [column.place.name, column]));
    this.lists = new Set(columns.flatMap((column) => column.list ?? []));
  }

  /** Takes one row; gives back the reading that it ends. */
  take(row: TableRow): Candidate | undefined {
    if (isNoteRow(row)) return undefined;
    this.rows++;
    const place = placeOf(this.table, row.row);
    const continues = this.columns.every((column) => column.list !== undefined || !row.cells[column.index]);
    if (continues && this.open && this.lists.size > 0) {
      this.read(row, place, this.open);
      return undefined;
    }
    const before = this.open?.candidate();
    this.open = new OpenReading(place, { ...this.options.fixed }, this.byName);
    for (const list of this.lists) this.open.value[list] = [];
    this.read(row, place, this.open);
    return before;
  }

  *rest(): Generator<Candidate> {
    if (this.open) yield this.open.candidate();
    if (this.rows > 0) return;
    const place = placeOf(this.table, this.headerRow.row);
    const [wrong, right] = ['there is no row below the header', 'one reading a row'];
    yield unreadable([{ ...place, code: 'TL_SHEET_EMPTY', wrong, right }]);
  }

  private read(row: TableRow, place: Place, into: OpenReading): void {
    const elements = new Map<string, Record<string, unknown>>();
    for (const [index, cell] of row.cells.entries()) {
      if (!cell) continue;
      const column = this.byIndex.get(index);
      if (!column) {
        const fault = this.strayCell(place, index, cellText(cell));
        if (fault) into.faults.push(fault);
        continue;
      }
      const target = column.list ? elementOf(column.list, elements, into.value) : into.value;
      const position = column.list ? (into.value[column.list] as unknown[]).length - 1 : undefined;
      const path =
        position === undefined ? [column.field.name] : [column.list as string, position, column.field.name];
      into.found.set(path.join('.'), { place, column: column.place });
      if (position !== undefined) into.found.set(`${column.list}.${position}`, { place });
      const result = cellValue(cell, column.field, this.options);
      if ('value' in result) target[column.field.name] = result.value;
      else into.fail(path, { ...place, column: column.place, ...result.fault });
    }
  }

  private strayCell(place: Place, index: number, text: string): SheetFault | undefined {
    if (this.headerRow.cells[index]) return undefined;
    const column = { letter: columnLetter(index), name: '(no header)' };
    const [wrong, right] = [
      `${shown(text)} stands in a column without a name`,
      'a name in the header, or an empty cell',
    ];
    return { ...place, code: 'TL_SHEET_HEADER', column, wrong, right };
  }
}

function elementOf(
  list: string,
  elements: Map<string, Record<string, unknown>>,
  value: Record<string, unknown>,
): Record<string, unknown> {
  let element = elements.get(list);
  if (!element) {
    element = {};
    elements.set(list, element);
    (value[list] as unknown[]).push(element);
  }
  return element;
}

class OpenReading {
  readonly place: Place;
  readonly value: Record<string, unknown>;
  readonly faults: SheetFault[] = [];
  readonly found = new Map<string, Found>();
  private readonly byName: ReadonlyMap<string, Column>;
  private readonly failed = new Set<string>();

  constructor(place: Place, value: Record<string, unknown>, byName: ReadonlyMap<string, Column>) {
    this.place = place;
    this.value = value;
    this.byName = byName;
  }

  fail(path: readonly PropertyKey[], fault: SheetFault): void {
    this.faults.push(fault);
    this.failed.add(path.join('.'));
  }

  candidate(): Candidate {
    return {
      place: this.place,
      value: this.value,
      faults: this.faults,
      failed: this.failed,
      locate: (path) => this.locate(path),
    };
  }

  /** The cell of a value, or where there is none the column in which it should stand. */
  private locate(path: readonly PropertyKey[]): Place & { readonly column?: ColumnPlace } {
    const exact = this.found.get(path.join('.'));
    if (exact) return { ...exact.place, ...(exact.column && { column: exact.column }) };
    const element = path.length > 1 ? this.found.get(path.slice(0, 2).join('.')) : undefined;
    const column = this.byName.get(path.filter((part) => typeof part === 'string').join('.'));
    return { ...(element?.place ?? this.place), ...(column && { column: column.place }) };
  }
}
