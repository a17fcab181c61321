/** Versions of grid hours in the store: which is in force, writing the next, and noticing that two writers met. */
import { Bool, Float64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import type { TracingSettings } from '../grid/tracingSeries.ts';
import type { Store } from '../store/port.ts';
import type { Gaps } from './gridExpectation.ts';
import type { IntensityRow } from './gridHour.ts';
import type { HourInputs } from './gridInputs.ts';
import { compare } from './gridSeries.ts';
import { type ComputationDraft, canonicalSha256, recordComputation } from './lineage.ts';

const KIND = 'grid_window';

/** The hours themselves, and their range so that other parts of the tables are not read. */
const AMONG = `start >= fromUnixTimestamp64Milli({from:Int64}) AND start <= fromUnixTimestamp64Milli({to:Int64})
  AND toUnixTimestamp(start) IN {hours:Array(UInt32)}`;

const spanOf = (hoursMs: readonly number[]) => ({
  from: Math.min(...hoursMs),
  to: Math.max(...hoursMs),
  hours: hoursMs.map((ms) => ms / 1_000),
});

export interface VersionInForce {
  /** Highest version that has rows or lineage. */
  readonly version: number;
  /** The computation whose rows carry that version. */
  readonly rowsOf: string | undefined;
  /** The computation in force; absent where an attempt wrote rows and was lost before their lineage. */
  readonly computation:
    | {
        readonly id: string;
        readonly version: number;
        readonly inputHash: string;
        readonly factorSet: string;
        readonly codeVersion: string;
        readonly settings: TracingSettings;
      }
    | undefined;
}

/** Versions in force of the given hours (ms since 1970); hours without any are left out. */
export async function latestVersions(
  store: Store,
  hoursMs: readonly number[],
): Promise<Map<number, VersionInForce>> {
  const span = spanOf(hoursMs);
  const [computations, rows] = await Promise.all([
    store.query<
      Record<'hour' | 'version', number> &
        Record<'id' | 'inputs' | 'factorSet' | 'codeVersion' | 'parameters', string>
    >(
      `SELECT toUnixTimestamp(start) AS hour, id, version, inputs, factor_set AS factorSet, code_version AS codeVersion, parameters
       FROM computations WHERE kind = '${KIND}' AND subject = 'grid' AND ${AMONG}
       ORDER BY hour, version DESC, id LIMIT 1 BY hour`,
      span,
    ),
    store.query<{ hour: number; version: number; id: string }>(
      `SELECT toUnixTimestamp(start) AS hour, max(i.version) AS version, argMax(i.computation, (i.version, i.computation)) AS id
       FROM grid_intensity AS i WHERE ${AMONG} GROUP BY hour`,
      span,
    ),
  ]);
  const found = new Map<number, VersionInForce>();
  for (const { hour, version, id } of rows)
    found.set(Number(hour) * 1_000, { version, rowsOf: id, computation: undefined });
  for (const { hour, version, inputs, parameters, ...named } of computations) {
    const ms = Number(hour) * 1_000;
    const { gaps, settings } = JSON.parse(parameters) as { gaps: Gaps; settings: TracingSettings };
    const hash = inputHash({ snapshots: JSON.parse(inputs) as HourInputs['snapshots'] }, gaps);
    const written = found.get(ms);
    found.set(ms, {
      version: Math.max(version, written?.version ?? 0),
      rowsOf: written?.rowsOf,
      computation: { ...named, version, inputHash: hash, settings },
    });
  }
  return found;
}

/** Of the readings in force and of those that were expected and are missing; not of where they came from. */
export function inputHash({ snapshots }: Pick<HourInputs, 'snapshots'>, gaps: Gaps): string {
  return canonicalSha256({ read: snapshots.map(({ table, sha256 }) => [table, sha256]), gaps });
}

export interface NewVersion {
  readonly draft: ComputationDraft;
  readonly cause: string;
  readonly rows: readonly IntensityRow[];
  readonly latest: VersionInForce | undefined;
  readonly clock: () => number;
}

/** Writes rows, then lineage, and returns the computation's id. An attempt that was lost in between is taken up. */
export async function writeVersion(
  store: Store,
  { draft, cause, rows, latest, clock }: NewVersion,
): Promise<string> {
  // Rows above the version with lineage are those of a lost attempt: of this very one, or of one with other inputs.
  const orphaned = latest !== undefined && latest.version > (latest.computation?.version ?? 0);
  const lost = orphaned && latest.rowsOf === idOf(draft, latest.version);
  const version = lost ? latest.version : (latest?.version ?? 0) + 1;
  const id = idOf(draft, version);
  await store.insertArrow({
    table: 'grid_intensity',
    ipc: intensityIpc(rows),
    columns: COLUMNS.map(([name, , type]) => ({ name, type })),
    constants: {
      computation: id,
      start: draft.start.slice(0, 23).replace('T', ' '),
      duration_s: 3_600,
      version,
    },
    token: `grid_intensity:${id}`,
  });
  await recordComputation(store, {
    ...draft,
    id,
    version,
    cause,
    computedAt: new Date(clock()).toISOString(),
  });
  return id;
}

/** A name made of all that the result follows from; the version keeps apart inputs that come back to what they were. */
function idOf(draft: ComputationDraft, version: number): string {
  const { start, factorSet, parameters, inputs, resultSha256 } = draft;
  const read = inputs.map(({ table, sha256 }) => ({ table, sha256 }));
  const identity = canonicalSha256({ start, read, factorSet, parameters, resultSha256 });
  return `${KIND}-${identity.slice(0, 20)}-v${version}`;
}

/** Hours of which two computations hold the highest version: two writers met. */
export async function contestedHours(store: Store, hoursMs: readonly number[]): Promise<number[]> {
  if (hoursMs.length === 0) return [];
  const rows = await store.query<{ hour: number }>(
    `SELECT hour FROM (
       SELECT toUnixTimestamp(start) AS hour, version, uniqExact(id) AS ids FROM computations
       WHERE kind = '${KIND}' AND subject = 'grid' AND ${AMONG}
       GROUP BY hour, version ORDER BY hour, version DESC LIMIT 1 BY hour)
     WHERE ids > 1 ORDER BY hour`,
    spanOf(hoursMs),
  );
  return rows.map(({ hour }) => Number(hour) * 1_000);
}

/** Writes down how much of the inputs a version has seen; what is beyond it re-opens the hour. */
export async function writeClosing(
  store: Store,
  { hour, computation, closedAtMs }: { hour: HourInputs; computation: string; closedAtMs: number },
): Promise<void> {
  const rows = hour.snapshots.reduce((sum, snapshot) => sum + snapshot.rows, 0);
  const knownAt = hour.snapshots
    .map(({ lastKnownAt }) => lastKnownAt)
    .sort()
    .at(-1)!;
  const closing = {
    kind: KIND,
    hour: new Date(hour.hourMs).toISOString(),
    seen_known_at: knownAt,
    seen_rows: rows,
    computation,
    closed_at: new Date(closedAtMs).toISOString(),
  };
  await store.insertRows('window_closings', [closing], `closing:${computation}:${rows}:${knownAt}`);
}

const nullable = 'Nullable(Float64)';
const COLUMNS: readonly (readonly [keyof IntensityRow, () => Utf8 | Float64 | Bool, string])[] = [
  ['zone', () => new Utf8(), 'String'],
  ['family', () => new Utf8(), 'String'],
  ['production_mwh', () => new Float64(), nullable],
  ['production_co2_kg', () => new Float64(), nullable],
  ['production_intensity_kg_per_mwh', () => new Float64(), nullable],
  ['consumption_mwh', () => new Float64(), nullable],
  ['consumption_co2_kg', () => new Float64(), nullable],
  ['consumption_intensity_kg_per_mwh', () => new Float64(), nullable],
  ['unknown_share', () => new Float64(), nullable],
  ['lower_kg_per_mwh', () => new Float64(), nullable],
  ['upper_kg_per_mwh', () => new Float64(), nullable],
  ['is_estimated', () => new Bool(), 'Bool'],
  ['reason', () => new Utf8(), 'String'],
  ['origin', () => new Utf8(), 'String'],
];

/** As Arrow, since numbers as text would lose their last digit on the way in. */
function intensityIpc(rows: readonly IntensityRow[]): Uint8Array {
  const columns = COLUMNS.map(([name, type]) => [
    name,
    vectorFromArray(
      rows.map((row) => row[name]),
      type(),
    ),
  ]);
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}

/** Rows of a computation as they stand in the store, in the order in which they were computed. */
export async function storedRows(
  store: Store,
  computation: string,
  families: readonly { readonly name: string }[],
): Promise<IntensityRow[]> {
  const names = COLUMNS.map(([name]) => name);
  const rows = await store.query<IntensityRow>(
    `SELECT ${names.join(', ')} FROM grid_intensity WHERE computation = {computation:String}`,
    { computation },
  );
  const rank = new Map(families.map(({ name }, at) => [name, at]));
  return rows.sort((a, b) => rank.get(a.family)! - rank.get(b.family)! || compare(a.zone, b.zone));
}
