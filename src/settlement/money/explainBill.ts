/** A statement and a received document side by side: each difference with its line and its cause in words. */
import type { BillMapping } from '../../../schemas/documents/billMapping.ts';
import type { SettlementStatement } from '../../../schemas/documents/settlementStatement.ts';
import type { ReceivedBill } from './billDocument.ts';
import { type ReconciliationRow, reconcileBill } from './billReconciliation.ts';
import type { MoneyLine } from './moneyLine.ts';

interface Words {
  readonly en: string;
  readonly zh: string;
}

export interface ExplainedRow extends ReconciliationRow {
  readonly cause: Words;
  /** Rows of the bill with this line. */
  readonly billRows: readonly number[];
}

export interface ExplainedBill {
  readonly issuer: string;
  readonly document: BillMapping['document'];
  readonly dataCenter: string;
  readonly period: string;
  readonly rows: readonly ExplainedRow[];
  readonly totalDifferenceFen: bigint;
  readonly unmapped: readonly string[];
}

/** What rounding alone can leave in a line that one side splits and the other does not. */
const ROUNDING_FEN = 2n;

const LONE_CAUSES: Readonly<Record<'missing_in_bill' | 'not_expected' | 'duplicate', Words>> = {
  missing_in_bill: { en: 'the bill does not have this line', zh: '账单缺少此项' },
  not_expected: { en: 'the bill has a line that was not expected', zh: '账单多出此项' },
  duplicate: { en: 'the bill has this line twice', zh: '账单重复计列' },
};

/** Reconciles the lines that the document covers. @throws Refusal E_DUP_LINE */
export function explainBill(
  statement: SettlementStatement,
  bill: ReceivedBill,
  { issuer, document, covers }: BillMapping,
): ExplainedBill {
  const { dataCenter, period } = statement;
  const covered = new Set(covers);
  const expected = statement.lines.filter(
    ({ component }) => covered.has(component) || covered.has(component.split(':', 1)[0]!),
  ) as MoneyLine[];
  const { rows, totalDifferenceFen } = reconcileBill(dataCenter, expected, bill.lines);
  return {
    issuer,
    document,
    dataCenter,
    period,
    rows: rows.map((row) => ({
      ...row,
      cause: causeOf(row),
      billRows: bill.lines
        .filter(({ component, note }) => component === row.component && (note ?? null) === row.note)
        .map((line) => line.row),
    })),
    totalDifferenceFen,
    unmapped: bill.unmapped,
  };
}

function causeOf({ status, split, differenceFen }: ReconciliationRow): Words {
  if (status === 'equal') return { en: 'equal', zh: '一致' };
  if (status !== 'different') return LONE_CAUSES[status];
  const { byQuantityFen = 0n, byPriceFen = 0n, otherFen = differenceFen } = split ?? {};
  const causes: Words[] = [];
  if (byQuantityFen !== 0n) causes.push({ en: 'another quantity', zh: '电量不同' });
  if (byPriceFen !== 0n) causes.push({ en: 'another price', zh: '电价不同' });
  const size = otherFen < 0n ? -otherFen : otherFen;
  if (size > ROUNDING_FEN)
    causes.push({ en: 'another amount than quantity times price', zh: '金额与量价不符' });
  else if (size > 0n) causes.push({ en: 'rounding', zh: '舍入' });
  if (causes.length === 0)
    causes.push({ en: 'quantity or price stated otherwise, the same amount', zh: '量价写法不同，金额一致' });
  return { en: causes.map(({ en }) => en).join(', '), zh: causes.map(({ zh }) => zh).join('、') };
}
