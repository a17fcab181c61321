import { fc, test } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { Journal } from '../../../src/settlement/ledger/journal.ts';
import { runOf } from '../../activities/settlementRunOf.ts';
import { FULL_TIMEOUT_MS } from '../randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const NUM_RUNS = process.env.TANLIU_TEST_FULL === '1' ? 300 : 3;
const seed = fc.integer({ min: 1, max: 1_000_000 });

describe('the journal lines of a month', () => {
  test.prop([seed, seed], { numRuns: NUM_RUNS })(
    'leave no match account open, conserve money, and a correction stands as if it were alone',
    (first, second) => {
      const journal = new Journal();
      journal.post(runOf(first, 'S1'));
      journal.post(runOf(second, 'R1'));
      const alone = new Journal();
      alone.post(runOf(second, 'R1'));
      for (const unit of ['WH', 'CNY_FEN']) {
        const balances = journal.balances(unit);
        expect(balances).toEqual(alone.balances(unit));
        expect([...balances.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
        expect([...balances.keys()].filter((account) => account.startsWith('match/'))).toEqual([]);
      }
      const energy = journal.balances('WH');
      const of = (ending: string) =>
        [...energy].filter(([account]) => account.endsWith(ending)).reduce((sum, [, wh]) => sum + wh, 0n);
      // generated = matched + surplus, consumed = matched + grid residual.
      expect(-of('/generated') - of('/surplus')).toBe(of('/consumed') + of('/grid_residual'));
    },
  );
});
