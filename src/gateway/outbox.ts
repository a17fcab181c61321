/**
 * What was received on its way into the log: in batches, each kept until all replicas have it. While the log is away
 * the same batch is tried again and nothing is answered; the queue is bounded, and whoever feeds it is told to wait.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogProducer, OutgoingMessage } from '../log/port.ts';

export interface Outgoing {
  readonly messages: readonly { readonly topic: string; readonly message: OutgoingMessage }[];
  readonly bytes: number;
  /** Called once all of the messages are durable. */
  onDurable(): void;
}

export interface OutboxSettings {
  readonly openProducer: () => Promise<LogProducer>;
  /** Entries and bytes above which feeding must rest; below half of them it may go on. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly onPressure: (resting: boolean) => void;
  readonly onFault: (fault: unknown, waitingEntries: number) => void;
}

const BATCH_ENTRIES = 1_000;
/** One request stays below Kafka's usual limit of 1 MiB a batch. */
const BATCH_BYTES = 700_000;
/** Lets frames of many connections gather for one request. */
const LINGER_MS = 5;
const RETRY_MS = { first: 250, most: 5_000 };

export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #queue: Outgoing[] = [];
  #bytes = 0;
  #resting = false;
  #running: Promise<void> | undefined;
  #producer: LogProducer | undefined;
  readonly #abort = new AbortController();

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
  }

  /** Connects now, so that a log that is not there is noticed at the start. */
  async open(): Promise<void> {
    this.#producer = await this.#settings.openProducer();
  }

  get entries(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(entry: Outgoing): void {
    this.#queue.push(entry);
    this.#bytes += entry.bytes;
    this.#feel();
    this.#running ??= this.#run();
  }

  /** Waits until everything is durable, at most so long; then gives up what is left and closes. Returns what is left. */
  async drain(limitMs: number): Promise<number> {
    const timer = setTimeout(() => this.#abort.abort(), limitMs);
    await this.#running;
    clearTimeout(timer);
    this.#abort.abort();
    await this.#producer?.close().catch(() => undefined);
    return this.#queue.length;
  }

  async #run(): Promise<void> {
    await sleep(LINGER_MS);
    while (this.#queue.length > 0 && !this.#abort.signal.aborted) {
      const batch = this.#nextBatch();
      if (!(await this.#sendUntilDurable(batch))) break;
      this.#queue.splice(0, batch.length);
      for (const entry of batch) {
        this.#bytes -= entry.bytes;
        entry.onDurable();
      }
      this.#feel();
    }
    this.#running = undefined;
  }

  #nextBatch(): Outgoing[] {
    let bytes = 0;
    const batch: Outgoing[] = [];
    for (const entry of this.#queue) {
      if (batch.length > 0 && (batch.length >= BATCH_ENTRIES || bytes + entry.bytes > BATCH_BYTES)) break;
      bytes += entry.bytes;
      batch.push(entry);
    }
    return batch;
  }

  async #sendUntilDurable(batch: readonly Outgoing[]): Promise<boolean> {
    const byTopic = Map.groupBy(
      batch.flatMap(({ messages }) => messages),
      ({ topic }) => topic,
    );
    for (
      let waitMs = RETRY_MS.first;
      !this.#abort.signal.aborted;
      waitMs = Math.min(RETRY_MS.most, 2 * waitMs)
    ) {
      try {
        this.#producer ??= await this.#settings.openProducer();
        const producer = this.#producer;
        await Promise.all(
          [...byTopic].map(([topic, messages]) =>
            producer.send(
              topic,
              messages.map(({ message }) => message),
            ),
          ),
        );
        return true;
      } catch (fault) {
        this.#settings.onFault(fault, this.#queue.length);
        // An idempotent producer whose sequence is broken never recovers: the next attempt has one of its own.
        const broken = this.#producer;
        this.#producer = undefined;
        broken?.close().catch(() => undefined);
        await sleep(waitMs, undefined, { signal: this.#abort.signal }).catch(() => undefined);
      }
    }
    return false;
  }

  #feel(): void {
    const { maxEntries, maxBytes, onPressure } = this.#settings;
    const full = this.#queue.length >= maxEntries || this.#bytes >= maxBytes;
    const eased = this.#queue.length < maxEntries / 2 && this.#bytes < maxBytes / 2;
    if (this.#resting ? !eased : !full) return;
    this.#resting = !this.#resting;
    onPressure(this.#resting);
  }
}
