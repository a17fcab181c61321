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
import { EXPECTATION_HOURS, findGaps, type Gaps } from './gridExpectation.ts';
import { DEFAULT_FAMILIES, familiesAt, traceHour } from './gridHour.ts';
import { type HourInputs, readGridInputs } from './gridInputs.ts';
import type { GridFamily } from './gridModel.ts';
import {
  contestedHours,
  inputHash,
  latestVersions,
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
  /** Called after every hour. */
  report?(done: number): void;
}

/** What a grid computation follows from beside its readings; `recompute` reads it back. */
export interface GridParameters {
  readonly families: readonly GridFamily[];
  readonly settings: TracingSettings;
  readonly expectationHours: number;
  readonly gaps: Gaps;
}

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
  return tally;
}

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
  const written: number[] = [];
  for (const [at, hour] of inputs.entries()) {
    const force = contested.has(hour.hourMs);
    try {
      const outcome = await computeHour(hour, gaps[at]!, latest.get(hour.hourMs), { cause, force }, context);
      if (!force) tally[outcome]++;
      if (outcome === 'computed') written.push(hour.hourMs);
    } catch (error) {
      tally.failed.push(failedHour(hour.hourMs, error));
    }
    context.report?.(at + 1);
  }
  return written;
}

async function computeHour(
  hour: HourInputs,
  gaps: Gaps,
  latest: VersionInForce | undefined,
  how: { cause: ComputeGridWindowArguments['cause']; force: boolean },
  context: GridContext,
): Promise<'computed' | 'unchanged' | 'empty'> {
  if (hour.snapshots.length === 0) return 'empty';
  const { store, clock } = context;
  const parameters = parametersAt(hour.hourMs, gaps, context);
  const before = latest?.computation;
  const changed =
    before === undefined ? 'first' : changeSince(before, hour, parameters, how, context.codeVersion);
  const closing = { hour, closedAtMs: clock() };
  if (before !== undefined && changed === undefined) {
    await writeClosing(store, { ...closing, computation: before.id });
    return 'unchanged';
  }
  const traced = traceHour(hour, gaps, parameters.families, parameters.settings);
  const id = await writeVersion(store, {
    draft: draftOf(hour, parameters, traced, context.codeVersion),
    cause: changed ?? 'input revision',
    rows: traced.rows,
    latest,
    clock,
  });
  await writeClosing(store, { ...closing, computation: id });
  return 'computed';
}

function parametersAt(hourMs: number, gaps: Gaps, context: GridContext): GridParameters {
  const { families = DEFAULT_FAMILIES, settings = defaultTracingSettings } = context;
  return { families: familiesAt(families, hourMs), settings, expectationHours: EXPECTATION_HOURS, gaps };
}

/** Why a version differs from the one in force, or undefined where it does not. */
function changeSince(
  before: NonNullable<VersionInForce['computation']>,
  hour: HourInputs,
  parameters: GridParameters,
  how: { cause: ComputeGridWindowArguments['cause']; force: boolean },
  codeVersion: string,
): string | undefined {
  if (how.force || before.inputHash !== inputHash(hour, parameters.gaps)) return 'input revision';
  if (before.factorSet !== factorSetOf(parameters.families)) return 'factor set';
  if (canonicalSha256(before.settings) !== canonicalSha256(parameters.settings)) return 'rule set';
  return how.cause === 'model' && before.codeVersion !== codeVersion ? 'model' : undefined;
}

/** `<family>=<factor set>` of all families. */
const factorSetOf = (families: readonly GridFamily[]): string =>
  families.map(({ name, factorSet }) => `${name}=${factorSet}`).join(';');

function draftOf(
  { hourMs, snapshots }: HourInputs,
  parameters: GridParameters,
  traced: ReturnType<typeof traceHour>,
  codeVersion: string,
): ComputationDraft {
  const { rows, origin, stepS, notes, conservationError } = traced;
  return {
    kind: 'grid_window',
    subject: 'grid',
    start: new Date(hourMs).toISOString(),
    end: new Date(hourMs + 3_600_000).toISOString(),
    origin,
    inputs: snapshots,
    factorSet: factorSetOf(parameters.families),
    ruleSet: '',
    parameters: { ...parameters, checks: { stepS, ...notes, conservationError } },
    codeVersion,
    resultSha256: canonicalSha256(rows),
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
