/** Computes a facility's day again from what its computation names, and says whether the same bytes come out. */
import { Refusal } from '../../schemas/refusal.ts';
import type { CarrierReading } from '../datacenter/carriers.ts';
import type { Store } from '../store/port.ts';
import { computedDay } from './computeFacilityDay.ts';
import { readFacilityDay, type ZoneIntensities } from './facilityInputs.ts';
import type { FacilityDeclaration } from './facilityRegistry.ts';
import { canonicalSha256, type TableSnapshot } from './lineage.ts';

/** As `Recomputation` of the results, without the id that was asked for. */
export interface FacilityRecomputation {
  readonly computation: string;
  readonly same: boolean;
  readonly expectedSha256: string;
  readonly recomputedSha256: string;
  /** Of document and quarter hours as they stand in the store. */
  readonly storedSha256: string;
  /** Tables whose readings up to the offsets of then are not those that were used. */
  readonly changedInputs: readonly string[];
  readonly differences: readonly {
    readonly figure: string;
    readonly stored: unknown;
    readonly recomputed: unknown;
  }[];
}

interface Parameters {
  readonly period: string;
  readonly declaration: FacilityDeclaration;
  readonly carriers: readonly CarrierReading[];
  readonly intensities: Omit<ZoneIntensities, 'byHour'> & { readonly byHour: readonly [number, number][] };
}

/**
 * Reads the meters up to the offsets of then; registry, fuel and grid intensities stand in the computation itself.
 * @throws Refusal TL_NO_COMPUTATION for an id that is none of a facility's day
 */
export async function recomputeFacilityDay(store: Store, id: string): Promise<FacilityRecomputation> {
  const [stored] = await store.query<{
    facility: string;
    startMs: string;
    inputs: string;
    parameters: string;
    resultSha256: string;
  }>(
    `SELECT subject AS facility, toString(toUnixTimestamp64Milli(start)) AS startMs, inputs, parameters, result_sha256 AS resultSha256
     FROM computations WHERE id = {id:String} AND kind = 'facility_day' LIMIT 1`,
    { id },
  );
  if (!stored)
    throw new Refusal(`no day of a facility was computed as ${id}`, {
      code: 'TL_NO_COMPUTATION',
      remedy: 'the id in the column computation of facility_windows, of unit day',
    });
  const [snapshot] = JSON.parse(stored.inputs) as TableSnapshot[];
  const { period, declaration, carriers, intensities } = JSON.parse(stored.parameters) as Parameters;
  const startMs = Number(stored.startMs);
  const found = await readFacilityDay(store, [stored.facility], startMs, { offsets: snapshot!.offsets });
  const read = found.get(stored.facility);
  const changedInputs = read?.snapshot.sha256 === snapshot!.sha256 ? [] : [snapshot!.table];
  const kept = await storedDay(store, id);
  const common = {
    computation: id,
    expectedSha256: stored.resultSha256,
    storedSha256: canonicalSha256(kept),
    changedInputs,
  };
  if (read === undefined) return { ...common, same: false, recomputedSha256: '', differences: [] };
  const { intervals, document } = computedDay(startMs, period, {
    declaration,
    read,
    carriers,
    intensities: { ...intensities, byHour: new Map(intensities.byHour) },
  });
  const recomputedSha256 = canonicalSha256({ intervals, document });
  const same =
    changedInputs.length === 0 &&
    recomputedSha256 === stored.resultSha256 &&
    common.storedSha256 === stored.resultSha256;
  return {
    ...common,
    same,
    recomputedSha256,
    differences: same ? [] : differencesOf(kept, { intervals, document }),
  };
}

interface Day {
  readonly intervals: readonly object[];
  readonly document: unknown;
}

async function storedDay(store: Store, computation: string): Promise<Day> {
  const [row] = await store.query<{ document: string }>(
    'SELECT document FROM facility_windows WHERE computation = {computation:String} LIMIT 1',
    { computation },
  );
  const intervals = await store.query<{ startMs: string }>(
    `SELECT toString(toUnixTimestamp64Milli(start)) AS startMs, status, reason, e_dc_wh AS eDcWh, e_it_wh AS eItWh, cooling_wh AS coolingWh, reuse_wh AS reuseWh,
       pv_used_wh AS pvUsedWh, pue_interval AS pueInterval, e_dc_lo_wh AS eDcLoWh, e_dc_hi_wh AS eDcHiWh, e_it_lo_wh AS eItLoWh, e_it_hi_wh AS eItHiWh,
       total_derived AS totalDerived, marks, used_set AS usedSet
     FROM facility_intervals WHERE computation = {computation:String} ORDER BY facility_intervals.start LIMIT 1 BY facility_intervals.start`,
    { computation },
  );
  return {
    intervals: intervals.map(({ startMs, ...rest }) => ({ startMs: Number(startMs), ...rest })),
    document: row ? JSON.parse(row.document) : null,
  };
}

const MOST_DIFFERENCES = 100;

function differencesOf(stored: Day, recomputed: Day): FacilityRecomputation['differences'] {
  const found: { figure: string; stored: unknown; recomputed: unknown }[] = [];
  const walk = (figure: string, a: unknown, b: unknown): void => {
    if (found.length === MOST_DIFFERENCES || canonicalSha256(a ?? null) === canonicalSha256(b ?? null))
      return;
    if (isRecord(a) && isRecord(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        walk(`${figure}/${key}`, a[key], b[key]);
    } else found.push({ figure, stored: a, recomputed: b });
  };
  walk('', stored, recomputed);
  return found;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object';
