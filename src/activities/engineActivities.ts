/** Activities of the footprint and settlement engines: references in, references out; documents stay in the store. */
import {
  computeRequestedArguments,
  footprintEventArguments,
  issueRequestedArguments,
  productFootprintArguments,
  recomputePageArguments,
  runEventArguments,
  settleMonthArguments,
  settlementRunArguments,
  withdrawRunArguments,
} from '../../schemas/control.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';
import { activity } from './activityFault.ts';
import { beating } from './beating.ts';
import { computeRequested, issueRequested, recordFootprintEvent } from './footprintRequest.ts';
import type { IssuerPlace } from './issueCredential.ts';
import { productFootprint } from './productFootprint.ts';
import { recomputePage } from './recomputeFootprints.ts';
import { settleMarketMonth } from './settleMarketMonth.ts';
import { recordRunEvent, withdrawRun } from './settlementJournal.ts';
import { postSettlementRun } from './settlementRun.ts';

export interface EngineDependencies {
  readonly store: Store;
  /** Folder of the background versions. */
  readonly home: string;
  readonly clock: () => number;
  /** In whose name footprints are issued; without it none is. */
  readonly issuer?: IssuerPlace;
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

export function engineActivities({ store, home, clock, issuer }: EngineDependencies) {
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
    computeRequested: activity(computeRequestedArguments, (args) =>
      beating(() => computeRequested(store, home, args, now)),
    ),
    issueRequested: activity(issueRequestedArguments, (args) => {
      if (issuer === undefined) {
        throw new Refusal('no issuer is named', {
          code: 'E_NO_ISSUER',
          place: 'TANLIU_ISSUER_DOMAIN',
          remedy: 'the domain in whose name footprints are issued',
        });
      }
      return beating(() => issueRequested(store, issuer, args));
    }),
    recordFootprintEvent: activity(footprintEventArguments, (args) => recordFootprintEvent(store, args, now)),
    recomputePage: activity(recomputePageArguments, (args) =>
      beating(() => recomputePage(store, home, args, now)),
    ),
  };
}

const reference = ({ computation, version, existed, origin }: ComputedResult): ComputedResult => ({
  computation,
  version,
  existed,
  origin,
});
