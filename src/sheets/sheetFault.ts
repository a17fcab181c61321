/** A fault in a sheet, as the person who filled it in can find and mend it; and the bounded list of all of them. */

/** Where a row stands, as the reader of the file counts: rows from 1, the header being a row too. */
export interface Place {
  readonly file: string;
  readonly sheet?: string;
  /** 1-based row, line or record; 0 speaks of the whole file or sheet. */
  readonly row: number;
}

export interface ColumnPlace {
  /** Column letter where the file is a table. */
  readonly letter?: string;
  /** Name of the field, with its path in a list: `inputs[0].unit`. */
  readonly name: string;
  /** Chinese title of the field. */
  readonly title?: string;
}

/** Closed list: what can be wrong with a sheet. */
export type SheetFaultCode =
  | 'TL_SHEET_NOT_READABLE'
  | 'TL_SHEET_EMPTY'
  | 'TL_SHEET_WRONG_SHEET'
  | 'TL_SHEET_HEADER'
  | 'TL_SHEET_UNKNOWN_COLUMN'
  | 'TL_SHEET_UNIT'
  | 'TL_SHEET_CELL'
  | 'TL_SHEET_TIME'
  | 'TL_SHEET_TIME_NAIVE'
  | 'TL_SHEET_NUMBER'
  | 'TL_SHEET_VALUE'
  | 'TL_SHEET_MISSING'
  | 'TL_SHEET_RULE'
  | 'TL_SHEET_ITEM_ORPHAN'
  | 'TL_SHEET_REPEATED';

export interface SheetFault extends Place {
  readonly code: SheetFaultCode;
  readonly column?: ColumnPlace;
  readonly wrong: string;
  readonly right: string;
}

/** `a.xlsx · sheet "grid.load" · row 5 · column C start 时段起点: …` in one line. */
export function faultText(fault: SheetFault): string {
  return `${placeText(fault)}: ${fault.wrong}; would be right: ${fault.right}`;
}

/** Lines that name every fault; where one column has the same kind of fault over and over, its rows are gathered. */
export function faultLines(faults: readonly SheetFault[], inFull = 5): string[] {
  const groups = new Map<string, SheetFault[]>();
  for (const fault of faults) {
    const key = JSON.stringify([fault.file, fault.sheet, fault.column?.name, fault.code]);
    const group = groups.get(key);
    if (group) group.push(fault);
    else groups.set(key, [fault]);
  }
  const repeated = [...groups.values()].filter((group) => group.length > inFull + 1);
  const gathered = new Set(repeated.flatMap((group) => group.slice(inFull)));
  const lines = faults.filter((fault) => !gathered.has(fault)).map(faultText);
  const others = repeated.map((group) => {
    const rest = group.slice(inFull);
    const { file, sheet, column } = rest[0] as SheetFault;
    const place = { file, row: 0, ...(sheet !== undefined && { sheet }), ...(column && { column }) };
    return `${placeText(place)}: the same kind of fault in rows ${rowRanges(rest.map(({ row }) => row))}`;
  });
  return [...lines, ...others];
}

/** `4–7, 9` of ascending row numbers. */
function rowRanges(rows: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && row <= last[1] + 1) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}

export function placeText(fault: Place & { readonly column?: ColumnPlace }): string {
  const { file, sheet, row, column } = fault;
  const named = column && [column.letter, column.name, column.title].filter(Boolean).join(' ');
  return [file, sheet && `sheet "${sheet}"`, row > 0 && `row ${row}`, named && `column ${named}`]
    .filter(Boolean)
    .join(' · ');
}

/** Keeps the first faults and counts the others, so that a file of a million wrong rows stays readable. */
export class FaultList {
  readonly kept: SheetFault[] = [];
  total = 0;
  private readonly limit: number;

  constructor(limit = 200) {
    this.limit = limit;
  }

  add(faults: readonly SheetFault[]): void {
    this.total += faults.length;
    for (const fault of faults) if (this.kept.length < this.limit) this.kept.push(fault);
  }
}

/** What was given, short enough for a message. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return typeof value === 'string' ? `"${short}"` : short;
}
