/** GWP sets: versions of 'how much warming a kilogram of a species does'. A set is named in every result; none is a constant in code. */
import { z } from 'zod';
import { GWP_ROWS, GWP_SOURCES } from './gwpRows.ts';

/** Sets that this file holds. */
export const heldGwpSetId = z.enum(['ar6_100', 'ar6_20', 'ar5_without_ccf_100', 'ar5_with_ccf_100']);
export type HeldGwpSetId = z.infer<typeof heldGwpSetId>;

/** The EF 3.1 method comes with the background package that holds it. */
export const PACKAGE_GWP_SET = 'ef31_gwp100';
export const gwpSetId = z.enum([...heldGwpSetId.options, PACKAGE_GWP_SET]);
export type GwpSetId = z.infer<typeof gwpSetId>;

/** Used where nobody names another. */
export const DEFAULT_GWP_SET: HeldGwpSetId = 'ar6_100';

export interface GwpSet {
  readonly id: GwpSetId;
  readonly title: string;
  readonly horizonYears: 20 | 100;
  /** kgCO2e per kg by species; a species that is absent is unknown in this set. */
  readonly factors: ReadonlyMap<string, GwpFactor>;
}

export interface GwpFactor {
  readonly species: string;
  readonly cas: string;
  readonly kgCo2ePerKg: number;
  readonly source: string;
}

const SETS: readonly { id: HeldGwpSetId; title: string; horizonYears: 20 | 100; column: 3 | 4 | 5 | 6 }[] = [
  { id: 'ar6_100', title: 'IPCC AR6, 100 years', horizonYears: 100, column: 5 },
  { id: 'ar6_20', title: 'IPCC AR6, 20 years', horizonYears: 20, column: 6 },
  {
    id: 'ar5_without_ccf_100',
    title: 'IPCC AR5, 100 years, without climate-carbon feedbacks',
    horizonYears: 100,
    column: 3,
  },
  {
    id: 'ar5_with_ccf_100',
    title: 'IPCC AR5, 100 years, with climate-carbon feedbacks',
    horizonYears: 100,
    column: 4,
  },
];

/** The set of that id, with the rows that have a value in it. */
export function gwpSet(id: HeldGwpSetId): GwpSet {
  const set = SETS.find((known) => known.id === id)!;
  const factors = new Map<string, GwpFactor>();
  for (const row of GWP_ROWS) {
    const kgCo2ePerKg = row[set.column];
    if (kgCo2ePerKg === null) continue;
    factors.set(row[0], { species: row[0], cas: row[2], kgCo2ePerKg, source: GWP_SOURCES[row[7]]! });
  }
  return { id, title: set.title, horizonYears: set.horizonYears, factors };
}
