/** Computes a grid hour again from what its computation names, and says whether the same bytes come out. */
import { Refusal } from '../../schemas/refusal.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { resultSha256 } from './computeGridWindow.ts';
import { traceHour } from './gridHour.ts';
import { type HourInputs, readGridInputs } from './gridInputs.ts';
import type { IntensityRow } from './gridRows.ts';
import { storedResults } from './gridTables.ts';
import { readParameters } from './gridVersions.ts';
import type { TableSnapshot } from './lineage.ts';

export interface GridRecomputation {
  readonly computation: string;
  /** Whether inputs, recomputed rows and stored rows all are those of the computation. */
  readonly same: boolean;
  readonly expectedSha256: string;
  readonly recomputedSha256: string;
  /** Of the rows as they stand in the store. */
  readonly storedSha256: string;
  /** Tables whose readings are not those that were used: rows were taken out or put in below the known offsets. */
  readonly changedInputs: readonly string[];
  readonly rows: readonly IntensityRow[];
}

interface Stored {
  readonly startMs: string;
  readonly computedMs: string;
  readonly inputs: string;
  readonly parameters: string;
  readonly resultSha256: string;
}

/**
 * Reads the inputs up to the offsets of then, whatever came since, and traces them with the factors and settings of
 * then by the code of now.
 * @throws Refusal TL_NO_COMPUTATION for an id that is none of a grid hour
 */
export async function recomputeGridWindow(store: Store, id: string): Promise<GridRecomputation> {
  const [stored] = await store.query<Stored>(
    `SELECT toString(toUnixTimestamp64Milli(start)) AS startMs, toString(toUnixTimestamp64Milli(computed_at)) AS computedMs,
       inputs, parameters, result_sha256 AS resultSha256
     FROM computations WHERE id = {id:String} AND kind = 'grid_window' LIMIT 1`,
    { id },
  );
  if (!stored)
    throw new Refusal(`no grid hour was computed as ${id}`, {
      code: 'TL_NO_COMPUTATION',
      remedy: 'the id in the column computation of grid_intensity',
    });
  const snapshots = JSON.parse(stored.inputs) as TableSnapshot[];
  const rules = readParameters(stored.parameters);
  const inputs = await inputsOfThen(store, {
    startMs: Number(stored.startMs),
    computedMs: Number(stored.computedMs),
    snapshots,
  });
  const traced = traceHour(inputs, rules);
  const recomputedSha256 = resultSha256(traced);
  // Stocks are kept with the parameters.
  const kept = await storedResults(store, id, rules.families);
  const storedSha256 = resultSha256({ ...kept, closing: rules.closing });
  const changedInputs = changed(snapshots, inputs.snapshots);
  return {
    computation: id,
    same:
      changedInputs.length === 0 &&
      recomputedSha256 === stored.resultSha256 &&
      storedSha256 === stored.resultSha256,
    expectedSha256: stored.resultSha256,
    recomputedSha256,
    storedSha256,
    changedInputs,
    rows: traced.rows,
  };
}

/** The readings of an hour as a computation saw them. A letter that was redriven since has an offset of then: such rows are left out where they make the difference. */
export async function inputsOfThen(
  store: Store,
  {
    startMs,
    computedMs,
    snapshots,
  }: { readonly startMs: number; readonly computedMs: number; readonly snapshots: readonly TableSnapshot[] },
): Promise<HourInputs> {
  const read = async (redrivenBeforeMs?: number) => {
    const [hour] = await readGridInputs(store, [startMs], {
      snapshots,
      ...(redrivenBeforeMs !== undefined && { redrivenBeforeMs }),
    });
    if (!hour) throw new Fault('TL_INTERNAL', 'no inputs were read');
    return hour;
  };
  const all = await read();
  return changed(snapshots, all.snapshots).length === 0 ? all : read(computedMs);
}

function changed(then: readonly TableSnapshot[], now: readonly TableSnapshot[]): string[] {
  const hashOf = (snapshots: readonly TableSnapshot[], table: string) =>
    snapshots.find((snapshot) => snapshot.table === table)?.sha256;
  const tables = new Set([...then, ...now].map(({ table }) => table));
  return [...tables].filter((table) => hashOf(then, table) !== hashOf(now, table));
}
