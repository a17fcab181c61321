/** Vectors of the journal: runs, deltas, frozen keys, balances. */
import { ledgerVector } from '../../../schemas/documents/settlementVectors.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { type Delta, Journal, type Memo } from '../ledger/journal.ts';
import { UNIT_FEN, UNIT_WH } from '../ledger/runLines.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';

export const answerLedger: CaseAnswer = (input, name) => {
  const journal = new Journal();
  const results = readInput(ledgerVector, input, name).runs.map((run) => {
    try {
      const posted = journal.post({
        market: run.market,
        period: run.period,
        runType: run.run_type,
        runNo: run.run_no,
        inputHash: run.input_hash,
        ruleVersion: run.rule_version,
        frozen: run.frozen,
        lines: run.lines,
      });
      const { runId: run_id, status } = posted;
      const memo = posted.memo.map(memoVector);
      if (posted.status === 'already_posted') return { run_id, posted: 0, status, memo };
      return { run_id, posted: posted.deltas.length, status, memo, deltas: posted.deltas.map(deltaVector) };
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.code };
      throw error;
    }
  });
  return {
    results,
    balances_fen: Object.fromEntries(journal.balances(UNIT_FEN)),
    balances_wh: Object.fromEntries(journal.balances(UNIT_WH)),
    postings: journal.postings.length,
  };
};

export function deltaVector({ key, unit, account, amount }: Delta) {
  return { key, unit, account, amount };
}

export function memoVector({ key, unit, notPosted }: Memo) {
  return { key, unit, not_posted: Object.fromEntries(notPosted) };
}
