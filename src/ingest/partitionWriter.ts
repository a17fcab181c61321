/**
 * The one writer of a partition: cuts its messages into ranges and settles them in order, each exactly once.
 *   1. the range is written down: commit of its first offset with the intent as metadata
 *   2. insert under the range's token
 *   3. commit of the offset after its last; where another range waits, its step 1 says the same
 * Whoever takes the partition over finds either no intent, or the intent of a range to settle before anything else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamContract } from '../../schemas/stream.ts';
import type { Committed, LogConsumer, LogMessage } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import type { DecodePool } from './decodePool.ts';
import { type Intent, rangeToken, readIntent, readProgress, writeIntent, writeProgress } from './intent.ts';
import type { IngestLimits } from './limits.ts';
import type { DecodedRange } from './rangeDecoder.ts';
import { isFenced } from './rangeFence.ts';
import { insertRange, type RangeTarget } from './rangeInsert.ts';
import { RangePacker } from './rangePacker.ts';
import { type Settlement, settleRange } from './settleRange.ts';

/** One assignment of the group: void when the group moves on. */
export interface Epoch {
  valid: boolean;
}

export interface PartitionContext {
  readonly store: Store;
  readonly consumer: LogConsumer;
  readonly pool: DecodePool;
  readonly contract: StreamContract;
  readonly contractVersion: string;
  /** Name in Kafka. */
  readonly topic: string;
  readonly partition: number;
  readonly generation: number;
  /** The group's progress in this life of the topic. */
  readonly committed: Committed | undefined;
  /** Up to this offset rows may stand already though the group's commit is lost. */
  readonly knownUpTo: number | undefined;
  readonly limits: IngestLimits;
  readonly epoch: Epoch;
  readonly clock: () => number;
  onSettled(range: SettledRange): void;
  onFault(fault: unknown): void;
}

export interface SettledRange {
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
  readonly last: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly intent: Intent;
  /** Compare with what stands already instead of trusting the token alone; and who inserted first under the token. */
  readonly compare: Pick<Settlement, 'before' | 'several'> | undefined;
  /** It stood open from before. */
  readonly reopened: boolean;
  readonly messages: readonly LogMessage[];
  readonly decoded: Promise<DecodedRange>;
}

export class PartitionWriter {
  /** Ranges closed and not yet settled. */
  pending = 0;
  private readonly context: PartitionContext;
  private packer = new RangePacker();
  private openedAtMs = 0;
  private next: number;
  private tail: Promise<void> = Promise.resolve();
  /** Range that stands open from before: it is settled as it was cut. */
  private open: { first: number; intent: Intent } | undefined;
  /** Up to this offset rows may stand that were inserted under tokens of other ranges. */
  private readonly knownUpTo: number | undefined;

  constructor(context: PartitionContext) {
    const { committed } = context;
    this.context = context;
    this.next = committed?.offset ?? 0;
    const intent = committed && readIntent(committed.metadata);
    if (intent && committed) this.open = { first: committed.offset, intent };
    this.knownUpTo = (committed && readProgress(committed.metadata)?.knownUpTo) ?? context.knownUpTo;
  }

  /** Takes messages in offset order; what lies before the committed offset was settled and is passed over. */
  add(messages: readonly LogMessage[]): void {
    const { limits, clock } = this.context;
    for (const message of messages) {
      if (message.offset < this.next) continue;
      if (this.open && message.offset > this.open.intent.last) this.close();
      if (this.packer.count === 0) this.openedAtMs = clock();
      this.packer.add(message);
      this.next = message.offset + 1;
      const full = this.packer.count >= limits.maxMessages || this.packer.bytes >= limits.maxBytes;
      if (this.open ? message.offset === this.open.intent.last : full) this.close();
    }
  }

  /** Closes the range that is being filled when it is old enough. A range from before waits for its last message. */
  closeIfOlder(ageMs: number): void {
    if (!this.open && this.packer.count > 0 && this.context.clock() - this.openedAtMs >= ageMs) this.close();
  }

  /** Settles all that was taken. */
  async drain(): Promise<void> {
    if (!this.open) this.close();
    await this.tail;
  }

  /** Resolves when nothing of this writer is under way any more. */
  idle(): Promise<void> {
    return this.tail;
  }

  private close(): void {
    const { packer, open } = this;
    this.open = undefined;
    if (packer.count === 0) return;
    this.packer = new RangePacker();
    const { pool, contract, consumer, epoch, onFault } = this.context;
    const range: Range = {
      ...this.cut(packer, open),
      messages: packer.messages,
      decoded: pool.decode(contract.topic, packer.pack()),
    };
    range.decoded.catch(() => undefined);
    this.pending++;
    this.tail = this.tail
      .then(() => (epoch.valid ? this.settle(range) : undefined))
      .catch((error: unknown) => {
        const ours = epoch.valid;
        epoch.valid = false;
        if (!isPassed(error)) onFault(error);
        else if (ours) consumer.joinAnew(error.message);
      })
      .finally(() => {
        this.pending--;
      });
  }

  private cut(packer: RangePacker, open: { first: number; intent: Intent } | undefined) {
    const { generation, contractVersion, clock } = this.context;
    if (open)
      return {
        first: open.first,
        last: open.intent.last,
        reopened: true,
        ...this.judgeOpen(open.first, open.intent),
      };
    const first = packer.messages[0]?.offset ?? 0;
    const last = packer.messages.at(-1)?.offset ?? first;
    const intent = { generation, last, contract: contractVersion, atMs: clock(), ...this.knownFrom(first) };
    return { first, last, intent, reopened: false, compare: this.isKnown(first) ? {} : undefined };
  }

  /** How far the token of a range from before can be trusted. */
  private judgeOpen(first: number, intent: Intent): Pick<Range, 'intent' | 'compare'> {
    const { contractVersion, limits, clock } = this.context;
    const forgotten = Math.abs(clock() - intent.atMs) > limits.trustTokenMs;
    if (forgotten || this.isKnown(first)) return { intent, compare: {} };
    const { contract: before, also = [] } = intent;
    const others = also.filter((contract) => contract !== contractVersion);
    if (before === contractVersion && others.length === 0) return { intent, compare: undefined };
    const settling = { ...intent, also: [...others, contractVersion] };
    // Back to the first contract after another has begun, or a third: whose rows a token tells of is not known.
    const sole = before !== contractVersion && others.length === 0;
    return { intent: settling, compare: sole ? { before } : { several: true } };
  }

  private isKnown(offset: number): boolean {
    return this.knownUpTo !== undefined && offset <= this.knownUpTo;
  }

  private knownFrom(offset: number): { knownUpTo?: number } {
    return this.knownUpTo !== undefined && this.isKnown(offset) ? { knownUpTo: this.knownUpTo } : {};
  }

  private async settle(range: Range): Promise<void> {
    const { epoch, onSettled, topic, partition, limits, clock } = this.context;
    const { first, last, intent } = range;
    await this.commit(first, writeIntent(intent));
    const provenAtMs = clock();
    const decoded = await range.decoded;
    // A process that was stopped for a while may have lost the partition and not know it yet.
    if (clock() - provenAtMs > limits.sessionTimeoutMs / 2) await this.commit(first, writeIntent(intent));
    await this.insert(range, decoded);
    if (!epoch.valid) return;
    // With another range waiting, its intent is committed next and says that this one is done.
    if (this.pending === 1) await this.commit(last + 1, this.between(last + 1));
    onSettled({
      topic,
      partition,
      messages: range.messages.length,
      rows: decoded.rows,
      refused: decoded.refused.length,
      last,
    });
  }

  /** What is written down while no range is open: offsets alone do not say of which life of the topic they are. */
  private between(next: number): string {
    return writeProgress({ generation: this.context.generation, ...this.knownFrom(next) });
  }

  private async insert(range: Range, decoded: DecodedRange): Promise<void> {
    const { store, contract, contractVersion, generation, partition, topic, limits, epoch } = this.context;
    const { first, last, compare, reopened, messages } = range;
    const limitS = Math.max(1, Math.floor((limits.sessionTimeoutMs * 2) / 3_000));
    const target: RangeTarget = {
      store,
      contract,
      contractVersion,
      generation,
      partition,
      first,
      last,
      limitS,
    };
    const token = rangeToken(generation, topic, partition, first, last);
    if (!epoch.valid) return;
    for (let attempt = 1, ours = true; ; attempt++) {
      try {
        // Trusted as it may be: where another has begun to compare, the token alone puts nothing in.
        const fenced = ours && !compare && reopened && (await isFenced(store, token));
        if (compare || fenced) return await settleRange(target, decoded, messages, { token, ...compare });
        return await insertRange(target, decoded, messages, token);
      } catch (error) {
        if (isPassed(error) || attempt >= limits.insertAttempts) throw error;
        await sleep(Math.min(250 * 2 ** attempt, 5_000));
        // The pause may have cost the session.
        ours = await this.isStillOurs(range);
        // Of a first insert the readings may stand and the views lack them, and where the topic was made again nobody
        // takes the range up. Repeating it under its token completes it and does no harm; comparing is the owner's.
        if (!ours && compare) return;
      }
    }
  }

  private async isStillOurs({ first, intent }: Range): Promise<boolean> {
    const { epoch } = this.context;
    if (!epoch.valid) return false;
    try {
      await this.commit(first, writeIntent(intent));
      return epoch.valid;
    } catch (error) {
      if (!isPassed(error)) throw error;
      epoch.valid = false;
      return false;
    }
  }

  private async commit(offset: number, metadata: string): Promise<void> {
    const { consumer, topic, partition, epoch } = this.context;
    if (!epoch.valid)
      throw new Fault('TL_LOG_FENCED', `${topic}/${partition} belongs to another consumer now`);
    await consumer.commit([{ topic, partition, offset, metadata }]);
  }
}

const isPassed = (error: unknown): error is Fault => error instanceof Fault && error.code === 'TL_LOG_FENCED';
