import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { Journal, type JournalLine, type SettlementRun } from '../../../src/settlement/ledger/journal.ts';
import { FULL_TIMEOUT_MS, RUNS } from '../randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const account = fc.constantFrom('dc/a', 'dc/b', 'plant/p', 'plant/q');
const line: fc.Arbitrary<JournalLine> = fc
  .record({
    key: fc.constantFrom('K1|energy', 'K1|environment', 'K2|energy', 'K2|environment'),
    unit: fc.constantFrom('CNY_FEN', 'WH'),
    debit: account,
    credit: account,
    amount: fc.bigInt({ min: 0n, max: 1000n }),
  })
  .filter(({ debit, credit }) => debit !== credit);
const lines = fc.uniqueArray(line, { selector: ({ key, unit }) => `${key} ${unit}`, maxLength: 8 });
const run = (
  runType: string,
  lines: readonly JournalLine[],
  frozen: readonly string[] = [],
): SettlementRun => ({
  market: 'SC',
  period: '2026-03',
  runType,
  runNo: 1,
  inputHash: runType,
  ruleVersion: 'r1',
  frozen,
  lines,
});
const balancesOf = (journal: Journal) => [journal.balances('CNY_FEN'), journal.balances('WH')];

describe('the journal of runs', () => {
  test.prop([lines, lines], { numRuns: RUNS })(
    'two runs leave the balances of the last one alone',
    (first, second) => {
      const both = new Journal();
      both.post(run('S1', first));
      both.post(run('R1', second));
      const last = new Journal();
      last.post(run('S1', second));
      expect(balancesOf(both)).toEqual(balancesOf(last));
    },
  );

  test.prop([lines, lines], { numRuns: RUNS })('every journal adds up to 0 per unit', (first, second) => {
    const journal = new Journal();
    journal.post(run('S1', first));
    journal.post(run('R1', second, ['|environment']));
    const sums = new Map<string, bigint>();
    for (const { journalId, unit, amount } of journal.postings) {
      sums.set(`${journalId} ${unit}`, (sums.get(`${journalId} ${unit}`) ?? 0n) + amount);
    }
    expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
  });

  test.prop([lines, lines], { numRuns: RUNS })(
    'a frozen key once posted never moves; the difference is a memo',
    (first, second) => {
      const journal = new Journal();
      journal.post(run('S1', first));
      const frozen = journal.post(run('R1', second, ['|environment']));
      const posted = new Set(journal.postings.filter((one) => one.journalId).map(({ key }) => key));
      expect(frozen.memo.every(({ key }) => key.endsWith('|environment') && posted.has(key))).toBe(true);
      const before = new Set(first.filter(({ amount }) => amount > 0n).map(({ key }) => key));
      const moved = frozen.status === 'posted' ? frozen.deltas.map(({ key }) => key) : [];
      expect(moved.filter((key) => key.endsWith('|environment') && before.has(key))).toEqual([]);
    },
  );

  test.prop([lines], { numRuns: RUNS })('the same run again posts nothing', (first) => {
    const journal = new Journal();
    journal.post(run('S1', first));
    const postings = journal.postings.length;
    expect(journal.post(run('S1', first)).status).toBe('already_posted');
    expect(journal.postings).toHaveLength(postings);
  });

  it('a refused run posts nothing and does not use up its number', () => {
    const journal = new Journal();
    const good: JournalLine = {
      key: 'K1|energy',
      unit: 'CNY_FEN',
      debit: 'dc/a',
      credit: 'plant/p',
      amount: 5n,
    };
    expect(() => journal.post(run('S1', [good, { ...good, key: 'K2|energy', amount: -1n }]))).toThrow(
      expect.objectContaining({ code: 'E_AMOUNT_NEGATIVE' }),
    );
    expect(journal.postings).toHaveLength(0);
    expect(journal.post(run('S1', [good])).status).toBe('posted');
  });

  it('takes the first bad line in list order', () => {
    const good = { key: 'K1', unit: 'CNY_FEN', debit: 'a', credit: 'b', amount: 1n };
    const codeOf = (...bad: JournalLine[]) => {
      try {
        return new Journal().post(run('S1', bad)).status;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf({ ...good, debit: 'b' }, { ...good, amount: 0.5 })).toBe('E_SAME_ACCOUNT');
    expect(codeOf({ ...good, amount: 0.5, debit: 'b' })).toBe('E_AMOUNT_NOT_INTEGER');
    expect(codeOf(good, good)).toBe('E_DUP_LINE');
    expect(() => new Journal().post(run('X9', []))).toThrow(expect.objectContaining({ code: 'E_RUN_TYPE' }));
  });
});
