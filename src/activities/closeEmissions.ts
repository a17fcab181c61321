/** Which days of which stacks are to be closed now, and which months and years of stacks and sites follow. */
import type { CloseEmissionsArguments } from '../../schemas/control.ts';
import type { Store } from '../store/port.ts';
import { dayStartMs, spanOf } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';

export interface ClosableStackDays {
  /** Oldest first, at most `runDays`. */
  readonly days: readonly { readonly day: string; readonly subjects: readonly string[] }[];
  readonly reopened: number;
  /** Stacks' days with readings that are not to be closed yet. */
  readonly waiting: number;
}

export interface ClosableEmissionPeriods {
  readonly periods: readonly {
    readonly period: string;
    readonly subjects: readonly string[];
    readonly sites: readonly string[];
  }[];
}

const CIVIL_DAY = "toDate(start + INTERVAL 8 HOUR, 'UTC')";
const closedOf = (kind: string) =>
  `SELECT subject, period, argMax(seen_rows, closed_at) AS rows, max(closed_at) AS at FROM emission_closings WHERE kind = '${kind}' GROUP BY subject, period`;

/**
 * A stack's day is closed when it has ended, its newest reading came at least `quietS` ago, and it was closed before,
 * or its last hour has come, or it ended at least `graceS` ago. Late readings re-open the day of their own stack only.
 */
export async function findClosableStackDays(
  store: Store,
  { graceS, quietS, runDays }: CloseEmissionsArguments,
  nowMs: number,
): Promise<ClosableStackDays> {
  const ready = new Map<string, string[]>();
  let [reopened, waiting] = [0, 0];
  for (const { day, subject, knownMs, endMs, closed } of await openRows(store)) {
    const dayEndMs = dayStartMs(day) + DAY_MS;
    const rested = dayEndMs <= nowMs && Number(knownMs) + quietS * 1_000 <= nowMs;
    const complete = Number(endMs) >= dayEndMs;
    if (!rested || !(closed === 1 || complete || dayEndMs + graceS * 1_000 <= nowMs)) {
      waiting++;
      continue;
    }
    ready.set(day, [...(ready.get(day) ?? []), subject]);
    if (closed === 1) reopened++;
  }
  const days = [...ready].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, runDays);
  return { days: days.map(([day, subjects]) => ({ day, subjects })), reopened, waiting };
}

interface OpenRow {
  readonly day: string;
  readonly subject: string;
  readonly knownMs: string;
  /** End of the latest hour value. */
  readonly endMs: string;
  readonly closed: 0 | 1;
}

/** Stacks' days of which rows came that no closing has counted; only days that differ as a whole are scanned. */
async function openRows(store: Store): Promise<OpenRow[]> {
  const open = await store.query<{ day: string }>(
    `SELECT toString(w.day) AS day FROM
       (SELECT toDate(hour + INTERVAL 8 HOUR, 'UTC') AS day, sum(rows) AS rows FROM stream_windows WHERE topic = 'emissions.cems' GROUP BY day) AS w
     LEFT JOIN (SELECT toDate(c.period) AS day, sum(c.rows) AS rows FROM (${closedOf('stack_day')}) AS c GROUP BY day) AS c ON c.day = w.day
     WHERE w.rows != c.rows ORDER BY day`,
  );
  const days = open.map(({ day }) => day);
  if (days.length === 0) return [];
  return store.query<OpenRow>(
    `SELECT toString(r.day) AS day, r.subject AS subject, toString(r.known) AS knownMs, toString(r.endMs) AS endMs, c.at > toDateTime64(0, 3, 'UTC') AS closed
     FROM (SELECT ${CIVIL_DAY} AS day, concat(site, '|', stack) AS subject, count() AS rows, max(toUnixTimestamp64Milli(known_at)) AS known,
             maxIf(toUnixTimestamp64Milli(start) + duration_s * 1000, period = 'hour') AS endMs
           FROM emissions_cems
           WHERE start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
             AND ${CIVIL_DAY} IN (SELECT toDate(arrayJoin({days:Array(String)})))
           GROUP BY day, subject) AS r
     LEFT JOIN (${closedOf('stack_day')}) AS c ON c.period = toString(r.day) AND c.subject = r.subject
     WHERE r.rows != c.rows ORDER BY day, subject`,
    { days, from: dayStartMs(days[0]!), to: dayStartMs(days.at(-1)!) + DAY_MS },
  );
}

/**
 * Ended months and years whose days were computed since they were, and those of sites whose fuel is no longer what was
 * counted. To be asked after the days have been computed.
 */
export async function findClosableEmissionPeriods(
  store: Store,
  { graceS }: CloseEmissionsArguments,
  nowMs: number,
): Promise<ClosableEmissionPeriods> {
  const ended = (period: string) => spanOf(period).endMs + graceS * 1_000 <= nowMs;
  const periods = new Map<string, { subjects: string[]; sites: string[] }>();
  const at = (period: string) => {
    const own = periods.get(period) ?? { subjects: [], sites: [] };
    periods.set(period, own);
    return own;
  };
  for (const length of [7, 4]) {
    for (const { period, subject } of await stalePeriods(store, length))
      if (ended(period)) at(period).subjects.push(subject);
    for (const { period, subject } of await staleSites(store, length))
      if (ended(period)) at(period).sites.push(subject);
  }
  return {
    periods: [...periods]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([period, { subjects, sites }]) => ({ period, subjects, sites })),
  };
}

interface Stale {
  readonly period: string;
  readonly subject: string;
}

function stalePeriods(store: Store, length: number): Promise<Stale[]> {
  return store.query<Stale>(
    `SELECT d.whole AS period, d.subject AS subject
     FROM (SELECT subject, substring(period, 1, {length:UInt8}) AS whole, max(computed_at) AS at FROM emission_windows WHERE kind = 'stack_day' GROUP BY subject, whole) AS d
     LEFT JOIN (${closedOf('stack_period')}) AS c ON c.period = d.whole AND c.subject = d.subject
     WHERE d.at > c.at ORDER BY period, subject`,
    { length },
  );
}

function staleSites(store: Store, length: number): Promise<Stale[]> {
  return store.query<Stale>(
    `SELECT e.whole AS period, e.subject AS subject
     FROM (SELECT site AS subject, formatDateTime(start + INTERVAL 8 HOUR, {format:String}, 'UTC') AS whole, count() AS rows FROM energy_carriers GROUP BY subject, whole) AS e
     LEFT JOIN (${closedOf('site_period')}) AS c ON c.period = e.whole AND c.subject = e.subject
     WHERE e.rows != c.rows ORDER BY period, subject`,
    { format: length === 7 ? '%Y-%m' : '%Y' },
  );
}
