/**
 * Lineage of results: what a computation read, with a hash that anybody can recompute, and the immutable version that
 * it became. The same inputs, factors and rules give no new version.
 */
import { createHash } from 'node:crypto';
import type { SqlValue, Store } from '../store/port.ts';

/** Rows that a computation reads from one table or view. */
export interface InputRows {
  readonly table: string;
  readonly where: string;
  readonly params: Readonly<Record<string, SqlValue>>;
  /** Columns by which the listing is ordered; together they name a row. */
  readonly order: readonly string[];
}

export interface TableSnapshot {
  readonly table: string;
  readonly where: string;
  readonly params: Readonly<Record<string, SqlValue>>;
  readonly rows: number;
  /** SHA-256 over the rows as ClickHouse prints their tuples, in order, one a line. */
  readonly sha256: string;
  /** Where the rows came from: per partition of the topic, first and last offset. */
  readonly offsets: readonly {
    readonly generation: number;
    readonly partition: number;
    readonly first: number;
    readonly last: number;
  }[];
  readonly lastKnownAt: string;
  readonly qualities: readonly string[];
}

export type ComputationKind =
  | 'grid_window'
  | 'footprint'
  | 'settlement_month'
  | 'facility_day'
  | 'facility_period'
  | 'stack_day'
  | 'stack_period'
  | 'site_period'
  | 'report';
export type Origin = 'measured' | 'mixed' | 'estimated' | 'inherited' | 'simulated';

export interface Computation {
  readonly id: string;
  readonly kind: ComputationKind;
  readonly subject: string;
  readonly start: string;
  readonly end: string;
  readonly version: number;
  readonly cause: string;
  readonly origin: Origin;
  readonly inputs: readonly TableSnapshot[];
  readonly factorSet: string;
  readonly ruleSet: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly codeVersion: string;
  readonly resultSha256: string;
  readonly computedAt: string;
}

/** Reads what a computation is about to read and says what it was. */
export async function snapshotInputs(store: Store, inputs: readonly InputRows[]): Promise<TableSnapshot[]> {
  const snapshots: TableSnapshot[] = [];
  for (const input of inputs) snapshots.push(await snapshotTable(store, input));
  return snapshots;
}

async function snapshotTable(
  store: Store,
  { table, where, params, order }: InputRows,
): Promise<TableSnapshot> {
  const [hashed] = await store.query<{
    rows: number;
    sha256: string;
    lastKnownAt: string;
    qualities: string[];
  }>(
    `SELECT count() AS rows, lower(hex(SHA256(arrayStringConcat(groupArray(line), '\\n')))) AS sha256,
       toString(max(known_at)) AS lastKnownAt, arraySort(groupUniqArray(toString(quality))) AS qualities
     FROM (SELECT toString(tuple(* EXCEPT (contract))) AS line, known_at, quality FROM ${table} WHERE ${where} ORDER BY ${order.join(', ')})`,
    params,
  );
  const offsets = await store.query<{ generation: number; partition: number; first: number; last: number }>(
    `SELECT _generation AS generation, _partition AS partition, min(_offset) AS first, max(_offset) AS last
     FROM ${table} WHERE ${where} GROUP BY generation, partition ORDER BY generation, partition`,
    params,
  );
  const { rows = 0, sha256 = '', lastKnownAt = '', qualities = [] } = hashed ?? {};
  return {
    table,
    where,
    params,
    rows: Number(rows),
    sha256,
    offsets: offsets.map((range) => ({ ...range, first: Number(range.first), last: Number(range.last) })),
    lastKnownAt,
    qualities,
  };
}

/** `mixed` where measured and simulated rows meet; any estimate beside measured rows makes `estimated`. */
export function originOf(snapshots: readonly TableSnapshot[]): Origin {
  const qualities = new Set(snapshots.flatMap((snapshot) => snapshot.qualities));
  const simulated = qualities.delete('simulated');
  if (simulated) return qualities.size === 0 ? 'simulated' : 'mixed';
  return [...qualities].every((quality) => quality === 'measured' || quality === 'manual')
    ? 'measured'
    : 'estimated';
}

/** SHA-256 of a value as JSON with sorted keys; `bigint` as an integer. */
export function canonicalSha256(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

export type ComputationDraft = Omit<Computation, 'id' | 'version' | 'cause' | 'computedAt'>;

/** Version that a draft becomes: the present one where inputs, factors, rules and parameters are the same. */
export async function versionOf(
  store: Store,
  draft: ComputationDraft,
): Promise<{ id: string; version: number; cause: string; existed: boolean }> {
  const { kind, subject, start, factorSet, ruleSet, codeVersion } = draft;
  const [latest] = await store.query<{
    id: string;
    version: number;
    factorSet: string;
    ruleSet: string;
    codeVersion: string;
    inputs: string;
  }>(
    `SELECT id, version, factor_set AS factorSet, rule_set AS ruleSet, code_version AS codeVersion, inputs FROM computations
     WHERE kind = {kind:String} AND subject = {subject:String} AND start = parseDateTime64BestEffort({start:String}, 3, 'UTC') ORDER BY version DESC LIMIT 1`,
    { kind, subject, start },
  );
  const identity = identityOf(draft);
  const version = latest?.version ?? 0;
  // Inputs that come back to what they were make a version of their own: the version is part of the name.
  const same = latest?.id === idOf(kind, identity, version);
  if (latest && same) return { id: latest.id, version, cause: '', existed: true };
  const cause =
    latest === undefined
      ? 'first'
      : causeOf(latest, { factorSet, ruleSet, codeVersion, inputs: JSON.stringify(draft.inputs) });
  return { id: idOf(kind, identity, version + 1), version: version + 1, cause, existed: false };
}

const idOf = (kind: ComputationKind, identity: string, version: number): string =>
  `${kind}-${identity}-v${version}`;

function causeOf(
  before: Record<'factorSet' | 'ruleSet' | 'codeVersion' | 'inputs', string>,
  now: typeof before,
): string {
  if (before.inputs !== now.inputs) return 'input revision';
  if (before.factorSet !== now.factorSet) return 'factor set';
  if (before.ruleSet !== now.ruleSet) return 'rule set';
  return before.codeVersion === now.codeVersion ? 'parameters' : 'model';
}

/** First 20 hex digits of the hash over all that the result follows from. */
function identityOf({
  kind,
  subject,
  start,
  end,
  inputs,
  factorSet,
  ruleSet,
  parameters,
  codeVersion,
}: ComputationDraft): string {
  const read = inputs.map(({ table, rows, sha256 }) => ({ table, rows, sha256 }));
  return canonicalSha256({
    kind,
    subject,
    start,
    end,
    read,
    factorSet,
    ruleSet,
    parameters,
    codeVersion,
  }).slice(0, 20);
}

/** Writes a computation down; repeating it changes nothing. */
export async function recordComputation(store: Store, computation: Computation): Promise<void> {
  const {
    id,
    kind,
    subject,
    start,
    end,
    version,
    cause,
    origin,
    inputs,
    factorSet,
    ruleSet,
    parameters,
    codeVersion,
    resultSha256,
    computedAt,
  } = computation;
  const row = {
    id,
    kind,
    subject,
    start,
    end,
    version,
    cause,
    origin,
    inputs: JSON.stringify(inputs),
    factor_set: factorSet,
    rule_set: ruleSet,
    parameters: JSON.stringify(parameters),
    code_version: codeVersion,
    result_sha256: resultSha256,
    computed_at: computedAt,
  };
  await store.insertRows('computations', [row], `computation:${id}`);
}
