/** Hour and minute values of stacks on a civil day, and what the registry says of them. */
import type { StackSettings } from '../emissions/stackHour.ts';
import type { SentFlag } from '../emissions/validity.ts';
import type { Store } from '../store/port.ts';
import { DAY_MS } from './facilityInputs.ts';
import type { TableSnapshot } from './lineage.ts';

/** A stack by its site, since stacks of two sites may have one name. */
const subjectOf = (site: string, stack: string): string => `${site}|${stack}`;
export const siteOf = (subject: string): string => subject.slice(0, subject.lastIndexOf('|'));
export const stackOf = (subject: string): string => subject.slice(subject.lastIndexOf('|') + 1);

export interface StackReading {
  readonly factor: string;
  readonly period: 'hour' | 'minute';
  readonly startMs: number;
  readonly durationS: number;
  readonly value: number | null;
  readonly unit: string;
  readonly flag: SentFlag;
  readonly cumulative: number | null;
  readonly cumulativeUnit: string | null;
  readonly device: string;
}

export interface StackDayReadings {
  readonly snapshot: TableSnapshot;
  readonly readings: readonly StackReading[];
}

const PLACE = "concat(toString(_generation), ':', toString(_partition))";
const LINE = [
  'pollutant',
  'period',
  'toString(toUnixTimestamp64Milli(start))',
  'toString(duration_s)',
  "ifNull(toString(value), '')",
  'unit',
  'flag',
  "ifNull(toString(cumulative), '')",
  "ifNull(cumulative_unit, '')",
  'device',
  'quality',
  'toString(revision)',
  'source',
].join(', ');
/** What a day's window is made of, as a condition: real-time values are not read, their minutes are. */
const WITHIN =
  "start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64}) AND period IN ('hour', 'minute') AND concat(site, '|', stack) IN {subjects:Array(String)}";

interface Listed {
  readonly subject: string;
  readonly rows: string;
  readonly knownMs: string;
  readonly lines: readonly string[];
  readonly sha256: string;
  readonly qualities: readonly string[];
  readonly firsts: Readonly<Record<string, string>>;
  readonly lasts: Readonly<Record<string, string>>;
}

/** Readings in force of a civil day (start in ms since 1970) by subject; `offsets`: no more than was there then. */
export async function readStackDay(
  store: Store,
  subjects: readonly string[],
  dayMs: number,
  offsets?: TableSnapshot['offsets'],
): Promise<Map<string, StackDayReadings>> {
  const params = { from: dayMs, to: dayMs + DAY_MS, subjects: [...subjects] };
  const bound = offsets
    ? ` AND _offset <= transform(${PLACE}, {places:Array(String)}, {lasts:Array(Int64)}, toInt64(-1))`
    : '';
  const rows = await store.query<Listed>(
    `SELECT subject, toString(count()) AS rows, toString(max(known)) AS knownMs,
       arraySort(groupArrayIf(line, rank = 1)) AS lines, lower(hex(SHA256(arrayStringConcat(lines, '\\n')))) AS sha256,
       arraySort(groupUniqArrayIf(toString(quality), rank = 1)) AS qualities,
       mapApply((k, v) -> (k, toString(v)), minMap(map(place, _offset))) AS firsts, mapApply((k, v) -> (k, toString(v)), maxMap(map(place, _offset))) AS lasts
     FROM (SELECT concat(site, '|', stack) AS subject, concatWithSeparator('\\t', ${LINE}) AS line, toUnixTimestamp64Milli(known_at) AS known, quality, ${PLACE} AS place, _offset,
             row_number() OVER (PARTITION BY source, device, site, stack, pollutant, period, start ORDER BY revision DESC, known_at, _partition, _offset, _row) AS rank
           FROM emissions_cems WHERE ${WITHIN}${bound})
     GROUP BY subject`,
    {
      ...params,
      ...(offsets && {
        places: offsets.map(({ generation, partition }) => `${generation}:${partition}`),
        lasts: offsets.map(({ last }) => last),
      }),
    },
  );
  return new Map(rows.map((row) => [row.subject, dayOfRow(row, params)]));
}

/** All rows of a day by subject, real-time values too: what the closing is compared with. */
export async function countStackRows(
  store: Store,
  subjects: readonly string[],
  dayMs: number,
): Promise<Map<string, number>> {
  const rows = await store.query<{ subject: string; rows: string }>(
    `SELECT concat(site, '|', stack) AS subject, toString(count()) AS rows FROM emissions_cems
     WHERE start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64}) AND subject IN {subjects:Array(String)}
     GROUP BY subject`,
    { from: dayMs, to: dayMs + DAY_MS, subjects: [...subjects] },
  );
  return new Map(rows.map(({ subject, rows: count }) => [subject, Number(count)]));
}

function dayOfRow(row: Listed, params: { from: number; to: number }): StackDayReadings {
  const snapshot: TableSnapshot = {
    table: 'emissions_cems',
    where: WITHIN,
    params: { ...params, subjects: [row.subject] },
    rows: Number(row.rows),
    sha256: row.sha256,
    offsets: Object.keys(row.lasts)
      .sort()
      .map((place) => {
        const [generation, partition] = place.split(':').map(Number) as [number, number];
        return { generation, partition, first: Number(row.firsts[place]), last: Number(row.lasts[place]) };
      }),
    lastKnownAt: new Date(Number(row.knownMs)).toISOString(),
    qualities: row.qualities,
  };
  return { snapshot, readings: row.lines.map(parseLine) };
}

const orNull = (cell: string | undefined): number | null => (cell ? Number(cell) : null);

/** Ids and units hold no tabs: their patterns refuse blanks. */
function parseLine(line: string): StackReading {
  const [factor, period, start, duration, value, unit, flag, cumulative, cumulativeUnit, device] =
    line.split('\t');
  return {
    factor: factor!,
    period: period as StackReading['period'],
    startMs: Number(start),
    durationS: Number(duration),
    value: orNull(value),
    unit: unit!,
    flag: flag as SentFlag,
    cumulative: orNull(cumulative),
    cumulativeUnit: cumulativeUnit || null,
    device: device!,
  };
}

export interface StackDeclaration {
  readonly settings: StackSettings;
  /** Settings that the registry does not state, and that were taken as they usually are. */
  readonly assumed: readonly string[];
  readonly devices: readonly string[];
}

type Fields = Readonly<Record<string, string | number | null | undefined>>;

/** What the registry says at `atMs`, by subject. */
export async function readStacks(store: Store, atMs: number): Promise<Map<string, StackDeclaration>> {
  const rows = await store.query<{ kind: string; id: string; document: string }>(
    `SELECT kind, id, document FROM registry_assets_current
     WHERE kind IN ('stack', 'device') AND valid_from <= fromUnixTimestamp64Milli({at:Int64})
       AND (valid_to IS NULL OR valid_to > fromUnixTimestamp64Milli({at:Int64}))
     ORDER BY kind, id, valid_from DESC, source LIMIT 1 BY kind, id`,
    { at: Math.floor(atMs) },
  );
  const parsed = rows.map((row) => ({ ...row, fields: JSON.parse(row.document) as Fields }));
  const devices = Map.groupBy(
    parsed.filter(({ kind }) => kind === 'device'),
    ({ fields }) => String(fields.stack),
  );
  return new Map(
    parsed
      .filter(({ kind }) => kind === 'stack')
      .map(({ id, fields }) => [
        subjectOf(String(fields.site), id),
        declarationOf(
          fields,
          devices.get(id)?.map((device) => device.fields) ?? [],
          devices.get(id)?.map((d) => d.id) ?? [],
        ),
      ]),
  );
}

const USUAL = { co2Basis: 'dry', gasBasis: 'dry', gasState: 'standard' } as const;

/** Of a stack with documents, or of one that the registry does not know. */
export function declarationOf(
  stack: Fields,
  devices: readonly Fields[],
  ids: readonly string[] = [],
): StackDeclaration {
  const [device = {}] = devices;
  const number = (value: Fields[string]) => (typeof value === 'number' ? value : undefined);
  const [barometricPa, areaM2, o2StandardPercent] = [
    number(device.barometricPa),
    number(stack.areaM2),
    number(stack.o2StandardPercent),
  ];
  const assumed = Object.keys(USUAL).filter((name) => typeof device[name] !== 'string');
  return {
    settings: {
      ...USUAL,
      ...(Object.fromEntries(
        Object.keys(USUAL).flatMap((name) => (assumed.includes(name) ? [] : [[name, device[name]]])),
      ) as Partial<StackSettings>),
      ...(barometricPa !== undefined && { barometricPa }),
      ...(areaM2 !== undefined && { areaM2 }),
      ...(o2StandardPercent !== undefined && { o2StandardPercent }),
    },
    assumed,
    devices: [...ids].sort(),
  };
}
