/** Sends accepted readings to a topic as CloudEvents 1.0 in binary mode, as JSON messages or Arrow batches. */
import { createHash } from 'node:crypto';
import { Refusal } from '../../schemas/refusal.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import type { LogProducer, OutgoingMessage } from '../log/port.ts';

export type PayloadFormat = 'json' | 'arrow';

export interface OutgoingReading {
  /** Name of the reading within its source; the same reading sent again has the same. */
  readonly id: string;
  /** Accepted by the contract's schema. */
  readonly value: Record<string, unknown>;
}

export interface ProduceOptions {
  readonly producer: LogProducer;
  /** Name of the topic in the log, with the prefix that the stack has. */
  readonly topic: string;
  readonly contract: StreamContract;
  /** `ce_source`: who says so. Part of a reading's identity. */
  readonly source: string;
  readonly readings: AsyncIterable<OutgoingReading> | Iterable<OutgoingReading>;
  readonly format: PayloadFormat;
  /** `ce_time`. */
  readonly at: Date;
  /** Called after each request with the readings sent so far. */
  readonly onSent?: ((readings: number) => void) | undefined;
}

export interface Produced {
  readonly readings: number;
  readonly messages: number;
}

/** Kafka counts a request's messages of one partition as one batch, which its limit of 1 MiB holds for. */
const MAX_REQUEST_BYTES = 1_000_000;
const MAX_REQUEST_MESSAGES = 1000;
const MAX_ARROW_ROWS = 5000;
/** Rows held back while batches fill up, over all keys. */
const MAX_HELD_ROWS = 50_000;
/** Room for the headers and the record's own fields. */
const MESSAGE_OVERHEAD_BYTES = 512;

/**
 * Sends all readings in their order (per key) and resolves when the log has them. Messages are keyed by
 * `contract.key`; a batch holds readings of one key only. Throws `Refusal` TL_READING_TOO_LARGE for one that no message can hold.
 */
export async function produceReadings(options: ProduceOptions): Promise<Produced> {
  const request = new Request(options);
  if (options.format === 'json') {
    for await (const reading of options.readings) await request.add(jsonMessage(options, reading));
  } else {
    const { arrowMessage } = await import('./arrowMessage.ts');
    const encode = (batch: readonly OutgoingReading[]) => arrowMessages(options, batch, arrowMessage);
    for await (const batch of batchesByKey(options))
      for (const message of encode(batch)) await request.add(message);
  }
  await request.flush();
  return { readings: request.readings, messages: request.messages };
}

interface Sized {
  readonly message: OutgoingMessage;
  readonly bytes: number;
  readonly readings: number;
}

/** One request to the log, bounded by messages and by bytes. */
class Request {
  readings = 0;
  messages = 0;
  private readonly options: ProduceOptions;
  private waiting: Sized[] = [];
  private bytes = 0;

  constructor(options: ProduceOptions) {
    this.options = options;
  }

  async add(sized: Sized): Promise<void> {
    const full = this.waiting.length >= MAX_REQUEST_MESSAGES || this.bytes + sized.bytes > MAX_REQUEST_BYTES;
    if (full) await this.flush();
    this.waiting.push(sized);
    this.bytes += sized.bytes;
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const sent = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    await this.options.producer.send(
      this.options.topic,
      sent.map(({ message }) => message),
    );
    this.messages += sent.length;
    for (const { readings } of sent) this.readings += readings;
    this.options.onSent?.(this.readings);
  }
}

function keyOf({ contract }: ProduceOptions, { value }: OutgoingReading): string {
  return String(value[contract.key]);
}

function headers({ contract, source, at }: ProduceOptions, id: string, contentType: string) {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: source,
    ce_type: eventType(contract),
    ce_time: at.toISOString(),
    'content-type': contentType,
  };
}

/** `ce_type` of a stream's events. */
function eventType(contract: StreamContract): string {
  return `com.tanliu.${contract.topic}`;
}

function jsonMessage(options: ProduceOptions, reading: OutgoingReading): Sized {
  const value = Buffer.from(JSON.stringify(reading.value));
  const bytes = value.length + MESSAGE_OVERHEAD_BYTES;
  if (bytes > MAX_REQUEST_BYTES) throw tooLarge(reading, bytes);
  const message = {
    key: keyOf(options, reading),
    value,
    headers: headers(options, reading.id, 'application/json'),
  };
  return { message, bytes, readings: 1 };
}

/** Runs of readings of one key, each at most `MAX_ARROW_ROWS`; the longest goes first when too many are held. */
async function* batchesByKey(options: ProduceOptions): AsyncGenerator<OutgoingReading[]> {
  const held = new Map<string, OutgoingReading[]>();
  let rows = 0;
  for await (const reading of options.readings) {
    const key = keyOf(options, reading);
    const batch = held.get(key) ?? [];
    batch.push(reading);
    held.set(key, batch);
    rows++;
    if (batch.length < MAX_ARROW_ROWS && rows < MAX_HELD_ROWS) continue;
    const full = batch.length >= MAX_ARROW_ROWS ? [key] : [...held.keys()];
    for (const name of full) {
      const done = held.get(name) as OutgoingReading[];
      held.delete(name);
      rows -= done.length;
      yield done;
    }
  }
  yield* held.values();
}

type Encode = (contract: StreamContract, values: readonly Record<string, unknown>[]) => Buffer;

/** The batch as one message, or as several where it would be larger than a message may be. */
function arrowMessages(options: ProduceOptions, batch: readonly OutgoingReading[], encode: Encode): Sized[] {
  const value = encode(
    options.contract,
    batch.map((reading) => reading.value),
  );
  const bytes = value.length + MESSAGE_OVERHEAD_BYTES;
  const first = batch[0] as OutgoingReading;
  if (bytes > MAX_REQUEST_BYTES) {
    if (batch.length === 1) throw tooLarge(first, bytes);
    const half = batch.length >> 1;
    return [
      ...arrowMessages(options, batch.slice(0, half), encode),
      ...arrowMessages(options, batch.slice(half), encode),
    ];
  }
  const message = {
    key: keyOf(options, first),
    value,
    headers: headers(options, batchId(batch), 'application/vnd.apache.arrow.stream'),
  };
  return [{ message, bytes, readings: batch.length }];
}

/** Follows from the readings' names alone, so that the same batch sent again has the same. */
function batchId(batch: readonly OutgoingReading[]): string {
  const hash = createHash('sha256');
  for (const { id } of batch) hash.update(`${id}\n`);
  return hash.digest('hex').slice(0, 32);
}

function tooLarge({ id }: OutgoingReading, bytes: number): Refusal {
  return new Refusal(`reading ${id} takes ${bytes} bytes`, {
    code: 'TL_READING_TOO_LARGE',
    place: id,
    remedy: `at most ${MAX_REQUEST_BYTES} bytes a reading; split its list over several readings`,
  });
}
