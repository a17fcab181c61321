/** Collects the messages of one range of offsets into one block of bytes that can be handed to another thread. */
import type { LogMessage } from '../log/port.ts';

/** What the `content-type` header says. */
export const PAYLOAD = { json: 0, arrow: 1, other: 2, missing: 3, tombstone: 4 } as const;
export type Payload = (typeof PAYLOAD)[keyof typeof PAYLOAD];

export interface PackedRange {
  readonly count: number;
  /** Values one after another; the i-th ends at `ends[i]`. */
  readonly values: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly timestampsMs: Float64Array<ArrayBuffer>;
  readonly payloads: Uint8Array<ArrayBuffer>;
  /** Index into `sourceNames`; `NO_SOURCE` where the header is missing. */
  readonly sources: Uint16Array<ArrayBuffer>;
  readonly sourceNames: readonly string[];
}

export const NO_SOURCE = 0xffff;
const SOURCE = Buffer.from('ce_source');
const CONTENT_TYPE = Buffer.from('content-type');
const MAX_SOURCE_BYTES = 256;
const INITIAL_BYTES = 1 << 20;
const INITIAL_MESSAGES = 8192;

export class RangePacker {
  /** Kept until the range is settled, so that a dead letter has its key and headers. */
  readonly messages: LogMessage[] = [];
  bytes = 0;
  private values = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  private ends = new Uint32Array(INITIAL_MESSAGES);
  private offsets = new Float64Array(INITIAL_MESSAGES);
  private timestampsMs = new Float64Array(INITIAL_MESSAGES);
  private payloads = new Uint8Array(INITIAL_MESSAGES);
  private sources = new Uint16Array(INITIAL_MESSAGES);
  private readonly sourceIndices = new Map<string, number>();
  private lastSource: Buffer | undefined;
  private lastSourceIndex = NO_SOURCE;
  private lastType: Buffer | undefined;
  private lastPayload: Payload = PAYLOAD.missing;

  get count(): number {
    return this.messages.length;
  }

  add(message: LogMessage): void {
    const at = this.messages.push(message) - 1;
    if (at === this.ends.length) this.growIndex();
    const length = Math.max(message.valueLength, 0);
    if (this.bytes + length > this.values.length) this.growValues(this.bytes + length);
    message.copyValue(this.values, this.bytes);
    this.bytes += length;
    this.ends[at] = this.bytes;
    this.offsets[at] = message.offset;
    this.timestampsMs[at] = message.timestampMs;
    this.payloads[at] = message.valueLength < 0 ? PAYLOAD.tombstone : this.payload(message);
    this.sources[at] = this.source(message);
  }

  /** The range as it goes to the decoder; its buffers are given away with it. */
  pack(): PackedRange {
    const { count } = this;
    return {
      count,
      values: new Uint8Array(this.values.buffer as ArrayBuffer, this.values.byteOffset, this.bytes),
      ends: this.ends.slice(0, count),
      offsets: this.offsets.slice(0, count),
      timestampsMs: this.timestampsMs.slice(0, count),
      payloads: this.payloads.slice(0, count),
      sources: this.sources.slice(0, count),
      sourceNames: [...this.sourceIndices.keys()],
    };
  }

  private payload(message: LogMessage): Payload {
    if (this.lastType && message.headerIs(CONTENT_TYPE, this.lastType)) return this.lastPayload;
    const type = message.header(CONTENT_TYPE);
    this.lastPayload = payloadOf(type);
    this.lastType = type && Buffer.from(type);
    return this.lastPayload;
  }

  private source(message: LogMessage): number {
    if (this.lastSource && message.headerIs(SOURCE, this.lastSource)) return this.lastSourceIndex;
    const value = message.header(SOURCE);
    const usable = value !== undefined && value.length > 0 && value.length <= MAX_SOURCE_BYTES;
    this.lastSource = usable ? Buffer.from(value) : undefined;
    this.lastSourceIndex = usable ? this.indexOf(value.toString()) : NO_SOURCE;
    return this.lastSourceIndex;
  }

  private indexOf(source: string): number {
    const known = this.sourceIndices.get(source);
    if (known !== undefined) return known;
    this.sourceIndices.set(source, this.sourceIndices.size);
    return this.sourceIndices.size - 1;
  }

  private growIndex(): void {
    const size = this.ends.length * 2;
    this.ends = grown(new Uint32Array(size), this.ends);
    this.offsets = grown(new Float64Array(size), this.offsets);
    this.timestampsMs = grown(new Float64Array(size), this.timestampsMs);
    this.payloads = grown(new Uint8Array(size), this.payloads);
    this.sources = grown(new Uint16Array(size), this.sources);
  }

  private growValues(needed: number): void {
    const values = Buffer.allocUnsafeSlow(Math.max(this.values.length * 2, needed));
    this.values.copy(values, 0, 0, this.bytes);
    this.values = values;
  }
}

function grown<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}

function payloadOf(contentType: Buffer | undefined): Payload {
  if (contentType === undefined) return PAYLOAD.missing;
  const type = contentType.toString().split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return PAYLOAD.json;
  return type === 'application/vnd.apache.arrow.stream' ? PAYLOAD.arrow : PAYLOAD.other;
}
