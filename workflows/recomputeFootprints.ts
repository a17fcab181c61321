/** Every product on another background version, a page at a time; requests whose value changed too much are told. */
import { continueAsNew, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import type { RecomputedPage, RecomputeFootprintsArguments } from '../schemas/control.ts';
import { footprints } from './activityProxies.ts';
import { recalculateSignal } from './footprintControl.ts';

export interface RecomputedFootprints {
  readonly computed: number;
  readonly unchanged: number;
  readonly failedCount: number;
  /** At most 100 are named. */
  readonly failed: RecomputedPage['failed'];
  readonly changed: number;
  /** Requests that were told; the others have none that runs. */
  readonly told: number;
}

const MOST_FAILED = 100;
const NOTHING: RecomputedFootprints = {
  computed: 0,
  unchanged: 0,
  failedCount: 0,
  failed: [],
  changed: 0,
  told: 0,
};

/** @param prefix of the ids of footprint requests */
export async function recomputeFootprints(
  args: RecomputeFootprintsArguments & { readonly prefix: string },
  before: { readonly after: string; readonly sums: RecomputedFootprints } = { after: '', sums: NOTHING },
): Promise<RecomputedFootprints> {
  let { after, sums } = before;
  for (let pages = 0; ; pages++) {
    if (pages >= args.pagesPerRun || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof recomputeFootprints>(args, { after, sums });
    const page = await footprints.recomputePage({
      background: args.background,
      after,
      limit: args.pageProducts,
    });
    let told = 0;
    for (const name of page.changed) {
      const request = getExternalWorkflowHandle(`${args.prefix}footprintRequest:${name}`);
      // Most products have no request that runs; that is no fault.
      const heard = await request.signal(recalculateSignal, { background: args.background }).then(
        () => true,
        () => false,
      );
      if (heard) told++;
    }
    sums = {
      computed: sums.computed + page.computed,
      unchanged: sums.unchanged + page.unchanged,
      failedCount: sums.failedCount + page.failed.length,
      failed: [...sums.failed, ...page.failed].slice(0, MOST_FAILED),
      changed: sums.changed + page.changed.length,
      told: sums.told + told,
    };
    if (page.next === null) return sums;
    after = page.next;
  }
}
