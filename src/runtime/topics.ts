/** The topics of all streams: made where they are missing, and checked against what exactly-once rests on. */
import { STREAMS } from '../../schemas/streams/index.ts';
import type { LogAdmin, TopicSettings } from '../log/port.ts';
import type { Config } from './config.ts';

/** The longest time after which an ingest that stood still must still find its messages. */
const LONGEST_RECOVERY_MS = 7 * 86_400_000;
/** Room for a message of 1 MiB and for longer ones, which go to the dead letters. */
const MAX_MESSAGE_BYTES = 8 << 20;

export interface TopicCheck {
  readonly topic: string;
  readonly created: boolean;
  readonly settings: TopicSettings | undefined;
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

function faultsOf(settings: TopicSettings | undefined, { partitions, replicas }: Config['topics']): string[] {
  if (!settings) return ['missing; would be right: tanliu topics --create'];
  const faults: string[] = [];
  if (settings.partitions < partitions)
    faults.push(
      `${settings.partitions} partitions; would be right: at least ${partitions} (KAFKA_PARTITIONS)`,
    );
  if (replicas !== undefined && settings.replicas < replicas)
    faults.push(`${settings.replicas} replicas; would be right: at least ${replicas} (KAFKA_REPLICAS)`);
  if (settings.retentionMs >= 0 && settings.retentionMs < LONGEST_RECOVERY_MS) {
    faults.push(
      `messages are kept ${settings.retentionMs} ms; would be right: at least ${LONGEST_RECOVERY_MS} ms, the longest recovery`,
    );
  }
  if (settings.maxMessageBytes < 2 << 20)
    faults.push(
      `messages up to ${settings.maxMessageBytes} bytes; would be right: at least ${2 << 20}, so that an Arrow batch fits`,
    );
  return faults;
}
