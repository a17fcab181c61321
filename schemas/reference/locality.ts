/** Localities of a plant and a data centre, and what distance costs the optimiser; rule data, chosen here. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

/** Nearest first: the tier of a pair is its position. */
const LOCALITY_TIERS = ['same park', 'same county', 'same city', 'same province', 'other'] as const;

/** Where a point lies, by the codes of its registry (GB/T 2260 for county, city, province); null where not stated. */
export interface Locality {
  readonly park?: string | null | undefined;
  readonly county?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly province?: string | null | undefined;
}

const localityWeights = z.strictObject({
  weights: z.array(z.int().min(0)).length(LOCALITY_TIERS.length),
  ...provenance,
});

/** Each tier costs four times the one before it: near supply first, but never less energy for it. */
export const defaultLocality = localityWeights.parse({
  weights: [0, 1, 4, 16, 64],
  source: 'assumed: geometric weights of the design; replace by the market operator’s order of preference',
  confidence: 'assumed',
});

/** Tier of a pair: the smallest area that both are known to share. */
export function localityTier(plant: Locality | undefined, user: Locality | undefined): number {
  const shared = (part: keyof Locality) => plant?.[part] != null && plant[part] === user?.[part];
  const tier = (['park', 'county', 'city', 'province'] as const).findIndex(shared);
  return tier < 0 ? LOCALITY_TIERS.length - 1 : tier;
}
