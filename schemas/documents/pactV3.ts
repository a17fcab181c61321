/** A footprint as PACT 3.0 exchanges it, and the filters of its list. Unknown members of a partner's document are kept. */
import { z } from 'zod';
import { sumHolds } from './decimalSum.ts';
import { declaredUnitName } from './footprintInput.ts';
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
  urn,
  urns,
} from './pactFields.ts';

/** Terms of the total that excludes biogenic uptake. */
const EXCLUDING_TERMS_V3 = [
  'fossilGhgEmissions',
  'landUseChangeGhgEmissions',
  'landManagementBiogenicCO2Emissions',
  'landManagementBiogenicCO2Removals',
  'technologicalCO2Removals',
  'ccsTechnologicalCO2Capture',
  'biogenicNonCO2Emissions',
] as const;

const dqi = z.looseObject({
  technologicalDQR: decimal.optional(),
  geographicalDQR: decimal.optional(),
  temporalDQR: decimal.optional(),
});

export const verificationV3 = z.looseObject({
  coverage: z.enum(['PCF calculation model', 'PCF program', 'product level']).optional(),
  providerName: notEmpty.optional(),
  completedAt: instant.optional(),
  standardName: notEmpty.optional(),
  comments: z.string().optional(),
});

const pcfV3 = z
  .looseObject({
    declaredUnitOfMeasurement: declaredUnitName,
    declaredUnitAmount: positiveDecimal,
    productMassPerDeclaredUnit: notNegativeDecimal,
    referencePeriodStart: instant,
    referencePeriodEnd: instant,
    pcfExcludingBiogenicUptake: decimal,
    pcfIncludingBiogenicUptake: decimal,
    fossilGhgEmissions: notNegativeDecimal,
    fossilCarbonContent: notNegativeDecimal,
    ipccCharacterizationFactors: z.array(notEmpty).min(1),
    crossSectoralStandards: z.array(notEmpty).min(1),
    exemptedEmissionsPercent: notNegativeDecimal,
    geographyRegionOrSubregion: notEmpty.optional(),
    geographyCountry: country.optional(),
    geographyCountrySubdivision: subdivision.optional(),
    boundaryProcessesDescription: z.string().optional(),
    biogenicCarbonContent: notNegativeDecimal.optional(),
    recycledCarbonContent: notNegativeDecimal.optional(),
    landUseChangeGhgEmissions: notNegativeDecimal.optional(),
    landCarbonLeakage: notNegativeDecimal.optional(),
    landManagementFossilGhgEmissions: notNegativeDecimal.optional(),
    landManagementBiogenicCO2Emissions: notNegativeDecimal.optional(),
    landManagementBiogenicCO2Removals: notPositiveDecimal.optional(),
    biogenicCO2Uptake: notPositiveDecimal.optional(),
    biogenicNonCO2Emissions: notNegativeDecimal.optional(),
    landAreaOccupation: notNegativeDecimal.optional(),
    aircraftGhgEmissions: notNegativeDecimal.optional(),
    packagingEmissionsIncluded: z.boolean().optional(),
    packagingGhgEmissions: notNegativeDecimal.optional(),
    packagingBiogenicCarbonContent: notNegativeDecimal.optional(),
    outboundLogisticsGhgEmissions: notNegativeDecimal.optional(),
    ccsTechnologicalCO2CaptureIncluded: z.boolean().optional(),
    ccsTechnologicalCO2Capture: notPositiveDecimal.optional(),
    technologicalCO2CaptureOrigin: z.string().optional(),
    technologicalCO2Removals: notPositiveDecimal.optional(),
    ccuCarbonContent: notNegativeDecimal.optional(),
    ccuCalculationApproach: z.enum(['Cut-off', 'Credit']).optional(),
    ccuCreditCertification: z.string().optional(),
    productOrSectorSpecificRules: z.array(sectorRule).optional(),
    exemptedEmissionsDescription: z.string().optional(),
    allocationRulesDescription: z.string().optional(),
    secondaryEmissionFactorSources: z.array(emissionFactorSource).optional(),
    primaryDataShare: decimal.optional(),
    dqi: dqi.optional(),
    verification: verificationV3.optional(),
  })
  .refine(oneGeography, { message: 'at most one geography' })
  .refine((pcf) => !(pcf.packagingEmissionsIncluded === false && pcf.packagingGhgEmissions !== undefined), {
    message: 'no packaging emissions where they are not included',
    path: ['packagingGhgEmissions'],
  })
  .refine((pcf) => Date.parse(pcf.referencePeriodStart) < Date.parse(pcf.referencePeriodEnd), {
    message: 'the reference period ends before it starts',
    path: ['referencePeriodEnd'],
  });

export const footprintV3 = z.looseObject({
  id: z.uuid(),
  specVersion: semver,
  precedingPfIds: z.array(z.uuid()).min(1).refine(unique, 'each id once').optional(),
  created: instant,
  status: z.enum(['Active', 'Deprecated']),
  validityPeriodStart: instant.optional(),
  validityPeriodEnd: instant.optional(),
  companyName: notEmpty,
  companyIds: urns,
  productDescription: z.string(),
  productIds: urns,
  productClassifications: z.array(urn).optional(),
  productNameCompany: notEmpty,
  comment: z.string().optional(),
  pcf: pcfV3,
  extensions: z.array(extension).optional(),
});
export type FootprintV3 = z.infer<typeof footprintV3>;

/** Whether the sums of a document hold within `tolerance` of what is added up (0: to the last digit). */
export function identitiesV3({ pcf }: FootprintV3, tolerance: number): string[] {
  const excluding = sumHolds(
    pcf.pcfExcludingBiogenicUptake,
    EXCLUDING_TERMS_V3.map((term) => pcf[term]),
    tolerance,
  );
  const including = sumHolds(
    pcf.pcfIncludingBiogenicUptake,
    [pcf.pcfExcludingBiogenicUptake, pcf.biogenicCO2Uptake],
    tolerance,
  );
  return [
    ...(excluding ? [] : ['pcfExcludingBiogenicUptake is not the sum of its parts']),
    ...(including
      ? []
      : ['pcfIncludingBiogenicUptake is not pcfExcludingBiogenicUptake + biogenicCO2Uptake']),
  ];
}

/** Criteria of a list; values of one name are alternatives, names restrict each other. */
export const FILTERS_V3 = [
  'productId',
  'companyId',
  'geography',
  'classification',
  'validOn',
  'validAfter',
  'validBefore',
  'status',
] as const;
export type FilterName = (typeof FILTERS_V3)[number];
export type FiltersV3 = Readonly<Partial<Record<FilterName, readonly string[]>>>;

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]))
  .optional();

/** Data of a request: the filters of the list, each one value or several. */
export const requestDataV3 = z.looseObject({
  productId: oneOrMore,
  companyId: oneOrMore,
  geography: oneOrMore,
  classification: oneOrMore,
  validOn: oneOrMore,
  validAfter: oneOrMore,
  validBefore: oneOrMore,
  status: oneOrMore,
  comment: z.string().optional(),
});
