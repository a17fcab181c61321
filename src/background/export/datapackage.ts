/** A scored background as a bw_processing datapackage: what bw2calc loads. Layout after bw_processing 1.x (BSD-3-Clause). */
import { CATEGORIES, CATEGORY_COUNT } from '../../../schemas/documents/footprintCategories.ts';
import { type ScoredBackground, TOTAL_CATEGORIES } from '../score.ts';
import type { SparseColumns } from '../solver/sparseColumns.ts';
import type { ExchangeRecord } from '../technosphere.ts';
import { type Distribution, judgeDistribution } from '../uncertainty/distribution.ts';
import { flowsCsv, productsCsv, scoresCsv } from './matrixMarket.ts';
import { npyRecords, npyVector } from './npyFile.ts';

export interface DatapackageIdentity {
  readonly name: string;
  readonly version: string;
  /** Licence of the source data, as its package states it. */
  readonly licence: string;
}

interface Entry {
  readonly row: number;
  readonly column: number;
  readonly value: number;
  readonly distribution: Distribution | undefined;
}

/**
 * Files by path. The root package holds technosphere (with flip), biosphere, and the characterisation of the total;
 * `categories/<name>/` hold one characterisation each, to load in its place. Products and activities share their
 * numbers (products.csv), flows follow (flows.csv). An entry has a distribution where one exchange alone stands behind it.
 */
export function datapackageFiles(
  scored: ScoredBackground,
  exchanges: readonly ExchangeRecord[],
  identity: DatapackageIdentity,
): Map<string, Uint8Array> {
  const { system, characterisation } = scored;
  const firstFlow = system.activities.length + 1;
  const stated = exchangesByFlow(exchanges);
  const processOf = (column: number) => system.activities[column]!.processId;
  const technosphere = entriesOf(system.technosphere, 1, (row, column) =>
    row === column
      ? []
      : (stated.get(`${processOf(column)} product ${system.activities[row]!.flowId}`) ?? []),
  );
  const biosphere = entriesOf(
    system.biosphere,
    firstFlow,
    (row, column) => stated.get(`${processOf(column)} nature ${system.natureFlows[row]!.id}`) ?? [],
  );
  const weights = (pick: (row: number) => number): Entry[] =>
    system.natureFlows.flatMap((_flow, row) => {
      const value = pick(row);
      const id = firstFlow + row;
      return value === 0 ? [] : { row: id, column: id, value, distribution: undefined };
    });
  const factor = (row: number, c: number) => characterisation.factors[row * CATEGORY_COUNT + c]!;
  const total = weights((row) =>
    CATEGORIES.reduce((sum, _, c) => (c < TOTAL_CATEGORIES ? sum + factor(row, c) : sum), 0),
  );
  const files = packageFiles('', identity, [
    { matrix: 'technosphere_matrix', group: 'technosphere', entries: technosphere, flips: true },
    { matrix: 'biosphere_matrix', group: 'biosphere', entries: biosphere, flips: false },
    { matrix: 'characterization_matrix', group: 'total', entries: total, flips: false },
  ]);
  CATEGORIES.forEach((category, c) => {
    const entries = weights((row) => factor(row, c));
    const own = {
      name: `${identity.name}-${category}`,
      version: identity.version,
      licence: identity.licence,
    };
    const parts = [{ matrix: 'characterization_matrix', group: category, entries, flips: false }];
    for (const [file, bytes] of packageFiles(`categories/${category}/`, own, parts)) files.set(file, bytes);
  });
  const text = new TextEncoder();
  files.set('products.csv', text.encode(productsCsv(scored)));
  files.set('flows.csv', text.encode(flowsCsv(scored, firstFlow)));
  files.set('scores.csv', text.encode(scoresCsv(scored)));
  return files;
}

function exchangesByFlow(exchanges: readonly ExchangeRecord[]): Map<string, ExchangeRecord[]> {
  return Map.groupBy(exchanges, ({ processId, role, flowId }) => {
    return `${processId} ${role === 'nature' ? 'nature' : 'product'} ${flowId}`;
  });
}

function entriesOf(
  { columns, start, index, value }: SparseColumns,
  firstRow: number,
  statedFor: (row: number, column: number) => readonly ExchangeRecord[],
): Entry[] {
  const entries: Entry[] = [];
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const [exchange, ...more] = statedFor(index[p]!, j);
      const single = more.length === 0 ? exchange : undefined;
      entries.push({
        row: firstRow + index[p]!,
        column: j + 1,
        value: value[p]!,
        distribution: single && scaled(single, value[p]!, firstRow > 1),
      });
    }
  }
  return entries;
}

/** The stated distribution in the entry's size: allocation and shares scale it as they scale the amount. */
function scaled(
  { uncertainty, statedAmount }: ExchangeRecord,
  value: number,
  keepsSign: boolean,
): Distribution | undefined {
  const judged = judgeDistribution(uncertainty, statedAmount);
  if (!('distribution' in judged) || !(statedAmount > 0)) return undefined;
  const { kind, a, b, c } = judged.distribution;
  // Only a lognormal may be told of a negative amount (an uptake).
  if (keepsSign && value < 0 && kind !== 'lognormal') return undefined;
  const size = Math.abs(value);
  const ratio = size / statedAmount;
  return kind === 'lognormal' ? { kind, a: size, b, c } : { kind, a: a * ratio, b: b * ratio, c: c * ratio };
}

interface MatrixPart {
  readonly matrix: string;
  readonly group: string;
  readonly entries: readonly Entry[];
  /** Negative entries are stored positive and flipped, as the technosphere has it. */
  readonly flips: boolean;
}

function packageFiles(
  folder: string,
  { name, version, licence }: DatapackageIdentity,
  parts: readonly MatrixPart[],
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const resources: Record<string, unknown>[] = [];
  for (const { matrix, group, entries, flips } of parts) {
    const add = (kind: string, bytes: Uint8Array) => {
      const path = `${group}.${kind}.npy`;
      files.set(`${folder}${path}`, bytes);
      resources.push({
        profile: 'data-resource',
        format: 'npy',
        mediatype: 'application/octet-stream',
        name: `${group}.${kind}`,
        matrix,
        kind,
        path,
        group,
        category: 'vector',
        nrows: entries.length,
      });
    };
    const column = <T>(pick: (entry: Entry) => T) => entries.map(pick);
    add(
      'indices',
      npyRecords(
        {
          row: { type: '<i8', values: column((e) => e.row) },
          col: { type: '<i8', values: column((e) => e.column) },
        },
        entries.length,
      ),
    );
    add('data', npyVector({ type: '<f8', values: column(({ value }) => (flips ? Math.abs(value) : value)) }));
    if (entries.some(({ distribution }) => distribution))
      add('distributions', distributionsFile(entries, flips));
    if (flips) add('flip', npyVector({ type: '|b1', values: column(({ value }) => (value < 0 ? 1 : 0)) }));
  }
  const document = {
    profile: 'data-package',
    name,
    id: `${name}@${version}`,
    licenses: [{ name: licence }],
    resources,
    combinatorial: false,
    sequential: false,
    seed: null,
    '64_bit_indices': true,
    sum_intra_duplicates: true,
    sum_inter_duplicates: false,
    matrix_serialize_format_type: 'numpy',
  };
  files.set(`${folder}datapackage.json`, new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
  return files;
}

/** Numbers of the stats_arrays package: 0 unknown, 2 lognormal (loc = ln median), 3 normal, 4 uniform, 5 triangle. */
const TYPE = { lognormal: 2, normal: 3, uniform: 4, triangle: 5 } as const;

function distributionsFile(entries: readonly Entry[], flips: boolean): Uint8Array {
  const column = (pick: (d: Distribution, size: number) => number, otherwise: (size: number) => number) =>
    entries.map(({ distribution, value }) => {
      const size = flips ? Math.abs(value) : value;
      return distribution ? pick(distribution, size) : otherwise(size);
    });
  const none = () => Number.NaN;
  return npyRecords(
    {
      uncertainty_type: {
        type: '|u1',
        values: column(
          ({ kind }) => TYPE[kind],
          () => 0,
        ),
      },
      loc: {
        type: '<f4',
        values: column(
          ({ kind, a, b }) => {
            if (kind === 'lognormal') return Math.log(a);
            return kind === 'triangle' ? b : kind === 'normal' ? a : Number.NaN;
          },
          (size) => size,
        ),
      },
      scale: {
        type: '<f4',
        values: column(({ kind, b }) => (kind === 'lognormal' || kind === 'normal' ? b : Number.NaN), none),
      },
      shape: { type: '<f4', values: column(none, none) },
      minimum: {
        type: '<f4',
        values: column(({ kind, a }) => (kind === 'uniform' || kind === 'triangle' ? a : Number.NaN), none),
      },
      maximum: {
        type: '<f4',
        values: column(
          ({ kind, b, c }) => (kind === 'uniform' ? b : kind === 'triangle' ? c : Number.NaN),
          none,
        ),
      },
      negative: {
        type: '|b1',
        values: column(
          (_d, size) => (size < 0 ? 1 : 0),
          () => 0,
        ),
      },
    },
    entries.length,
  );
}
