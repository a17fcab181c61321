import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { reconcileBill } from '../../../src/settlement/money/billReconciliation.ts';
import { energyLine, type MoneyLine, moneyLine } from '../../../src/settlement/money/moneyLine.ts';

const DC = 'dc1';
const amount = fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n });
const line: fc.Arbitrary<MoneyLine> = fc.oneof(
  fc
    .record({
      component: fc.constantFrom('a', 'b'),
      payer: fc.constantFrom(DC, 'grid'),
      wh: amount,
      price: amount,
    })
    .map(({ component, payer, wh, price }) =>
      energyLine(component, payer, payer === DC ? 'grid' : DC, { wh, priceMilliYuanPerMwh: price }),
    ),
  fc
    .record({ component: fc.constantFrom('c', 'd'), fen: amount, note: fc.constantFrom('K1', 'K2') })
    .map(({ component, fen, note }) => moneyLine(component, DC, 'agg', fen, note)),
);
const bill = fc.array(line, { maxLength: 8 });
const rebuilt = fc.uniqueArray(line, {
  maxLength: 8,
  selector: ({ component, note }) => `${component}|${note}`,
});
const paid = (lines: readonly MoneyLine[]) =>
  lines.reduce((sum, { payer, amountFen }) => sum + (payer === DC ? amountFen : -amountFen), 0n);

describe('a received bill against the rebuilt statement', () => {
  test.prop([rebuilt, bill])(
    'rows add up to the difference of the two, and each split to its row',
    (ours, theirs) => {
      const { rows, totalDifferenceFen } = reconcileBill(DC, ours, theirs);
      expect(totalDifferenceFen).toBe(paid(theirs) - paid(ours));
      for (const { split, differenceFen } of rows) {
        if (split) expect(split.byQuantityFen + split.byPriceFen + split.otherFen).toBe(differenceFen);
      }
    },
  );

  it('explains more energy at a positive price by quantity for both directions of pay', () => {
    const terms = (wh: bigint) => ({ wh, priceMilliYuanPerMwh: 10_000_000n });
    const paying = reconcileBill(
      DC,
      [energyLine('x', DC, 'p', terms(1n))],
      [energyLine('x', DC, 'p', terms(3n))],
    );
    expect(paying.rows[0]?.split).toEqual({ byQuantityFen: 2n, byPriceFen: 0n, otherFen: 0n });
    const paid = reconcileBill(
      DC,
      [energyLine('x', 'p', DC, terms(1n))],
      [energyLine('x', 'p', DC, terms(3n))],
    );
    expect(paid.rows[0]?.split).toEqual({ byQuantityFen: -2n, byPriceFen: 0n, otherFen: 0n });
    const sold = reconcileBill(
      DC,
      [energyLine('x', DC, 'p', terms(-1n))],
      [energyLine('x', DC, 'p', terms(-3n))],
    );
    expect(sold.rows[0]?.split).toEqual({ byQuantityFen: -2n, byPriceFen: 0n, otherFen: 0n });
  });

  it('lists every line of a key after the first as a duplicate, in order of receipt', () => {
    const fee = (fen: bigint) => moneyLine('fee', DC, 'agg', fen);
    const { rows } = reconcileBill(DC, [fee(5n)], [fee(5n), fee(7n), fee(6n)]);
    expect(rows.map(({ status, differenceFen }) => [status, differenceFen])).toEqual([
      ['equal', 0n],
      ['duplicate', 7n],
      ['duplicate', 6n],
    ]);
  });
});
