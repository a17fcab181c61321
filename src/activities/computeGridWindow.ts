/**
 * Computes hours of the grid: reads their inputs, traces them, and writes rows, lineage and closing of each hour that
 * differs from its version in force. Every write has a token made of hour, version and inputs, so that an attempt
 * that is repeated writes nothing twice.
 */
import type { ComputedHours, ComputeGridWindowArguments, FailedHour } from '../../schemas/control.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { ConservationError } from '../grid/conservation.ts';
import { BoundsError } from '../grid/publication.ts';
import { defaultTracingSettings, type TracingSettings } from '../grid/tracingSeries.ts';
import type { Store } from '../store/port.ts';
import { staleAfter } from './gridDependents.ts';
import { EXPECTATION_HOURS, findGaps, type Gaps } from './gridExpectation.ts';
import { DEFAULT_FAMILIES, familiesAt, type HourRules, type TracedHour, traceHour } from './gridHour.ts';
import { type HourInputs, readGridInputs } from './gridInputs.ts';
import { readInstalled } from './gridInstalled.ts';
import type { GridFamily, ModelRules } from './gridModel.ts';
import { type StockRecord, stocksDiffer } from './gridStocks.ts';
import {
  contestedHours,
  inputHash,
  latestVersions,
  stockBefore,
  type VersionInForce,
  writeClosing,
  writeVersion,
} from './gridVersions.ts';
import { type ComputationDraft, canonicalSha256 } from './lineage.ts';

export interface GridContext {
  readonly store: Store;
  readonly clock: () => number;
  readonly codeVersion: string;
  /** Families of every new version; those whose factors are not in use at an hour are left out of it. */
  readonly families?: readonly GridFamily[];
  readonly settings?: TracingSettings;
  /** Sources that come first where several report the same. */
  readonly sourceOrder?: readonly string[];
  /** Called after every hour. */
  report?(done: number): void;
}

/** What a grid computation follows from beside its readings; `recompute` reads it back. */
export interface GridParameters extends HourRules {
  readonly expectationHours: number;
  /** The computation whose closing stocks this one opened with. */
  readonly openedFrom?: string;
  readonly closing: readonly StockRecord[];
  readonly checks: Readonly<Record<string, unknown>>;
}

/** Hash over all that an hour publishes: rows, mixes, and the stocks that it leaves to the next. */
export const resultSha256 = ({
  rows,
  mixes,
  closing,
}: Pick<TracedHour, 'rows' | 'mixes' | 'closing'>): string => canonicalSha256({ rows, mixes, closing });

/** Two writers that met are parted by a version that both read everything for; more rounds than this mean a fault. */
const MOST_ROUNDS = 3;

/**
 * Computes the given hours. An hour that the engine refuses is reported and does not stop the others.
 * @throws Fault of the store
 */
export async function computeGridWindow(
  { hours, cause }: ComputeGridWindowArguments,
  context: GridContext,
): Promise<ComputedHours> {
  const tally = { computed: 0, unchanged: 0, empty: 0, failed: [] as FailedHour[] };
  const all = [...new Set(hours.map((hour) => Date.parse(hour)))].sort((a, b) => a - b);
  const written = await computeRound(all, cause, new Set(), context, tally);
  let contested = await contestedHours(context.store, written);
  for (let round = 1; contested.length > 0 && round < MOST_ROUNDS; round++) {
    await computeRound(contested, cause, new Set(contested), context, tally);
    contested = await contestedHours(context.store, contested);
  }
  const reopens = await staleAfter(context.store, written, new Set(all));
  return reopens.length === 0 ? tally : { ...tally, reopens };
}

const HOUR_MS = 3_600_000;

interface Tally {
  computed: number;
  unchanged: number;
  empty: number;
  failed: FailedHour[];
}

/** Returns the hours of which a version was written. */
async function computeRound(
  hoursMs: readonly number[],
  cause: ComputeGridWindowArguments['cause'],
  contested: ReadonlySet<number>,
  context: GridContext,
  tally: Tally,
): Promise<number[]> {
  const { store } = context;
  const inputs = await readGridInputs(store, hoursMs);
  const gaps = await findGaps(store, inputs);
  const latest = await latestVersions(store, hoursMs);
  const installed = await readInstalled(store, hoursMs);
  const written: number[] = [];
  let last: LeftStock | undefined;
  for (const [at, hour] of inputs.entries()) {
    const force = contested.has(hour.hourMs);
    try {
      const before = latest.get(hour.hourMs);
      const facts = { gaps: gaps[at]!, installed: installed[at]! };
      const done = await computeHour(hour, facts, before, { cause, force, last }, context);
      if (!force) tally[done.outcome]++;
      if (done.outcome === 'computed') written.push(hour.hourMs);
      last = done.left;
    } catch (error) {
      tally.failed.push(failedHour(hour.hourMs, error));
    }
    context.report?.(at + 1);
  }
  return written;
}

/** What an hour left in store, and the computation that says so. */
interface LeftStock {
  readonly hourMs: number;
  readonly id: string;
  readonly closing: readonly StockRecord[];
}

/** What the store says of an hour beside its readings. */
interface HourFacts {
  readonly gaps: Gaps;
  readonly installed: NonNullable<ModelRules['installed']>;
}

interface How {
  readonly cause: ComputeGridWindowArguments['cause'];
  readonly force: boolean;
  /** The hour that was computed or found unchanged before this one. */
  readonly last: LeftStock | undefined;
}

interface DoneHour {
  readonly outcome: 'computed' | 'unchanged' | 'empty';
  readonly left: LeftStock | undefined;
}

async function computeHour(
  hour: HourInputs,
  facts: HourFacts,
  latest: VersionInForce | undefined,
  how: How,
  context: GridContext,
): Promise<DoneHour> {
  const { hourMs } = hour;
  const before = latest?.computation;
  // What depends on a changed hour is computed again; what is still open is not closed by it.
  if (hour.snapshots.length === 0 || (how.cause === 'dependent' && before === undefined))
    return { outcome: 'empty', left: undefined };
  const { store, clock } = context;
  if (hourMs + HOUR_MS > clock()) {
    throw new Refusal('the hour has not ended', {
      code: 'TL_GRID_FUTURE',
      place: new Date(hourMs).toISOString(),
    });
  }
  const opened = how.last?.hourMs === hourMs - HOUR_MS ? how.last : await stockBefore(store, hourMs);
  const rules = rulesAt(hourMs, facts, opened?.closing ?? [], context);
  const changed = before === undefined ? 'first' : changeSince(before, hour, rules, how, context.codeVersion);
  const closing = { hour, closedAtMs: clock() };
  if (before !== undefined && changed === undefined) {
    await writeClosing(store, { ...closing, computation: before.id });
    const left = { hourMs, id: before.id, closing: before.parameters.closing };
    return { outcome: 'unchanged', left };
  }
  const traced = traceHour(hour, rules);
  const id = await writeVersion(store, {
    draft: draftOf(hour, rules, opened?.id, traced, context.codeVersion),
    cause: changed ?? 'input revision',
    traced,
    latest,
    clock,
  });
  await writeClosing(store, { ...closing, computation: id });
  return { outcome: 'computed', left: { hourMs, id, closing: traced.closing } };
}

function rulesAt(
  hourMs: number,
  { gaps, installed }: HourFacts,
  opening: readonly StockRecord[],
  context: GridContext,
): HourRules {
  const { families = DEFAULT_FAMILIES, settings = defaultTracingSettings, sourceOrder } = context;
  const model: ModelRules | undefined =
    installed.length === 0 && sourceOrder === undefined
      ? undefined
      : { ...(sourceOrder && { sourceOrder }), ...(installed.length > 0 && { installed }) };
  return { families: familiesAt(families, hourMs), settings, gaps, opening, ...(model && { model }) };
}

/** Why a version differs from the one in force, or undefined where it does not. */
function changeSince(
  before: NonNullable<VersionInForce['computation']>,
  hour: HourInputs,
  rules: HourRules,
  how: How,
  codeVersion: string,
): string | undefined {
  if (how.force || before.inputHash !== inputHash(hour, rules.gaps)) return 'input revision';
  if (before.factorSet !== factorSetOf(rules.families)) return 'factor set';
  const { settings, model, opening } = before.parameters;
  if (canonicalSha256([settings, model]) !== canonicalSha256([rules.settings, rules.model]))
    return 'rule set';
  if (stocksDiffer(opening, rules.opening)) return 'stock';
  return how.cause === 'model' && before.codeVersion !== codeVersion ? 'model' : undefined;
}

/** `<family>=<factor set>` of all families. */
const factorSetOf = (families: readonly GridFamily[]): string =>
  families.map(({ name, factorSet }) => `${name}=${factorSet}`).join(';');

function draftOf(
  { hourMs, snapshots }: HourInputs,
  rules: HourRules,
  openedFrom: string | undefined,
  traced: TracedHour,
  codeVersion: string,
): ComputationDraft {
  const { origin, stepS, notes, conservationError, closing, quarantined } = traced;
  const parameters: GridParameters = {
    ...rules,
    expectationHours: EXPECTATION_HOURS,
    ...(rules.opening.length > 0 && openedFrom !== undefined && { openedFrom }),
    closing,
    checks: { stepS, ...notes, conservationError, quarantined },
  };
  return {
    kind: 'grid_window',
    subject: 'grid',
    start: new Date(hourMs).toISOString(),
    end: new Date(hourMs + 3_600_000).toISOString(),
    origin,
    inputs: snapshots,
    factorSet: factorSetOf(rules.families),
    ruleSet: '',
    parameters: { ...parameters },
    codeVersion,
    resultSha256: resultSha256(traced),
  };
}

/** Faults of the store go on to Temporal; what the engine refuses belongs to the hour. */
function failedHour(hourMs: number, error: unknown): FailedHour {
  const hour = new Date(hourMs).toISOString();
  if (error instanceof Refusal) return { hour, code: error.code, message: error.message };
  if (error instanceof ConservationError || error instanceof BoundsError)
    return { hour, code: error.name, message: error.message };
  throw error;
}
