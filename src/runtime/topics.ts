/** The topics of all streams: made where they are missing, and checked against what exactly-once rests on. */
import { STREAMS } from '../../schemas/streams/index.ts';
import type { LogAdmin, TopicState } from '../log/port.ts';
import type { Config } from './config.ts';

/** The longest time after which an ingest that stood still must still find its messages. */
const LONGEST_RECOVERY_MS = 7 * 86_400_000;
/** Messages of this length must fit: a batch of Arrow may be as long. */
const LEAST_MESSAGE_BYTES = 2 << 20;
/** Room for a message of 1 MiB and for longer ones, which go to the dead letters. */
const MAX_MESSAGE_BYTES = 8 << 20;

export interface TopicCheck {
  readonly topic: string;
  readonly created: boolean;
  readonly settings: TopicState | undefined;
  /** What is wrong, each with what would be right. */
  readonly faults: readonly string[];
}

/** Checks all topics; with `create`, missing ones are made first. */
export async function checkTopics(
  admin: LogAdmin,
  topics: Config['topics'],
  create: boolean,
): Promise<TopicCheck[]> {
  const names = STREAMS.map(({ topic }) => topics.prefix + topic);
  const wanted = {
    partitions: topics.partitions,
    replicas: topics.replicas ?? -1,
    retentionMs: topics.retentionMs,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  };
  const created = create ? await admin.createTopics(names, wanted) : [];
  const checks: TopicCheck[] = [];
  for (const topic of names) {
    const settings = await admin.describeTopic(topic);
    checks.push({ topic, created: created.includes(topic), settings, faults: faultsOf(settings, topics) });
  }
  return checks;
}

function faultsOf(settings: TopicState | undefined, { partitions, replicas }: Config['topics']): string[] {
  if (!settings) return ['missing; would be right: tanliu topics --create'];
  const faults: string[] = [];
  if (settings.partitions < partitions)
    faults.push(
      `${settings.partitions} partitions; would be right: at least ${partitions} (KAFKA_PARTITIONS)`,
    );
  if (replicas !== undefined && settings.replicas < replicas)
    faults.push(`${settings.replicas} replicas; would be right: at least ${replicas} (KAFKA_REPLICAS)`);
  if (settings.retentionMs >= 0 && settings.retentionMs < LONGEST_RECOVERY_MS)
    faults.push(
      `retention.ms is ${settings.retentionMs}; would be right: at least ${LONGEST_RECOVERY_MS}, the longest recovery, or -1`,
    );
  if (settings.retentionBytes >= 0)
    faults.push(
      `retention.bytes is ${settings.retentionBytes}; would be right: -1, since messages may go before they were ingested`,
    );
  if (settings.compacted)
    faults.push(
      'cleanup.policy is compact; would be right: delete, since every message of a meter counts and not its last alone',
    );
  if (settings.maxMessageBytes < LEAST_MESSAGE_BYTES)
    faults.push(
      `max.message.bytes is ${settings.maxMessageBytes}; would be right: at least ${LEAST_MESSAGE_BYTES}, so that an Arrow batch fits`,
    );
  return faults;
}
