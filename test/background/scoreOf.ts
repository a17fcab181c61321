/** Scores an inventory by AR6 and finds rows by process and flow, for tests. */
import { gwpSet } from '../../schemas/reference/gwp.ts';
import { matchFlows } from '../../src/background/flowMatching.ts';
import type { Inventory } from '../../src/background/inventory.ts';
import { type ScoreRow, scoreBackground, scoreRows } from '../../src/background/score.ts';
import { buildBackground } from '../../src/background/technosphere.ts';

export function scored(inventory: Inventory) {
  const set = gwpSet('ar6_100');
  const { system } = buildBackground(inventory);
  const background = scoreBackground(system, matchFlows(system.natureFlows, set), set);
  const rows = scoreRows(background);
  const of = (process: string, flow: string): ScoreRow => {
    const row = rows.find(({ activity }) => activity.processId === process && activity.flowId === flow);
    if (!row) throw new Error(`no score of ${process} ${flow}`);
    return row;
  };
  return { system, background, rows, of };
}
