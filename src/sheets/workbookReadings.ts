/** Candidates of a workbook: which sheets hold readings, and lists whose elements stand on a sheet of their own. */
import { basename } from 'node:path';
import type { NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { type Candidate, unreadable } from './candidate.ts';
import type { CellContext } from './cellValue.ts';
import { allFieldsOf, fieldsOf, identityFields, kindFieldNames } from './fieldsOf.ts';
import { isHeader } from './header.ts';
import { ItemSheet } from './itemSheet.ts';
import { tableReadings } from './tableReadings.ts';
import { openWorkbook, type Workbook, type WorkbookSheet } from './xlsx/workbook.ts';

/** Sheet of explanations and examples in a template; nothing on it is ever sent. */
export const NOTES_SHEET = '说明 Notes';

export interface WorkbookOptions extends CellContext {
  /** Hears of sheets that are left aside although something stands on them. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Candidates sheet by sheet. Sheets that hold no readings of the contract are named through `onNote`. */
export async function* workbookReadings(
  path: string,
  contract: StreamContract,
  options: WorkbookOptions,
): AsyncGenerator<Candidate> {
  const workbook = await openWorkbook(path);
  try {
    const file = basename(path);
    const chosen = await chooseSheets(workbook, contract);
    for (const sheet of chosen.aside) options.onNote?.(`${file} · sheet "${sheet.name}" is left aside`);
    const items = await readItemSheets(workbook, file, chosen.items, contract, options);
    for (const problem of items.flatMap((item) => item.problems)) yield problem;
    let filled = 0;
    for (const { sheet, kind } of chosen.data) {
      const table = { file, sheet: sheet.name, rows: workbook.rows(sheet) };
      const mixed = kind === undefined;
      const fields = mixed ? allFieldsOf(contract) : fieldsOf(contract, kind);
      const columnless = new Set([
        ...items.map((item) => item.list),
        ...(mixed ? kindFieldNames(contract) : []),
      ]);
      const tableOptions = { ...options, fields, columnless, ...(!mixed && { fixed: { kind } }) };
      const several = chosen.data.length > 1;
      for await (const candidate of tableReadings(table, tableOptions)) {
        // Of a template's sheets for several kinds, those that nobody filled in are no fault.
        if (several && isEmptySheet(candidate)) continue;
        filled++;
        yield items.reduce((joined, item) => item.join(joined), candidate);
      }
    }
    for (const item of items) yield* item.orphans();
    if (filled === 0) yield nothingToRead(file, workbook, chosen, contract);
  } finally {
    workbook.close();
  }
}

const isEmptySheet = (candidate: Candidate) =>
  candidate.faults.some((fault) => fault.code === 'TL_SHEET_EMPTY');

interface Chosen {
  readonly data: readonly { readonly sheet: WorkbookSheet; readonly kind?: string }[];
  readonly items: readonly { readonly sheet: WorkbookSheet; readonly list: NamedField }[];
  readonly aside: readonly WorkbookSheet[];
}

/**
 * Sheets named after the topic or one of its kinds; where there is none, the only sheet that is not blank, or the
 * only one whose header is the contract's. Sheets named after a list hold its elements.
 */
async function chooseSheets(workbook: Workbook, contract: StreamContract): Promise<Chosen> {
  const lists = contract.fields.filter((field) => field.kind === 'items');
  const filled: WorkbookSheet[] = [];
  for (const sheet of workbook.sheets) if (!(await isBlank(workbook, sheet))) filled.push(sheet);
  const open = filled.filter((sheet) => sheet.name !== NOTES_SHEET);
  const items = open.flatMap((sheet) => {
    const list = lists.find((field) => named(sheet, field.name) || named(sheet, field.about.zh));
    return list ? [{ sheet, list }] : [];
  });
  const rest = open.filter((sheet) => !items.some((item) => item.sheet === sheet));
  const kinds = Object.keys(contract.kinds);
  const data = rest.flatMap((sheet) => {
    if (named(sheet, contract.topic) || named(sheet, contract.about.zh)) return [{ sheet }];
    const kind = kinds.find((name) => named(sheet, name));
    return kind === undefined ? [] : [{ sheet, kind }];
  });
  if (data.length === 0) {
    const visible = rest.filter((sheet) => !sheet.hidden);
    const matching = visible.length === 1 ? visible : await withHeaderOf(workbook, visible, contract);
    if (matching.length === 1) data.push({ sheet: matching[0] as WorkbookSheet });
  }
  return { data, items, aside: rest.filter((sheet) => !data.some((chosen) => chosen.sheet === sheet)) };
}

const named = (sheet: WorkbookSheet, name: string) => sheet.name.trim().toLowerCase() === name.toLowerCase();

async function isBlank(workbook: Workbook, sheet: WorkbookSheet): Promise<boolean> {
  for await (const row of workbook.rows(sheet))
    if (row.cells.some((cell) => cell !== undefined)) return false;
  return true;
}

async function withHeaderOf(
  workbook: Workbook,
  sheets: readonly WorkbookSheet[],
  contract: StreamContract,
): Promise<WorkbookSheet[]> {
  const matching: WorkbookSheet[] = [];
  for (const sheet of sheets) {
    for await (const row of workbook.rows(sheet)) {
      if (row.row > 10) break;
      if (!isHeader(row, allFieldsOf(contract))) continue;
      matching.push(sheet);
      break;
    }
  }
  return matching;
}

async function readItemSheets(
  workbook: Workbook,
  file: string,
  sheets: Chosen['items'],
  contract: StreamContract,
  context: CellContext,
): Promise<ItemSheet[]> {
  const read: ItemSheet[] = [];
  for (const { sheet, list } of sheets) {
    const table = { file, sheet: sheet.name, rows: workbook.rows(sheet) };
    read.push(await ItemSheet.read(table, list, identityFields(contract), context));
  }
  return read;
}

function nothingToRead(
  file: string,
  workbook: Workbook,
  chosen: Chosen,
  contract: StreamContract,
): Candidate {
  if (chosen.data.length > 0) {
    const [wrong, right] = ['no sheet has a row below its header', 'one reading a row'];
    return unreadable([{ file, row: 0, code: 'TL_SHEET_EMPTY', wrong, right }]);
  }
  const names = workbook.sheets.map((sheet) => `"${sheet.name}"`).join(', ');
  const wanted = [contract.topic, ...Object.keys(contract.kinds)].map((name) => `"${name}"`);
  return unreadable([
    {
      file,
      row: 0,
      code: 'TL_SHEET_WRONG_SHEET',
      wrong: `no sheet with readings among ${names}`,
      right: `a sheet named ${wanted.join(' or ')}, as \`tanliu template ${contract.topic}\` gives it`,
    },
  ]);
}
