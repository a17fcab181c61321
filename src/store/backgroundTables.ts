/** A background version as tables of plain rows and back: the same records that a column store would hold. */

import { z } from 'zod';
import { CATEGORIES } from '../../schemas/documents/footprintCategories.ts';
import type { Finding } from '../background/findings.ts';
import type { StatedUncertainty } from '../background/inventory.ts';
import type { SparseColumns } from '../background/solver/sparseColumns.ts';
import type {
  BackgroundSystem,
  BuiltBackground,
  ExchangeRecord,
  LinkRecord,
  NameRecord,
} from '../background/technosphere.ts';
import type {
  BackgroundUncertainty,
  DrawnPartRow,
  UncertainExchange,
} from '../background/uncertainty/drawnParts.ts';
import { type ColumnTypes, decodeTable, encodeTable } from './arrowFile.ts';

const ACTIVITIES = {
  processId: 'text',
  processName: 'text',
  location: 'text',
  flowId: 'text',
  flowName: 'text',
  unit: 'text',
  unitInReferenceUnits: 'number',
  referenceUnit: 'text',
  unitGroupId: 'text',
  isReference: 'bool',
  isTreatment: 'bool',
  output: 'number',
  allocationRule: 'text',
  allocationShare: 'number',
} as const satisfies ColumnTypes;

const NATURE_FLOWS = {
  id: 'text',
  name: 'text',
  cas: 'text',
  categoryPath: 'text',
  unit: 'text',
} as const satisfies ColumnTypes;

const MATRIX = { row: 'int', column: 'int', value: 'number' } as const satisfies ColumnTypes;
const UNITS = { groupId: 'text', unit: 'text', factor: 'number' } as const satisfies ColumnTypes;

/** `facts` is JSON: names and numbers. */
const FINDINGS = {
  code: 'text',
  processId: 'text',
  exchangeId: 'text',
  facts: 'text',
  detail: 'text',
  action: 'text',
} as const satisfies ColumnTypes;

/** `suppliers` is JSON: pairs of activity number and share. */
const LINKS = {
  processId: 'text',
  exchangeId: 'text',
  flowId: 'text',
  kind: 'text',
  amount: 'number',
  rule: 'text',
  tier: 'text',
  candidates: 'int',
  reason: 'text',
  danglingProvider: 'bool',
  suppliers: 'text',
} as const satisfies ColumnTypes;

const NAMES = { kind: 'text', id: 'text', language: 'text', name: 'text' } as const satisfies ColumnTypes;
const LEFT_OUT = {
  processId: 'text',
  processName: 'text',
  location: 'text',
} as const satisfies ColumnTypes;
const FLOW_FACTORS = {
  flowId: 'text',
  category: 'text',
  factor: 'number',
  matchedBy: 'text',
} as const satisfies ColumnTypes;
const UNMATCHED = { methodFlow: 'text' } as const satisfies ColumnTypes;

/** `uncertainty` is JSON as the dataset states it, or empty. */
const EXCHANGES = {
  processId: 'text',
  exchangeId: 'text',
  flowId: 'text',
  role: 'text',
  statedAmount: 'number',
  unit: 'text',
  amount: 'number',
  uncertainty: 'text',
  pedigree: 'text',
} as const satisfies ColumnTypes;

const UNCERTAIN = {
  processId: 'text',
  exchangeId: 'text',
  statedAmount: 'number',
  basis: 'text',
  kind: 'text',
  a: 'number',
  b: 'number',
  c: 'number',
} as const satisfies ColumnTypes;

const DRAWN_PARTS = {
  processId: 'text',
  exchangeId: 'text',
  matrix: 'text',
  row: 'int',
  column: 'int',
  coefficient: 'number',
} as const satisfies ColumnTypes;

/** Columns of every table of a version, by file. */
export const BACKGROUND_TABLES: Readonly<Record<string, ColumnTypes>> = {
  'activities.arrow': ACTIVITIES,
  'natureFlows.arrow': NATURE_FLOWS,
  'technosphere.arrow': MATRIX,
  'biosphere.arrow': MATRIX,
  'units.arrow': UNITS,
  'names.arrow': NAMES,
  'leftOut.arrow': LEFT_OUT,
  'flowFactors.arrow': FLOW_FACTORS,
  'unmatched.arrow': UNMATCHED,
  'findings.arrow': FINDINGS,
  'links.arrow': LINKS,
  'exchanges.arrow': EXCHANGES,
  'uncertain.arrow': UNCERTAIN,
  'drawnParts.arrow': DRAWN_PARTS,
};

/** File name → bytes. */
export function encodeBackground({
  system,
  exchanges,
  uncertainty,
  method,
}: BuiltBackground): Map<string, Uint8Array> {
  return new Map([
    ['activities.arrow', encodeTable(ACTIVITIES, system.activities)],
    ['natureFlows.arrow', encodeTable(NATURE_FLOWS, system.natureFlows)],
    ['technosphere.arrow', encodeTable(MATRIX, entriesOf(system.technosphere))],
    ['biosphere.arrow', encodeTable(MATRIX, entriesOf(system.biosphere))],
    ['units.arrow', encodeTable(UNITS, system.units)],
    ['names.arrow', encodeTable(NAMES, system.names)],
    ['leftOut.arrow', encodeTable(LEFT_OUT, system.leftOut)],
    ['flowFactors.arrow', encodeTable(FLOW_FACTORS, system.flowFactors)],
    [
      'unmatched.arrow',
      encodeTable(
        UNMATCHED,
        (method?.unmatched ?? []).map((methodFlow) => ({ methodFlow })),
      ),
    ],
    [
      'findings.arrow',
      encodeTable(
        FINDINGS,
        system.findings.map((finding) => ({ ...finding, facts: JSON.stringify(finding.facts) })),
      ),
    ],
    [
      'links.arrow',
      encodeTable(
        LINKS,
        system.links.map((link) => ({
          ...link,
          suppliers: JSON.stringify(link.suppliers.map(({ activity, share }) => [activity, share])),
        })),
      ),
    ],
    [
      'exchanges.arrow',
      encodeTable(
        EXCHANGES,
        exchanges.map((exchange) => ({
          ...exchange,
          uncertainty: exchange.uncertainty ? JSON.stringify(exchange.uncertainty) : '',
        })),
      ),
    ],
    [
      'uncertain.arrow',
      encodeTable(
        UNCERTAIN,
        uncertainty.exchanges.map(({ distribution, ...exchange }) => ({ ...exchange, ...distribution })),
      ),
    ],
    ['drawnParts.arrow', encodeTable(DRAWN_PARTS, uncertainty.parts)],
  ]);
}

/** The files that a solve or a footprint needs; `exchanges.arrow` and `unmatched.arrow` are for walking back and stay on disk. */
export const SYSTEM_FILES = [
  'activities.arrow',
  'natureFlows.arrow',
  'technosphere.arrow',
  'biosphere.arrow',
  'units.arrow',
  'findings.arrow',
  'links.arrow',
  'names.arrow',
  'leftOut.arrow',
  'flowFactors.arrow',
] as const;
export type SystemFile = (typeof SYSTEM_FILES)[number];

/** @throws RangeError when a table is not as `encodeBackground` wrote it */
export function decodeSystem(bytesOf: (file: SystemFile) => Uint8Array): BackgroundSystem {
  const activities = decodeTable(ACTIVITIES, bytesOf('activities.arrow'));
  const natureFlows = decodeTable(NATURE_FLOWS, bytesOf('natureFlows.arrow'));
  const n = activities.length;
  return {
    activities,
    natureFlows,
    technosphere: columnsOf(n, n, bytesOf('technosphere.arrow')),
    biosphere: columnsOf(natureFlows.length, n, bytesOf('biosphere.arrow')),
    units: decodeTable(UNITS, bytesOf('units.arrow')),
    // Codes and rules were written from the same types; the manifest's sums prove that nothing came between.
    findings: decodeTable(FINDINGS, bytesOf('findings.arrow')).map(({ facts, ...row }) => ({
      ...(row as Omit<Finding, 'facts'>),
      facts: JSON.parse(facts) as Finding['facts'],
    })),
    names: decodeTable(NAMES, bytesOf('names.arrow')) as NameRecord[],
    leftOut: decodeTable(LEFT_OUT, bytesOf('leftOut.arrow')),
    flowFactors: decodeTable(FLOW_FACTORS, bytesOf('flowFactors.arrow')).map((row) => ({
      ...row,
      category: z.enum(CATEGORIES).parse(row.category),
    })),
    links: decodeTable(LINKS, bytesOf('links.arrow')).map(({ suppliers, ...link }) => ({
      ...(link as Omit<LinkRecord, 'suppliers'>),
      suppliers: (JSON.parse(suppliers) as [number, number][]).map(([activity, share]) => ({
        activity,
        share,
      })),
    })),
  };
}

/** The exchanges that matrix entries walk back to. */
export function decodeExchanges(bytes: Uint8Array): ExchangeRecord[] {
  return decodeTable(EXCHANGES, bytes).map(({ role, uncertainty, ...row }) => ({
    ...row,
    role: role as ExchangeRecord['role'],
    uncertainty: uncertainty === '' ? undefined : (JSON.parse(uncertainty) as StatedUncertainty),
  }));
}

/** Uncertain exchanges and what they add where, as draws need them. */
export function decodeUncertainty(
  uncertain: Uint8Array,
  parts: Uint8Array,
): Pick<BackgroundUncertainty, 'exchanges' | 'parts'> {
  return {
    exchanges: decodeTable(UNCERTAIN, uncertain).map(({ kind, a, b, c, basis, ...exchange }) => ({
      ...exchange,
      basis: basis as UncertainExchange['basis'],
      distribution: { kind: kind as UncertainExchange['distribution']['kind'], a, b, c },
    })),
    parts: decodeTable(DRAWN_PARTS, parts) as DrawnPartRow[],
  };
}

/** Flows of the package's climate method, as it names them, for which the package has no flow. */
export function decodeUnmatched(bytes: Uint8Array): string[] {
  return decodeTable(UNMATCHED, bytes).map(({ methodFlow }) => methodFlow);
}

function entriesOf({ columns, start, index, value }: SparseColumns) {
  const entries: { row: number; column: number; value: number }[] = [];
  for (let column = 0; column < columns; column++) {
    for (let p = start[column]!; p < start[column + 1]!; p++) {
      entries.push({ row: index[p]!, column, value: value[p]! });
    }
  }
  return entries;
}

/** Entries were written column by column, rows ascending. */
function columnsOf(rows: number, columns: number, bytes: Uint8Array): SparseColumns {
  const entries = decodeTable(MATRIX, bytes);
  const start = new Int32Array(columns + 1);
  for (const { column } of entries) start[column + 1]!++;
  for (let j = 0; j < columns; j++) start[j + 1]! += start[j]!;
  return {
    rows,
    columns,
    start,
    index: Int32Array.from(entries, ({ row }) => row),
    value: Float64Array.from(entries, ({ value }) => value),
  };
}
