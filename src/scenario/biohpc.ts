/** BioHPC host files (hourly mean GPU power in W, local time without offset) as energy of a data centre's meters. */
import { parse } from 'csv-parse/sync';
import { Refusal } from '../../schemas/refusal.ts';
import { HOUR_MS, instantText, type Span, steps } from './civilTime.ts';
import { wallClockIn } from './localTime.ts';
import type { Reading } from './scenario.ts';

export interface HostHour {
  readonly startMs: number;
  readonly powerW: number;
  /** The clock read this hour twice: it may have been the other one. */
  readonly ambiguous: boolean;
}

/** Something odd about the time of a host's file; nothing is filled in for it. */
export interface TimeFlag {
  readonly code: 'nonexistent_local_time' | 'ambiguous_local_time' | 'gap';
  readonly place: string;
  readonly detail: string;
}

export interface HostFile {
  readonly hours: readonly HostHour[];
  readonly flags: readonly TimeFlag[];
}

/**
 * Reads one host's file. A local time that spring skipped is left out and flagged; of an hour that autumn repeats the
 * first is taken and flagged; every run of missing hours is flagged once.
 * @throws Refusal TL_BIOHPC_* with row and column where the file is not of this kind
 */
export function readHostFile(name: string, text: string, timeZone: string): HostFile {
  const instantsOf = wallClockIn(timeZone);
  const hours: HostHour[] = [];
  const flags: TimeFlag[] = [];
  recordsOf(name, text).forEach(({ timestamp, powerave }, row) => {
    const place = `${name} row ${row + 2}`;
    const powerW = powerave.trim() === '' ? Number.NaN : Number(powerave);
    if (!(powerW >= 0 && powerW < 1e6)) {
      refuse(
        'TL_BIOHPC_POWER',
        `"${powerave}" is no power`,
        `${place}, column powerave`,
        'a mean in W, not negative',
      );
    }
    if (!/^\d{4}-\d\d-\d\d \d\d:00:00(\.0+)?$/.test(timestamp)) {
      refuse(
        'TL_BIOHPC_TIME',
        `"${timestamp}" is no full hour`,
        `${place}, column timestamp`,
        'e.g. 2025-04-01 00:00:00',
      );
    }
    const [startMs, second] = instantsOf(timestamp);
    if (startMs === undefined) {
      flags.push({
        code: 'nonexistent_local_time',
        place,
        detail: `${timestamp} does not exist in ${timeZone}`,
      });
      return;
    }
    const ambiguous = second !== undefined;
    if (ambiguous) {
      flags.push({
        code: 'ambiguous_local_time',
        place,
        detail: `${timestamp} occurs twice; the first is taken`,
      });
    }
    const before = hours.at(-1);
    if (before !== undefined && startMs <= before.startMs) {
      refuse(
        'TL_BIOHPC_TIME',
        `${timestamp} does not follow the hour before`,
        `${place}, column timestamp`,
        'rows in order of time',
      );
    }
    if (before !== undefined && startMs > before.startMs + HOUR_MS) {
      const missing = (startMs - before.startMs) / HOUR_MS - 1;
      flags.push({
        code: 'gap',
        place,
        detail: `${missing} hours missing from ${instantText(before.startMs + HOUR_MS)} on`,
      });
    }
    hours.push({ startMs, powerW, ambiguous });
  });
  return { hours, flags };
}

/** `datacenter.power` of one host: Wh of every hour of the span, the mean power rounded to whole watt hours. */
export function* hostReadings(
  host: { readonly facility: string; readonly name: string },
  file: HostFile,
  span: Span,
): Generator<Reading> {
  for (const { startMs, powerW, ambiguous } of file.hours) {
    if (startMs < span.startMs || startMs >= span.endMs) continue;
    yield {
      facility: host.facility,
      meter: hostMeter(host.name),
      node: `rack/${host.name}`,
      side: 'in',
      start: instantText(startMs),
      durationS: 3600,
      energyWh: Math.round(powerW),
      quality: ambiguous ? 'suspect' : 'measured',
      revision: 0,
    };
  }
}

export const hostMeter = (host: string) => `gpu-${host}`;

/** Hours of the span that the file has not, as instants. */
export function missingHours(file: HostFile, span: Span): string[] {
  const there = new Set(file.hours.map(({ startMs }) => startMs));
  return [...steps(span, HOUR_MS)].filter((startMs) => !there.has(startMs)).map(instantText);
}

interface Row {
  readonly timestamp: string;
  readonly powerave: string;
}

function recordsOf(name: string, text: string): Row[] {
  let records: Record<string, string>[];
  try {
    records = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    refuse(
      'TL_BIOHPC_CSV',
      `not readable as CSV: ${(error as Error).message}`,
      name,
      'comma-separated values',
    );
  }
  const first = records[0];
  if (first === undefined || !('timestamp' in first && 'powerave' in first)) {
    refuse(
      'TL_BIOHPC_HEADER',
      'the columns timestamp and powerave are missing',
      `${name} row 1`,
      'a file <host>_hourly.csv',
    );
  }
  return records as unknown as Row[];
}

function refuse(code: string, problem: string, place: string, remedy: string): never {
  throw new Refusal(problem, { code, place, remedy });
}
