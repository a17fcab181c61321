/** Windows of stacks and sites in the store: writing a version with its lineage, and reading hours back. */
import type { PollutantHour, StackHour } from '../emissions/stackHour.ts';
import type { Store } from '../store/port.ts';
import { type ComputationDraft, recordComputation, versionOf } from './lineage.ts';
import { siteOf, stackOf } from './stackInputs.ts';

export type EmissionKind = 'stack_day' | 'stack_period' | 'site_period';

export interface EmissionWrite {
  readonly draft: ComputationDraft & { readonly kind: EmissionKind };
  readonly period: string;
  readonly document: unknown;
  readonly hours: readonly StackHour[];
  /** Rows of the inputs that were counted. */
  readonly seenRows: number;
}

/** Writes hours, window, lineage and closing in this order; repeating it changes nothing. Returns whether it is a new version. */
export async function writeEmissionWindow(
  store: Store,
  write: EmissionWrite,
  nowMs: number,
): Promise<boolean> {
  const { draft, period, document, hours, seenRows } = write;
  const { kind, subject } = draft;
  const { id, version, cause, existed } = await versionOf(store, draft);
  const computedAt = new Date(nowMs).toISOString();
  if (!existed) {
    if (hours.length > 0)
      await store.insertRows(
        'stack_hours',
        hours.flatMap((hour) => hourRows(hour, subject, { id, version })),
        `stack_hours:${id}`,
      );
    const window = {
      computation: id,
      kind,
      subject,
      period,
      start: draft.start,
      end: draft.end,
      version,
      origin: draft.origin,
      document: JSON.stringify(document),
      computed_at: computedAt,
    };
    await store.insertRows('emission_windows', [window], `emission_windows:${id}`);
    await recordComputation(store, { ...draft, id, version, cause, computedAt });
  }
  const closing = { kind, subject, period, seen_rows: seenRows, computation: id, closed_at: computedAt };
  await store.insertRows('emission_closings', [closing], `emission_closing:${id}:${seenRows}`);
  return !existed;
}

function hourRows(hour: StackHour, subject: string, { id, version }: { id: string; version: number }) {
  return Object.entries(hour.pollutants).map(([factor, pollutant]) => ({
    computation: id,
    site: siteOf(subject),
    stack: stackOf(subject),
    start: new Date(hour.startMs).toISOString(),
    version,
    source_state: hour.source,
    factor,
    state: pollutant.state,
    value: pollutant.value,
    unit: pollutant.unit,
    dry_mg_per_m3: pollutant.dryMgPerM3,
    converted_mg_per_m3: pollutant.convertedMgPerM3,
    mass_kg: pollutant.massKg,
    method: pollutant.method ?? '',
    why: pollutant.why,
    manual: pollutant.manual,
    events: pollutant.events,
    flow_m3_per_h: hour.flowM3PerH,
    dry_flow_m3_per_h: hour.dryFlowM3PerH,
    oxygen_percent: hour.oxygenPercent,
  }));
}

interface HourRow {
  readonly startMs: string;
  readonly sourceState: StackHour['source'];
  readonly factor: string;
  readonly state: PollutantHour['state'];
  readonly method: PollutantHour['method'] | '';
  readonly why: string;
  readonly unit: string;
  readonly manual: boolean | 0 | 1;
  readonly events: readonly string[];
  readonly value: number | null;
  readonly dry: number | null;
  readonly converted: number | null;
  readonly mass: number | null;
  readonly flow: number | null;
  readonly dryFlow: number | null;
  readonly oxygen: number | null;
}

/** Hours in force of a stack within a span, in order; or those of given computations. */
export async function readStackHours(
  store: Store,
  subject: string,
  { fromMs, toMs, computations }: { fromMs: number; toMs: number; computations?: readonly string[] },
): Promise<StackHour[]> {
  const table = computations === undefined ? 'stack_hours_current' : 'stack_hours';
  const rows = await store.query<HourRow>(
    `SELECT toString(toUnixTimestamp64Milli(start)) AS startMs, source_state AS sourceState, factor, state, method, why, unit, manual, events,
       value, dry_mg_per_m3 AS dry, converted_mg_per_m3 AS converted, mass_kg AS mass, flow_m3_per_h AS flow, dry_flow_m3_per_h AS dryFlow, oxygen_percent AS oxygen
     FROM ${table} WHERE site = {site:String} AND stack = {stack:String}
       AND start >= fromUnixTimestamp64Milli({fromMs:Int64}) AND start < fromUnixTimestamp64Milli({toMs:Int64})${computations === undefined ? '' : ' AND computation IN {computations:Array(String)}'}
     ORDER BY start, factor`,
    {
      site: siteOf(subject),
      stack: stackOf(subject),
      fromMs,
      toMs,
      ...(computations !== undefined && { computations: [...computations] }),
    },
  );
  return [...Map.groupBy(rows, ({ startMs }) => startMs)].map(([startMs, own]) => {
    const [first] = own;
    return {
      startMs: Number(startMs),
      source: first!.sourceState,
      flowM3PerH: first!.flow,
      dryFlowM3PerH: first!.dryFlow,
      oxygenPercent: first!.oxygen,
      pollutants: Object.fromEntries(own.map((row) => [row.factor, pollutantOf(row)])),
    };
  });
}

function pollutantOf(row: HourRow): PollutantHour {
  const { state, value, unit, dry, converted, mass, method, why, manual, events } = row;
  return {
    state,
    value,
    unit,
    dryMgPerM3: dry,
    convertedMgPerM3: converted,
    massKg: mass,
    method: method === '' ? null : method,
    why,
    manual: Boolean(manual),
    events,
  };
}
