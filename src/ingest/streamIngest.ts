/** Runs the ingest of one or more streams as a member of the consumer group until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamContract } from '../../schemas/stream.ts';
import type {
  ConsumerHandler,
  Log,
  LogAdmin,
  LogConsumer,
  PartitionBatch,
  TopicPartition,
} from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { contractVersion } from './contractVersion.ts';
import { DecodePool } from './decodePool.ts';
import { DEFAULT_LIMITS, type IngestLimits } from './limits.ts';
import { type Epoch, PartitionWriter, type SettledRange } from './partitionWriter.ts';
import { isOfTheStore, takeUp } from './takeUp.ts';
import type { TopicLife } from './topicLife.ts';

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
const JOIN_PAUSE_MS = 200;

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
      onJoined: (assignment) => {
        this.renew(true);
        this.lookBack(assignment);
      },
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
    const writer = await beating(this.writerOf(batch, epoch), heartbeat);
    if (this.stopping) return;
    // Not simply passed over: what is not taken here must be fetched again.
    if (!epoch.valid) throw new Fault('TL_LOG_FENCED', 'the assignment has passed');
    await this.checkLife(batch, epoch);
    const key = `${batch.topic}/${batch.partition}`;
    writer.add(batch.messages);
    const position = this.positions.get(key);
    this.positions.set(key, { next: position?.next ?? 0, high: batch.highWatermark });
    await this.waitForRoom(writer, epoch, heartbeat);
  }

  /** Only a new assignment asks anew which life of the topic this is. */
  private async checkLife({ topic, topicId, partition, from }: PartitionBatch, epoch: Epoch): Promise<void> {
    const life = await this.lives.get(topic);
    const key = `${topic}/${partition}`;
    const before = this.askedFrom.get(key) ?? from;
    if (life?.topicId === topicId && from >= before) {
      this.askedFrom.set(key, from);
      return;
    }
    epoch.valid = false;
    const why = from < before ? `went back from ${before} to ${from}` : 'was made again';
    throw new Fault('TL_LOG_FENCED', `${key} ${why}`);
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
    const made = this.makeWriter(batch, epoch);
    made.catch(() => undefined);
    this.writers.set(key, made);
    return made;
  }

  private async makeWriter({ topic, partition }: PartitionBatch, epoch: Epoch): Promise<PartitionWriter> {
    const contract = this.contracts.get(topic);
    const { consumer } = this;
    if (!contract || !consumer) throw new Fault('TL_INTERNAL', `no contract for ${topic}`);
    const life = await this.lives.get(topic)?.catch(() => undefined);
    const own = life?.partitions.get(partition);
    if (!own || !epoch.valid) throw new Fault('TL_LOG_FENCED', `${topic}/${partition} is not assigned`);
    const { store, clock = Date.now } = this.options;
    const writer = new PartitionWriter({
      store,
      consumer,
      pool: this.pool,
      contract,
      contractVersion: contractVersion(contract),
      topic,
      partition,
      generation: own.generation,
      committed: own.committed,
      knownUpTo: own.knownUpTo,
      limits: this.limits,
      epoch,
      clock,
      onSettled: (range) => this.settled(range),
      onFault: (error) => this.fail(error),
    });
    this.ready.add(writer);
    return writer;
  }

  /** Before anything of a new assignment is taken: which life of each topic this is, and from where it is to be read. */
  private lookBack(assignment: readonly TopicPartition[]): void {
    const { epoch } = this;
    for (const topic of new Set(assignment.map((each) => each.topic))) {
      const contract = this.contracts.get(topic);
      if (!contract) continue;
      const partitions = assignment.filter((each) => each.topic === topic).map(({ partition }) => partition);
      const { admin, consumer, quiet } = this;
      const { store, log, group } = this.options;
      const { insertAttempts: attempts } = this.limits;
      if (!admin || !consumer) throw new Fault('TL_INTERNAL', 'the ingest has not started');
      const question = { store, log, group, admin, consumer, contract, topic, partitions, epoch, attempts };
      const life = quiet.then(() => takeUp(question));
      this.lives.set(topic, life);
      life.catch(async (error: unknown) => {
        if (!epoch.valid) return;
        epoch.valid = false;
        if (isOfTheStore(error)) return this.fail(error);
        await sleep(JOIN_PAUSE_MS);
        if (this.epoch === epoch) this.consumer?.joinAnew((error as Error).message);
      });
    }
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

/** Waits with heartbeats, so that a slow store costs no rebalance. */
async function beating<T>(waited: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
  for (;;) {
    const pause = new AbortController();
    const beat = sleep(HEARTBEAT_EVERY_MS, 'beat' as const, { signal: pause.signal });
    beat.catch(() => undefined);
    try {
      const first = await Promise.race([waited.then((value) => ({ value })), beat]);
      if (first !== 'beat') return first.value;
    } finally {
      pause.abort();
    }
    await heartbeat();
  }
}
