/**
 * Which days of which facilities are to be closed now, and which months and years follow from them. A day is opened
 * again by late readings of its own facility, by late fuel or water, and by grid hours that were computed since.
 */
import type { CloseFacilitiesArguments } from '../../schemas/control.ts';
import type { Store } from '../store/port.ts';
import { dayOf, dayStartMs, hasEnded, periodsAround } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';
import { readFacilities } from './facilityRegistry.ts';

export interface FacilitiesOfPeriod {
  /** `YYYY-MM-DD`, or `YYYY-MM` and `YYYY`. */
  readonly period: string;
  readonly facilities: readonly string[];
}

export interface ClosableFacilities {
  /** Oldest first, at most `runDays`. */
  readonly days: readonly FacilitiesOfPeriod[];
  /** Ended months and years that contain them, and months whose settlement is newer than they are. */
  readonly periods: readonly FacilitiesOfPeriod[];
  readonly reopened: number;
  /** Facilities' days with readings that are not to be closed yet. */
  readonly waiting: number;
}

type FacilityDays = Map<string, Set<string>>;

/**
 * A facility's day is closed when it has ended, its newest reading came at least `quietS` ago, and it was closed before,
 * or every primary meter of the registry has reported to its end, or it ended at least `graceS` ago. Facilities that the
 * registry does not know wait for it. The neighbours of a re-opened day are looked at too: a register's reading may be
 * the boundary of both; where it is not, they stay as they are.
 */
export async function findClosableFacilities(
  store: Store,
  args: CloseFacilitiesArguments,
  nowMs: number,
): Promise<ClosableFacilities> {
  const registered = await readFacilities(store, nowMs);
  const meters = new Map(
    [...registered].map(([id, { points }]) => [id, points.filter(({ role }) => role === 'primary').length]),
  );
  const closed = await closings(store);
  const ready: FacilityDays = new Map();
  let reopened = 0;
  let waiting = 0;
  for (const row of await openRows(store, [...registered.keys()])) {
    const endMs = dayStartMs(row.day) + DAY_MS;
    const before = closed.has(keyOf(row.day, row.facility));
    const rested = endMs <= nowMs && Number(row.knownMs) + args.quietS * 1_000 <= nowMs;
    const complete = row.ended >= Math.max(1, meters.get(row.facility)!);
    if (!rested || !(before || complete || endMs + args.graceS * 1_000 <= nowMs)) {
      waiting++;
      continue;
    }
    add(ready, row.day, row.facility);
    if (!before) continue;
    reopened++;
    for (const neighbour of [endMs, endMs - 2 * DAY_MS].map(dayOf))
      if (closed.has(keyOf(neighbour, row.facility))) add(ready, neighbour, row.facility);
  }
  for (const { day, facility } of await staleDays(store)) {
    add(ready, day, facility);
    reopened++;
  }
  const days = listed(ready).slice(0, args.runDays);
  const periods: FacilityDays = new Map();
  for (const { period: day, facilities } of days)
    for (const period of periodsAround(day))
      if (hasEnded(period, nowMs)) for (const facility of facilities) add(periods, period, facility);
  for (const { period, facility } of await unclaimedMonths(store)) {
    add(periods, period, facility);
    const [year = ''] = period.split('-');
    if (hasEnded(year, nowMs)) add(periods, year, facility);
  }
  return { days, periods: listed(periods), reopened, waiting };
}

const keyOf = (day: string, facility: string) => `${day}\t${facility}`;

function add(into: FacilityDays, period: string, facility: string): void {
  const own = into.get(period);
  if (own === undefined) into.set(period, new Set([facility]));
  else own.add(facility);
}

const listed = (days: FacilityDays): FacilitiesOfPeriod[] =>
  [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([period, facilities]) => ({ period, facilities: [...facilities].sort() }));

const CIVIL_DAY = "toDate(start + INTERVAL 8 HOUR, 'UTC')";
const CLOSED =
  'SELECT day, facility, max(seen_rows) AS rows, max(seen_carrier_rows) AS carrierRows, max(closed_at) AS at FROM facility_closings GROUP BY day, facility';

async function closings(store: Store): Promise<Set<string>> {
  const rows = await store.query<{ day: string; facility: string }>(
    'SELECT DISTINCT toString(day) AS day, facility FROM facility_closings',
  );
  return new Set(rows.map(({ day, facility }) => keyOf(day, facility)));
}

interface OpenRow {
  readonly day: string;
  readonly facility: string;
  readonly knownMs: string;
  /** Meters that have reported to the end of the day. */
  readonly ended: number;
}

/** Facilities' days of which rows came that no closing has counted; only days that differ as a whole are scanned. */
async function openRows(store: Store, facilities: readonly string[]): Promise<OpenRow[]> {
  const open = await store.query<{ day: string }>(
    `SELECT toString(w.day) AS day FROM
       (SELECT toDate(hour + INTERVAL 8 HOUR, 'UTC') AS day, sum(rows) AS rows FROM stream_windows WHERE topic = 'datacenter.power' GROUP BY day) AS w
     LEFT JOIN (SELECT day, sum(c.rows) AS rows FROM (${CLOSED}) AS c GROUP BY day) AS c ON c.day = w.day
     WHERE w.rows != c.rows ORDER BY day`,
  );
  const days = open.map(({ day }) => day);
  if (days.length === 0 || facilities.length === 0) return [];
  return store.query<OpenRow>(
    `SELECT toString(r.day) AS day, r.facility AS facility, toString(r.known) AS knownMs, r.ended AS ended
     FROM (SELECT ${CIVIL_DAY} AS day, facility, count() AS rows, max(toUnixTimestamp64Milli(known_at)) AS known,
             uniqExactIf(meter, toDate(start + toIntervalSecond(duration_s) + INTERVAL 8 HOUR, 'UTC') > ${CIVIL_DAY}) AS ended
           FROM datacenter_power WHERE facility IN {facilities:Array(String)}
             AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
             AND ${CIVIL_DAY} IN (SELECT toDate(arrayJoin({days:Array(String)})))
           GROUP BY day, facility) AS r
     LEFT JOIN (${CLOSED}) AS c ON c.day = r.day AND c.facility = r.facility
     WHERE r.rows != c.rows ORDER BY day, facility`,
    { days, facilities: [...facilities], from: dayStartMs(days[0]!), to: dayStartMs(days.at(-1)!) + DAY_MS },
  );
}

/** Closed days whose grid hours were computed since, or whose fuel and water are no longer what was counted. */
async function staleDays(store: Store): Promise<{ day: string; facility: string }[]> {
  return store.query(
    `SELECT toString(c.day) AS day, c.facility AS facility FROM (${CLOSED}) AS c
     LEFT JOIN (SELECT ${CIVIL_DAY} AS day, max(computed_at) AS at FROM computations WHERE kind = 'grid_window' GROUP BY day) AS g ON g.day = c.day
     LEFT JOIN (SELECT ${CIVIL_DAY} AS day, site AS facility, count() AS rows FROM energy_carriers GROUP BY day, facility) AS e
       ON e.day = c.day AND e.facility = c.facility
     WHERE g.at > c.at OR e.rows != c.carrierRows ORDER BY day, facility`,
  );
}

/** Months that were computed without the settlement statement that is in force now. */
async function unclaimedMonths(store: Store): Promise<{ period: string; facility: string }[]> {
  return store.query(
    `SELECT s.period AS period, s.party AS facility
     FROM (SELECT party, period, market, computation FROM settlement_statements ORDER BY party, period, market, version DESC LIMIT 1 BY party, period, market) AS s
     JOIN (SELECT facility, period, document FROM facility_windows WHERE unit = 'month'
           ORDER BY facility, period, version DESC, computed_at DESC LIMIT 1 BY facility, period) AS w ON w.facility = s.party AND w.period = s.period
     WHERE position(w.document, s.computation) = 0 ORDER BY period, facility`,
  );
}
