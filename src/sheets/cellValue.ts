/** From a cell to the value that the contract's field asks for, refusing whatever would have to be guessed. */
import type { NamedField } from '../../schemas/fields.ts';
import { type Cell, cellText } from './cell.ts';
import { expectationOf } from './expectation.ts';
import { instantOfWall, instantText, parseWrittenTime, type TimeZone } from './localTime.ts';
import { type SheetFaultCode, shown } from './sheetFault.ts';

export interface CellFault {
  readonly code: SheetFaultCode;
  readonly wrong: string;
  readonly right: string;
}

export type CellValue = { readonly value: unknown } | { readonly fault: CellFault };

export interface CellContext {
  /** Zone of times that are written without an offset; where it is absent such times are refused. */
  readonly timeZone?: TimeZone | undefined;
}

/** Value of a cell that is not blank. Numbers stay numbers, times become instants with offset; limits are the contract's to judge. */
export function cellValue(cell: Cell, field: NamedField, context: CellContext): CellValue {
  if (cell.kind === 'error')
    return fault('TL_SHEET_CELL', `the formula gives ${cell.text}`, expectationOf(field));
  if (cell.kind === 'uncomputed') {
    return fault(
      'TL_SHEET_CELL',
      'the formula has no computed value',
      'open the file in a spreadsheet program and save it, or enter the value itself',
    );
  }
  if (cell.kind === 'boolean')
    return fault('TL_SHEET_VALUE', `${cellText(cell)} is a truth value`, expectationOf(field));
  switch (field.kind) {
    case 'timestamp':
      return timeValue(cell, field, context);
    case 'uint32':
    case 'int64':
    case 'float64':
      return numberValue(cell, field);
    case 'items':
    case 'json':
      return jsonValue(cell, field);
    default:
      return textValue(cell, field);
  }
}

function textValue(cell: Cell, field: NamedField): CellValue {
  if (cell.kind === 'text') return { value: cell.text };
  if (cell.kind === 'date') {
    return fault(
      'TL_SHEET_VALUE',
      `the spreadsheet program has made this a date (${cellText(cell)})`,
      `format the column as text and enter it again: ${expectationOf(field)}`,
    );
  }
  // Excel keeps 15 digits and drops zeros before and after, so that only short whole numbers are surely what was typed.
  const value = cell.kind === 'number' ? cell.value : Number.NaN;
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return { value: String(value) };
  return fault(
    'TL_SHEET_VALUE',
    `${cellText(cell)} is stored as a number, which may have lost digits`,
    `format the column as text and enter it again: ${expectationOf(field)}`,
  );
}

const PLAIN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const EXPONENT_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)e[+-]?\d{1,3}$/i;

function numberValue(cell: Cell, field: NamedField): CellValue {
  const whole = field.kind !== 'float64';
  if (cell.kind === 'number') return { value: whole ? asShownByExcel(cell.value) : cell.value };
  if (cell.kind === 'date') {
    return fault(
      'TL_SHEET_NUMBER',
      `the cell is formatted as a date (${cellText(cell)})`,
      `format the column as number: ${expectationOf(field)}`,
    );
  }
  const text = cellText(cell).normalize('NFKC').replace('−', '-');
  if (PLAIN_NUMBER.test(text)) return exactNumber(text, field);
  if (EXPONENT_NUMBER.test(text)) {
    if (!whole) return { value: Number(text) };
    return fault(
      'TL_SHEET_NUMBER',
      `${shown(cellText(cell))} has been shortened to powers of ten and may have lost digits`,
      `all digits written out: ${expectationOf(field)}`,
    );
  }
  return fault(
    'TL_SHEET_NUMBER',
    `${shown(cellText(cell))} is not a number`,
    numberRemedy(text) ?? expectationOf(field),
  );
}

/** Spreadsheet programs compute with 15 digits; a whole number that a formula missed by less is that whole number. */
function asShownByExcel(value: number): number {
  const rounded = Number(value.toPrecision(15));
  return Number.isInteger(value) || !Number.isInteger(rounded) ? value : rounded;
}

function exactNumber(text: string, field: NamedField): CellValue {
  const value = Number(text);
  if (field.kind === 'float64' || Number.isSafeInteger(value) || !Number.isInteger(value)) return { value };
  return fault('TL_SHEET_NUMBER', `${shown(text)} has more digits than can be kept`, expectationOf(field));
}

function numberRemedy(text: string): string | undefined {
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) {
    const plain = `${text.replaceAll(',', '')} without thousands separators`;
    return text.includes('.') || text.indexOf(',') !== text.lastIndexOf(',')
      ? plain
      : `${plain}, or ${text.replace(',', '.')} if the comma is decimal`;
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return `${text.replace(',', '.')} with a decimal point`;
  if (/^(null|nan|n\/?a|none|无|未知|缺测|-+|—+|\?+|\/)$/i.test(text))
    return 'leave the cell empty where the value is unknown';
  const withUnit = /^([+-]?\d+(?:\.\d+)?)\s*\D+$/.exec(text);
  return withUnit ? `the number alone; the unit stands in the contract` : undefined;
}

function timeValue(cell: Cell, field: NamedField, context: CellContext): CellValue {
  if (cell.kind === 'date') return zoned(cell.wallMs, cellText(cell), context);
  if (cell.kind === 'number') {
    return fault(
      'TL_SHEET_TIME',
      `${cell.value} is a number, not a time`,
      'format the column as date and time, or as text such as 2026-03-01T00:00:00+08:00',
    );
  }
  const text = cellText(cell);
  const written = parseWrittenTime(text);
  if (written === 'hour24')
    return fault('TL_SHEET_TIME', `${shown(text)} has an hour 24`, '00:00 of the next day');
  if (!written) return fault('TL_SHEET_TIME', `${shown(text)} is not a time`, expectationOf(field));
  if (written.offsetMs === undefined) return zoned(written.wallMs, text, context);
  return { value: instantText(written.wallMs - written.offsetMs) };
}

function zoned(wallMs: number, text: string, { timeZone }: CellContext): CellValue {
  if (timeZone === undefined) {
    const day = new Date(wallMs).toISOString().slice(0, 19);
    return fault(
      'TL_SHEET_TIME_NAIVE',
      `${shown(text)} does not say its UTC offset`,
      `${day}+08:00 as text, or state the zone of all such times: --time-zone Asia/Shanghai`,
    );
  }
  const instant = instantOfWall(wallMs, timeZone);
  if (typeof instant === 'number') return { value: instantText(instant) };
  const why = instant === 'skipped' ? 'does not exist' : 'happened twice';
  return fault(
    'TL_SHEET_TIME',
    `${shown(text)} ${why} in ${timeZone} (clocks were changed)`,
    'the time with its UTC offset',
  );
}

function jsonValue(cell: Cell, field: NamedField): CellValue {
  try {
    return { value: JSON.parse(cellText(cell)) };
  } catch {
    return fault(
      'TL_SHEET_VALUE',
      `${shown(cellText(cell))} is not JSON`,
      `as JSON text, ${expectationOf(field)}`,
    );
  }
}

function fault(code: SheetFaultCode, wrong: string, right: string): CellValue {
  return { fault: { code, wrong, right } };
}
