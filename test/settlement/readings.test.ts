import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { latestReadings, type MeterReading, quartersOfHour } from '../../src/settlement/readings.ts';

const reading = (changes: Partial<MeterReading> = {}): MeterReading => ({
  point: 'm1',
  start: '2026-03-01T00:00:00Z',
  wh: 10,
  rev: 1,
  quality: 'actual',
  ...changes,
});

describe('readings before settlement', () => {
  it('keeps a conflict open even below a higher revision, whatever the order', () => {
    const readings = [reading(), reading({ wh: 12 }), reading({ rev: 2, wh: 11 })];
    for (const order of [readings, readings.toReversed()]) {
      const { latest, quarantined, openPoints } = latestReadings(order);
      expect(latest.map(({ wh }) => wh)).toEqual([11]);
      expect(quarantined.map(({ code }) => code)).toEqual([
        'E_DUP_REVISION_CONFLICT',
        'E_DUP_REVISION_CONFLICT',
      ]);
      expect(openPoints).toEqual(['m1']);
    }
  });

  it('sets bad readings aside by name and keeps the good ones', () => {
    const { latest, quarantined } = latestReadings(
      [
        reading({ wh: 1.5 }),
        reading({ wh: -1 }),
        reading({ point: 'stranger' }),
        reading({ start: '2026-03-01T00:07:00Z' }),
        reading({ point: 'm2' }),
      ],
      new Set(['m1', 'm2']),
    );
    expect(quarantined.map(({ code }) => code)).toEqual([
      'E_WH_NOT_INTEGER',
      'E_WH_NEGATIVE',
      'E_POINT_UNKNOWN',
      'E_START_OFF_GRID',
    ]);
    expect(latest).toEqual([reading({ point: 'm2' })]);
  });

  test.prop([fc.bigInt({ min: 0n, max: 2n ** 60n })])(
    'quarters add up to the hour and differ by at most 1 Wh',
    (hourWh) => {
      const quarters = quartersOfHour(hourWh);
      expect(quarters.reduce((sum, wh) => sum + wh, 0n)).toBe(hourWh);
      for (const wh of quarters) expect(wh * 4n - hourWh <= 4n && hourWh - wh * 4n <= 4n).toBe(true);
    },
  );
});
