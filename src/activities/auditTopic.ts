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
    if (audit.holds || attempt === ATTEMPTS) return keep(question, verdictOf(audit));
    await sleep(PAUSE_MS * attempt);
  }
}

/** The verdicts make a series in time; `tanliu status` shows the last. */
async function keep(
  { store, topicPrefix = '' }: AuditQuestion,
  verdict: TopicVerdict,
): Promise<TopicVerdict> {
  const { topic, holds, rows, deadLetters, duplicates, incomplete, lost, viewDifference } = verdict;
  const row = { topic: topicPrefix + topic, holds, rows, duplicates, incomplete, lost };
  await store.insertRows('offset_audits', [
    { ...row, dead_letters: deadLetters, view_difference: viewDifference },
  ]);
  return verdict;
}

function verdictOf({ topic, holds, partitions, former, viewDifference }: TopicAudit): TopicVerdict {
  const sum = (name: 'rows' | 'deadLetters' | 'duplicates' | 'incomplete') =>
    [former, ...partitions].reduce((total, one) => total + one[name], 0);
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
