/** A footprint as it is published to partners: the computed document with what only its holder can say. Never changed. */
import { z } from 'zod';
import { footprintResult } from './footprintResult.ts';
import {
  country,
  emissionFactorSource,
  instant,
  notEmpty,
  sectorRule,
  subdivision,
  unique,
  urn,
  urns,
} from './pactFields.ts';
import { verificationV3 } from './pactV3.ts';

const geography = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('region'), value: notEmpty }),
  z.strictObject({ kind: z.literal('country'), value: country }),
  z.strictObject({ kind: z.literal('subdivision'), value: subdivision }),
]);

/** What a footprint result does not say: carbon inside the product, names, standards, place, validity. */
export const publicationDetails = z.strictObject({
  schema: z.literal('tanliu.publication-details/1'),
  companyName: notEmpty,
  companyIds: urns,
  productDescription: z.string(),
  productNameCompany: notEmpty.optional(),
  productIds: urns.optional(),
  productClassifications: z.array(urn).default([]),
  /** UN CPC code; without it there is no form of version 2. */
  productCategoryCpc: notEmpty.optional(),
  comment: z.string().default(''),
  geography: geography.optional(),
  /** kg C in one declared unit of measurement. */
  fossilCarbonContentKg: z.number().nonnegative(),
  /** kg C in one declared unit of measurement; without it there is no form of version 2. */
  biogenicCarbonContentKg: z.number().nonnegative().optional(),
  crossSectoralStandards: z.array(notEmpty).min(1).default(['ISO14067']),
  productOrSectorSpecificRules: z.array(sectorRule).default([]),
  boundaryProcessesDescription: z.string().default('cradle to gate'),
  exemptedEmissionsDescription: z.string().default(''),
  allocationRulesDescription: z.string().optional(),
  secondaryEmissionFactorSources: z.array(emissionFactorSource).default([]),
  packagingEmissionsIncluded: z.boolean(),
  verification: verificationV3.optional(),
  /** From the end of the reference period for three years where not stated. */
  validity: z.strictObject({ start: instant, end: instant }).optional(),
  precedingIds: z.array(z.uuid()).refine(unique, 'each id once').default([]),
});
export type PublicationDetails = z.infer<typeof publicationDetails>;

export const publishedFootprint = z.strictObject({
  schema: z.literal('tanliu.published-footprint/1'),
  id: z.uuid(),
  created: instant,
  /** The company whose footprint it is. */
  holder: urn,
  validity: z.strictObject({ start: instant, end: instant }),
  details: publicationDetails,
  footprint: footprintResult,
});
export type PublishedFootprint = z.infer<typeof publishedFootprint>;
