/** The standing invariant of one topic, asked while it is being written to: only what stays wrong is reported. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicVerdict } from '../../schemas/control.ts';
import { type AuditQuestion, auditOffsets, type TopicAudit } from '../ingest/auditOffsets.ts';

const ATTEMPTS = 5;
const PAUSE_MS = 700;
const LOST_NAMED = 20;

/**
 * Audits one topic. Readings and view are counted one after the other, and an insert may lie between: a difference
 * that another look does not find again was none.
 */
export async function auditTopic(question: AuditQuestion): Promise<TopicVerdict> {
  for (let attempt = 1; ; attempt++) {
    const audit = await auditOffsets(question);
    if (audit.holds || attempt === ATTEMPTS) return verdictOf(audit);
    await sleep(PAUSE_MS * attempt);
  }
}

function verdictOf({ topic, holds, partitions, viewDifference }: TopicAudit): TopicVerdict {
  const sum = (name: 'rows' | 'deadLetters' | 'duplicates' | 'incomplete') =>
    partitions.reduce((total, partition) => total + partition[name], 0);
  const lost = partitions.flatMap(({ partition, lost: offsets }) =>
    offsets.map((offset) => `${partition}:${offset}`),
  );
  return {
    topic,
    holds,
    rows: sum('rows'),
    deadLetters: sum('deadLetters'),
    duplicates: sum('duplicates'),
    incomplete: sum('incomplete'),
    lost: lost.length,
    firstLost: lost.slice(0, LOST_NAMED),
    viewDifference,
  };
}
