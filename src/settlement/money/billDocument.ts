/** A received bill as lines of ours: cells of a table by the issuer's mapping, exact, every fault of every row listed. */
import {
  AMOUNT_UNITS,
  type BillMapping,
  ENERGY_UNITS,
  PRICE_UNITS,
} from '../../../schemas/documents/billMapping.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { roundHalfAway } from '../integerDivision.ts';
import type { MoneyLine } from './moneyLine.ts';

/** Texts of a row, blanks as empty texts. */
export interface BillRow {
  readonly row: number;
  readonly cells: readonly string[];
}

export interface ReceivedLine extends MoneyLine {
  /** Row of the bill. */
  readonly row: number;
  /** What the issuer calls it. */
  readonly label: string;
}

export interface ReceivedBill {
  readonly lines: readonly ReceivedLine[];
  /** Items that the mapping does not name; their lines are `unmapped:<item>`, never dropped. */
  readonly unmapped: readonly string[];
}

const HEADER_WITHIN = 20;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads a bill. An amount below zero is a credit: the issuer pays. Prices finer than 0.001 yuan/MWh are rounded to it;
 * energies and amounts must be whole Wh and fen.
 * @throws Refusal E_BILL_HEADER with the columns that are missing, E_BILL_ROWS with every row that cannot be read
 */
export function readBillRows(
  rows: readonly BillRow[],
  mapping: BillMapping,
  dataCenter: string,
): ReceivedBill {
  const header = findHeader(rows, mapping);
  const faults: string[] = [];
  const unmapped = new Set<string>();
  const ignored = new Set(mapping.ignore);
  const lines: ReceivedLine[] = [];
  for (const row of rows) {
    if (row.row <= header.row) continue;
    const cell = (column: string | undefined) =>
      column === undefined ? '' : (row.cells[header.columns.get(column)!] ?? '').trim();
    const { columns } = mapping;
    const label = cell(columns.component);
    if (label === '' || ignored.has(label)) continue;
    const number = (column: { name: string } | undefined, factor: bigint, exact: boolean) => {
      const text = cell(column?.name);
      if (text === '') return undefined;
      const value = scaled(text, factor, exact);
      if (value === undefined) {
        const wanted = exact ? 'a number, whole in our smallest unit' : 'a number';
        faults.push(`row ${row.row}, ${column!.name}: "${text}" is not ${wanted}`);
      }
      return value;
    };
    const wh = number(columns.energy, columns.energy ? ENERGY_UNITS[columns.energy.unit] : 1n, true);
    const price = number(columns.price, columns.price ? PRICE_UNITS[columns.price.unit] : 1n, false);
    const amount = number(columns.amount, AMOUNT_UNITS[columns.amount.unit], true);
    if (amount === undefined) {
      if (cell(columns.amount.name) === '') faults.push(`row ${row.row}, ${columns.amount.name}: no amount`);
      continue;
    }
    const component = mapping.components[label];
    if (component === undefined) unmapped.add(label);
    const note = cell(columns.note);
    const isCredit = amount < 0n;
    lines.push({
      component: component ?? `unmapped:${label}`,
      payer: isCredit ? mapping.issuer : dataCenter,
      payee: isCredit ? dataCenter : mapping.issuer,
      amountFen: isCredit ? -amount : amount,
      ...(note !== '' && { note }),
      ...(wh !== undefined && { wh }),
      ...(price !== undefined && { priceMilliYuanPerMwh: price }),
      row: row.row,
      label,
    });
  }
  if (faults.length > 0) {
    throw new Refusal(`${faults.length} cells cannot be read: ${faults.join('; ')}`, { code: 'E_BILL_ROWS' });
  }
  return { lines, unmapped: [...unmapped] };
}

/** The first row that holds every column of the mapping. */
function findHeader(
  rows: readonly BillRow[],
  { columns }: BillMapping,
): { row: number; columns: ReadonlyMap<string, number> } {
  const wanted = [
    columns.component,
    columns.note,
    columns.energy?.name,
    columns.price?.name,
    columns.amount.name,
  ];
  const names = wanted.filter((one) => one !== undefined);
  let nearest: { missing: string[]; found: readonly string[] } = { missing: names, found: [] };
  for (const { row, cells } of rows.slice(0, HEADER_WITHIN)) {
    const texts = cells.map((text) => text.trim());
    const missing = names.filter((name) => !texts.includes(name));
    if (missing.length === 0)
      return { row, columns: new Map(names.map((name) => [name, texts.indexOf(name)])) };
    if (missing.length < nearest.missing.length) nearest = { missing, found: texts };
  }
  throw new Refusal(`the bill has no column ${nearest.missing.join(', ')}`, {
    code: 'E_BILL_HEADER',
    place: `first ${HEADER_WITHIN} rows; nearest: ${nearest.found.filter(Boolean).join(' | ') || 'none'}`,
    remedy: 'the names of the columns as the issuer writes them',
  });
}

/** A decimal text times a whole factor; undefined where it is no number, or not whole where it must be. */
function scaled(text: string, factor: bigint, exact: boolean): bigint | undefined {
  const match = DECIMAL.exec(text.replaceAll(/[,，\s¥￥]/g, ''));
  if (match === null) return undefined;
  const [, sign, whole = '', decimals = ''] = match;
  const divisor = 10n ** BigInt(decimals.length);
  const product = BigInt(whole + decimals) * factor;
  if (exact && product % divisor !== 0n) return undefined;
  const value = roundHalfAway(product, divisor);
  return sign === '-' ? -value : value;
}
