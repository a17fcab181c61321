/** A message as kafkajs hands it over when its own decoder is in place. */
import type { KafkaMessage } from 'kafkajs';
import type { LogMessage } from '../port.ts';
import { FastRecord } from './fastRecords.ts';

class PlainRecord implements LogMessage {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[] | undefined>>;

  constructor(message: KafkaMessage) {
    this.offset = Number(message.offset);
    this.timestampMs = Number(message.timestamp);
    this.key = message.key;
    this.value = message.value;
    const entries = Object.entries(message.headers ?? {});
    this.headers = Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        Array.isArray(value)
          ? value.map((one) => Buffer.from(one as string))
          : Buffer.from((value ?? '') as string),
      ]),
    );
  }

  get valueLength(): number {
    return this.value?.length ?? -1;
  }

  copyValue(target: Buffer, at: number): void {
    this.value?.copy(target, at);
  }

  header(name: Uint8Array): Buffer | undefined {
    const value = this.headers[Buffer.from(name).toString()];
    return Array.isArray(value) ? value[0] : value;
  }

  headerIs(name: Uint8Array, value: Uint8Array): boolean {
    return this.header(name)?.equals(value) ?? false;
  }
}

/** The message as the port describes it, whichever decoder made it. */
export function portMessage(message: unknown): LogMessage {
  return message instanceof FastRecord ? message : new PlainRecord(message as KafkaMessage);
}
