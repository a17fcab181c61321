/**
 * A shorter decoder of record batches for kafkajs 2.2.4. Its own makes four objects and a copied header table per
 * record; with the six headers of a CloudEvent that is 77,000 messages/s. This one leaves every record where it
 * lies in the fetched bytes and reads key, value and headers when asked: over 400,000. It takes the place of one
 * internal module of that exact version; with any other version kafkajs stays as it is.
 */
import { createRequire } from 'node:module';
import type { LogMessage } from '../port.ts';

const require = createRequire(import.meta.url);
const SUPPORTED_VERSION = '2.2.4';
const PROTOCOL = 'kafkajs/src/protocol';
const LOG_APPEND_TIME = 1;
const TIMESTAMP_TYPE_FLAG = 0x8;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;

/** What kafkajs's decoder of the fetch response offers. */
interface FetchDecoder {
  buffer: Buffer;
  offset: number;
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** Reads the varints of records; 32-bit arithmetic as long as it reaches. */
class Cursor {
  buffer: Buffer = Buffer.alloc(0);
  at = 0;

  /** Zigzag varint, exact up to 2^53. */
  varint(): number {
    const { buffer } = this;
    let byte = buffer[this.at++] as number;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let low = byte & 0x7f;
    let factor = 128;
    do {
      byte = buffer[this.at++] as number;
      low += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    return low % 2 === 1 ? -(low + 1) / 2 : low / 2;
  }

  skipBytes(): void {
    const length = this.varint();
    if (length > 0) this.at += length;
  }

  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const begin = this.at;
    this.at = begin + length;
    return this.buffer.subarray(begin, this.at);
  }
}

const cursor = new Cursor();

interface BatchContext {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  readonly appendTimestamp: number | undefined;
  readonly isControlBatch: boolean;
  readonly inTransaction: boolean;
  readonly producerId: string;
}

/** A record that lies in the fetched bytes. `offset` and the time are numbers here, strings in plain kafkajs. */
export class FastRecord implements LogMessage {
  readonly offset: number;
  readonly timestampMs: number;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
  /** Length of the value, -1 for a tombstone. */
  readonly valueLength: number;
  private readonly buffer: Buffer;
  private readonly keyAt: number;
  private readonly valueAt: number;

  /** Reads one record at the cursor and moves it past. */
  constructor(context: BatchContext) {
    const length = cursor.varint();
    const end = cursor.at + length;
    cursor.at++;
    const timestamp = context.firstTimestamp + cursor.varint();
    this.timestampMs = context.appendTimestamp ?? timestamp;
    this.offset = context.firstOffset + cursor.varint();
    this.keyAt = cursor.at;
    cursor.skipBytes();
    this.valueLength = cursor.varint();
    this.valueAt = cursor.at;
    this.buffer = cursor.buffer;
    this.isControlRecord = context.isControlBatch;
    this.batchContext = context;
    cursor.at = end;
  }

  get key(): Buffer | null {
    cursor.buffer = this.buffer;
    cursor.at = this.keyAt;
    return cursor.bytes();
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.buffer.subarray(this.valueAt, this.valueAt + this.valueLength);
  }

  /** Copies the value to `target` at `at`. */
  copyValue(target: Buffer, at: number): void {
    this.buffer.copy(target, at, this.valueAt, this.valueAt + Math.max(this.valueLength, 0));
  }

  /** Whether the first header of that name has this value. Compares bytes where they lie: it runs twice a message. */
  headerIs(name: Uint8Array, value: Uint8Array): boolean {
    const length = this.seekHeader(name);
    return length === value.length && same(this.buffer, cursor.at, value);
  }

  /** Value of the first header of that name. */
  header(name: Uint8Array): Buffer | undefined {
    const length = this.seekHeader(name);
    return length < 0 ? undefined : this.buffer.subarray(cursor.at, cursor.at + length);
  }

  /** All headers; of a repeated one all values. */
  get headers(): Record<string, Buffer | Buffer[] | undefined> {
    // Without a prototype: a header may be called `constructor` or `__proto__`.
    const all: Record<string, Buffer | Buffer[] | undefined> = Object.create(null);
    for (let left = this.seekHeaders(); left > 0; left--) {
      const name = cursor.bytes()?.toString() ?? '';
      const value = cursor.bytes() ?? Buffer.alloc(0);
      const before = all[name];
      all[name] = before === undefined ? value : [before, value].flat();
    }
    return all;
  }

  /** Puts the cursor on the first header and returns how many there are. */
  private seekHeaders(): number {
    cursor.buffer = this.buffer;
    cursor.at = this.valueAt + Math.max(this.valueLength, 0);
    return cursor.varint();
  }

  /** Puts the cursor on the value of a header and returns its length, -1 where there is none. */
  private seekHeader(name: Uint8Array): number {
    for (let left = this.seekHeaders(); left > 0; left--) {
      const length = cursor.varint();
      const begin = cursor.at;
      cursor.at = begin + length;
      const valueLength = cursor.varint();
      if (length === name.length && same(this.buffer, begin, name)) return valueLength;
      if (valueLength > 0) cursor.at += valueLength;
    }
    return -1;
  }
}

function same(buffer: Buffer, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (buffer[at + i] !== bytes[i]) return false;
  return true;
}

/** Decodes one record batch (magic 2): the wire format of Kafka's message format v2. */
async function decodeBatch(fetched: FetchDecoder): Promise<{ records: FastRecord[] }> {
  const { buffer } = fetched;
  const at = fetched.offset;
  const length = buffer.readInt32BE(at + 8);
  const end = at + 12 + length;
  fetched.offset = end;
  if (end > buffer.length) throw partialBatch(buffer.length - at - 12, length);
  const attributes = buffer.readInt16BE(at + 21);
  const append = ((attributes & TIMESTAMP_TYPE_FLAG) > 0 ? LOG_APPEND_TIME : 0) === LOG_APPEND_TIME;
  const context: BatchContext = {
    firstOffset: Number(buffer.readBigInt64BE(at)),
    firstTimestamp: Number(buffer.readBigInt64BE(at + 27)),
    appendTimestamp: append ? Number(buffer.readBigInt64BE(at + 35)) : undefined,
    producerId: buffer.readBigInt64BE(at + 43).toString(),
    inTransaction: (attributes & TRANSACTIONAL_FLAG) > 0,
    isControlBatch: (attributes & CONTROL_FLAG) > 0,
  };
  const count = buffer.readInt32BE(at + 57);
  const codec = codecOf(attributes);
  const bytes = codec ? await codec.decompress(buffer.subarray(at + 61, end)) : buffer;
  const records = new Array<FastRecord>(Math.max(count, 0));
  cursor.buffer = bytes;
  cursor.at = codec ? 0 : at + 61;
  for (let i = 0; i < count; i++) records[i] = new FastRecord(context);
  return { ...context, records };
}

function codecOf(attributes: number): Codec | null {
  const { lookupCodecByAttributes } = require(`${PROTOCOL}/message/compression`) as {
    lookupCodecByAttributes(attributes: number): Codec | null;
  };
  return lookupCodecByAttributes(attributes);
}

function partialBatch(remaining: number, length: number): Error {
  const { KafkaJSPartialMessageError } = require('kafkajs/src/errors') as {
    KafkaJSPartialMessageError: new (message: string) => Error;
  };
  return new KafkaJSPartialMessageError(`a partial record batch: ${remaining} of ${length} bytes`);
}

/** Puts the decoder in place; must run before kafkajs is loaded. Returns whether it did. */
export function installFastRecords(): boolean {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== SUPPORTED_VERSION) return false;
  const path = require.resolve(`${PROTOCOL}/recordBatch/v0/decoder.js`);
  require(path);
  const entry = require.cache[path];
  if (!entry) return false;
  entry.exports = decodeBatch;
  return true;
}
