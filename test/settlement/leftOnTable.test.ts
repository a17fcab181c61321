import { fc, test } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { leftOnTable } from '../../src/settlement/leftOnTable.ts';
import { settleMonth } from '../../src/settlement/monthSettlement.ts';
import { FULL_TIMEOUT_MS } from './randomMarket.ts';
import { randomMonth } from './randomMonth.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const NUM_RUNS = process.env.TANLIU_TEST_FULL === '1' ? 100 : 2;

describe('what the rule left on the table', () => {
  test.prop([fc.integer({ min: 1, max: 1_000_000 })], { numRuns: NUM_RUNS })(
    'is never negative for anybody and stands beside the quantities of the statements',
    (seed) => {
      const month = randomMonth(seed);
      const left = leftOnTable(month);
      const { statements } = settleMonth(month);
      left.forEach(({ dataCenter, legalWh, optimumWh, leftWh, useWh, optimumByTierWh }, at) => {
        expect(statements[at]).toMatchObject({ dataCenter, matchedWh: legalWh, useWh });
        expect(leftWh >= 0n && optimumWh <= useWh).toBe(true);
        expect(optimumByTierWh.reduce((sum, wh) => sum + wh, 0n)).toBe(optimumWh);
      });
      const turned = leftOnTable({
        ...month,
        plants: month.plants.toReversed(),
        dataCenters: month.dataCenters.toReversed(),
        contracts: month.contracts.toReversed(),
      });
      expect(turned).toEqual(left);
    },
  );
});
