/**
 * Versions of facility windows in the store: which is in force, and writing the next of many facilities at once. Rows
 * come first and lineage after them; names are made of the inputs, so that a repeated attempt writes nothing twice.
 */
import { Bool, Float64, Table, tableToIPC, Uint8, Uint16, Utf8, vectorFromArray } from 'apache-arrow';
import type { FacilityInterval } from '../datacenter/facilityIntervals.ts';
import type { Store } from '../store/port.ts';
import { type ComputationDraft, canonicalSha256 } from './lineage.ts';

export type WindowUnit = 'day' | 'month' | 'year';

export interface FacilityDraft {
  readonly facility: string;
  readonly zone: string;
  readonly unit: WindowUnit;
  readonly period: string;
  /** Hash over all that the window follows from beside the code. */
  readonly inputHash: string;
  readonly computation: ComputationDraft;
  readonly document: unknown;
  readonly intervals: readonly FacilityInterval[];
}

export interface FacilityVersion {
  readonly version: number;
  readonly id: string;
  readonly inputHash: string;
  readonly codeVersion: string;
}

const kindOf = (unit: WindowUnit) => (unit === 'day' ? 'facility_day' : 'facility_period');

/** Latest versions of the given facilities' window that starts then. */
export async function latestFacilityVersions(
  store: Store,
  unit: WindowUnit,
  startMs: number,
  facilities: readonly string[],
): Promise<Map<string, FacilityVersion>> {
  const rows = await store.query<FacilityVersion & { facility: string }>(
    `SELECT subject AS facility, version, id, JSONExtractString(parameters, 'inputHash') AS inputHash, code_version AS codeVersion
     FROM computations WHERE kind = {kind:String} AND subject IN {facilities:Array(String)}
       AND start = fromUnixTimestamp64Milli({start:Int64}) AND JSONExtractString(parameters, 'unit') = {unit:String}
     ORDER BY facility, version DESC, computed_at DESC LIMIT 1 BY facility`,
    { kind: kindOf(unit), facilities: [...facilities], start: startMs, unit },
  );
  return new Map(rows.map((row) => [row.facility, row]));
}

/** Why a window is computed anew, or undefined where the version in force stands. */
export function changeSince(
  before: FacilityVersion | undefined,
  inputHash: string,
  codeVersion: string,
  cause: 'closing' | 'backfill' | 'model',
): string | undefined {
  if (before === undefined) return 'first';
  if (before.inputHash !== inputHash) return 'input revision';
  return cause === 'model' && before.codeVersion !== codeVersion ? 'model' : undefined;
}

export interface FacilityWrite {
  readonly draft: FacilityDraft;
  readonly before: FacilityVersion | undefined;
  readonly cause: string;
}

const idOf = ({ facility, unit, period, inputHash, computation }: FacilityDraft, version: number): string => {
  const identity = canonicalSha256({ facility, unit, period, inputHash, result: computation.resultSha256 });
  return `${kindOf(unit)}-${identity.slice(0, 20)}-v${version}`;
};

/** Writes windows of one period, some facilities at once: intervals, documents, lineage, each as one block. */
export async function writeFacilityWindows(
  store: Store,
  writes: readonly FacilityWrite[],
  nowMs: number,
): Promise<string[]> {
  const named = writes.map((write) => {
    const version = (write.before?.version ?? 0) + 1;
    return { ...write, version, id: idOf(write.draft, version) };
  });
  if (named.length === 0) return [];
  const token = canonicalSha256(named.map(({ id }) => id)).slice(0, 24);
  const rows = named.flatMap(({ draft, id, version }) =>
    draft.intervals.map((interval) => ({ id, version, facility: draft.facility, interval })),
  );
  if (rows.length > 0) {
    await store.insertArrow({
      table: 'facility_intervals',
      ipc: intervalIpc(rows),
      columns: COLUMNS.map(([name, type]) => ({ name, type })),
      constants: {},
      token: `facility_intervals:${token}`,
    });
  }
  const computedAt = new Date(nowMs).toISOString();
  await store.insertRows(
    'facility_windows',
    named.map(({ draft, id, version }) => ({
      computation: id,
      facility: draft.facility,
      zone: draft.zone,
      unit: draft.unit,
      period: draft.period,
      start: draft.computation.start,
      end: draft.computation.end,
      version,
      origin: draft.computation.origin,
      document: JSON.stringify(draft.document),
      computed_at: computedAt,
    })),
    `facility_windows:${token}`,
  );
  await store.insertRows(
    'computations',
    named.map(({ draft, id, version, cause }) => ({
      id,
      kind: kindOf(draft.unit),
      subject: draft.facility,
      start: draft.computation.start,
      end: draft.computation.end,
      version,
      cause,
      origin: draft.computation.origin,
      inputs: JSON.stringify(draft.computation.inputs),
      factor_set: draft.computation.factorSet,
      rule_set: draft.computation.ruleSet,
      parameters: JSON.stringify({
        unit: draft.unit,
        period: draft.period,
        inputHash: draft.inputHash,
        ...draft.computation.parameters,
      }),
      code_version: draft.computation.codeVersion,
      result_sha256: draft.computation.resultSha256,
      computed_at: computedAt,
    })),
    `facility_computations:${token}`,
  );
  return named.map(({ id }) => id);
}

export interface FacilityClosing {
  readonly facility: string;
  readonly day: string;
  readonly rows: number;
  readonly knownAt: string;
  readonly carrierRows: number;
  readonly computation: string;
}

/** Writes down how much of the days has been seen. */
export async function writeFacilityClosings(
  store: Store,
  closings: readonly FacilityClosing[],
  nowMs: number,
): Promise<void> {
  await store.insertRows(
    'facility_closings',
    closings.map(({ facility, day, rows, knownAt, carrierRows, computation }) => ({
      facility,
      day,
      seen_rows: rows,
      seen_known_at: knownAt,
      seen_carrier_rows: carrierRows,
      computation,
      closed_at: new Date(nowMs).toISOString(),
    })),
    `facility_closings:${nowMs}:${canonicalSha256(closings)}`,
  );
}

interface IntervalRow {
  readonly id: string;
  readonly version: number;
  readonly facility: string;
  readonly interval: FacilityInterval;
}

const optional = 'Nullable(Float64)';
const number = (name: string, key: keyof FacilityInterval, type = optional) =>
  [name, type, ({ interval }: IntervalRow) => interval[key], () => new Float64()] as const;
const COLUMNS = [
  ['computation', 'String', ({ id }: IntervalRow) => id, () => new Utf8()],
  ['facility', 'String', ({ facility }: IntervalRow) => facility, () => new Utf8()],
  ['start', 'Float64', ({ interval }: IntervalRow) => interval.startMs / 1_000, () => new Float64()],
  ['version', 'UInt16', ({ version }: IntervalRow) => version, () => new Uint16()],
  ['status', 'String', ({ interval }: IntervalRow) => interval.status, () => new Utf8()],
  ['reason', 'String', ({ interval }: IntervalRow) => interval.reason, () => new Utf8()],
  number('e_dc_wh', 'eDcWh'),
  number('e_it_wh', 'eItWh'),
  number('cooling_wh', 'coolingWh'),
  number('reuse_wh', 'reuseWh'),
  number('pv_used_wh', 'pvUsedWh'),
  number('pue_interval', 'pueInterval'),
  number('e_dc_lo_wh', 'eDcLoWh', 'Float64'),
  number('e_dc_hi_wh', 'eDcHiWh'),
  number('e_it_lo_wh', 'eItLoWh', 'Float64'),
  number('e_it_hi_wh', 'eItHiWh'),
  ['total_derived', 'Bool', ({ interval }: IntervalRow) => interval.totalDerived, () => new Bool()],
  ['marks', 'UInt8', ({ interval }: IntervalRow) => interval.marks, () => new Uint8()],
  ['used_set', 'UInt16', ({ interval }: IntervalRow) => interval.usedSet, () => new Uint16()],
] as const;

/** As Arrow, since numbers as text would lose their last digit on the way in. */
function intervalIpc(rows: readonly IntervalRow[]): Uint8Array {
  const columns = COLUMNS.map(([name, , value, type]) => [
    name,
    vectorFromArray(rows.map(value as (row: IntervalRow) => unknown), type()),
  ]);
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}
