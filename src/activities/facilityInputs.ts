/** Readings of facilities' days, grid intensities and other carriers from the store, each with what names it again. */
import type { CarrierReading } from '../datacenter/carriers.ts';
import type { PointReading, ReadingKind } from '../datacenter/pointEnergies.ts';
import type { Store } from '../store/port.ts';
import type { TableSnapshot } from './lineage.ts';

export const DAY_MS = 86_400_000;
/** Before and after the day: what a register's boundary may be interpolated from. */
const MARGIN_BEFORE_MS = 90 * 60_000;
const MARGIN_AFTER_MS = 30 * 60_000;

export interface FacilityReadings {
  /** Of readings that start on the day itself: what the closing counts. */
  readonly ownRows: number;
  readonly ownLastKnownAt: string;
  readonly snapshot: TableSnapshot;
  readonly readings: ReadonlyMap<string, readonly PointReading[]>;
}

/** Rows up to the offsets of an earlier computation, for recomputing it. */
export interface ReadAsOf {
  readonly offsets: TableSnapshot['offsets'];
}

interface ListedFacility {
  readonly facility: string;
  readonly rows: string;
  readonly ownRows: string;
  readonly ownKnownMs: string;
  readonly knownMs: string;
  readonly sha256: string;
  readonly qualities: readonly string[];
  readonly firsts: Readonly<Record<string, string>>;
  readonly lasts: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

const PLACE = "concat(toString(_generation), ':', toString(_partition))";
const LINE = [
  'meter',
  'toString(toUnixTimestamp64Milli(start))',
  'toString(duration_s)',
  "ifNull(toString(energy_wh), '')",
  "ifNull(toString(register_wh), '')",
  "ifNull(toString(mean_power_w), '')",
  "ifNull(toString(instant_power_w), '')",
  "ifNull(toString(toUnixTimestamp64Milli(assumeNotNull(reset_at)) * (reset_at IS NOT NULL)), '')",
  'quality',
  'toString(revision)',
  'source',
].join(', ');
const WITHIN =
  'start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64}) AND facility IN {facilities:Array(String)}';

/** Readings of a civil day (start in ms since 1970) by facility; those without any are left out. */
export async function readFacilityDay(
  store: Store,
  facilities: readonly string[],
  dayMs: number,
  asOf?: ReadAsOf,
): Promise<Map<string, FacilityReadings>> {
  const from = dayMs - MARGIN_BEFORE_MS;
  const to = dayMs + DAY_MS + MARGIN_AFTER_MS;
  const bound =
    asOf === undefined
      ? ''
      : ` AND _offset <= transform(${PLACE}, {places:Array(String)}, {lasts:Array(Int64)}, toInt64(-1))`;
  const rows = await store.query<ListedFacility>(
    `SELECT facility, toString(count()) AS rows, toString(countIf(own)) AS ownRows, toString(maxIf(known, own)) AS ownKnownMs, toString(max(known)) AS knownMs,
       arraySort(groupArrayIf(line, rank = 1)) AS lines, lower(hex(SHA256(arrayStringConcat(lines, '\\n')))) AS sha256,
       arraySort(groupUniqArrayIf(toString(quality), rank = 1)) AS qualities,
       mapApply((k, v) -> (k, toString(v)), minMap(map(place, _offset))) AS firsts, mapApply((k, v) -> (k, toString(v)), maxMap(map(place, _offset))) AS lasts
     FROM (SELECT facility, concatWithSeparator('\\t', ${LINE}) AS line, toUnixTimestamp64Milli(known_at) AS known, quality, ${PLACE} AS place, _offset,
             start >= fromUnixTimestamp64Milli({day:Int64}) AND start < fromUnixTimestamp64Milli({next:Int64}) AS own,
             row_number() OVER (PARTITION BY source, facility, meter, start ORDER BY revision DESC, known_at, _partition, _offset, _row) AS rank
           FROM datacenter_power WHERE ${WITHIN}${bound})
     GROUP BY facility HAVING countIf(own) > 0`,
    {
      from,
      to,
      day: dayMs,
      next: dayMs + DAY_MS,
      facilities: [...facilities],
      ...(asOf && {
        places: asOf.offsets.map(({ generation, partition }) => `${generation}:${partition}`),
        lasts: asOf.offsets.map(({ last }) => last),
      }),
    },
  );
  return new Map(rows.map((row) => [row.facility, readingsOf(row, from, to)]));
}

function readingsOf(row: ListedFacility, from: number, to: number): FacilityReadings {
  const readings = new Map<string, PointReading[]>();
  for (const line of row.lines) {
    const { meter, reading } = parseLine(line);
    if (reading === undefined) continue;
    const own = readings.get(meter);
    if (own === undefined) readings.set(meter, [reading]);
    else own.push(reading);
  }
  const iso = (ms: string) => new Date(Number(ms)).toISOString();
  return {
    ownRows: Number(row.ownRows),
    ownLastKnownAt: iso(row.ownKnownMs),
    readings,
    snapshot: {
      table: 'datacenter_power',
      where: WITHIN,
      params: { from, to, facilities: [row.facility] },
      rows: Number(row.rows),
      sha256: row.sha256,
      offsets: Object.keys(row.lasts)
        .sort()
        .map((place) => {
          const [generation, partition] = place.split(':').map(Number) as [number, number];
          return { generation, partition, first: Number(row.firsts[place]), last: Number(row.lasts[place]) };
        }),
      lastKnownAt: iso(row.knownMs),
      qualities: row.qualities,
    },
  };
}

const KINDS: readonly ReadingKind[] = ['delta', 'counter', 'mean', 'instant'];

function parseLine(line: string): { meter: string; reading: PointReading | undefined } {
  const [meter = '', start, duration, energy, register, mean, instant, reset, quality = ''] =
    line.split('\t');
  const values = [energy, register, mean, instant];
  const kind = values.findIndex((value) => value !== '' && value !== undefined);
  const startMs = Number(start);
  return {
    meter,
    reading: {
      // A reading without any value says that the energy of the interval is unknown.
      kind: KINDS[Math.max(kind, 0)]!,
      startMs,
      endMs: startMs + Number(duration) * 1_000,
      value: kind < 0 ? null : Number(values[kind]),
      quality,
      ...(reset !== '' && reset !== '0' && { resetAtMs: Number(reset) }),
    },
  };
}

/** Other carriers whose interval touches the span, by site. */
export async function readCarriers(
  store: Store,
  sites: readonly string[],
  startMs: number,
  endMs: number,
): Promise<Map<string, CarrierReading[]>> {
  const rows = await store.query<{
    site: string;
    carrier: string;
    startMs: string;
    durationS: number;
    quantity: number | null;
    unit: string;
    quality: string;
  }>(
    `SELECT site, carrier, toString(toUnixTimestamp64Milli(e.start)) AS startMs, duration_s AS durationS, quantity, unit, quality
     FROM (SELECT * FROM energy_carriers WHERE site IN {sites:Array(String)} AND start >= fromUnixTimestamp64Milli({early:Int64})
             AND start < fromUnixTimestamp64Milli({to:Int64})
           ORDER BY source, site, carrier, meter, start, revision DESC, known_at, _partition, _offset, _row
           LIMIT 1 BY source, site, carrier, meter, start) AS e
     WHERE e.start + toIntervalSecond(duration_s) > fromUnixTimestamp64Milli({from:Int64})
     ORDER BY site, carrier, meter, e.start, source`,
    { sites: [...sites], early: startMs - 366 * DAY_MS, from: startMs, to: endMs },
  );
  const readings = rows.map(({ startMs: at, durationS, ...row }) => ({
    ...row,
    startMs: Number(at),
    endMs: Number(at) + durationS * 1_000,
  }));
  return Map.groupBy(readings, ({ site }) => site);
}

export interface ZoneIntensities {
  readonly zone: string;
  /** Zone whose traced intensities stand in, where the facility's own is not traced. */
  readonly inheritedFrom: string | null;
  /** kgCO2/kWh by start of hour (ms); unknown hours are absent. */
  readonly byHour: ReadonlyMap<number, number>;
  readonly computations: readonly string[];
  readonly origins: readonly string[];
}

/** Consumption-based direct CO2 of a zone's hours, or of the next larger zone that is traced. */
export async function readIntensities(
  store: Store,
  zone: string,
  startMs: number,
  endMs: number,
): Promise<ZoneIntensities> {
  const candidates = [zone, ...(/^CN-[A-Z]{2}-\d+$/.test(zone) ? [zone.slice(0, 5)] : [])];
  for (const candidate of candidates) {
    const rows = await store.query<{ hourMs: string; x: number; computation: string; origin: string }>(
      `SELECT toString(toUnixTimestamp64Milli(i.start)) AS hourMs, consumption_intensity_kg_per_mwh AS x, computation, origin
       FROM (SELECT * FROM grid_intensity WHERE family = 'mode_direct' AND zone = {zone:String} AND duration_s = 3600
               AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
             ORDER BY start, version DESC, computation LIMIT 1 BY start) AS i
       WHERE consumption_intensity_kg_per_mwh IS NOT NULL ORDER BY i.start`,
      { zone: candidate, from: startMs, to: endMs },
    );
    if (rows.length === 0) continue;
    return {
      zone,
      inheritedFrom: candidate === zone ? null : candidate,
      byHour: new Map(rows.map(({ hourMs, x }) => [Number(hourMs), x / 1_000])),
      computations: [...new Set(rows.map(({ computation }) => computation))],
      origins: [...new Set(rows.map(({ origin }) => origin))].sort(),
    };
  }
  return { zone, inheritedFrom: null, byHour: new Map(), computations: [], origins: [] };
}

/** Rows of other carriers that start within the span, all revisions, by site: what a closing has counted. */
export async function countCarrierRows(
  store: Store,
  sites: readonly string[],
  startMs: number,
  endMs: number,
): Promise<Map<string, number>> {
  const rows = await store.query<{ site: string; rows: string }>(
    `SELECT site, toString(count()) AS rows FROM energy_carriers WHERE site IN {sites:Array(String)}
       AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64}) GROUP BY site`,
    { sites: [...sites], from: startMs, to: endMs },
  );
  return new Map(rows.map(({ site, rows: count }) => [site, Number(count)]));
}
