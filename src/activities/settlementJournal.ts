/** The journal of settlement runs in the store: what was posted, posting a run, taking one back. */
import { createHash } from 'node:crypto';
import { RUN_TYPES, type RunType } from '../../schemas/reference/settlementTimetable.ts';
import { Refusal } from '../../schemas/refusal.ts';
import {
  Journal,
  type JournalLine,
  type Posting,
  type RunIdentity,
  runIdOf,
} from '../settlement/ledger/journal.ts';
import type { Store } from '../store/port.ts';
import { canonicalSha256 } from './lineage.ts';

/** Rows of one insert: few enough for one statement, enough to write 20,000 a second durably. */
const ROWS_PER_INSERT = 20_000;

export interface RunToPost extends RunIdentity {
  readonly runType: RunType;
  readonly frozen: readonly string[];
  readonly lines: readonly JournalLine[];
  /** The version whose statements it posts. */
  readonly computation: string;
  readonly isOpen: boolean;
}

export interface PostedRun {
  readonly runId: string;
  readonly status: 'posted' | 'already_posted';
  readonly postings: number;
  readonly postingsSha256: string;
  readonly memos: number;
}

interface StoredRun extends RunIdentity {
  readonly runId: string;
  readonly computation: string;
  readonly postings: number;
  readonly postingsSha256: string;
  readonly isWithdrawn: boolean;
}

/**
 * Posts the differences of a run and then the row that makes them visible. The same run again posts nothing. Killed in
 * between, nothing is visible, and the next attempt writes the same bytes.
 * @throws Refusal with the codes of `Journal.post`, E_RUN_WITHDRAWN
 */
export async function postRun(store: Store, run: RunToPost, clock: () => Date): Promise<PostedRun> {
  const runs = await storedRuns(store, run);
  const runId = runIdOf(run);
  const known = runs.find((one) => one.runId === runId);
  if (known?.isWithdrawn) {
    throw new Refusal('this run was withdrawn', {
      code: 'E_RUN_WITHDRAWN',
      place: `${run.market} ${run.period} ${run.runType}/${run.runNo}`,
      remedy: 'the next run number',
    });
  }
  if (known !== undefined) {
    const { postings, postingsSha256 } = known;
    return { runId, status: 'already_posted', postings, postingsSha256, memos: 0 };
  }
  refuseNumberOfWithdrawn(run, runs);
  const standing = runs.filter(({ isWithdrawn }) => !isWithdrawn);
  const journal = new Journal();
  journal.restore(standing, await storedPostings(store, run, standing));
  const before = journal.postings.length;
  const result = journal.post(run);
  const postings = journal.postings.slice(before);
  const postingsSha256 = await insertPostings(store, runId, postings, false);
  const memo = result.memo.map(({ key, unit, notPosted }) => ({
    key,
    unit,
    notPosted: Object.fromEntries([...notPosted].map(([account, amount]) => [account, amount.toString()])),
  }));
  const row = {
    run_id: runId,
    market: run.market,
    period: run.period,
    run_type: run.runType,
    run_no: run.runNo,
    input_hash: run.inputHash,
    rule_version: run.ruleVersion,
    computation: run.computation,
    is_open: run.isOpen,
    lines: run.lines.length,
    postings: postings.length,
    postings_sha256: postingsSha256,
    memo: JSON.stringify(memo),
    posted_at: clock().toISOString(),
  };
  await store.insertRows('settlement_runs', [row], `settlement_run:${runId}`);
  return { runId, status: 'posted', postings: postings.length, postingsSha256, memos: memo.length };
}

/** A withdrawn run has used up its number: the same number from other input would hide that it ever stood. */
function refuseNumberOfWithdrawn(run: RunToPost, runs: readonly StoredRun[]): void {
  const used = runs.find(
    ({ isWithdrawn, runType, runNo }) => isWithdrawn && runType === run.runType && runNo === run.runNo,
  );
  if (used === undefined) return;
  throw new Refusal('a withdrawn run has this number', {
    code: 'E_RUN_NUMBER_REUSED',
    place: `${run.market} ${run.period} ${run.runType}/${run.runNo}`,
    remedy: 'the next run number',
  });
}

/** Runs of a period in the order of type and number, in which alone they can be posted. */
async function storedRuns(
  store: Store,
  { market, period }: Pick<RunIdentity, 'market' | 'period'>,
): Promise<StoredRun[]> {
  const rows = await store.query<Omit<StoredRun, 'isWithdrawn'> & { withdrawn: number }>(
    `SELECT run_id AS runId, market, period, run_type AS runType, toInt32(run_no) AS runNo, input_hash AS inputHash,
       rule_version AS ruleVersion, computation, toInt32(postings) AS postings, postings_sha256 AS postingsSha256,
       run_id IN (SELECT run_id FROM settlement_run_events WHERE event = 'withdrawn') AS withdrawn
     FROM settlement_runs WHERE market = {market:String} AND period = {period:String}
     ORDER BY posted_at LIMIT 1 BY run_id`,
    { market, period },
  );
  const rank = ({ runType }: RunIdentity) => RUN_TYPES.indexOf(runType as RunType);
  return rows
    .map(({ withdrawn, ...run }) => ({ ...run, isWithdrawn: Number(withdrawn) === 1 }))
    .sort((a, b) => rank(a) - rank(b) || a.runNo - b.runNo);
}

async function storedPostings(
  store: Store,
  { market, period }: Pick<RunIdentity, 'market' | 'period'>,
  runs: readonly StoredRun[],
): Promise<Posting[]> {
  if (runs.length === 0) return [];
  const rows = await store.query<Omit<Posting, 'amount'> & { amount: string }>(
    `SELECT market, period, journal_id AS journalId, key, unit, account, toString(amount) AS amount
     FROM settlement_journal_posted
     WHERE market = {market:String} AND period = {period:String} AND NOT reverses AND run_id IN {runs:Array(String)}
     ORDER BY run_id, key, unit, account`,
    { market, period, runs: runs.map(({ runId }) => runId) },
  );
  return rows.map(({ amount, ...posting }) => ({ ...posting, amount: BigInt(amount) }));
}

/** Writes postings in their order. @returns SHA-256 over what was written */
async function insertPostings(
  store: Store,
  runId: string,
  postings: readonly Posting[],
  reverses: boolean,
): Promise<string> {
  const written = createHash('sha256');
  for (let from = 0; from < postings.length; from += ROWS_PER_INSERT) {
    const rows = postings.slice(from, from + ROWS_PER_INSERT).map((posting) => ({
      market: posting.market,
      period: posting.period,
      run_id: runId,
      reverses,
      journal_id: posting.journalId,
      key: posting.key,
      unit: posting.unit,
      account: posting.account,
      amount: posting.amount.toString(),
    }));
    for (const row of rows) {
      written.update(`${row.journal_id} ${row.key} ${row.unit} ${row.account} ${row.amount}\n`);
    }
    await store.insertRows('settlement_journal', rows, `settlement_journal:${runId}:${reverses}:${from}`);
  }
  return written.digest('hex');
}

export type RunEvent = 'objected' | 'confirmed' | 'withdrawn';

/** Writes down what happened to a run; the same event again counts once. */
export async function recordRunEvent(
  store: Store,
  entry: {
    readonly runId: string;
    readonly market: string;
    readonly period: string;
    readonly event: RunEvent;
    readonly party: string;
    readonly detail: string;
  },
  clock: () => Date,
): Promise<void> {
  const { runId, market, period, event, party, detail } = entry;
  const eventId = canonicalSha256([runId, event, party, detail]);
  const row = {
    event_id: eventId,
    run_id: runId,
    market,
    period,
    event,
    party,
    detail,
    at: clock().toISOString(),
  };
  await store.insertRows('settlement_run_events', [row], `settlement_run_event:${eventId}`);
}

/**
 * Takes the latest standing run of a period back: its postings once more with the other sign, then the event that makes
 * them visible. Again for a withdrawn run: nothing.
 * @throws Refusal E_RUN_UNKNOWN, E_RUN_NOT_LATEST
 */
export async function withdrawRun(
  store: Store,
  { market, period, runId, reason }: { market: string; period: string; runId: string; reason: string },
  clock: () => Date,
): Promise<{ readonly postings: number }> {
  const runs = await storedRuns(store, { market, period });
  const run = runs.find((one) => one.runId === runId);
  if (run === undefined) {
    throw new Refusal('no such run stands in the journal', { code: 'E_RUN_UNKNOWN', place: runId });
  }
  if (run.isWithdrawn) return { postings: run.postings };
  const latest = runs.findLast(({ isWithdrawn }) => !isWithdrawn);
  if (latest?.runId !== runId) {
    throw new Refusal('a later run stands on this one', {
      code: 'E_RUN_NOT_LATEST',
      place: `${run.runType}/${run.runNo}`,
      remedy: `withdraw ${latest?.runType}/${latest?.runNo} first`,
    });
  }
  const postings = await storedPostings(store, { market, period }, [run]);
  const reversed = postings.map((posting) => ({
    ...posting,
    journalId: canonicalSha256(['withdrawal', posting.journalId]),
    amount: -posting.amount,
  }));
  await insertPostings(store, runId, reversed, true);
  await recordRunEvent(
    store,
    { runId, market, period, event: 'withdrawn', party: '', detail: reason },
    clock,
  );
  return { postings: reversed.length };
}
