/** Parts of split messages that came before the part with their DataTime: held unanswered, bounded in number and time. */
import type { DecodedFrame } from '../emissions/hj212/decode.ts';
import type { Connection } from './connection.ts';
import type { JudgedFrame } from './judgeFrame.ts';
import type { SeenContent } from './seenFrames.ts';

export interface HeldPart {
  readonly judged: JudgedFrame;
  readonly from: Connection;
  readonly content: SeenContent | undefined;
  readonly atMs: number;
}

export class HeldParts {
  readonly #parts = new Map<string, HeldPart[]>();
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Holds a part; returns the one that has to go for it where too many are held. */
  hold(part: HeldPart): HeldPart | undefined {
    const key = keyOf(part.judged.message);
    const parts = this.#parts.get(key) ?? [];
    parts.push(part);
    this.#parts.set(key, parts);
    return ++this.#count > this.#most ? this.#takeFirst() : undefined;
  }

  /** Parts that a message with DataTime gives their time; none where it has none itself. */
  release(message: DecodedFrame): readonly HeldPart[] {
    if (message.pnum === undefined || message.dataTimeMs === undefined) return [];
    const key = keyOf(message);
    const parts = this.#parts.get(key) ?? [];
    this.#parts.delete(key);
    this.#count -= parts.length;
    return parts;
  }

  /** Gives up what is held since before that moment. */
  expire(beforeMs: number): HeldPart[] {
    const given: HeldPart[] = [];
    for (const [key, parts] of this.#parts) {
      const old = parts.filter(({ atMs }) => atMs <= beforeMs);
      if (old.length === 0) continue;
      given.push(...old);
      const left = parts.filter(({ atMs }) => atMs > beforeMs);
      if (left.length > 0) this.#parts.set(key, left);
      else this.#parts.delete(key);
    }
    this.#count -= given.length;
    return given;
  }

  #takeFirst(): HeldPart | undefined {
    const [entry] = this.#parts;
    if (!entry) return undefined;
    const [key, parts] = entry;
    const first = parts.shift();
    if (parts.length === 0) this.#parts.delete(key);
    this.#count--;
    return first;
  }
}

const keyOf = ({ mn, st, cn, pnum }: DecodedFrame): string => JSON.stringify([mn, st, cn, pnum]);
