/** What is told of a figure of a stack or site, and how a stack's day is computed again. */
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';
import type { StackDayParameters } from './computeStackDay.ts';
import {
  type SitePeriodParameters,
  type StackPeriodDocument,
  type StackPeriodParameters,
  sitePeriodDocument,
  stackPeriodDocument,
} from './emissionPeriod.ts';
import { type EmissionKind, readStackHours } from './emissionResults.ts';
import { dayStartMs } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';
import { type Computation, canonicalSha256 } from './lineage.ts';
import type { Difference, Recomputation, ResultKind } from './resultKinds.ts';
import { computeDay, type StackDayDocument } from './stackDay.ts';
import { readStackDay } from './stackInputs.ts';

const PATTERN = /^emissions\/(\d{4}(?:-\d\d){0,2})\/(.+?)(?:@v(\d+))?$/;

/** `emissions/<period>/<site>|<stack>[@v<version>]`, or `emissions/<period>/<site>`. */
function parseFigureId(
  id: string,
): { period: string; subject: string; version: number | undefined } | undefined {
  if (!id.startsWith('emissions/')) return undefined;
  const parts = PATTERN.exec(id);
  if (!parts)
    throw new Refusal(`${id} names no figure of a stack or site`, {
      code: 'TL_NO_FIGURE',
      place: id,
      remedy:
        'emissions/<YYYY-MM-DD, YYYY-MM or YYYY>/<site>|<stack>[@v<version>], without the stack for the site',
    });
  return {
    period: parts[1]!,
    subject: parts[2]!,
    version: parts[3] === undefined ? undefined : Number(parts[3]),
  };
}

async function computationOf(store: Store, id: string): Promise<string | undefined> {
  const figure = parseFigureId(id);
  if (!figure) return undefined;
  const { period, subject, version } = figure;
  const [row] = await store.query<{ computation: string }>(
    `SELECT computation FROM emission_windows WHERE period = {period:String} AND subject = {subject:String}${version === undefined ? '' : ' AND version = {version:UInt32}'}
     ORDER BY version DESC, computed_at DESC, computation LIMIT 1`,
    { period, subject, ...(version !== undefined && { version }) },
  );
  return row?.computation ?? id;
}

async function documentOf(store: Store, computation: string): Promise<Record<string, unknown>> {
  const [row] = await store.query<{ document: string }>(
    'SELECT document FROM emission_windows WHERE computation = {computation:String} LIMIT 1',
    { computation },
  );
  return row ? (JSON.parse(row.document) as Record<string, unknown>) : {};
}

async function details(store: Store, computation: Computation): Promise<Record<string, unknown>> {
  return { figure: await documentOf(store, computation.id), parameters: computation.parameters };
}

async function recomputeStackDay(store: Store, id: string): Promise<Omit<Recomputation, 'id'>> {
  const [stored] = await store.query<{
    subject: string;
    inputs: string;
    parameters: string;
    resultSha256: string;
  }>(
    `SELECT subject, inputs, parameters, result_sha256 AS resultSha256 FROM computations WHERE id = {id:String} AND kind = 'stack_day' LIMIT 1`,
    { id },
  );
  if (!stored)
    throw new Refusal(`no day of a stack was computed as ${id}`, { code: 'TL_NO_COMPUTATION', place: id });
  const { subject, resultSha256 } = stored;
  const [snapshot] = JSON.parse(stored.inputs) as Computation['inputs'];
  const { day, declaration } = JSON.parse(stored.parameters) as StackDayParameters;
  const dayMs = dayStartMs(day);
  const read = (await readStackDay(store, [subject], dayMs, snapshot!.offsets)).get(subject);
  const recomputed = computeDay(dayMs, day, read?.readings ?? [], declaration);
  const recomputedSha256 = canonicalSha256(recomputed);
  const hours = await readStackHours(store, subject, {
    fromMs: dayMs,
    toMs: dayMs + DAY_MS,
    computations: [id],
  });
  const document = (await documentOf(store, id)) as unknown as StackDayDocument;
  const storedSha256 = canonicalSha256({ hours: withPhysicalHours(hours, recomputed.hours), document });
  const changedInputs = read?.snapshot.sha256 === snapshot!.sha256 ? [] : [snapshot!.table];
  const same =
    changedInputs.length === 0 && recomputedSha256 === resultSha256 && storedSha256 === resultSha256;
  return {
    computation: id,
    same,
    expectedSha256: resultSha256,
    recomputedSha256,
    storedSha256,
    changedInputs,
    differences: same ? [] : differencesOf(document, recomputed.document),
  };
}

/** An hour without any pollutant has no row: it is taken as it comes out. */
function withPhysicalHours<Hour extends { startMs: number; pollutants: object }>(
  stored: Hour[],
  all: readonly Hour[],
): Hour[] {
  const known = new Map(stored.map((hour) => [hour.startMs, hour]));
  return all.flatMap((hour) => {
    const own = known.get(hour.startMs);
    if (own) return [own];
    return Object.keys(hour.pollutants).length === 0 ? [hour] : [];
  });
}

function differencesOf(stored: StackDayDocument, now: StackDayDocument): Difference[] {
  const factors = new Set([...Object.keys(stored.pollutants ?? {}), ...Object.keys(now.pollutants)]);
  return [...factors].flatMap((factor) => {
    const [before, after] = [
      stored.pollutants?.[factor]?.massKg ?? null,
      now.pollutants[factor]?.massKg ?? null,
    ];
    return before === after ? [] : [{ figure: `${factor} massKg`, stored: before, recomputed: after }];
  });
}

/** A period from the windows that it names; fuel and electricity stand in the computation itself. */
async function recomputePeriod(store: Store, id: string): Promise<Omit<Recomputation, 'id'>> {
  const [stored] = await store.query<{
    kind: EmissionKind;
    subject: string;
    parameters: string;
    resultSha256: string;
  }>(
    'SELECT kind, subject, parameters, result_sha256 AS resultSha256 FROM computations WHERE id = {id:String} LIMIT 1',
    { id },
  );
  if (!stored) throw new Refusal(`nothing was computed as ${id}`, { code: 'TL_NO_COMPUTATION', place: id });
  const { kind, subject, resultSha256 } = stored;
  const { document, missing } =
    kind === 'stack_period'
      ? await stackPeriodOf(store, subject, JSON.parse(stored.parameters) as StackPeriodParameters)
      : await sitePeriodOf(store, JSON.parse(stored.parameters) as SitePeriodParameters);
  const recomputedSha256 = canonicalSha256(document);
  const storedSha256 = canonicalSha256(await documentOf(store, id));
  return {
    computation: id,
    same: missing.length === 0 && recomputedSha256 === resultSha256 && storedSha256 === resultSha256,
    expectedSha256: resultSha256,
    recomputedSha256,
    storedSha256,
    changedInputs: missing,
    differences: [],
  };
}

interface PeriodOfThen {
  readonly document: unknown;
  /** Windows that are named and not there. */
  readonly missing: readonly string[];
}

async function stackPeriodOf(
  store: Store,
  subject: string,
  parameters: StackPeriodParameters,
): Promise<PeriodOfThen> {
  const computations = [...parameters.lookBack, ...parameters.parts];
  const days = await windowsOf(store, computations);
  const hours = await readStackHours(store, subject, { fromMs: 0, toMs: LATEST_MS, computations });
  const document = stackPeriodDocument(parameters, hours);
  return { document, missing: computations.filter((each) => !days.has(each)) };
}

async function sitePeriodOf(store: Store, parameters: SitePeriodParameters): Promise<PeriodOfThen> {
  const windows = await windowsOf(store, parameters.parts);
  const stacks = parameters.parts.flatMap((part) => windows.get(part) ?? []);
  const document = sitePeriodDocument(
    parameters,
    stacks.map(({ subject, document: text }) => ({
      subject,
      document: JSON.parse(text) as StackPeriodDocument,
    })),
  );
  return { document, missing: parameters.parts.filter((part) => !windows.has(part)) };
}

const LATEST_MS = Date.UTC(2100, 0, 1);

async function windowsOf(store: Store, computations: readonly string[]) {
  const rows = await store.query<{ computation: string; subject: string; document: string }>(
    'SELECT computation, subject, document FROM emission_windows WHERE computation IN {computations:Array(String)}',
    { computations: [...computations] },
  );
  return new Map(rows.map((row) => [row.computation, row]));
}

const periodResults: ResultKind = { details, recompute: recomputePeriod };

/** By `computations.kind`. */
export const emissionResults: Readonly<Record<EmissionKind, ResultKind>> = {
  stack_day: { computationOf, details, recompute: recomputeStackDay },
  stack_period: periodResults,
  site_period: periodResults,
};
