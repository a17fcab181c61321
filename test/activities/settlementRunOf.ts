/** A run of a random month, ready to be posted. */
import type { RunToPost } from '../../src/activities/settlementJournal.ts';
import { monthLines } from '../../src/settlement/ledger/monthLines.ts';
import { settleMonth } from '../../src/settlement/monthSettlement.ts';
import { randomMonth } from '../settlement/randomMonth.ts';

/** Ids as the journal's accounts want them. */
export function runOf(
  seed: number,
  runType: RunToPost['runType'],
  changes: Partial<RunToPost> = {},
): RunToPost {
  const month = randomMonth(seed);
  const named = (prefix: string, id: string) => `${prefix}/${id}`;
  const settlement = settleMonth({
    ...month,
    plants: month.plants.map((one) => ({ ...one, id: named('plant', one.id) })),
    dataCenters: month.dataCenters.map((one) => ({ ...one, id: named('dc', one.id) })),
    contracts: month.contracts.map((one) => ({
      ...one,
      plant: named('plant', one.plant),
      user: named('dc', one.user),
      ...(one.fee && { fee: { ...one.fee, aggregator: named('agg', one.fee.aggregator) } }),
    })),
  });
  return {
    market: month.market,
    period: month.period,
    runType,
    runNo: 1,
    inputHash: `seed ${seed}`,
    ruleVersion: 'test',
    frozen: [],
    lines: monthLines(settlement),
    computation: `test-${seed}`,
    isOpen: false,
    ...changes,
  };
}
