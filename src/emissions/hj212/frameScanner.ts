/**
 * Finds frames in a stream of bytes: `##` LLLL segment CCCC CR LF. One frame in many reads and many frames in one
 * read both work; after a bad frame the scan resumes behind its `##`, not behind the length it claimed.
 */
import type { BadFrameReason } from './badFrame.ts';
import { crcAnnexA } from './crc.ts';

export type TrailerRule = 'strict' | 'tolerant';

export type Scanned =
  /** Bytes that belong to no frame. */
  | { readonly kind: 'noise'; readonly position: number; readonly bytes: Uint8Array }
  /** Length and CRC are right; the trailer too, or the device may leave it out. */
  | {
      readonly kind: 'frame';
      readonly position: number;
      readonly bytes: Uint8Array;
      readonly segment: Uint8Array;
      readonly trailerMissing: boolean;
    }
  | {
      readonly kind: 'bad';
      readonly position: number;
      /** From `##` to the claimed end or the next `##`, whichever comes first: no byte is reported twice. */
      readonly bytes: Uint8Array;
      readonly reason: Extract<BadFrameReason, 'bad_length' | 'bad_crc' | 'truncated'>;
    };

const HASH = 0x23;
const CR = 0x0d;
const LF = 0x0a;
const HEAD = 6;
const CRC_DIGITS = 4;
const TRAILER = 2;
/** Longest segment of every edition: longer ones are only believed with CR LF behind them. */
const MAX_WITHOUT_TRAILER = 1024;

export interface FrameScanner {
  /** Takes the next bytes and returns what is complete. */
  push(chunk: Uint8Array): Scanned[];
  /** The stream has ended, or nothing came within the read timeout: what is pending is judged as it is. */
  end(): Scanned[];
  /** Bytes held back until more arrive (at most one frame of claimed length 9,999). */
  readonly pending: number;
}

/** A scanner for one connection. `position` counts bytes since the start of the connection. */
export function createFrameScanner(trailer: TrailerRule = 'strict'): FrameScanner {
  let buffer: Uint8Array = new Uint8Array(0);
  let offset = 0;

  const scan = (ended: boolean): Scanned[] => {
    const found: Scanned[] = [];
    let at = 0;
    let noiseFrom = 0;
    const closeNoise = (end: number): void => {
      if (end > noiseFrom) {
        found.push({ kind: 'noise', position: offset + noiseFrom, bytes: buffer.slice(noiseFrom, end) });
      }
    };
    while (at < buffer.length) {
      const next = judge(buffer, at, trailer, ended);
      if (next.verdict === 'wait') break;
      if (next.verdict === 'skip') {
        at += 1;
        continue;
      }
      closeNoise(at);
      const position = offset + at;
      const end = next.verdict === 'frame' ? next.end : nextStart(buffer, at + 2, next.end);
      const bytes = buffer.slice(at, end);
      if (next.verdict === 'frame') {
        const segment = bytes.subarray(HEAD, HEAD + next.length);
        found.push({ kind: 'frame', position, bytes, segment, trailerMissing: next.trailerMissing });
      } else found.push({ kind: 'bad', position, bytes, reason: next.verdict });
      at = end;
      noiseFrom = at;
    }
    closeNoise(at);
    buffer = buffer.slice(at);
    offset += at;
    return found;
  };

  return {
    push(chunk) {
      buffer = buffer.length === 0 ? chunk.slice() : joined(buffer, chunk);
      return scan(false);
    },
    end() {
      return scan(true);
    },
    get pending() {
      return buffer.length;
    },
  };
}

type Judgement =
  | { readonly verdict: 'wait' }
  | { readonly verdict: 'skip' }
  | {
      readonly verdict: 'frame';
      readonly end: number;
      readonly length: number;
      readonly trailerMissing: boolean;
    }
  | { readonly verdict: 'bad_length' | 'bad_crc' | 'truncated'; readonly end: number };

const WAIT = { verdict: 'wait' } as const;
const SKIP = { verdict: 'skip' } as const;

/** What stands at `at`: nothing, the beginning of something, a frame, or a broken one. */
function judge(bytes: Uint8Array, at: number, trailer: TrailerRule, ended: boolean): Judgement {
  const available = bytes.length - at;
  if (bytes[at] !== HASH) return SKIP;
  if (available === 1) return ended ? SKIP : WAIT;
  if (bytes[at + 1] !== HASH) return SKIP;
  const digits = Math.min(available, HEAD);
  for (let digit = 2; digit < digits; digit++) if (!isDigit(bytes[at + digit]!)) return SKIP;
  if (available < HEAD) return ended ? { verdict: 'truncated', end: bytes.length } : WAIT;

  let length = 0;
  for (let digit = 2; digit < HEAD; digit++) length = length * 10 + (bytes[at + digit]! - 0x30);
  const crcAt = at + HEAD + length;
  const end = crcAt + CRC_DIGITS;
  if (bytes.length < end) return ended ? { verdict: 'truncated', end: bytes.length } : WAIT;

  const [first, second] = [bytes[end], bytes[end + 1]];
  const trailerPossible = (first === CR || first === undefined) && (second === LF || second === undefined);
  if (trailerPossible && second === undefined && !ended) return WAIT;
  const trailerRight = first === CR && second === LF;
  // What cannot be a frame is not summed over: a flood of false starts would cost a sum of 9,999 bytes each.
  if (!trailerRight && trailer === 'strict') {
    return { verdict: trailerPossible ? 'truncated' : 'bad_length', end };
  }
  // Nor is a frame without trailer that no edition could have sent: the trailer is the cheaper proof.
  if (!trailerRight && length > MAX_WITHOUT_TRAILER) return { verdict: 'bad_length', end };
  const crc = parseHex(bytes, crcAt);
  if (crc !== -1 && crc === crcAnnexA(bytes, at + HEAD, crcAt)) {
    return trailerRight
      ? { verdict: 'frame', end: end + TRAILER, length, trailerMissing: false }
      : { verdict: 'frame', end, length, trailerMissing: true };
  }
  // With CR LF where the length says, the length is right and the sum is wrong; else the length itself is doubtful.
  return trailerRight ? { verdict: 'bad_crc', end: end + TRAILER } : { verdict: 'bad_length', end };
}

/** Where the scan resumes after a bad frame: the next `##` that its claimed length would have swallowed. */
function nextStart(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === HASH && bytes[at + 1] === HASH) return at;
  // A single # at the end may be the first half of a start.
  return end > from && bytes[end - 1] === HASH ? end - 1 : end;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Four hex digits in either case, or -1. */
function parseHex(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let digit = at; digit < at + CRC_DIGITS; digit++) {
    const lower = bytes[digit]! | 0x20;
    const isLetter = lower >= 0x61 && lower <= 0x66;
    if (!isDigit(bytes[digit]!) && !isLetter) return -1;
    value = value * 16 + (isLetter ? lower - 0x57 : bytes[digit]! - 0x30);
  }
  return value;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
