/**
 * The readings of grid hours as one snapshot a table: the readings in force, the SHA-256 of their canonical listing,
 * and the offsets they came from, so that the same inputs can be read again after later ones have come.
 */
import type { Store } from '../store/port.ts';
import type { TableSnapshot } from './lineage.ts';

export const GRID_TABLES = ['grid_generation', 'grid_exchange', 'grid_load'] as const;
export type GridTable = (typeof GRID_TABLES)[number];

/** Columns that name a reading, and those that say its value: both stand in the listing. */
const COLUMNS: Record<GridTable, { identity: readonly string[]; values: readonly string[] }> = {
  grid_generation: { identity: ['zone', 'fuel'], values: ['energy_mwh', 'mean_power_mw'] },
  grid_exchange: { identity: ['from_zone', 'to_zone'], values: ['net_energy_mwh', 'capacity_mw'] },
  grid_load: { identity: ['zone'], values: ['energy_mwh'] },
};

export interface GridReading {
  /** Zone and fuel, or the two zones, or the zone. */
  readonly identity: readonly string[];
  readonly startMs: number;
  readonly durationS: number;
  /** In the order of `values`; null is unknown. */
  readonly values: readonly (number | null)[];
  readonly quality: string;
  readonly source: string;
}

export interface HourInputs {
  readonly hourMs: number;
  /** Of the tables that have rows; `rows` counts all revisions, `sha256` is that of the listing of those in force. */
  readonly snapshots: readonly TableSnapshot[];
  readonly readings: Readonly<Record<GridTable, readonly GridReading[]>>;
}

/** Which rows count: those up to the offsets of an earlier run, without the redriven ones that came after it. */
export interface AsOf {
  readonly snapshots: readonly Pick<TableSnapshot, 'table' | 'offsets'>[];
  /** Letters that were accepted after this (ms since 1970) are left out. */
  readonly redrivenBeforeMs?: number;
}

/** Inputs of the given hours (ms since 1970), in their order; an hour without readings has none. */
export async function readGridInputs(
  store: Store,
  hoursMs: readonly number[],
  asOf?: AsOf,
): Promise<HourInputs[]> {
  const found = await Promise.all(GRID_TABLES.map((table) => readTable(store, table, hoursMs, asOf)));
  return hoursMs.map((hourMs) => {
    const tables = found.map((hours) => hours.get(hourMs));
    const readings = GRID_TABLES.map((table, at) => [table, tables[at]?.readings ?? []]);
    return {
      hourMs,
      snapshots: tables.flatMap((table) => (table ? [table.snapshot] : [])),
      readings: Object.fromEntries(readings) as HourInputs['readings'],
    };
  });
}

interface TableHour {
  readonly snapshot: TableSnapshot;
  readonly readings: readonly GridReading[];
}

interface ListedHour {
  readonly hour: number;
  readonly rows: number;
  readonly lines: readonly string[];
  readonly sha256: string;
  readonly knownMs: string;
  readonly firsts: Readonly<Record<string, number>>;
  readonly lasts: Readonly<Record<string, number>>;
  readonly qualities: readonly string[];
}

/** One scan, hence one snapshot: all rows are counted, those in force are listed. */
async function readTable(
  store: Store,
  table: GridTable,
  hoursMs: readonly number[],
  asOf: AsOf | undefined,
): Promise<Map<number, TableHour>> {
  const { identity, values } = COLUMNS[table];
  const key = ['source', ...identity, 'start'].join(', ');
  const line = [
    ...identity,
    'toString(toUnixTimestamp64Milli(start))',
    'toString(duration_s)',
    ...values.map((column) => `ifNull(toString(${column}), '')`),
    'quality',
    'toString(revision)',
    'source',
  ].join(', ');
  const bounds = asOfCondition(table, asOf);
  const hours = await store.query<ListedHour>(
    `SELECT hour, count() AS rows, arraySort(groupArrayIf(line, rank = 1)) AS lines,
       lower(hex(SHA256(arrayStringConcat(lines, '\\n')))) AS sha256, toString(max(known)) AS knownMs,
       minMap(map(place, _offset)) AS firsts, maxMap(map(place, _offset)) AS lasts,
       arraySort(groupUniqArrayIf(toString(quality), rank = 1)) AS qualities
     FROM (SELECT toUnixTimestamp(toStartOfHour(start)) AS hour, concatWithSeparator('\\t', ${line}) AS line,
             toUnixTimestamp64Milli(known_at) AS known, quality, ${PLACE} AS place, _offset,
             row_number() OVER (PARTITION BY ${key} ORDER BY revision DESC, known_at, _partition, _offset, _row) AS rank
           FROM ${table}
           WHERE start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
             AND toUnixTimestamp(toStartOfHour(start)) IN {hours:Array(UInt32)}${bounds.sql})
     GROUP BY hour`,
    {
      from: Math.min(...hoursMs),
      to: Math.max(...hoursMs) + HOUR_MS,
      hours: hoursMs.map((ms) => ms / 1_000),
      ...bounds.params,
    },
  );
  return new Map(hours.map((hour) => [Number(hour.hour) * 1_000, tableHour(table, hour)]));
}

const HOUR_MS = 3_600_000;
const PLACE = "concat(toString(_generation), ':', toString(_partition))";

/** Offsets grow within a partition, so rows that came later lie above; a redriven row is the exception. */
function asOfCondition(
  table: GridTable,
  asOf: AsOf | undefined,
): { sql: string; params: Record<string, string | number | string[] | number[]> } {
  if (!asOf) return { sql: '', params: {} };
  const bounds = asOf.snapshots.find((snapshot) => snapshot.table === table)?.offsets ?? [];
  const redriven = asOf.redrivenBeforeMs;
  const later = ` AND (_generation, _partition, _offset) NOT IN (SELECT _generation, _partition, _offset FROM dead_letter_attempts
     WHERE topic = {topic:String} AND outcome = 'accepted' AND attempted_at > fromUnixTimestamp64Milli({redriven:Int64}))`;
  return {
    sql: ` AND _offset <= transform(${PLACE}, {places:Array(String)}, {lasts:Array(Int64)}, toInt64(-1))${redriven === undefined ? '' : later}`,
    params: {
      places: bounds.map(({ generation, partition }) => `${generation}:${partition}`),
      lasts: bounds.map(({ last }) => last),
      ...(redriven !== undefined && { redriven, topic: table.replace('_', '.') }),
    },
  };
}

function tableHour(table: GridTable, hour: ListedHour): TableHour {
  const start = new Date(Number(hour.hour) * 1_000).toISOString();
  const { identity, values } = COLUMNS[table];
  return {
    snapshot: {
      table,
      where: "toStartOfHour(start) = parseDateTimeBestEffort({hour:String}, 'UTC')",
      params: { hour: start },
      rows: Number(hour.rows),
      sha256: hour.sha256,
      offsets: Object.keys(hour.lasts)
        .map((place) => place.split(':').map(Number) as [number, number])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1])
        .map(([generation, partition]) => {
          const place = `${generation}:${partition}`;
          return {
            generation,
            partition,
            first: Number(hour.firsts[place]),
            last: Number(hour.lasts[place]),
          };
        }),
      lastKnownAt: new Date(Number(hour.knownMs)).toISOString(),
      qualities: hour.qualities,
    },
    readings: hour.lines.map((line) => parseLine(line, identity.length, values.length)),
  };
}

/** Neither ids nor sources hold tabs: their patterns refuse blanks. */
function parseLine(line: string, identityCount: number, valueCount: number): GridReading {
  const cells = line.split('\t');
  const at = identityCount + 2;
  return {
    identity: cells.slice(0, identityCount),
    startMs: Number(cells[identityCount]),
    durationS: Number(cells[identityCount + 1]),
    values: cells.slice(at, at + valueCount).map((cell) => (cell === '' ? null : Number(cell))),
    quality: cells[at + valueCount]!,
    source: cells.slice(at + valueCount + 2).join('\t'),
  };
}
