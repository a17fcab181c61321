import { describe, expect, it } from 'vitest';
import { sichuanTariff, type TouSeason } from '../../../schemas/reference/tariffs.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { touCalendar } from '../../../src/settlement/money/touCalendar.ts';

const YEAR = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const season = (changes: Partial<TouSeason> = {}): TouSeason => ({
  fromDate: '2026-01-01',
  toDate: '2026-12-31',
  months: YEAR,
  windows: [
    { from: '08:00', to: '20:00', band: 'day' },
    { from: '20:00', to: '08:00', band: 'night' },
  ],
  ...changes,
});
const codeOf = (run: () => unknown): string => {
  try {
    return String(run());
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
};

describe('a time-of-use calendar', () => {
  it('gives every quarter hour of a year of Sichuan exactly one band that has a price', () => {
    const bandOf = touCalendar(sichuanTariff.calendar.seasons);
    for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 900_000) {
      expect(sichuanTariff.energy.ratioPpm).toHaveProperty(bandOf(ms));
    }
  });

  it('refuses gaps, overlaps and impossible times before it is used', () => {
    const day = { from: '08:00', to: '20:00', band: 'day' };
    for (const windows of [
      [day],
      [day, { from: '19:00', to: '08:00', band: 'night' }],
      [{ ...day, to: '25:00' }],
    ]) {
      expect(codeOf(() => touCalendar([season({ windows })]))).toBe('E_TOU_CALENDAR');
    }
  });

  it('refuses a date in no season or in two', () => {
    const bandOf = touCalendar([season({ months: [1, 2] }), season({ months: [2, 3] })]);
    expect(bandOf('2026-01-15T02:00:00Z')).toBe('day');
    expect(codeOf(() => bandOf('2026-02-15T02:00:00Z'))).toBe('E_TOU_CALENDAR');
    expect(codeOf(() => bandOf('2026-07-15T02:00:00Z'))).toBe('E_TOU_CALENDAR');
  });

  it('takes season and month from the local day, both ends included', () => {
    const bandOf = touCalendar([season({ toDate: '2026-06-30' })]);
    expect(bandOf('2026-06-30T15:59:00Z')).toBe('night');
    expect(codeOf(() => bandOf('2026-06-30T16:00:00Z'))).toBe('E_TOU_CALENDAR');
  });

  it('overrides by temperature only on days that reach it, the first match winning, also over midnight', () => {
    const override = [
      { months: [7], from: '22:00', to: '02:00', band: 'hot', minTempC: 35 },
      { months: [7], from: '23:00', to: '01:00', band: 'late' },
    ];
    const bandOf = touCalendar([season({ override })]);
    const lateEvening = '2026-07-10T15:30:00Z';
    expect(bandOf(lateEvening, 35)).toBe('hot');
    expect(bandOf(lateEvening, 34.9)).toBe('late');
    expect(bandOf(lateEvening, null)).toBe('late');
    expect(bandOf('2026-07-10T17:30:00Z', 40)).toBe('hot');
    expect(bandOf('2026-08-10T15:30:00Z', 40)).toBe('night');
  });
});
