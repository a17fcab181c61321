/** Activities of the footprint and settlement engines: references in, references out; documents stay in the store. */
import {
  productFootprintArguments,
  runEventArguments,
  settleMonthArguments,
  settlementRunArguments,
  withdrawRunArguments,
} from '../../schemas/control.ts';
import type { Store } from '../store/port.ts';
import { activity } from './activityFault.ts';
import { beating } from './beating.ts';
import { productFootprint } from './productFootprint.ts';
import { settleMarketMonth } from './settleMarketMonth.ts';
import { recordRunEvent, withdrawRun } from './settlementJournal.ts';
import { postSettlementRun } from './settlementRun.ts';

export interface EngineDependencies {
  readonly store: Store;
  /** Folder of the background versions. */
  readonly home: string;
  readonly clock: () => number;
}

/** A result as workflows know it. */
export interface ComputedResult {
  readonly computation: string;
  readonly version: number;
  /** The same inputs, factors and rules gave this version before. */
  readonly existed: boolean;
  readonly origin: string;
}

export type EngineActivities = ReturnType<typeof engineActivities>;

export function engineActivities({ store, home, clock }: EngineDependencies) {
  const now = () => new Date(clock());
  return {
    settleMarketMonth: activity(settleMonthArguments, async (args): Promise<ComputedResult> => {
      const { useMeters, ...month } = args;
      return reference(await settleMarketMonth(store, { ...month, ...(useMeters && { useMeters }) }, now));
    }),
    postSettlementRun: activity(settlementRunArguments, (args) =>
      beating(() => postSettlementRun(store, args, now)),
    ),
    withdrawSettlementRun: activity(withdrawRunArguments, (args) =>
      beating(() => withdrawRun(store, args, now)),
    ),
    recordRunEvent: activity(runEventArguments, (args) => recordRunEvent(store, args, now)),
    productFootprint: activity(
      productFootprintArguments,
      async ({ question }): Promise<ComputedResult> =>
        reference(await productFootprint(store, home, question, now)),
    ),
  };
}

const reference = ({ computation, version, existed, origin }: ComputedResult): ComputedResult => ({
  computation,
  version,
  existed,
  origin,
});
