/** A published footprint as a PACT 2.3 document. Pure. */
import { addDecimals, decimalText } from '../../../schemas/documents/decimalSum.ts';
import {
  DECLARED_UNITS_V2,
  type FootprintV2,
  footprintV2,
  identitiesV2,
} from '../../../schemas/documents/pactV2.ts';
import type { PublishedFootprint } from '../../../schemas/documents/publishedFootprint.ts';
import { geographyFields, instantZ, type PublishedState, perUnit } from './perUnit.ts';

const SPEC_VERSION = '2.3.0';
const CHARACTERISATION: Readonly<Record<string, { factors: 'AR5' | 'AR6'; source: string }>> = {
  ar6_100: { factors: 'AR6', source: 'AR6' },
  ar5_without_ccf_100: { factors: 'AR5', source: 'AR5' },
  ar5_with_ccf_100: { factors: 'AR5', source: 'AR5' },
};

/**
 * The document, or undefined where version 2 has no form for it: its unit is one of the three that are new, its GWP set
 * is neither AR5 nor AR6 over 100 years, it has CO2 captured or removed by technology, or what version 2 requires (CPC code, biogenic carbon) is not known.
 */
export function toV2(
  published: PublishedFootprint,
  { status, deprecated }: PublishedState,
): FootprintV2 | undefined {
  const { details, footprint, validity } = published;
  const { unit } = footprint.declaredUnit;
  const characterisation = CHARACTERISATION[footprint.versions.gwpSet];
  if (!(DECLARED_UNITS_V2 as readonly string[]).includes(unit) || characterisation === undefined)
    return undefined;
  if (details.productCategoryCpc === undefined || details.biogenicCarbonContentKg === undefined)
    return undefined;
  const figures = perUnit(published);
  // Version 2 has no term for captured and removed CO2: a total without it would be another one.
  if (figures.technologicalRemovals !== 0 || figures.ccsCapture !== 0) return undefined;
  const parts = {
    fossilGhgEmissions: decimalText(figures.fossil),
    dLucGhgEmissions: decimalText(figures.landUse),
    landManagementGhgEmissions: decimalText(figures.landManagementEmissions + figures.landManagementRemovals),
    otherBiogenicGhgEmissions: decimalText(figures.biogenicNonCo2),
  };
  const excluding = addDecimals(Object.values(parts));
  const biogenicCarbonWithdrawal = decimalText(figures.biogenicUptake);
  const { verification } = details;
  const document = footprintV2.parse({
    id: published.id,
    specVersion: SPEC_VERSION,
    ...(details.precedingIds.length > 0 && { precedingPfIds: details.precedingIds }),
    // Every change is a document of its own.
    version: 0,
    created: instantZ(published.created),
    ...(deprecated && { updated: instantZ(deprecated.at), statusComment: deprecated.reason }),
    status,
    validityPeriodStart: instantZ(validity.start),
    validityPeriodEnd: instantZ(validity.end),
    companyName: details.companyName,
    companyIds: details.companyIds,
    productDescription: details.productDescription,
    productIds: details.productIds ?? footprint.product.productIds,
    productCategoryCpc: details.productCategoryCpc,
    productNameCompany: details.productNameCompany ?? footprint.product.name,
    comment: details.comment,
    pcf: {
      declaredUnit: unit,
      unitaryProductAmount: '1',
      pCfExcludingBiogenic: excluding,
      pCfIncludingBiogenic: addDecimals([excluding, biogenicCarbonWithdrawal]),
      ...parts,
      biogenicCarbonWithdrawal,
      fossilCarbonContent: decimalText(details.fossilCarbonContentKg),
      biogenicCarbonContent: decimalText(details.biogenicCarbonContentKg),
      aircraftGhgEmissions: decimalText(figures.aircraft),
      characterizationFactors: characterisation.factors,
      ipccCharacterizationFactorsSources: [characterisation.source],
      crossSectoralStandardsUsed: details.crossSectoralStandards,
      ...(details.productOrSectorSpecificRules.length > 0 && {
        productOrSectorSpecificRules: details.productOrSectorSpecificRules,
      }),
      boundaryProcessesDescription: details.boundaryProcessesDescription,
      referencePeriodStart: instantZ(footprint.referencePeriod.start),
      referencePeriodEnd: instantZ(footprint.referencePeriod.end),
      ...geographyFields(details.geography),
      secondaryEmissionFactorSources: figures.secondarySources,
      exemptedEmissionsPercent: footprint.cutOff.exemptedEmissionsPercent,
      exemptedEmissionsDescription: details.exemptedEmissionsDescription,
      packagingEmissionsIncluded: details.packagingEmissionsIncluded,
      ...(details.packagingEmissionsIncluded && { packagingGhgEmissions: decimalText(figures.packaging) }),
      ...(details.allocationRulesDescription !== undefined && {
        allocationRulesDescription: details.allocationRulesDescription,
      }),
      ...uncertaintyText(footprint.uncertainty),
      primaryDataShare: footprint.primaryDataSharePercent,
      ...(verification?.providerName !== undefined && {
        assurance: { assurance: true, providerName: verification.providerName },
      }),
    },
  });
  const broken = identitiesV2(document, 0);
  if (broken.length > 0) throw new RangeError(`${published.id}: ${broken.join('; ')}`);
  return document;
}

function uncertaintyText(
  uncertainty: PublishedFootprint['footprint']['uncertainty'],
): Record<string, string> {
  if (!uncertainty) return {};
  const { percentile2_5KgCo2e: low, percentile97_5KgCo2e: high, draws, seed } = uncertainty;
  return {
    uncertaintyAssessmentDescription: `95 % of ${draws} draws of the background (seed ${seed}) lie between ${low} and ${high} kgCO2e per declared unit as computed`,
  };
}
