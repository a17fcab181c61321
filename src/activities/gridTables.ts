/** Rows of grid results into and out of ClickHouse, as Arrow: numbers as text would lose their last digit on the way in. */
import {
  Bool,
  type DataType,
  Field,
  Float64,
  List,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { Store } from '../store/port.ts';
import type { TracedHour } from './gridHour.ts';
import type { MixRow } from './gridMix.ts';
import type { IntensityRow } from './gridRows.ts';
import { compare } from './gridSeries.ts';

interface ColumnKind {
  readonly arrow: () => DataType;
  readonly clickhouse: string;
}

const TEXT: ColumnKind = { arrow: () => new Utf8(), clickhouse: 'String' };
const NUMBER: ColumnKind = { arrow: () => new Float64(), clickhouse: 'Nullable(Float64)' };
const FLAG: ColumnKind = { arrow: () => new Bool(), clickhouse: 'Bool' };
const LENGTH: ColumnKind = { arrow: () => new Uint32(), clickhouse: 'UInt32' };
const INSTANT: ColumnKind = {
  arrow: () => new TimestampMillisecond(),
  clickhouse: "DateTime64(3, 'UTC')",
};
const TEXTS: ColumnKind = {
  arrow: () => new List(new Field('item', new Utf8(), false)),
  clickhouse: 'Array(String)',
};
const NUMBERS: ColumnKind = {
  arrow: () => new List(new Field('item', new Float64(), true)),
  clickhouse: 'Array(Nullable(Float64))',
};

const INTENSITY: Readonly<Record<keyof IntensityRow, ColumnKind>> = {
  start: INSTANT,
  duration_s: LENGTH,
  zone: TEXT,
  family: TEXT,
  production_mwh: NUMBER,
  production_co2_kg: NUMBER,
  production_intensity_kg_per_mwh: NUMBER,
  consumption_mwh: NUMBER,
  consumption_co2_kg: NUMBER,
  consumption_intensity_kg_per_mwh: NUMBER,
  known_co2_kg: NUMBER,
  estimated_co2_kg: NUMBER,
  unknown_share: NUMBER,
  lower_kg_per_mwh: NUMBER,
  upper_kg_per_mwh: NUMBER,
  balance_residual_mwh: NUMBER,
  is_estimated: FLAG,
  estimation_method: TEXT,
  reason: TEXT,
  flags: TEXTS,
  corrected_modes: TEXTS,
  causes: TEXTS,
  origin: TEXT,
};

const MIX: Readonly<Record<keyof MixRow, ColumnKind>> = {
  start: INSTANT,
  duration_s: LENGTH,
  zone: TEXT,
  modes: TEXTS,
  mode_production_mwh: NUMBERS,
  mode_consumption_mwh: NUMBERS,
  neighbours: TEXTS,
  import_mwh: NUMBERS,
  export_mwh: NUMBERS,
  production_mwh: NUMBER,
  consumption_mwh: NUMBER,
  is_estimated: FLAG,
  estimation_method: TEXT,
  origin: TEXT,
};

/** What all rows of a version have in common. */
export interface RowsOfVersion {
  readonly computation: string;
  readonly version: number;
  readonly knownAtMs: number;
}

/** Writes the rows of a version; repeating it with the same computation writes nothing twice. */
export async function insertResults(
  store: Store,
  { rows, mixes, quarantined }: Pick<TracedHour, 'rows' | 'mixes' | 'quarantined'>,
  of: RowsOfVersion,
): Promise<void> {
  const { computation, version, knownAtMs } = of;
  const known_at = new Date(knownAtMs).toISOString();
  const readings = quarantined.map(({ table, startMs, energyMwh, limitMwh, ...reading }) => ({
    computation,
    stream: table,
    ...reading,
    start: new Date(startMs).toISOString(),
    energy_mwh: energyMwh,
    limit_mwh: limitMwh,
    version,
    known_at,
  }));
  await store.insertRows('grid_quarantine', readings, `grid_quarantine:${computation}`);
  await insertTable(store, 'grid_mix', MIX, mixes, of);
  await insertTable(store, 'grid_intensity', INTENSITY, rows, of);
}

async function insertTable<R extends object>(
  store: Store,
  table: string,
  kinds: Readonly<Record<keyof R & string, ColumnKind>>,
  rows: readonly R[],
  { computation, version, knownAtMs }: RowsOfVersion,
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries<ColumnKind>(kinds);
  const vectors = columns.map(([name, { arrow }]) => [
    name,
    vectorFromArray(
      rows.map((row) => row[name as keyof R]),
      arrow(),
    ),
  ]);
  await store.insertArrow({
    table,
    ipc: tableToIPC(new Table(Object.fromEntries(vectors)), 'stream'),
    columns: columns.map(([name, { clickhouse }]) => ({ name, type: clickhouse })),
    constants: {
      computation,
      version,
      known_at: new Date(knownAtMs).toISOString().slice(0, 23).replace('T', ' '),
    },
    token: `${table}:${computation}`,
  });
}

/** Rows of a computation as they stand in the store, in the order in which they were computed. */
export async function storedResults(
  store: Store,
  computation: string,
  families: readonly { readonly name: string }[],
): Promise<{ rows: IntensityRow[]; mixes: MixRow[] }> {
  const rank = new Map(families.map(({ name }, at) => [name, at]));
  const rows = await storedTable<IntensityRow>(store, 'grid_intensity', INTENSITY, computation);
  const mixes = await storedTable<MixRow>(store, 'grid_mix', MIX, computation);
  return {
    rows: rows.sort(
      (a, b) => byTime(a, b) || rank.get(a.family)! - rank.get(b.family)! || compare(a.zone, b.zone),
    ),
    mixes: mixes.sort((a, b) => byTime(a, b) || compare(a.zone, b.zone)),
  };
}

type Timed = Pick<IntensityRow, 'start' | 'duration_s'>;
const byTime = (a: Timed, b: Timed): number => b.duration_s - a.duration_s || a.start - b.start;

async function storedTable<R extends Timed>(
  store: Store,
  table: string,
  kinds: Readonly<Record<keyof R & string, ColumnKind>>,
  computation: string,
): Promise<R[]> {
  const names = Object.entries<ColumnKind>(kinds).map(([name, kind]) =>
    kind === INSTANT ? `toString(toUnixTimestamp64Milli(${name})) AS ${name}_ms` : name,
  );
  const rows = await store.query<Omit<R, 'start'> & { start_ms: string }>(
    `SELECT ${names.join(', ')} FROM ${table} WHERE computation = {computation:String}`,
    { computation },
  );
  return rows.map(({ start_ms, ...row }) => ({ ...row, start: Number(start_ms) }) as unknown as R);
}
