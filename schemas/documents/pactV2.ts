/** A footprint as PACT 2.3 exchanges it. Unknown members of a partner's document are kept. */
import { z } from 'zod';
import { sumHolds } from './decimalSum.ts';
import {
  country,
  decimal,
  emissionFactorSource,
  extension,
  instant,
  notEmpty,
  notNegativeDecimal,
  notPositiveDecimal,
  oneGeography,
  positiveDecimal,
  sectorRule,
  semver,
  subdivision,
  unique,
  urns,
} from './pactFields.ts';

/** The other three units of version 3 have no form here. */
export const DECLARED_UNITS_V2 = [
  'liter',
  'kilogram',
  'cubic meter',
  'kilowatt hour',
  'megajoule',
  'ton kilometer',
  'square meter',
] as const;

const EXCLUDING_TERMS_V2 = [
  'fossilGhgEmissions',
  'dLucGhgEmissions',
  'landManagementGhgEmissions',
  'otherBiogenicGhgEmissions',
] as const;

const rating = z.number().min(1).max(3);
const percent = z.number().min(0).max(100);

const pcfV2 = z
  .looseObject({
    declaredUnit: z.enum(DECLARED_UNITS_V2),
    unitaryProductAmount: positiveDecimal,
    pCfExcludingBiogenic: decimal,
    pCfIncludingBiogenic: decimal.optional(),
    fossilGhgEmissions: notNegativeDecimal,
    fossilCarbonContent: notNegativeDecimal,
    biogenicCarbonContent: notNegativeDecimal,
    dLucGhgEmissions: notNegativeDecimal.optional(),
    landManagementGhgEmissions: decimal.optional(),
    otherBiogenicGhgEmissions: notNegativeDecimal.optional(),
    iLucGhgEmissions: notNegativeDecimal.optional(),
    biogenicCarbonWithdrawal: notPositiveDecimal.optional(),
    aircraftGhgEmissions: notNegativeDecimal.optional(),
    characterizationFactors: z.enum(['AR5', 'AR6']),
    ipccCharacterizationFactorsSources: z.array(notEmpty).min(1),
    crossSectoralStandardsUsed: z.array(notEmpty).min(1),
    productOrSectorSpecificRules: z.array(sectorRule).optional(),
    boundaryProcessesDescription: z.string(),
    referencePeriodStart: instant,
    referencePeriodEnd: instant,
    geographyRegionOrSubregion: notEmpty.optional(),
    geographyCountry: country.optional(),
    geographyCountrySubdivision: subdivision.optional(),
    secondaryEmissionFactorSources: z.array(emissionFactorSource).optional(),
    exemptedEmissionsPercent: percent,
    exemptedEmissionsDescription: z.string(),
    packagingEmissionsIncluded: z.boolean(),
    packagingGhgEmissions: notNegativeDecimal.optional(),
    allocationRulesDescription: z.string().optional(),
    uncertaintyAssessmentDescription: z.string().optional(),
    primaryDataShare: percent.optional(),
    dqi: z
      .looseObject({
        coveragePercent: percent,
        technologicalDQR: rating.optional(),
        temporalDQR: rating.optional(),
        geographicalDQR: rating.optional(),
        completenessDQR: rating.optional(),
        reliabilityDQR: rating.optional(),
      })
      .optional(),
    assurance: z.looseObject({ assurance: z.boolean(), providerName: notEmpty }).optional(),
  })
  .refine(oneGeography, { message: 'at most one geography' })
  .refine((pcf) => Date.parse(pcf.referencePeriodStart) < Date.parse(pcf.referencePeriodEnd), {
    message: 'the reference period ends before it starts',
    path: ['referencePeriodEnd'],
  });

export const footprintV2 = z.looseObject({
  id: z.uuid(),
  specVersion: semver,
  precedingPfIds: z.array(z.uuid()).min(1).refine(unique, 'each id once').optional(),
  version: z.int().min(0),
  created: instant,
  updated: instant.optional(),
  status: z.enum(['Active', 'Deprecated']),
  statusComment: z.string().optional(),
  validityPeriodStart: instant.optional(),
  validityPeriodEnd: instant.optional(),
  companyName: notEmpty,
  companyIds: urns,
  productDescription: z.string(),
  productIds: urns,
  productCategoryCpc: notEmpty,
  productNameCompany: notEmpty,
  comment: z.string(),
  pcf: pcfV2,
  extensions: z.array(extension).optional(),
});
export type FootprintV2 = z.infer<typeof footprintV2>;

/** Whether the sums hold within `tolerance` of what is added up (0: to the last digit). */
export function identitiesV2({ pcf }: FootprintV2, tolerance: number): string[] {
  const excluding = sumHolds(
    pcf.pCfExcludingBiogenic,
    EXCLUDING_TERMS_V2.map((term) => pcf[term]),
    tolerance,
  );
  const including =
    pcf.pCfIncludingBiogenic === undefined ||
    sumHolds(pcf.pCfIncludingBiogenic, [pcf.pCfExcludingBiogenic, pcf.biogenicCarbonWithdrawal], tolerance);
  return [
    ...(excluding ? [] : ['pCfExcludingBiogenic is not the sum of its parts']),
    ...(including ? [] : ['pCfIncludingBiogenic is not pCfExcludingBiogenic + biogenicCarbonWithdrawal']),
  ];
}

/** Data of a request: part of a footprint; what is asked for agrees with every member of it. */
export const requestDataV2 = z.looseObject({
  pf: z.record(z.string(), z.unknown()),
  comment: z.string().optional(),
});
