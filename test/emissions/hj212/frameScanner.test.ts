import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { decodePacket } from '../../../src/emissions/hj212/decode.ts';
import { encodeFrame } from '../../../src/emissions/hj212/encode.ts';
import { createFrameScanner, type Scanned } from '../../../src/emissions/hj212/frameScanner.ts';
import { annexA, bytesOf, hourSegment, textOf } from './samples.ts';

const runs = process.env.TANLIU_TEST_FULL ? 1_000_000 : 20_000;

function scanAll(bytes: Uint8Array, cuts: readonly number[] = [], trailer: 'strict' | 'tolerant' = 'strict') {
  const scanner = createFrameScanner(trailer);
  const found: Scanned[] = [];
  let from = 0;
  for (const cut of [...cuts].map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    found.push(...scanner.push(bytes.subarray(from, cut)));
    from = cut;
  }
  found.push(...scanner.push(bytes.subarray(from)), ...scanner.end());
  return found;
}

const framesOf = (found: readonly Scanned[]) =>
  found.flatMap((scanned) => (scanned.kind === 'frame' ? [textOf(scanned.bytes)] : []));

describe('the scanner', () => {
  const frame = textOf(encodeFrame(hourSegment()));

  test('finds two frames in one read and says where they stand', () => {
    const found = scanAll(bytesOf(annexA + frame));
    expect(found.map(({ kind, position }) => [kind, position])).toEqual([
      ['frame', 0],
      ['frame', annexA.length],
    ]);
  });

  test('resumes behind the ## of a bad frame, so that a false length swallows nothing', () => {
    const found = scanAll(bytesOf(`##9000${annexA}${frame}`));
    expect(framesOf(found)).toEqual([annexA, frame]);
    expect(found[0]).toMatchObject({ kind: 'bad', reason: 'truncated', position: 0 });
  });

  test('tells a wrong sum from a wrong length', () => {
    expect(scanAll(bytesOf(annexA.replace('1C80', '1C81')))[0]).toMatchObject({ reason: 'bad_crc' });
    expect(scanAll(bytesOf(annexA.replace('##0101', '##0100')))[0]).toMatchObject({ reason: 'bad_length' });
  });

  test('without CR LF: refused by the strict, marked by the tolerant', () => {
    const bare = annexA.slice(0, -2);
    expect(scanAll(bytesOf(bare))[0]).toMatchObject({ kind: 'bad', reason: 'truncated' });
    expect(scanAll(bytesOf(bare + frame), [], 'tolerant')).toMatchObject([
      { kind: 'frame', trailerMissing: true },
      { kind: 'frame', trailerMissing: false },
    ]);
  });

  test('holds back what may still become a frame, and gives it up at the end', () => {
    const scanner = createFrameScanner();
    expect(scanner.push(bytesOf('##0101QN='))).toEqual([]);
    expect(scanner.pending).toBe(9);
    expect(scanner.end()).toMatchObject([{ kind: 'bad', reason: 'truncated' }]);
    expect(scanner.pending).toBe(0);
  });

  test('a flood of false starts costs neither memory nor much time', () => {
    const flood = bytesOf('##9999'.repeat(50_000));
    const found = scanAll(flood);
    expect(found.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(flood.length);
    expect(found.every(({ kind }) => kind !== 'frame')).toBe(true);
  });

  const piece = fc.oneof(
    fc.constantFrom(annexA, frame, '##', '#', '##0101', '##0005', '\r\n', '##12x4'),
    fc.string({ maxLength: 12 }),
  );
  property.prop([fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 })], {
    numRuns: 2000,
  })('finds the same frames however the stream is cut into reads, and loses no byte', (pieces, cuts) => {
    const bytes = bytesOf(pieces.join(''));
    const whole = scanAll(bytes);
    const split = scanAll(bytes, cuts);
    expect(framesOf(split)).toEqual(framesOf(whole));
    const covered = split.reduce((sum, { bytes: part }) => sum + part.length, 0);
    expect(covered).toBe(bytes.length);
  });
});

/** An envelope by the words of the standard, written without the decoder's code. */
function isSound(packet: Uint8Array): boolean {
  const text = Buffer.from(packet).toString('latin1');
  for (let at = text.indexOf('##'); at !== -1; at = text.indexOf('##', at + 1)) {
    const digits = /^\d{4}/.exec(text.slice(at + 2))?.[0];
    if (digits === undefined) continue;
    const segment = text.slice(at + 6, at + 6 + Number(digits));
    let register = 0xffff;
    for (const character of segment) {
      register = (register >>> 8) ^ character.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0xa001 : register >>> 1;
    }
    const sum = register.toString(16).padStart(4, '0');
    const rest = text.slice(at + 6 + Number(digits));
    if (segment.length === Number(digits) && rest.slice(0, 6).toLowerCase() === `${sum}\r\n`) return true;
  }
  return false;
}

test('random and mutated frames never crash the decoder and are never sound unless they are', () => {
  const originals = [annexA, textOf(encodeFrame(hourSegment()))].map(bytesOf);
  let state = 212;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const misjudged: string[] = [];
  let sound = 0;
  for (let run = 0; run < runs; run++) {
    const packet = originals[random(2)]!.slice();
    const changes = random(4);
    for (let change = 0; change < changes; change++) packet[random(packet.length)] = random(256);
    const cut = random(8) === 0 ? packet.subarray(0, random(packet.length)) : packet;
    const decoded = decodePacket(cut, { dialect: '2017' });
    const wrong = decoded.frameOk !== isSound(cut) || (decoded.valid && !decoded.frameOk);
    if (wrong) misjudged.push(textOf(cut));
    if (decoded.frameOk) sound++;
  }
  expect(misjudged).toEqual([]);
  expect(sound).toBeGreaterThan(runs / 10);
}, 600_000);

property.prop([fc.uint8Array({ maxLength: 300 })], { numRuns: 2000 })(
  'noise of any kind is survived',
  (bytes) => {
    expect(decodePacket(bytes).valid).toBe(false);
  },
);

property.prop([fc.string({ maxLength: 200, unit: 'binary' })], { numRuns: 5000 })(
  'any text in a sound envelope is judged, not crashed on',
  (segment) => {
    const decoded = decodePacket(encodeFrame(segment), { dialect: '2017' });
    expect(decoded.frameOk).toBe(true);
    expect(decoded.valid).toBe(false);
  },
);

property.prop([fc.string({ maxLength: 120, unit: 'grapheme' })], { numRuns: 5000 })(
  'any text as a data area is judged, not crashed on',
  (area) => {
    const decoded = decodePacket(encodeFrame(hourSegment(area)), { dialect: '2017' });
    expect(decoded.frameOk).toBe(true);
    expect(decoded.valid).toBe(decoded.reason === undefined);
  },
);
