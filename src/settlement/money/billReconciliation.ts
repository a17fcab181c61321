/** Compares a received bill with the rebuilt statement, line by line, and splits each difference by its cause. */
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { amountFen } from './amount.ts';
import type { MoneyLine } from './moneyLine.ts';

export interface DifferenceSplit {
  /** `(wh received - wh) x price`. */
  readonly byQuantityFen: bigint;
  /** `wh received x (price received - price)`. */
  readonly byPriceFen: bigint;
  /** What these two leave open: rounding, fees, another direction. */
  readonly otherFen: bigint;
}

export interface ReconciliationRow {
  readonly component: string;
  readonly note: string | null;
  readonly status: 'equal' | 'different' | 'missing_in_bill' | 'not_expected' | 'duplicate';
  /** Received less rebuilt, from the data centre's purse: credits count negative. */
  readonly differenceFen: bigint;
  /** On `equal` and `different` rows. */
  readonly split?: DifferenceSplit;
}

export interface Reconciliation {
  /** By component, then note (absent first); duplicates last, in order of receipt. */
  readonly rows: readonly ReconciliationRow[];
  readonly totalDifferenceFen: bigint;
}

/**
 * Reconciles the lines of one data centre; lines between other parties are ignored.
 * @throws Refusal E_DUP_LINE where the rebuilt statement itself names a line twice
 */
export function reconcileBill(
  dataCenter: string,
  rebuilt: readonly MoneyLine[],
  received: readonly MoneyLine[],
): Reconciliation {
  const own = (lines: readonly MoneyLine[]) =>
    lines.filter(({ payer, payee }) => payer === dataCenter || payee === dataCenter);
  const expected = new Map<string, MoneyLine>();
  for (const line of own(rebuilt)) {
    if (expected.has(keyOf(line))) {
      throw new Refusal('the rebuilt statement names a line twice', {
        code: 'E_DUP_LINE',
        place: keyOf(line),
      });
    }
    expected.set(keyOf(line), line);
  }
  const billed = new Map<string, MoneyLine>();
  const duplicates: ReconciliationRow[] = [];
  for (const line of own(received)) {
    if (billed.has(keyOf(line))) duplicates.push(lone(line, 'duplicate', paidFen(line, dataCenter)));
    else billed.set(keyOf(line), line);
  }
  const rows: ReconciliationRow[] = [];
  for (const [key, line] of expected) {
    const counterpart = billed.get(key);
    rows.push(
      counterpart === undefined
        ? lone(line, 'missing_in_bill', -paidFen(line, dataCenter))
        : compareLines(line, counterpart, dataCenter),
    );
  }
  for (const [key, line] of billed) {
    if (!expected.has(key)) rows.push(lone(line, 'not_expected', paidFen(line, dataCenter)));
  }
  rows.sort(byComponentThenNote);
  rows.push(...duplicates);
  return { rows, totalDifferenceFen: rows.reduce((sum, row) => sum + row.differenceFen, 0n) };
}

function compareLines(rebuilt: MoneyLine, received: MoneyLine, dataCenter: string): ReconciliationRow {
  const differenceFen = paidFen(received, dataCenter) - paidFen(rebuilt, dataCenter);
  const same =
    differenceFen === 0n &&
    rebuilt.wh === received.wh &&
    rebuilt.priceMilliYuanPerMwh === received.priceMilliYuanPerMwh;
  return {
    component: rebuilt.component,
    note: rebuilt.note ?? null,
    status: same ? 'equal' : 'different',
    differenceFen,
    split: splitDifference(rebuilt, received, dataCenter, differenceFen),
  };
}

function splitDifference(
  rebuilt: MoneyLine,
  received: MoneyLine,
  dataCenter: string,
  differenceFen: bigint,
): DifferenceSplit {
  const direction = directionOf(rebuilt, dataCenter);
  const priced = pricing(rebuilt);
  const billed = pricing(received);
  if (priced === undefined || billed === undefined || direction !== directionOf(received, dataCenter)) {
    return { byQuantityFen: 0n, byPriceFen: 0n, otherFen: differenceFen };
  }
  const byQuantityFen = direction * amountFen(billed.wh - priced.wh, priced.price);
  const byPriceFen = direction * amountFen(billed.wh, billed.price - priced.price);
  return { byQuantityFen, byPriceFen, otherFen: differenceFen - byQuantityFen - byPriceFen };
}

function pricing(line: MoneyLine): { wh: bigint; price: bigint } | undefined {
  const { wh, priceMilliYuanPerMwh: price } = line;
  return wh === undefined || price === undefined ? undefined : { wh, price };
}

/** +1 where a positive product of Wh and price is paid by the data centre, -1 where it is paid to it. */
function directionOf(line: MoneyLine, dataCenter: string): bigint {
  const product = (line.wh ?? 0n) * (line.priceMilliYuanPerMwh ?? 0n);
  return (line.payer === dataCenter) === product >= 0n ? 1n : -1n;
}

function paidFen(line: MoneyLine, dataCenter: string): bigint {
  return line.payer === dataCenter ? line.amountFen : -line.amountFen;
}

function lone(
  line: MoneyLine,
  status: ReconciliationRow['status'],
  differenceFen: bigint,
): ReconciliationRow {
  return { component: line.component, note: line.note ?? null, status, differenceFen };
}

function keyOf(line: MoneyLine): string {
  return JSON.stringify([line.component, line.note ?? null]);
}

function byComponentThenNote(a: ReconciliationRow, b: ReconciliationRow): number {
  const byComponent = compareUtf8(a.component, b.component);
  if (byComponent !== 0 || a.note === b.note) return byComponent;
  if (a.note === null) return -1;
  return b.note === null ? 1 : compareUtf8(a.note, b.note);
}
