/** Settles one month of a market as it stands in the store. One workflow a market and month is its only writer. */
import type { SettleMonthArguments } from '../schemas/control.ts';
import type { ComputedResult } from '../src/activities/engineActivities.ts';
import { engines } from './activityProxies.ts';

export async function settleMonth(args: SettleMonthArguments): Promise<ComputedResult> {
  return engines.settleMarketMonth(args);
}
