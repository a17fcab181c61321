/** Computes a facility's day again from what its computation names, and says whether the same bytes come out. */
import { Refusal } from '../../schemas/refusal.ts';
import type { CarrierReading } from '../datacenter/carriers.ts';
import type { Store } from '../store/port.ts';
import { computedDay } from './computeFacilityDay.ts';
import { readFacilityDay, type ZoneIntensities } from './facilityInputs.ts';
import type { FacilityDeclaration } from './facilityRegistry.ts';
import { canonicalSha256, type TableSnapshot } from './lineage.ts';

export interface FacilityRecomputation {
  readonly computation: string;
  readonly same: boolean;
  readonly expectedSha256: string;
  readonly recomputedSha256: string;
  /** Tables whose readings up to the offsets of then are not those that were used. */
  readonly changedInputs: readonly string[];
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
  if (read === undefined)
    return {
      computation: id,
      same: false,
      expectedSha256: stored.resultSha256,
      recomputedSha256: '',
      changedInputs,
    };
  const { intervals, document } = computedDay(startMs, period, {
    declaration,
    read,
    carriers,
    intensities: { ...intensities, byHour: new Map(intensities.byHour) },
  });
  const recomputedSha256 = canonicalSha256({ intervals, document });
  return {
    computation: id,
    same: changedInputs.length === 0 && recomputedSha256 === stored.resultSha256,
    expectedSha256: stored.resultSha256,
    recomputedSha256,
    changedInputs,
  };
}
