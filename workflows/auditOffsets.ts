/** The standing invariant over all topics: no reading lost, none twice, views included. The run fails where it does not hold. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { AuditOffsetsArguments, TopicVerdict } from '../schemas/control.ts';
import { questions, storeActivities } from './activityProxies.ts';

export interface OffsetsAudit {
  readonly holds: boolean;
  readonly topics: readonly TopicVerdict[];
}

export async function auditOffsets(args: AuditOffsetsArguments): Promise<OffsetsAudit> {
  const verdicts: TopicVerdict[] = [];
  for (const topic of await questions.topicsToAudit(args))
    verdicts.push(await storeActivities.auditTopic({ topic }));
  const broken = verdicts.filter(({ holds }) => !holds);
  if (broken.length > 0) {
    const summary = broken.map(
      ({ topic, lost, duplicates, incomplete, viewDifference }) =>
        `${topic}: ${lost} lost, ${duplicates} duplicates, ${incomplete} incomplete, view differs by ${viewDifference}`,
    );
    throw ApplicationFailure.create({
      type: 'TL_AUDIT_BROKEN',
      message: summary.join('; '),
      nonRetryable: true,
      details: [{ holds: false, topics: verdicts } satisfies OffsetsAudit],
    });
  }
  return { holds: true, topics: verdicts };
}
