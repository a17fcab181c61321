/** Wall-clock times without an offset as instants: none in the hour that spring skips, two in the one autumn repeats. */

export type InstantOf = (wallClock: string) => number[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WALL_CLOCK = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.0+)?$/;

/** @param timeZone IANA name. The returned function gives all instants (UTC ms, in order) that a clock there reads so. */
export function wallClockIn(timeZone: string): InstantOf {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  const readOffset = (ms: number): number => {
    const known = offsets.get(ms);
    if (known !== undefined) return known;
    const offset = readAsUtc(format, ms) - ms;
    offsets.set(ms, offset);
    return offset;
  };
  /** Offset from UTC (ms). Asked of the clock once a day; hour by hour only on days that change it. */
  const offsetAt = (ms: number): number => {
    const day = Math.floor(ms / DAY_MS) * DAY_MS;
    const offset = readOffset(day);
    return readOffset(day + DAY_MS) === offset ? offset : readOffset(Math.floor(ms / HOUR_MS) * HOUR_MS);
  };
  return (wallClock) => {
    const asUtc = parsedAsUtc(wallClock);
    if (asUtc === undefined) return [];
    // The offset a day before and a day after cover both sides of any change between.
    const candidates = new Set([asUtc - offsetAt(asUtc - DAY_MS), asUtc - offsetAt(asUtc + DAY_MS)]);
    return [...candidates].filter((ms) => ms + offsetAt(ms) === asUtc).sort((a, b) => a - b);
  };
}

function readAsUtc(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

/** The digits read as if they were UTC; undefined where they are no date and time. */
function parsedAsUtc(wallClock: string): number | undefined {
  const found = WALL_CLOCK.exec(wallClock);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  return back === wallClock.slice(0, 19).replace('T', ' ') ? ms : undefined;
}
