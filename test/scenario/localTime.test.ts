import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { wallClockIn } from '../../src/scenario/localTime.ts';

const newYork = wallClockIn('America/New_York');
const iso = (ms: number) => new Date(ms).toISOString();

describe('a wall clock in New York', () => {
  test('reads four hours behind in summer and five in winter', () => {
    expect(newYork('2025-07-01 00:00:00').map(iso)).toEqual(['2025-07-01T04:00:00.000Z']);
    expect(newYork('2025-01-01 00:00:00').map(iso)).toEqual(['2025-01-01T05:00:00.000Z']);
  });

  test('never reads the hour that spring skips', () => {
    expect(newYork('2025-03-09 02:00:00')).toEqual([]);
    expect(newYork('2025-03-09 01:00:00').map(iso)).toEqual(['2025-03-09T06:00:00.000Z']);
    expect(newYork('2025-03-09 03:00:00').map(iso)).toEqual(['2025-03-09T07:00:00.000Z']);
  });

  test('reads the hour that autumn repeats twice', () => {
    expect(newYork('2024-11-03 01:00:00').map(iso)).toEqual([
      '2024-11-03T05:00:00.000Z',
      '2024-11-03T06:00:00.000Z',
    ]);
  });

  test('has no 30 February and no 24th hour', () => {
    expect(newYork('2025-02-30 00:00:00')).toEqual([]);
    expect(newYork('2025-02-01 24:00:00')).toEqual([]);
    expect(newYork('yesterday')).toEqual([]);
  });

  test.prop([fc.integer({ min: Date.UTC(2024, 0, 1) / 3_600_000, max: Date.UTC(2026, 0, 1) / 3_600_000 })])(
    'reads every instant back among the instants of its own reading',
    (hour) => {
      const ms = hour * 3_600_000;
      const reading = new Intl.DateTimeFormat('sv-SE', {
        timeZone: 'America/New_York',
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(ms);
      expect(newYork(reading)).toContain(ms);
    },
  );
});
