/** Runs the ingest of one or more streams as a member of the consumer group until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamContract } from '../../schemas/stream.ts';
import type { ConsumerHandler, Log, LogAdmin, LogConsumer, PartitionBatch } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { contractVersion } from './contractVersion.ts';
import { DecodePool } from './decodePool.ts';
import { DEFAULT_LIMITS, type IngestLimits } from './limits.ts';
import { type Epoch, PartitionWriter, type SettledRange } from './partitionWriter.ts';
import { type TopicLife, topicLife } from './topicLife.ts';

export interface IngestOptions {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly contracts: readonly StreamContract[];
  /** Kafka's name of a topic is this prefix and the contract's topic. */
  readonly topicPrefix?: string;
  readonly limits?: Partial<IngestLimits>;
  /** Module that exports `streamOf` for the decoding threads. */
  readonly contractsUrl?: string;
  /** Decoding threads shared with other streams; own ones where absent. */
  readonly pool?: DecodePool;
  readonly clock?: () => number;
  onSettled?(range: SettledRange): void;
}

export interface IngestProgress {
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
  readonly ranges: number;
  /** `topic/partition` → next offset to settle and end of the partition when it was last read. */
  readonly partitions: Readonly<Record<string, { next: number; high: number }>>;
}

const TICK_MS = 25;
const HEARTBEAT_EVERY_MS = 1_000;

export class StreamIngest {
  private readonly options: IngestOptions;
  private readonly limits: IngestLimits;
  private readonly contracts: ReadonlyMap<string, StreamContract>;
  private readonly pool: DecodePool;
  private consumer: LogConsumer | undefined;
  private admin: LogAdmin | undefined;
  private epoch: Epoch = { valid: false };
  private writers = new Map<string, Promise<PartitionWriter>>();
  private ready = new Set<PartitionWriter>();
  /** Offset that the last batch of a partition was asked from. */
  private askedFrom = new Map<string, number>();
  /** Resolves when the inserts of former assignments have ended: what they leave must stand before we compare. */
  private quiet: Promise<unknown> = Promise.resolve();
  private lives = new Map<string, Promise<TopicLife>>();
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private counts = { messages: 0, rows: 0, refused: 0, ranges: 0 };
  private positions = new Map<string, { next: number; high: number }>();
  private readonly ended: Promise<never>;
  private fail: (error: unknown) => void = () => undefined;

  constructor(options: IngestOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const prefix = options.topicPrefix ?? '';
    this.contracts = new Map(options.contracts.map((contract) => [prefix + contract.topic, contract]));
    this.pool = options.pool ?? new DecodePool(this.limits.decodeThreads, options.contractsUrl);
    this.ended = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.ended.catch(() => undefined);
  }

  /** Joins the group. `fault` rejects when the ingest cannot go on. */
  async start(): Promise<{ fault: Promise<never> }> {
    const { log, group } = this.options;
    const { sessionTimeoutMs, maxBytesPerPartition } = this.limits;
    this.admin = await log.admin();
    this.consumer = await log.consumer({
      group,
      topics: [...this.contracts.keys()],
      sessionTimeoutMs,
      maxBytesPerPartition,
    });
    this.timer = setInterval(() => this.closeOld(), TICK_MS);
    await this.consumer.run(this.handler());
    return { fault: this.ended };
  }

  /** Settles what was taken, commits and leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await Promise.all([...this.ready].map((writer) => writer.drain()));
    await this.consumer?.stop();
    this.epoch.valid = false;
    await this.admin?.close();
    if (!this.options.pool) await this.pool.close();
  }

  progress(): IngestProgress {
    return { ...this.counts, partitions: Object.fromEntries(this.positions) };
  }

  private handler(): ConsumerHandler {
    return {
      onJoined: () => this.renew(true),
      onLost: () => this.renew(false),
      onBatch: (batch, heartbeat) => this.take(batch, heartbeat),
      onEnded: (fault) => this.fail(fault),
    };
  }

  /** A new assignment: nothing of the old one may be committed any more. */
  private renew(valid: boolean): void {
    this.epoch.valid = false;
    this.epoch = { valid };
    this.quiet = Promise.all([this.quiet, ...[...this.ready].map((writer) => writer.idle())]);
    this.writers = new Map();
    this.ready = new Set();
    this.askedFrom = new Map();
    this.lives = new Map();
  }

  private async take(batch: PartitionBatch, heartbeat: () => Promise<void>): Promise<void> {
    const { epoch } = this;
    if (this.stopping) return;
    // Fenced by a refused commit: what comes now must be fetched again after joining anew.
    if (!epoch.valid) throw new Fault('TL_LOG_FENCED', 'the assignment has passed');
    const writer = await this.writerOf(batch, epoch);
    if (this.stopping) return;
    // Not simply passed over: what is not taken here must be fetched again.
    if (!epoch.valid) throw new Fault('TL_LOG_FENCED', 'the assignment has passed');
    const key = `${batch.topic}/${batch.partition}`;
    this.checkForward(key, batch.from);
    writer.add(batch.messages);
    const position = this.positions.get(key);
    this.positions.set(key, { next: position?.next ?? 0, high: batch.highWatermark });
    await this.waitForRoom(writer, epoch, heartbeat);
  }

  /**
   * The log went back to its beginning: the topic was made again, or what was asked for is no longer kept. Only a new
   * assignment asks anew which life of the topic this is; the writer of the old one would pass these offsets over.
   */
  private checkForward(key: string, from: number): void {
    const before = this.askedFrom.get(key) ?? from;
    if (from < before) {
      this.epoch.valid = false;
      throw new Fault('TL_LOG_FENCED', `${key} went back from ${before} to ${from}`);
    }
    this.askedFrom.set(key, from);
  }

  /** Bounded memory: fetching rests while too many ranges wait. Heartbeats go on, so that a slow store costs no rebalance. */
  private async waitForRoom(
    writer: PartitionWriter,
    epoch: Epoch,
    heartbeat: () => Promise<void>,
  ): Promise<void> {
    let beatAtMs = Date.now();
    while (epoch.valid && !this.stopping && !this.hasRoom(writer)) {
      await sleep(5);
      if (Date.now() - beatAtMs < HEARTBEAT_EVERY_MS) continue;
      await heartbeat();
      beatAtMs = Date.now();
    }
  }

  private hasRoom(writer: PartitionWriter): boolean {
    let pending = 0;
    for (const each of this.ready) pending += each.pending;
    return writer.pending < this.limits.maxPendingOfPartition && pending < this.limits.maxPending;
  }

  private writerOf(batch: PartitionBatch, epoch: Epoch): Promise<PartitionWriter> {
    const key = `${batch.topic}/${batch.partition}`;
    const known = this.writers.get(key);
    if (known) return known;
    const { writers } = this;
    const made = this.makeWriter(batch, epoch);
    writers.set(key, made);
    // The batch comes again: a store that did not answer may answer then.
    made.catch(() => writers.delete(key));
    return made;
  }

  private async makeWriter({ topic, partition }: PartitionBatch, epoch: Epoch): Promise<PartitionWriter> {
    const contract = this.contracts.get(topic);
    const { consumer } = this;
    if (!contract || !consumer) throw new Fault('TL_INTERNAL', `no contract for ${topic}`);
    await this.quiet;
    const life = await this.lifeOf(topic, contract);
    const committed = await consumer.committed([{ topic, partition }]);
    const { store, clock = Date.now } = this.options;
    const writer = new PartitionWriter({
      store,
      consumer,
      pool: this.pool,
      contract,
      contractVersion: contractVersion(contract),
      topic,
      partition,
      generation: life.generation,
      committed: committed[0],
      knownUpTo: life.knownUpTo.get(partition),
      limits: this.limits,
      epoch,
      clock,
      onSettled: (range) => this.settled(range),
      onFault: (error) => this.fail(error),
    });
    if (epoch.valid) this.ready.add(writer);
    return writer;
  }

  private lifeOf(topic: string, contract: StreamContract): Promise<TopicLife> {
    const known = this.lives.get(topic);
    if (known) return known;
    const { store, log, group } = this.options;
    const { admin, lives } = this;
    if (!admin) throw new Fault('TL_INTERNAL', 'the ingest has not started');
    const found = (async () => {
      const [committed, offsets] = await Promise.all([admin.committed(group, topic), admin.offsets(topic)]);
      return topicLife({
        store,
        log,
        topic,
        contractTopic: contract.topic,
        table: contract.table,
        committed,
        offsets,
      });
    })();
    lives.set(topic, found);
    found.catch(() => lives.delete(topic));
    return found;
  }

  private closeOld(): void {
    for (const writer of this.ready) if (writer.pending === 0) writer.closeIfOlder(this.limits.maxAgeMs);
  }

  private settled(range: SettledRange): void {
    const { counts } = this;
    counts.messages += range.messages;
    counts.rows += range.rows;
    counts.refused += range.refused;
    counts.ranges++;
    const key = `${range.topic}/${range.partition}`;
    this.positions.set(key, {
      next: range.last + 1,
      high: Math.max(this.positions.get(key)?.high ?? 0, range.last + 1),
    });
    this.options.onSettled?.(range);
  }
}
