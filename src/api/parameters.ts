/** Parameters as they stand in a query: text, judged and turned into what a route works with. */
import { z } from 'zod';

const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

const INSTANT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:\d{2})?)?$/;

interface InstantForm {
  /** A date without a time of day is its first instant in UTC. */
  readonly dateOnly: boolean;
  /** Month and day may have one digit. */
  readonly unpadded: boolean;
}

/** Milliseconds of an instant with offset, or what is wrong with it. Fractions beyond milliseconds are cut. */
function parseInstant(text: string, form: InstantForm): number | string {
  if (/\d \d{2}:\d{2}$/.test(text)) return 'a + in an address must be written as %2B';
  const match = INSTANT.exec(text);
  if (!match) return 'must be an instant with offset, e.g. 2026-03-01T00:00:00Z';
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset] = match as unknown as [
    string,
    string,
    string,
    string,
    string?,
    string?,
    string?,
    string?,
    string?,
  ];
  if (!form.unpadded && (month.length < 2 || day.length < 2)) return 'month and day have two digits';
  if (hour === undefined && !form.dateOnly) return 'must have a time of day and an offset';
  if (hour !== undefined && offset === undefined) return 'must have an offset: Z or +08:00';
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnightMs) || !new Date(midnightMs).toISOString().startsWith(date))
    return `there is no day ${date}`;
  if (hour === undefined) return inRange(midnightMs);
  const time = `${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  return inRange(Date.parse(`${date}T${time}${offset!.toUpperCase()}`));
}

function inRange(ms: number): number | string {
  if (Number.isNaN(ms)) return 'there is no such time of day or offset';
  return ms >= EARLIEST_MS && ms < LATEST_MS ? ms : 'must lie between the years 1900 and 2200';
}

const instantWith = (form: InstantForm) =>
  z
    .string()
    .transform((text, context) => {
      const ms = parseInstant(text, form);
      if (typeof ms === 'number') return ms;
      context.addIssue({ code: 'custom', message: ms });
      return z.NEVER;
    })
    .meta({ format: 'date-time', examples: ['2026-03-01T00:00:00Z'] });

/** An instant (ms since 1970) as our own routes and those of Electricity Maps take it: always with offset. */
export const instant = instantWith({ dateOnly: false, unpadded: false });

/** As the Carbon Aware SDK's server reads queries: dates alone and single digits too. */
export const looseInstant = instantWith({ dateOnly: true, unpadded: true });

/** A number in plain digits between two limits. */
export const numberText = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,12})?$/, 'must be a number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** A whole number in plain digits between two limits. */
export const wholeText = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** `true` or `false`; Python writes them with a capital. */
export const flagText = z
  .enum(['true', 'false', 'True', 'False', '1', '0'])
  .transform((text) => /^(true|1)$/i.test(text));

/** The name of a zone; whether it is one is judged by what is known. */
export const zoneName = z
  .string()
  .regex(/^[\p{L}\p{N}._:/#@+()%°·*-]{1,128}$/u, 'must be the id of a zone, e.g. CN-SC-5101');
