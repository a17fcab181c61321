/** The log as the pipeline sees it. `kafkajs/` is its adapter; `test/log/conformance.ts` is what any other must pass. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One message; its parts may be read from the fetched bytes only when asked for. Offsets are exact below 2^53. */
export interface LogMessage {
  readonly offset: number;
  /** Time that the broker keeps for the record, ms since 1970: when the fact became known. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** `null` is a tombstone. */
  readonly value: Buffer | null;
  /** Bytes of the value, -1 for a tombstone. */
  readonly valueLength: number;
  /** Copies the value to `target` at `at`. */
  copyValue(target: Buffer, at: number): void;
  /** Whether the first header of that name has this value. */
  headerIs(name: Uint8Array, value: Uint8Array): boolean;
  header(name: Uint8Array): Buffer | undefined;
  readonly headers: Readonly<Record<string, Buffer | Buffer[] | undefined>>;
}

export interface OutgoingMessage {
  readonly key: string | null;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampMs?: number;
}

export interface LogProducer {
  /** Sends to one topic and resolves when all replicas in sync have the messages; order within a key is kept. */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

export interface PartitionBatch extends TopicPartition {
  /** What tells the topic that this was read from from others of its name; empty where the log has no such thing. */
  readonly topicId: string;
  readonly messages: readonly LogMessage[];
  /** Offset that was asked for. It never falls within an assignment. */
  readonly from: number;
  readonly highWatermark: number;
}

export interface Committed extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

export interface ConsumerHandler {
  /**
   * The group has settled: these partitions are ours until `onLost`. Called before their first batch. Reading begins
   * where the group has committed, or at the beginning. Where the log does not have that offset (any more), or the
   * topic is deleted or made again, the member joins anew until there is a commit that it can begin at.
   */
  onJoined(assignment: readonly TopicPartition[]): void;
  /** The assignment is void from now on: nothing may be committed for it. */
  onLost(): void;
  /** One run of messages in offset order. The next of the same broker waits until this resolves; long waits call `heartbeat`. */
  onBatch(batch: PartitionBatch, heartbeat: () => Promise<void>): Promise<void>;
  /** The consumer has given up and will not join again. */
  onEnded?(fault: unknown): void;
}

export interface LogConsumer {
  run(handler: ConsumerHandler): Promise<void>;
  /** Commits under the group's generation; throws `Fault` TL_LOG_FENCED when that has passed. */
  commit(entries: readonly Committed[]): Promise<void>;
  /** What the group has committed; partitions without a commit are left out. */
  committed(partitions: readonly TopicPartition[]): Promise<Committed[]>;
  /** Gives the assignment up and takes a new one, before anything more is fetched. */
  joinAnew(why: string): void;
  /** Leaves the group. */
  stop(): Promise<void>;
}

export interface PartitionOffsets extends TopicPartition {
  /** First offset that is still kept. */
  readonly low: number;
  /** Offset after the last. */
  readonly high: number;
}

export interface TopicSettings {
  readonly partitions: number;
  readonly replicas: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
}

/** What a topic is like; more than what is asked for when one is made. */
export interface TopicState extends TopicSettings {
  /** Bytes of a partition after which the oldest messages go; -1 without limit. */
  readonly retentionBytes: number;
  /** Whether a later message of the same key replaces earlier ones. */
  readonly compacted: boolean;
}

export interface LogAdmin {
  /** Creates what is missing and returns the names created. */
  createTopics(topics: readonly string[], settings: TopicSettings): Promise<string[]>;
  /** Settings of a topic, or `undefined` where there is none. */
  describeTopic(topic: string): Promise<TopicState | undefined>;
  /** What tells a topic from a later one of the same name; empty where the log has no such thing, `undefined` without topic. */
  topicId(topic: string): Promise<string | undefined>;
  deleteTopic(topic: string): Promise<void>;
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /** What a group has committed for a topic. */
  committed(group: string, topic: string): Promise<Committed[]>;
  close(): Promise<void>;
}

export interface ReadRange extends TopicPartition {
  /** Inclusive. */
  readonly first: number;
  readonly last: number;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** How long the broker waits for a heartbeat; an insert's time-out must be shorter. */
  readonly sessionTimeoutMs?: number;
  readonly maxBytesPerPartition?: number;
}

export interface Log {
  producer(): Promise<LogProducer>;
  consumer(options: ConsumerOptions): Promise<LogConsumer>;
  admin(): Promise<LogAdmin>;
  /** Reads messages of a range outside any group's progress; ends at `last` or at the end of the partition. */
  read(range: ReadRange): Promise<LogMessage[]>;
}
