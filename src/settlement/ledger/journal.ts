/**
 * The append-only double-entry journal of settlement runs. A run states every line anew; what is
 * posted is only the difference to what the journal already holds for its market and period.
 */

import { RUN_TYPES } from '../../../schemas/reference/settlementTimetable.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { canonicalSha256 } from './canonicalHash.ts';

export interface JournalLine {
  readonly key: string;
  readonly unit: string;
  readonly debit: string;
  readonly credit: string;
  /** Whole fen or Wh >= 0; checked here. */
  readonly amount: bigint | number;
}

export interface SettlementRun {
  readonly market: string;
  readonly period: string;
  readonly runType: string;
  readonly runNo: number;
  readonly inputHash: string;
  readonly ruleVersion: string;
  /** Endings of keys that stay as they were once posted, e.g. `|environment`. */
  readonly frozen: readonly string[];
  readonly lines: readonly JournalLine[];
}

/** What names a run; with key and unit it names a journal. */
export type RunIdentity = Pick<
  SettlementRun,
  'market' | 'period' | 'runType' | 'runNo' | 'inputHash' | 'ruleVersion'
>;

/** One entry; debit positive. */
export interface Delta {
  readonly key: string;
  readonly unit: string;
  readonly account: string;
  readonly amount: bigint;
}

export interface Posting extends Delta {
  readonly journalId: string;
  readonly market: string;
  readonly period: string;
}

/** A frozen key whose difference was not posted. */
export interface Memo {
  readonly key: string;
  readonly unit: string;
  readonly notPosted: ReadonlyMap<string, bigint>;
}

export type PostedRun = { readonly runId: string; readonly memo: readonly Memo[] } & (
  | { readonly status: 'posted'; readonly deltas: readonly Delta[] }
  | { readonly status: 'already_posted' }
);

/** Amounts of one (key, unit) by account, few and in no order. */
interface Slot {
  readonly key: string;
  readonly unit: string;
  accounts: (readonly [account: string, amount: bigint])[];
}

/** What a period's journal holds. */
interface PeriodBook {
  readonly held: Map<string, Slot>;
  readonly postedKeys: Set<string>;
  readonly runs: RunIdentity[];
}

export class Journal {
  readonly #books = new Map<string, PeriodBook>();
  readonly #postings: Posting[] = [];

  get postings(): readonly Posting[] {
    return this.#postings;
  }

  /** Takes up what was posted before, of one or more periods: runs in order of posting, and all their postings. */
  restore(runs: readonly RunIdentity[], postings: readonly Posting[]): void {
    for (const run of runs) this.#book(run.market, run.period).runs.push(run);
    for (const posting of postings) this.#append(posting, this.#book(posting.market, posting.period));
  }

  /**
   * Posts a run's differences.
   * @throws Refusal E_RUN_TYPE, E_RUN_NUMBER_REUSED, E_RUN_ORDER, E_AMOUNT_NOT_INTEGER, E_AMOUNT_NEGATIVE,
   * E_SAME_ACCOUNT, E_DUP_LINE; a refused run posts nothing and does not use up its number
   */
  post(run: SettlementRun): PostedRun {
    const book = this.#book(run.market, run.period);
    const runId = runIdOf(run);
    if (checkOrder(run, book.runs) === 'already_posted') return { runId, status: 'already_posted', memo: [] };
    const wanted = wantedAmounts(run.lines);
    const deltas: Delta[] = [];
    const memo: Memo[] = [];
    for (const slot of slotsInOrder(book.held, wanted)) {
      const name = slotOf(slot);
      const target = wanted.get(name)?.accounts ?? [];
      const differences = difference(book.held.get(name)?.accounts ?? [], target);
      if (differences.length === 0) continue;
      const { key, unit } = slot;
      if (run.frozen.some((ending) => key.endsWith(ending)) && book.postedKeys.has(key)) {
        memo.push({ key, unit, notPosted: new Map(differences) });
        continue;
      }
      const journalId = canonicalSha256([...runKey(run), key, unit]);
      for (const [account, amount] of differences) {
        const posting = { key, unit, account, amount, journalId, market: run.market, period: run.period };
        deltas.push(posting);
        this.#postings.push(posting);
      }
      book.postedKeys.add(key);
      book.held.set(name, { key, unit, accounts: target });
    }
    book.runs.push(run);
    return { runId, status: 'posted', deltas, memo };
  }

  /** Non-zero balances of a unit by account, over all markets and periods: the fold of the postings. */
  balances(unit: string): Map<string, bigint> {
    const sums = new Map<string, bigint>();
    for (const posting of this.#postings) {
      if (posting.unit === unit) addTo(sums, posting.account, posting.amount);
    }
    return new Map([...sums].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => compareUtf8(a, b)));
  }

  #append(posting: Posting, book: PeriodBook): void {
    this.#postings.push(posting);
    book.postedKeys.add(posting.key);
    const name = slotOf(posting);
    const held = book.held.get(name) ?? { key: posting.key, unit: posting.unit, accounts: [] };
    book.held.set(name, held);
    const before = amountOf(held.accounts, posting.account);
    held.accounts = [
      ...held.accounts.filter(([account]) => account !== posting.account),
      [posting.account, before + posting.amount],
    ];
  }

  #book(market: string, period: string): PeriodBook {
    const id = JSON.stringify([market, period]);
    const book = this.#books.get(id) ?? { held: new Map(), postedKeys: new Set(), runs: [] };
    this.#books.set(id, book);
    return book;
  }
}

/** SHA-256 over the canonical JSON of the list that names a run. */
export function runIdOf(run: RunIdentity): string {
  return canonicalSha256(runKey(run));
}

/** The list whose hash names a run; with key and unit appended it names a journal. */
function runKey(run: RunIdentity): (string | number)[] {
  return [run.market, run.period, run.runType, run.runNo, run.inputHash, run.ruleVersion];
}

function checkOrder(run: RunIdentity, earlier: readonly RunIdentity[]): 'new' | 'already_posted' {
  const place = `${run.market} ${run.period} ${run.runType}/${run.runNo}`;
  const rank = rankOf(run, place);
  const sameNumber = earlier.find(({ runType, runNo }) => runType === run.runType && runNo === run.runNo);
  if (sameNumber !== undefined) {
    if (sameNumber.inputHash === run.inputHash && sameNumber.ruleVersion === run.ruleVersion) {
      return 'already_posted';
    }
    throw new Refusal('this run number was posted from other input or rules', {
      code: 'E_RUN_NUMBER_REUSED',
      place,
      remedy: 'the next run number',
    });
  }
  const later = earlier.find(
    (one) => rankOf(one, place) > rank || (rankOf(one, place) === rank && one.runNo > run.runNo),
  );
  if (later !== undefined) {
    throw new Refusal(`${later.runType}/${later.runNo} was posted before`, { code: 'E_RUN_ORDER', place });
  }
  return 'new';
}

function rankOf(run: RunIdentity, place: string): number {
  const rank = (RUN_TYPES as readonly string[]).indexOf(run.runType);
  if (rank < 0) {
    throw new Refusal(`"${run.runType}" is not a type of run`, {
      code: 'E_RUN_TYPE',
      place,
      remedy: RUN_TYPES.join(' < '),
    });
  }
  return rank;
}

/** Checks lines in list order, the first bad one gives the code, and spreads them over accounts. */
function wantedAmounts(lines: readonly JournalLine[]): Map<string, Slot> {
  const wanted = new Map<string, Slot>();
  for (const line of lines) {
    const name = slotOf(line);
    const code = lineFault(line, wanted.has(name));
    if (code !== undefined) {
      throw new Refusal('a line of the run cannot be posted', { code, place: `${line.key} ${line.unit}` });
    }
    const amount = BigInt(line.amount);
    const accounts: Slot['accounts'] = [
      [line.debit, amount],
      [line.credit, -amount],
    ];
    wanted.set(name, { key: line.key, unit: line.unit, accounts });
  }
  return wanted;
}

function lineFault(line: JournalLine, seen: boolean): string | undefined {
  if (typeof line.amount === 'number' && !Number.isSafeInteger(line.amount)) return 'E_AMOUNT_NOT_INTEGER';
  if (line.amount < 0) return 'E_AMOUNT_NEGATIVE';
  if (line.debit === line.credit) return 'E_SAME_ACCOUNT';
  return seen ? 'E_DUP_LINE' : undefined;
}

/** Non-zero `wanted - held` by account, in order. */
function difference(held: Slot['accounts'], wanted: Slot['accounts']): [string, bigint][] {
  const differences: [string, bigint][] = [];
  for (const [account, amount] of wanted) {
    const change = amount - amountOf(held, account);
    if (change !== 0n) differences.push([account, change]);
  }
  for (const [account, amount] of held) {
    if (amount !== 0n && !wanted.some((one) => one[0] === account)) differences.push([account, -amount]);
  }
  return differences.sort(([a], [b]) => compareUtf8(a, b));
}

function amountOf(accounts: Slot['accounts'], account: string): bigint {
  return accounts.find((one) => one[0] === account)?.[1] ?? 0n;
}

/** A name for (key, unit) that no other pair has. */
function slotOf({ key, unit }: { readonly key: string; readonly unit: string }): string {
  return `${unit.length} ${unit}${key}`;
}

/** All slots of both, by key, then unit. */
function slotsInOrder(held: ReadonlyMap<string, Slot>, wanted: ReadonlyMap<string, Slot>): Slot[] {
  const slots = [...wanted.values()];
  for (const [name, slot] of held) if (!wanted.has(name)) slots.push(slot);
  return slots.sort((a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.unit, b.unit));
}

function addTo(sums: Map<string, bigint>, account: string, amount: bigint): void {
  sums.set(account, (sums.get(account) ?? 0n) + amount);
}
