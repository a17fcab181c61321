/**
 * Closes three gaps of kafkajs 2.2.4 through which work of one generation of a group leaks into the next:
 *   - `commitOffsets` answers "done" when the consumer is no longer running: nothing was committed;
 *   - a commit that failed for want of a connection is sent again later, under whatever generation the member has
 *     by then: it overwrites what the partition's new owner has committed;
 *   - with several brokers one fetcher joins anew while batches of another still wait: they would be taken as the
 *     first of the new assignment, though what lies before them is not settled.
 * Without these, rows can be lost or doubled; so another version of kafkajs is refused until it has been looked at.
 */
import { createRequire } from 'node:module';
import { Fault } from '../../runtime/errors.ts';

const require = createRequire(import.meta.url);
const SUPPORTED_VERSION = '2.2.4';

interface ConsumerGroup {
  /** Made anew by every join. */
  readonly offsetManager: object;
  fetch(nodeId: number): Promise<object[]>;
  commitOffsets(offsets: unknown): Promise<void>;
}

interface Runner {
  readonly running: boolean;
  readonly consumerGroup: ConsumerGroup;
  handleBatch(batch: object): Promise<void>;
  commitOffsets(offsets: unknown): Promise<void>;
}

const fetchedUnder = new WeakMap<object, object>();
let installed = false;

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
    const batches = await fetch.call(this, nodeId);
    for (const batch of batches) fetchedUnder.set(batch, offsetManager);
    return batches;
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
