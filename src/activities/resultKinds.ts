/**
 * Walks a published figure back to what it was made of, and makes it again. Each kind of result adds itself to
 * `RESULT_KINDS`; what all kinds have, the computation with its inputs and offsets, is told for every one of them.
 */
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';
import { emissionResults } from './emissionExplanation.ts';
import { facilityDayResults, facilityPeriodResults, reportResults } from './facilityExplanation.ts';
import { gridWindowResults } from './gridExplanation.ts';
import type { Computation, TableSnapshot } from './lineage.ts';

export interface Explanation {
  readonly id: string;
  readonly computation: Omit<Computation, 'inputs' | 'parameters'>;
  /** Tables that were read, with the hash of what was read and the offsets in Kafka it came from. */
  readonly inputs: readonly TableSnapshot[];
  /** Versions of the same result, the newest first. */
  readonly versions: readonly {
    readonly id: string;
    readonly version: number;
    readonly cause: string;
    readonly computedAt: string;
  }[];
  /** What the kind of result adds: the figure, its factors, the readings behind it. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Recomputation {
  readonly id: string;
  readonly computation: string;
  /** Whether inputs, recomputed result and stored result all are those of the computation. */
  readonly same: boolean;
  readonly expectedSha256: string;
  readonly recomputedSha256: string;
  readonly storedSha256: string;
  readonly changedInputs: readonly string[];
  /** Figures of the stored result that come out otherwise. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly figure: string;
  readonly stored: unknown;
  readonly recomputed: unknown;
}

/** What a kind of result knows about its own figures. */
export interface ResultKind {
  /** The computation of a figure's id, where the id is of this kind; undefined where it is not. */
  computationOf?(store: Store, id: string): Promise<string | undefined>;
  details?(store: Store, computation: Computation, id: string): Promise<Record<string, unknown>>;
  recompute?(store: Store, computation: string): Promise<Omit<Recomputation, 'id'>>;
}

/** By `computations.kind`. */
const RESULT_KINDS: Readonly<Record<string, ResultKind>> = {
  grid_window: gridWindowResults,
  ...emissionResults,
  facility_day: facilityDayResults,
  facility_period: facilityPeriodResults,
  report: reportResults,
};

/** @throws Refusal TL_NO_FIGURE for an id that names no figure and no computation */
export async function explainResult(store: Store, id: string): Promise<Explanation> {
  const { inputs, parameters, ...computation } = await computationOf(store, id);
  const { kind, subject, start } = computation;
  const versions = await store.query<Explanation['versions'][number]>(
    `SELECT id, version, any(c.cause) AS cause, toString(min(computed_at)) AS computedAt FROM computations AS c
     WHERE kind = {kind:String} AND subject = {subject:String} AND c.start = parseDateTime64BestEffort({start:String}, 3, 'UTC')
     GROUP BY id, version ORDER BY version DESC, id`,
    { kind, subject, start },
  );
  const own = RESULT_KINDS[kind]?.details;
  const details = own ? await own(store, { ...computation, inputs, parameters }, id) : { parameters };
  return { id, computation, inputs, versions, details };
}

/** @throws Refusal TL_NO_FIGURE, and TL_NOT_RECOMPUTABLE for kinds that cannot be made again yet */
export async function recomputeResult(store: Store, id: string): Promise<Recomputation> {
  const { id: computation, kind } = await computationOf(store, id);
  const recompute = RESULT_KINDS[kind]?.recompute;
  if (!recompute) {
    throw new Refusal(`results of the kind ${kind} are not recomputed by this command yet`, {
      code: 'TL_NOT_RECOMPUTABLE',
      place: computation,
      remedy: `a figure of the kind ${Object.keys(RESULT_KINDS).join(', ')}`,
    });
  }
  return { id, ...(await recompute(store, computation)) };
}

async function computationOf(store: Store, id: string): Promise<Computation> {
  for (const kind of Object.values(RESULT_KINDS)) {
    const named = await kind.computationOf?.(store, id);
    if (named !== undefined) return readComputation(store, named, id);
  }
  return readComputation(store, id, id);
}

async function readComputation(store: Store, computation: string, id: string): Promise<Computation> {
  const [row] = await store.query<
    Omit<Computation, 'inputs' | 'parameters'> & Record<'inputs' | 'parameters', string>
  >(
    `SELECT id, kind, subject, formatDateTime(c.start, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS start, formatDateTime(c.end, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS end, version, cause, origin,
       inputs, factor_set AS factorSet, rule_set AS ruleSet, parameters, code_version AS codeVersion, result_sha256 AS resultSha256, toString(computed_at) AS computedAt
     FROM computations AS c WHERE id = {computation:String} LIMIT 1`,
    { computation },
  );
  if (!row) {
    throw new Refusal(`nothing was computed as ${id}`, {
      code: 'TL_NO_FIGURE',
      place: id,
      remedy:
        'the id of a computation, or of a figure: grid/<zone>/<start>/<family>, e.g. grid/CN-SC-5101/2026-03-01T00:00:00Z/mode_direct; emissions/<period>/<site>|<stack>; facility/<facility>/<period>; report/<area>/<sector>/<period>[#<figure>]',
    });
  }
  return {
    ...row,
    inputs: JSON.parse(row.inputs) as TableSnapshot[],
    parameters: JSON.parse(row.parameters) as Record<string, unknown>,
  };
}
