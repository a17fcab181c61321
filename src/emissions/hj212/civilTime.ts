/** Times of HJ 212: civil time of China (UTC+8, no daylight saving), written yyyyMMddHHmmss with or without fff. */

const OFFSET_MS = 8 * 3600 * 1000;
const PATTERN = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$/;

/** Milliseconds since 1970 (UTC), or undefined when the text is no date (13th month, 31 April, 24 o'clock). */
export function parseCivilTime(text: string): number | undefined {
  const parts = PATTERN.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const written = Date.UTC(year, month - 1, day, hour, minute, second, Number(parts[7] ?? 0));
  const civil = new Date(written);
  // Date.UTC rolls over; what comes out must be what was written.
  const same =
    civil.getUTCFullYear() === year &&
    civil.getUTCMonth() === month - 1 &&
    civil.getUTCDate() === day &&
    civil.getUTCHours() === hour &&
    civil.getUTCMinutes() === minute &&
    civil.getUTCSeconds() === second;
  return same && year >= 2000 && year < 2100 ? written - OFFSET_MS : undefined;
}

/** The instant as RFC 3339 in UTC. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString();
}
