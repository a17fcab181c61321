/** One run of a settlement month: the month settled from what stands in the store, its version kept, its differences posted. */
import type { SettlementRunArguments, SettlementRunResult } from '../../schemas/control.ts';
import { sichuanRuleSet } from '../../schemas/reference/settlementRules.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { monthLines } from '../settlement/ledger/monthLines.ts';
import type { Store } from '../store/port.ts';
import { settleMarketMonth } from './settleMarketMonth.ts';
import { postRun } from './settlementJournal.ts';

/**
 * Settles and posts. The same inputs, rules, type and number give the run that stands.
 * @throws Refusal with the codes of `settleMarketMonth` and `postRun`, E_RUN_HELD for a final run with a missing reading
 */
export async function postSettlementRun(
  store: Store,
  { market, period, runType, runNo, closes, useMeters }: SettlementRunArguments,
  clock: () => Date,
): Promise<SettlementRunResult> {
  const settled = await settleMarketMonth(store, { market, period, ...(useMeters && { useMeters }) }, clock);
  const open = settled.statements.filter(({ status }) => status === 'open');
  if (closes && open.length > 0) {
    throw new Refusal(`a final run with readings missing at ${open.length} data centres`, {
      code: 'E_RUN_HELD',
      place: open
        .slice(0, 20)
        .map(({ dataCenter }) => dataCenter)
        .join(', '),
      remedy: 'substitute values for what will not come',
    });
  }
  const posted = await postRun(
    store,
    {
      market,
      period,
      runType,
      runNo,
      inputHash: settled.inputHash,
      ruleVersion: settled.ruleVersion,
      frozen: sichuanRuleSet.environmentReopens ? [] : ['|environment'],
      lines: monthLines(settled.settlement),
      computation: settled.computation,
      isOpen: open.length > 0,
    },
    clock,
  );
  const parties = [...settled.settlement.netFen.keys()].filter((id) => id.includes('/')).sort();
  const { computation, version } = settled;
  return { ...posted, computation, version, isOpen: open.length > 0, parties };
}
