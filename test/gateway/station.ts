/** A station as the gateway sees it: connects, sends frames, hears answers. */
import { connect, type Socket } from 'node:net';
import { decodePacket } from '../../src/emissions/hj212/decode.ts';
import { encodeFrame } from '../../src/emissions/hj212/encode.ts';
import { createFrameScanner } from '../../src/emissions/hj212/frameScanner.ts';

export interface Answer {
  readonly qn: string;
  readonly cn: string;
  readonly mn: string;
}

/** `yyyyMMddHHmmssfff` or without milliseconds, civil time of China. */
export function civil(ms: number, { milliseconds = false } = {}): string {
  const digits = new Date(ms + 8 * 3_600_000).toISOString().replace(/\D/g, '');
  return digits.slice(0, milliseconds ? 17 : 14);
}

export const mnOf = (index: number): string =>
  `5101000000000000${index.toString(16).toUpperCase().padStart(8, '0')}`;

export interface FrameParts {
  readonly mn: string;
  readonly qnMs: number;
  readonly dataMs?: number;
  readonly cn?: string;
  readonly flag?: number;
  readonly split?: readonly [pnum: number, pno: number];
  readonly items?: string;
}

/** A real-time frame of two factors that asks for an answer, unless said otherwise. */
export function frameOf(parts: FrameParts): Uint8Array {
  const { mn, qnMs, dataMs, cn = '2011', flag = parts.split ? 7 : 5, split, items = ITEMS } = parts;
  const numbers = split ? `PNUM=${split[0]};PNO=${split[1]};` : '';
  const time = dataMs === undefined ? '' : `DataTime=${civil(dataMs)};`;
  return encodeFrame(
    `QN=${civil(qnMs, { milliseconds: true })};ST=31;CN=${cn};PW=123456;MN=${mn};Flag=${flag};${numbers}CP=&&${time}${items}&&`,
  );
}
const ITEMS = 'a21026-Rtd=18.30,a21026-Flag=N;a05001-Rtd=228500,a05001-Flag=N';

export class Station {
  readonly answers: Answer[] = [];
  readonly socket: Socket;
  ended = false;
  readonly #scanner = createFrameScanner();
  readonly #watchers = new Set<() => void>();

  private constructor(socket: Socket, onAnswer?: (answer: Answer) => void) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      for (const found of this.#scanner.push(chunk)) {
        const { qn = '', cn = '', mn = '' } = decodePacket(found.bytes, { dialect: '2017' });
        this.answers.push({ qn, cn, mn });
        onAnswer?.({ qn, cn, mn });
      }
      for (const watcher of this.#watchers) watcher();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      for (const watcher of this.#watchers) watcher();
    });
  }

  static connect(port: number, onAnswer?: (answer: Answer) => void): Promise<Station> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const station = new Station(socket, onAnswer);
      socket.once('connect', () => resolve(station));
      socket.once('error', reject);
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Waits until `condition` holds after something came; false after `limitMs`. */
  async until(condition: () => boolean, limitMs = 10_000): Promise<boolean> {
    if (condition()) return true;
    let watcher: (() => void) | undefined;
    const done = await Promise.race([
      new Promise<boolean>((resolve) => {
        watcher = () => condition() && resolve(true);
        this.#watchers.add(watcher);
      }),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), limitMs)),
    ]);
    if (watcher) this.#watchers.delete(watcher);
    return done;
  }

  answered(count: number, limitMs?: number): Promise<boolean> {
    return this.until(() => this.answers.length >= count, limitMs);
  }

  closed(limitMs?: number): Promise<boolean> {
    return this.until(() => this.ended, limitMs);
  }

  close(): void {
    this.socket.destroy();
  }
}
