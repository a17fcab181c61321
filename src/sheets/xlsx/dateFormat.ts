/** Tells whether a number format of a workbook shows a date or a time; the number itself does not say. */

/** Built-in formats of ECMA-376 18.8.30 that show dates, those of the Chinese, Japanese and Korean locales included. */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return isBuiltInDate(id);
  // What stands in quotes, after a backslash or in brackets ([Red], [$-804]) is no pattern; [h] and the like are durations.
  const pattern = code.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[[^\]]*\]/g, '');
  return /[ymdhs]/i.test(pattern) && !/general/i.test(pattern) && !/[#?]/.test(pattern);
}

const DAY_MS = 86_400_000;
/** Days from 1899-12-30, day 0 of the 1900 system after its false 29 February, to 1970-01-01. */
const DAYS_1900 = 25_569;
const DAYS_1904 = 24_107;

/** Wall-clock ms (as if UTC) of a serial day number, rounded to the ms that its 15 digits can hold. */
export function wallMsOfSerial(serial: number, date1904: boolean): number {
  return Math.round((serial - (date1904 ? DAYS_1904 : DAYS_1900)) * DAY_MS);
}
