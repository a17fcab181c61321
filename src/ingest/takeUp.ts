/** The beginning of an assignment: which life of a topic this is, and from where each partition is to be read. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamContract } from '../../schemas/stream.ts';
import type { Log, LogAdmin, LogConsumer } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { rangeToken } from './intent.ts';
import type { Epoch } from './partitionWriter.ts';
import { leaveRange } from './settleRange.ts';
import { type PartitionLife, type TopicLife, topicLife } from './topicLife.ts';

export interface TakeUp {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly admin: LogAdmin;
  readonly consumer: LogConsumer;
  readonly contract: StreamContract;
  /** Name in Kafka. */
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly epoch: Epoch;
  /** How often the store is asked before it counts as away. */
  readonly attempts: number;
}

/**
 * @throws Fault TL_LOG_FENCED where the topic is not there, or the group's progress had to be put right first: only
 *   another assignment begins where it says now
 */
export async function takeUp(at: TakeUp): Promise<TopicLife> {
  const life = await whileTheStoreIsAway(() => lookAt(at), at);
  const mends = [...life.partitions.values()].flatMap(({ mend }) => mend ?? []);
  if (mends.length === 0) return life;
  for (const [partition, own] of life.partitions) await leavePassed(at, partition, own);
  if (at.epoch.valid) await at.consumer.commit(mends);
  throw new Fault('TL_LOG_FENCED', `the progress in ${at.topic} has been put right`);
}

async function leavePassed(at: TakeUp, partition: number, { passed }: PartitionLife): Promise<void> {
  if (!passed) return;
  const { store, contract, topic } = at;
  const { first, intent } = passed;
  const { generation, last, contract: contractVersion, also = [] } = intent;
  const target = { store, contract, contractVersion, generation, partition, first, last };
  const token = rangeToken(generation, topic, partition, first, last);
  await whileTheStoreIsAway(() => leaveRange(target, token, also), at);
}

async function lookAt({ store, log, group, admin, contract, topic, partitions }: TakeUp): Promise<TopicLife> {
  const topicId = await admin.topicId(topic);
  if (topicId === undefined) throw new Fault('TL_LOG_FENCED', `${topic} is not there`);
  // In this order: what was committed lies within the offsets that are read after it.
  const committed = await admin.committed(group, topic);
  const offsets = await admin.offsets(topic);
  const { topic: contractTopic, table } = contract;
  return topicLife({ store, log, topic, topicId, contractTopic, table, partitions, committed, offsets });
}

async function whileTheStoreIsAway<T>(ask: () => Promise<T>, { epoch, attempts }: TakeUp): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!isOfTheStore(error) || !epoch.valid || attempt >= attempts) throw error;
      await sleep(Math.min(250 * 2 ** attempt, 5_000));
    }
  }
}

/** Faults that are not the log's. */
export const isOfTheStore = (error: unknown): boolean =>
  !(error instanceof Fault && error.code.startsWith('TL_LOG_'));
