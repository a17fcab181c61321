/** A message as it stands in the dead letters, in the form of the log port. */
import type { LogMessage } from '../log/port.ts';

interface StoredLetter {
  readonly offset: string;
  readonly knownAtMs: string;
  /** Base64. */
  readonly key: string | null;
  readonly value: string | null;
  /** JSON: name to list of base64 values. */
  readonly headers: string;
}

const decode = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));

export class StoredMessage implements LogMessage {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[]>>;

  constructor(letter: StoredLetter) {
    this.offset = Number(letter.offset);
    this.timestampMs = Number(letter.knownAtMs);
    this.key = decode(letter.key);
    this.value = decode(letter.value);
    const headers = JSON.parse(letter.headers) as Record<string, string[]>;
    this.headers = Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [
        name,
        values.map((value) => Buffer.from(value, 'base64')),
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
