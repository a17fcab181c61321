/** Wall-clock times of sheets and the instants that they mean in a stated zone. */

/** Offset such as `+08:00` or a zone of the IANA database such as `Asia/Shanghai`. */
export type TimeZone = string;

const OFFSET = /^([+-])(\d\d):?(\d\d)$/;
const DAY_MS = 86_400_000;

/** Whether the text names a zone that `instantOfWall` can use. */
export function isTimeZone(zone: string): boolean {
  if (zone === 'Z' || OFFSET.test(zone)) return offsetOf(zone) !== undefined;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** ms of a fixed offset, or `undefined` where the text is none. */
function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const parts = OFFSET.exec(text);
  if (!parts) return undefined;
  const [hours, minutes] = [Number(parts[2]), Number(parts[3])];
  if (hours > 23 || minutes > 59) return undefined;
  return (parts[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * Instant (ms since 1970) of a wall-clock time (ms as if it were UTC) in a zone. A time that the zone's clocks
 * skipped or showed twice has no one answer and comes back as such.
 */
export function instantOfWall(wallMs: number, zone: TimeZone): number | 'skipped' | 'twice' {
  const fixed = offsetOf(zone);
  if (fixed !== undefined) return wallMs - fixed;
  const around = new Set([offsetAt(wallMs - DAY_MS, zone), offsetAt(wallMs + DAY_MS, zone)]);
  const instants = [...around]
    .map((offset) => wallMs - offset)
    .filter((instant) => instant + offsetAt(instant, zone) === wallMs);
  if (instants.length === 1) return instants[0] as number;
  return instants.length === 0 ? 'skipped' : 'twice';
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

function offsetAt(instantMs: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instantMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000;
}

export interface WrittenTime {
  readonly wallMs: number;
  /** ms east of UTC, where the text states it. */
  readonly offsetMs: number | undefined;
}

const WRITTEN =
  /^(\d{4})(?:-(\d{1,2})-|\/(\d{1,2})\/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * A time as people write it, year first: `2026-03-01 08:00`, `2026/3/1 8:00:00`, `2026年3月1日`, with or without an
 * offset. `undefined` where it is none or where the order of day and month would be a guess.
 */
export function parseWrittenTime(text: string): WrittenTime | 'hour24' | undefined {
  const parts = WRITTEN.exec(text.normalize('NFKC').trim());
  if (!parts) return undefined;
  const [, year, m1, m2, m3, m4, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = parts;
  const month = Number(m1 ?? m2 ?? m3 ?? m4);
  if (hour === '24') return 'hour24';
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (!/^\d{0,3}0*$/.test(fraction)) return undefined;
  const midnight = Date.UTC(Number(year), month - 1, Number(day));
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const clockMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const wallMs = midnight + clockMs + Number(fraction.padEnd(3, '0').slice(0, 3));
  if (zone === undefined) return { wallMs, offsetMs: undefined };
  const offsetMs = offsetOf(/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone);
  return offsetMs === undefined ? undefined : { wallMs, offsetMs };
}

/** `2026-03-01T00:00:00Z`, with milliseconds only where there are any. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
