/** What tells a repeat from a correction, whatever comes in whatever order. */
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { madeDurable, SeenFrames } from '../../src/gateway/seenFrames.ts';

const sent = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  hash: fc.constantFrom('x', 'y', 'z'),
  qn: fc.constantFrom('1', '2', '3'),
});

property.prop([fc.array(sent, { maxLength: 40 })])(
  'revisions of a key count up by one, and sending everything twice adds none',
  (frames) => {
    const once = new SeenFrames({ maxKeys: 100, sinceMs: 0 });
    const twice = new SeenFrames({ maxKeys: 100, sinceMs: 0 });
    const revisions = new Map<string, number[]>();
    for (const { key, hash, qn } of frames) {
      const seen = once.see(key, hash, qn, 1);
      if (seen.kind === 'new') revisions.set(key, [...(revisions.get(key) ?? []), seen.content.revision]);
      expect(twice.see(key, hash, qn, 1).kind).toBe(seen.kind);
      expect(twice.see(key, hash, qn, 1).kind).toBe('repeat');
    }
    for (const own of revisions.values()) expect(own).toEqual(own.map((_, at) => at));
  },
);

test('a correction back to the first content under a new QN is a revision; the first frame again is a repeat', () => {
  const seen = new SeenFrames({ maxKeys: 10, sinceMs: 0 });
  seen.see('k', 'x', '1', 1);
  seen.see('k', 'y', '2', 1);
  expect(seen.see('k', 'x', '1', 1).kind).toBe('repeat');
  expect(seen.see('k', 'x', '3', 1)).toMatchObject({ kind: 'new', content: { revision: 2 } });
});

test('memory is bounded, keeps what somebody waits for, and says from when on it can be trusted', () => {
  const seen = new SeenFrames({ maxKeys: 3, sinceMs: 0 });
  const waiting = seen.see('waiting', 'x', '1', 100);
  for (let at = 0; at < 10; at++) {
    const { content } = seen.see(`k${at}`, 'x', '1', 1_000 + at);
    madeDurable(content);
  }
  expect(seen.size).toBeLessThanOrEqual(4);
  expect(seen.see('waiting', 'x', '1', 100)).toEqual({ kind: 'repeat', content: waiting.content });
  expect(seen.knows('k0', 1_000)).toBe(false);
  expect(seen.knows('new', 2_000)).toBe(true);
});
