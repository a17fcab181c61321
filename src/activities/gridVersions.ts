/** Versions of grid hours in the store: which is in force, writing the next, and noticing that two writers met. */
import type { Store } from '../store/port.ts';
import type { GridParameters } from './computeGridWindow.ts';
import type { Gaps } from './gridExpectation.ts';
import type { TracedHour } from './gridHour.ts';
import type { HourInputs } from './gridInputs.ts';
import { STOCK_REACH_HOURS, type StockRecord } from './gridStocks.ts';
import { insertResults } from './gridTables.ts';
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
        readonly parameters: GridParameters;
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
    const kept = readParameters(parameters);
    const hash = inputHash({ snapshots: JSON.parse(inputs) as HourInputs['snapshots'] }, kept.gaps);
    const written = found.get(ms);
    found.set(ms, {
      version: Math.max(version, written?.version ?? 0),
      rowsOf: written?.rowsOf,
      computation: { ...named, version, inputHash: hash, parameters: kept },
    });
  }
  return found;
}

/** Parameters of a computation; those of before stocks were carried have none. */
export function readParameters(text: string): GridParameters {
  const kept = JSON.parse(text) as Partial<GridParameters> & Omit<GridParameters, 'opening' | 'closing'>;
  return { ...kept, opening: kept.opening ?? [], closing: kept.closing ?? [] };
}

/** The newest hour before `hourMs` that has a version in force, within the reach of stocks: its id and what it left in store. */
export async function stockBefore(
  store: Store,
  hourMs: number,
): Promise<{ id: string; closing: readonly StockRecord[] } | undefined> {
  const [row] = await neighbourHour(store, hourMs - STOCK_REACH_HOURS * 3_600_000, hourMs - 1, 'DESC');
  return row && { id: row.id, closing: readParameters(row.parameters).closing };
}

/** The next hour after `hourMs` that has a version in force, within the reach of stocks, and what it opened with. */
export async function stockAfter(
  store: Store,
  hourMs: number,
): Promise<{ hourMs: number; opening: readonly StockRecord[] } | undefined> {
  const [row] = await neighbourHour(store, hourMs + 1, hourMs + STOCK_REACH_HOURS * 3_600_000, 'ASC');
  return row && { hourMs: Number(row.hourMs), opening: readParameters(row.parameters).opening };
}

const neighbourHour = (store: Store, from: number, to: number, order: 'ASC' | 'DESC') =>
  store.query<Record<'id' | 'hourMs' | 'parameters', string>>(
    `SELECT id, toString(toUnixTimestamp64Milli(start)) AS hourMs, parameters FROM computations
     WHERE kind = '${KIND}' AND subject = 'grid' AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start <= fromUnixTimestamp64Milli({to:Int64})
     ORDER BY start ${order}, version DESC, id LIMIT 1`,
    { from, to },
  );

/** Of the readings in force and of those that were expected and are missing; not of where they came from. */
export function inputHash({ snapshots }: Pick<HourInputs, 'snapshots'>, gaps: Gaps): string {
  return canonicalSha256({ read: snapshots.map(({ table, sha256 }) => [table, sha256]), gaps });
}

export interface NewVersion {
  readonly draft: ComputationDraft;
  readonly cause: string;
  readonly traced: Pick<TracedHour, 'rows' | 'mixes' | 'quarantined'>;
  readonly latest: VersionInForce | undefined;
  readonly clock: () => number;
}

/** Writes rows, then lineage, and returns the computation's id. An attempt that was lost in between is taken up. */
export async function writeVersion(
  store: Store,
  { draft, cause, traced, latest, clock }: NewVersion,
): Promise<string> {
  // Rows above the version with lineage are those of a lost attempt: of this very one, or of one with other inputs.
  const orphaned = latest !== undefined && latest.version > (latest.computation?.version ?? 0);
  const lost = orphaned && latest.rowsOf === idOf(draft, latest.version);
  const version = lost ? latest.version : (latest?.version ?? 0) + 1;
  const id = idOf(draft, version);
  const knownAtMs = clock();
  await insertResults(store, traced, { computation: id, version, knownAtMs });
  await recordComputation(store, {
    ...draft,
    id,
    version,
    cause,
    computedAt: new Date(knownAtMs).toISOString(),
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
