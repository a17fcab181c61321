/**
 * Closes five gaps of kafkajs 2.2.4 through which work of one generation of a group leaks into the next:
 *   - `commitOffsets` answers "done" when the consumer is no longer running: nothing was committed;
 *   - a commit that failed for want of a connection is sent again later, under whatever generation the member has
 *     by then: it overwrites what the partition's new owner has committed;
 *   - with several brokers one fetcher joins anew while batches of another still wait: they would be taken as the
 *     first of the new assignment, though what lies before them is not settled.
 *   - it fetches by name: a topic that is deleted and made again under a running consumer goes on at the old position.
 *     The broker that was fetched from is asked for the topic's id before and after; where it is another one, what
 *     came is dropped and the member joins anew. Ids never come back, so a batch surely is of the id that it carries.
 *   - a position that the log does not have is set back by a commit that wipes out our own metadata. The member joins
 *     anew instead, and whoever reads decides where to begin.
 * Without these, rows can be lost or doubled; so another version of kafkajs is refused until it has been looked at.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../runtime/errors.ts';
import { type Broker, type TopicShape, topicsAt } from './topicIds.ts';

const require = createRequire(import.meta.url);
const SUPPORTED_VERSION = '2.2.4';

interface ConsumerGroup {
  readonly groupId: string;
  readonly topicsSubscribed: readonly string[];
  readonly cluster: { findBroker(options: { nodeId: number }): Promise<Broker> };
  recoverFromFetch(error: unknown): Promise<void>;
  recoverFromOffsetOutOfRange(error: unknown): Promise<void>;
  /** Made anew by every join. */
  readonly offsetManager: object;
  fetch(nodeId: number): Promise<FetchedBatch[]>;
  commitOffsets(offsets: unknown): Promise<void>;
}

interface Runner {
  readonly running: boolean;
  readonly consumerGroup: ConsumerGroup;
  handleBatch(batch: object): Promise<void>;
  commitOffsets(offsets: unknown): Promise<void>;
}

interface FetchedBatch {
  readonly topic: string;
  readonly rawMessages: readonly object[];
}

/** What one broker said about a group's topics. */
interface Sight {
  readonly topics: ReadonlyMap<string, TopicShape>;
  readonly atMs: number;
}

/** Without messages the topics are looked at so often: one made again may have nothing after the old position. */
const LOOK_EVERY_MS = 1_000;
const OUT_OF_RANGE_PAUSE_MS = 200;

const fetchedUnder = new WeakMap<object, object>();
const idOfBatch = new WeakMap<object, string>();
const sights = new WeakMap<ConsumerGroup, Map<number, Sight>>();
const watched = new Set<string>();
let installed = false;

/** From now on the ids of this group's topics are watched, and positions are not set back. */
export function watchGroup(groupId: string): void {
  watched.add(groupId);
}

/** Kafka's id of the topic that a batch surely was read from; empty where the broker gives none. */
export const topicIdOf = (batch: object): string => idOfBatch.get(batch) ?? '';

/** An error on which kafkajs joins the group again. */
export function rejoin(message: string): never {
  const { KafkaJSProtocolError } = require('kafkajs') as {
    KafkaJSProtocolError: new (error: object) => Error;
  };
  throw new KafkaJSProtocolError({ message, type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: true });
}

/** Puts the stricter behaviour in place, once. Throws `Fault` TL_INTERNAL for a kafkajs that it does not know. */
export function installStrictGroup(): void {
  if (installed) return;
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== SUPPORTED_VERSION) {
    throw new Fault('TL_INTERNAL', `kafkajs ${version} has not been checked for exactly-once`, {
      remedy: `install kafkajs ${SUPPORTED_VERSION}, or check src/log/kafkajs/strictGroup.ts against the new version`,
    });
  }
  const { KafkaJSNonRetriableError } = require('kafkajs/src/errors') as {
    KafkaJSNonRetriableError: new (message: string) => Error;
  };
  const group = (require('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }).prototype;
  const runner = (require('kafkajs/src/consumer/runner') as { prototype: Runner }).prototype;

  const { fetch } = group;
  group.fetch = async function (this: ConsumerGroup, nodeId) {
    const { offsetManager } = this;
    const batches = watched.has(this.groupId)
      ? await fetchOfOneLife(this, nodeId, () => fetch.call(this, nodeId))
      : await fetch.call(this, nodeId);
    for (const batch of batches) fetchedUnder.set(batch, offsetManager);
    return batches;
  };

  const { recoverFromOffsetOutOfRange } = group;
  group.recoverFromOffsetOutOfRange = async function (this: ConsumerGroup, error) {
    if (!watched.has(this.groupId)) return recoverFromOffsetOutOfRange.call(this, error);
    await sleep(OUT_OF_RANGE_PAUSE_MS);
    return rejoin('the log does not have this position');
  };

  const { handleBatch } = runner;
  runner.handleBatch = async function (this: Runner, batch) {
    // Left unresolved, its messages are fetched again from where the new assignment begins.
    if (fetchedUnder.get(batch) === this.consumerGroup.offsetManager) await handleBatch.call(this, batch);
  };

  // One attempt: the adapter tries again, and only as long as the generation is the same.
  runner.commitOffsets = async function (this: Runner, offsets) {
    if (!this.running) throw new KafkaJSNonRetriableError('the consumer is not running');
    await this.consumerGroup.commitOffsets(offsets);
  };
  installed = true;
}

async function fetchOfOneLife(
  group: ConsumerGroup,
  nodeId: number,
  fetch: () => Promise<FetchedBatch[]>,
): Promise<FetchedBatch[]> {
  let before: Sight;
  try {
    before = sights.get(group)?.get(nodeId) ?? (await look(group, nodeId));
  } catch (error) {
    await group.recoverFromFetch(error);
    return [];
  }
  const batches = await fetch();
  const nothing = batches.every(({ rawMessages }) => rawMessages.length === 0);
  if (nothing && Date.now() - before.atMs < LOOK_EVERY_MS) return batches;
  let now: Sight;
  try {
    now = await look(group, nodeId);
  } catch (error) {
    // Left unresolved, what came is fetched again.
    await group.recoverFromFetch(error);
    return [];
  }
  for (const topic of group.topicsSubscribed) {
    const [then, today] = [before.topics.get(topic), now.topics.get(topic)];
    if (then?.id !== today?.id) rejoin(`${topic} was deleted or made again`);
    if (then?.partitions !== today?.partitions) rejoin(`${topic} has got other partitions`);
  }
  for (const batch of batches) idOfBatch.set(batch, now.topics.get(batch.topic)?.id ?? '');
  return batches;
}

/** Asks the broker itself: another one may not have heard yet of what this one serves already. */
async function look(group: ConsumerGroup, nodeId: number): Promise<Sight> {
  const broker = await group.cluster.findBroker({ nodeId });
  const sight = { topics: await topicsAt(broker, group.topicsSubscribed), atMs: Date.now() };
  const known = sights.get(group) ?? new Map<number, Sight>();
  sights.set(group, known.set(nodeId, sight));
  return sight;
}
