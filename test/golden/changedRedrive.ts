/** A redrive that was changed without thought for those that run: it asks for another activity first. */

import type { RedriveArguments } from '../../schemas/control.ts';
import { storeActivities } from '../../workflows/activityProxies.ts';
import { type Redriven, redrive as unchanged } from '../../workflows/redrive.ts';

export async function redrive(args: RedriveArguments, before?: Redriven): Promise<Redriven> {
  await storeActivities.auditTopic({ topic: args.topic });
  return unchanged(args, before);
}
