/** Reads a table's header: which column is which field, and what is wrong with the names. */
import type { NamedField } from '../../schemas/fields.ts';
import { type Cell, cellText, columnLetter, type TableRow } from './cell.ts';
import { isRequired } from './fieldsOf.ts';
import { nearestName } from './nearestName.ts';
import type { ColumnPlace, SheetFaultCode } from './sheetFault.ts';

export interface Column {
  readonly index: number;
  readonly field: NamedField;
  /** Name of the list when the column belongs to one of its elements (`inputs.unit`). */
  readonly list?: string;
  readonly place: ColumnPlace;
}

export interface HeaderFault {
  readonly code: SheetFaultCode;
  readonly column?: ColumnPlace;
  readonly wrong: string;
  readonly right: string;
}

export interface Header {
  readonly columns: readonly Column[];
  readonly faults: readonly HeaderFault[];
}

interface Target {
  readonly field: NamedField;
  readonly list?: string;
}

/** Mark of rows that explain and of columns that hold remarks; no id, time or number begins with it. */
export const NOTE_MARK = '※';

/** Units as they stand in Chinese headers; the right side is the contract's spelling. */
const CHINESE_UNITS: Readonly<Record<string, string>> = {
  千瓦时: 'kWh',
  度: 'kWh',
  兆瓦时: 'MWh',
  瓦时: 'Wh',
  千瓦: 'kW',
  兆瓦: 'MW',
  千伏安: 'kVA',
  吨: 't',
  千克: 'kg',
  秒: 's',
  分钟: 'min',
  小时: 'h',
};

/**
 * Names accepted: the field's name in any case or with underscores, its Chinese title, each with or without its
 * unit in brackets; elements of a list as `inputs.unit`. Columns whose name begins with ※ or # are remarks.
 * `given` names fields that come from elsewhere (the sheet's name, a sheet of elements).
 */
export function readHeader(
  row: TableRow,
  fields: readonly NamedField[],
  given: ReadonlySet<string> = new Set(),
): Header {
  const targets = targetsOf(fields);
  const columns: Column[] = [];
  const faults: HeaderFault[] = [];
  const taken = new Map<string, string>();
  for (const [index, cell] of row.cells.entries()) {
    const name = cellText(cell);
    if (!cell || isRemark(name)) continue;
    const letter = columnLetter(index);
    const target = targetOf(name, targets);
    if (!target) {
      faults.push(unknownColumn(name, letter, targets));
      continue;
    }
    const path = pathOf(target);
    const unitFault = wrongUnit(name, target.field);
    if (unitFault)
      faults.push({ ...unitFault, column: { letter, name: path, title: target.field.about.zh } });
    const earlier = taken.get(path);
    if (earlier) {
      const column = { letter, name: path, title: target.field.about.zh };
      const wrong = `the same field already stands in column ${earlier}`;
      faults.push({ code: 'TL_SHEET_HEADER', column, wrong, right: 'one column a field' });
    }
    taken.set(path, letter);
    columns.push({ index, ...target, place: { letter, name: path, title: target.field.about.zh } });
  }
  return { columns, faults: [...faults, ...missingColumns(fields, columns, given)] };
}

/** The header is the first row that names at least two fields (or all of a narrow table), within the first ten that hold anything; titles may stand above it. */
export function isHeader(row: TableRow, fields: readonly NamedField[]): boolean {
  const targets = targetsOf(fields);
  const named = row.cells.filter((cell) => cell?.kind === 'text' && targetOf(cell.text, targets)).length;
  return named >= Math.min(2, fields.length);
}

/** How many of the texts name a field; used to tell the separator of a CSV file. */
export function knownNames(texts: readonly string[], fields: readonly NamedField[]): number {
  const targets = targetsOf(fields);
  return texts.filter((text) => targetOf(text, targets)).length;
}

/** A row that explains the columns, as templates have it below the header. */
export function isNoteRow(row: TableRow): boolean {
  const filled = row.cells.filter((cell): cell is Cell => cell !== undefined);
  return filled.length > 0 && filled.every((cell) => cellText(cell).startsWith(NOTE_MARK));
}

function isRemark(name: string): boolean {
  return name === '' || name.startsWith(NOTE_MARK) || name.startsWith('#');
}

function targetsOf(fields: readonly NamedField[]): Map<string, Target> {
  const targets = new Map<string, Target>();
  for (const field of fields) {
    for (const name of [field.name, field.about.zh]) targets.set(normal(name), { field });
    for (const item of field.items ?? []) {
      targets.set(normal(`${field.name}.${item.name}`), { field: item, list: field.name });
      targets.set(normal(`${field.about.zh}.${item.about.zh}`), { field: item, list: field.name });
    }
  }
  return targets;
}

const normal = (name: string) => name.normalize('NFKC').toLowerCase().replace(/[\s_]/g, '');
/** A last part in brackets, `电量（千瓦时）` or `energyMwh [MWh]`; the texts have passed NFKC. */
const BRACKETS = /\s*(?:\[([^\]]*)\]|\(((?:[^()]|\([^()]*\))*)\)|【([^】]*)】)\s*$/;

function targetOf(name: string, targets: Map<string, Target>): Target | undefined {
  const bare = name.normalize('NFKC').replace(/\s*\*\s*$/, '');
  return targets.get(normal(bare)) ?? targets.get(normal(bare.replace(BRACKETS, '')));
}

const pathOf = ({ field, list }: Target) => (list ? `${list}.${field.name}` : field.name);

function wrongUnit(name: string, field: NamedField): HeaderFault | undefined {
  const parts = BRACKETS.exec(name.normalize('NFKC'));
  const written = (parts?.[1] ?? parts?.[2] ?? parts?.[3])?.trim();
  if (!written || !field.unit || field.unit.startsWith('as in')) return undefined;
  const unit = CHINESE_UNITS[written] ?? (/^[A-Za-z][\w/·%²³.()-]*$/.test(written) ? written : undefined);
  if (unit === undefined || sameUnit(unit, field.unit)) return undefined;
  return {
    code: 'TL_SHEET_UNIT',
    wrong: `the header says ${written}, the contract's unit is ${field.unit}`,
    right: `values in ${field.unit} under ${field.name} [${field.unit}]`,
  };
}

/** MW and mW differ by nine powers of ten, so that the case of an m counts. */
function sameUnit(left: string, right: string): boolean {
  if (left.toLowerCase() !== right.toLowerCase()) return false;
  return left[0] === right[0] || !/^m/i.test(left);
}

function unknownColumn(name: string, letter: string, targets: Map<string, Target>): HeaderFault {
  const names = [...new Set([...targets.values()].map(pathOf))];
  const titles = new Map([...targets.values()].map((target) => [target.field.about.zh, pathOf(target)]));
  const bare = name.normalize('NFKC').replace(BRACKETS, '').trim();
  const near = nearestName(bare, [...names, ...titles.keys()]);
  const meant = near && (titles.get(near) ?? near);
  return {
    code: 'TL_SHEET_UNKNOWN_COLUMN',
    column: { letter, name: `"${name}"` },
    wrong: 'the contract has no such field',
    right: meant
      ? `did you mean ${meant}? A remark's column begins with #`
      : `one of ${names.join(', ')}; a remark's column begins with #`,
  };
}

function missingColumns(
  fields: readonly NamedField[],
  columns: readonly Column[],
  given: ReadonlySet<string>,
): HeaderFault[] {
  const present = new Set(columns.map((column) => column.list ?? column.field.name));
  const missing = fields.filter(
    (field) => isRequired(field) && !present.has(field.name) && !given.has(field.name),
  );
  const partial = columns.filter((column) => column.list);
  const elements = fields.filter((field) => partial.some((column) => column.list === field.name));
  const missingItems = elements.flatMap((field) =>
    (field.items ?? [])
      .filter((item) => isRequired(item) && !partial.some((column) => column.field === item))
      .map((item) => ({ ...item, name: `${field.name}.${item.name}` })),
  );
  return [...missing, ...missingItems].map((field) => ({
    code: 'TL_SHEET_HEADER',
    column: { name: field.name, title: field.about.zh },
    wrong: 'the column is missing',
    right: field.items
      ? `columns ${field.items.map((item) => `${field.name}.${item.name}`).join(', ')}, one element a row`
      : `a column named ${field.name} or ${field.about.zh}`,
  }));
}
