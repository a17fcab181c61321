/** 分时电价 calendar: which price band an instant belongs to, on local time of Asia/Shanghai. */
import type { TouSeason } from '../../../schemas/reference/tariffs.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { instantMs, localTime } from '../settlementCalendar.ts';

type TouWindow = TouSeason['windows'][number];

export type BandOf = (start: string | number, dayMaxTempC?: number | null) => string;

const DAY_MINUTES = 1440;
const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;

/**
 * Checks a calendar and returns the band of any instant (ISO text or ms). A window that ends at or before its start
 * runs over midnight; season and months are those of the instant's own local day; the first matching override wins.
 * @throws Refusal E_TOU_CALENDAR at once for windows with a gap or overlap, and later for a date that falls in no
 * season or in more than one
 */
export function touCalendar(seasons: readonly TouSeason[]): BandOf {
  const checked = seasons.map((season, at) => ({
    season,
    bands: bandsOfDay(season, `season ${at + 1} (${season.fromDate} to ${season.toDate})`),
    overrides: (season.override ?? []).map((one) => ({ ...one, minutes: minutesOf(one, 'override') })),
  }));
  return (start, dayMaxTempC = null) => {
    const { date, month, minuteOfDay } = localTime(typeof start === 'number' ? start : instantMs(start));
    const found = checked.filter(
      ({ season }) => season.fromDate <= date && date <= season.toDate && season.months.includes(month),
    );
    if (found.length !== 1) refuse(`${date} falls in ${found.length} seasons`, 'exactly one season a date');
    const { bands, overrides } = found[0]!;
    const override = overrides.find(
      (one) =>
        one.months.includes(month) &&
        covers(one.minutes, minuteOfDay) &&
        (one.minTempC === undefined || (dayMaxTempC !== null && dayMaxTempC >= one.minTempC)),
    );
    return override?.band ?? bands[minuteOfDay]!;
  };
}

/** The band of every minute of the day. */
function bandsOfDay(season: TouSeason, place: string): string[] {
  const bands: (string | undefined)[] = new Array(DAY_MINUTES).fill(undefined);
  for (const window of season.windows) {
    const minutes = minutesOf(window, place);
    for (let minute = 0; minute < DAY_MINUTES; minute++) {
      if (!covers(minutes, minute)) continue;
      if (bands[minute] !== undefined) refuse(`${clock(minute)} is covered twice`, 'each minute once', place);
      bands[minute] = window.band;
    }
  }
  const gap = bands.indexOf(undefined);
  if (gap >= 0) refuse(`${clock(gap)} is not covered`, 'windows that cover the whole day', place);
  return bands as string[];
}

function minutesOf(window: TouWindow, place: string): { from: number; to: number } {
  const [from, to] = [window.from, window.to].map((text) => {
    if (!CLOCK.test(text)) refuse(`"${text}" is not a time of day`, 'HH:MM', place);
    return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  });
  return { from: from!, to: to! };
}

function covers({ from, to }: { from: number; to: number }, minute: number): boolean {
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function refuse(message: string, remedy: string, place = 'time-of-use calendar'): never {
  throw new Refusal(message, { code: 'E_TOU_CALENDAR', place, remedy });
}
