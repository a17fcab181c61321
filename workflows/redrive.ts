/** Redrives dead letters page by page until today's contract has judged all of them. */
import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { RedriveArguments } from '../schemas/control.ts';
import { storeActivities } from './activityProxies.ts';

export interface Redriven {
  readonly tried: number;
  readonly accepted: number;
  readonly refused: number;
}

export async function redrive(
  args: RedriveArguments,
  before: Redriven = { tried: 0, accepted: 0, refused: 0 },
): Promise<Redriven> {
  const { topic, reason, pageLetters, pagesPerRun } = args;
  let total = before;
  for (let pages = 0; ; pages++) {
    if (pages >= pagesPerRun || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof redrive>(args, total);
    const page = await storeActivities.redrivePage({
      topic,
      pageLetters,
      ...(reason !== undefined && { reason }),
    });
    total = {
      tried: total.tried + page.tried,
      accepted: total.accepted + page.accepted,
      refused: total.refused + page.refused,
    };
    // A letter that was refused again is not offered twice to the same contract.
    if (page.tried < pageLetters) return total;
  }
}
