/** A published footprint as a PACT 3.0 document. Pure. */
import { addDecimals, decimalText } from '../../../schemas/documents/decimalSum.ts';
import { type FootprintV3, footprintV3, identitiesV3 } from '../../../schemas/documents/pactV3.ts';
import type { PublishedFootprint } from '../../../schemas/documents/publishedFootprint.ts';
import { geographyFields, instantZ, type PublishedState, perUnit } from './perUnit.ts';

const SPEC_VERSION = '3.0.0';
/** Our own data on uncertainty: version 3 has no field for it. */
const UNCERTAINTY_SCHEMA = 'urn:tanliu:schema:footprint-uncertainty:1';

/** The document, or undefined where version 3 has no form for it: it knows characterisation by AR6 alone. */
export function toV3(published: PublishedFootprint, { status }: PublishedState): FootprintV3 | undefined {
  const { details, footprint, validity } = published;
  if (footprint.versions.gwpSet !== 'ar6_100') return undefined;
  const figures = perUnit(published);
  const parts = {
    fossilGhgEmissions: decimalText(figures.fossil),
    landUseChangeGhgEmissions: decimalText(figures.landUse),
    landManagementBiogenicCO2Emissions: decimalText(figures.landManagementEmissions),
    landManagementBiogenicCO2Removals: decimalText(figures.landManagementRemovals),
    technologicalCO2Removals: decimalText(figures.technologicalRemovals),
    ccsTechnologicalCO2Capture: decimalText(figures.ccsCapture),
    biogenicNonCO2Emissions: decimalText(figures.biogenicNonCo2),
  };
  const { technologicalDqr, geographicalDqr, temporalDqr } = footprint.dataQuality;
  const excluding = addDecimals(Object.values(parts));
  const biogenicCO2Uptake = decimalText(figures.biogenicUptake);
  const document = footprintV3.parse({
    id: published.id,
    specVersion: SPEC_VERSION,
    ...(details.precedingIds.length > 0 && { precedingPfIds: details.precedingIds }),
    created: instantZ(published.created),
    status,
    validityPeriodStart: instantZ(validity.start),
    validityPeriodEnd: instantZ(validity.end),
    companyName: details.companyName,
    companyIds: details.companyIds,
    productDescription: details.productDescription,
    productIds: details.productIds ?? footprint.product.productIds,
    ...(details.productClassifications.length > 0 && {
      productClassifications: details.productClassifications,
    }),
    productNameCompany: details.productNameCompany ?? footprint.product.name,
    comment: details.comment,
    pcf: {
      declaredUnitOfMeasurement: footprint.declaredUnit.unit,
      declaredUnitAmount: '1',
      productMassPerDeclaredUnit: decimalText(figures.massKg),
      referencePeriodStart: instantZ(footprint.referencePeriod.start),
      referencePeriodEnd: instantZ(footprint.referencePeriod.end),
      ...geographyFields(details.geography),
      boundaryProcessesDescription: details.boundaryProcessesDescription,
      pcfExcludingBiogenicUptake: excluding,
      pcfIncludingBiogenicUptake: addDecimals([excluding, biogenicCO2Uptake]),
      fossilCarbonContent: decimalText(details.fossilCarbonContentKg),
      ...(details.biogenicCarbonContentKg !== undefined && {
        biogenicCarbonContent: decimalText(details.biogenicCarbonContentKg),
      }),
      ...parts,
      biogenicCO2Uptake,
      aircraftGhgEmissions: decimalText(figures.aircraft),
      ccsTechnologicalCO2CaptureIncluded: figures.ccsCapture !== 0,
      packagingEmissionsIncluded: details.packagingEmissionsIncluded,
      ...(details.packagingEmissionsIncluded && { packagingGhgEmissions: decimalText(figures.packaging) }),
      ...(figures.outboundLogistics !== 0 && {
        outboundLogisticsGhgEmissions: decimalText(figures.outboundLogistics),
      }),
      ipccCharacterizationFactors: ['AR6'],
      crossSectoralStandards: details.crossSectoralStandards,
      ...(details.productOrSectorSpecificRules.length > 0 && {
        productOrSectorSpecificRules: details.productOrSectorSpecificRules,
      }),
      exemptedEmissionsPercent: decimalText(footprint.cutOff.exemptedEmissionsPercent),
      exemptedEmissionsDescription: details.exemptedEmissionsDescription,
      ...(details.allocationRulesDescription !== undefined && {
        allocationRulesDescription: details.allocationRulesDescription,
      }),
      secondaryEmissionFactorSources: figures.secondarySources,
      primaryDataShare: decimalText(footprint.primaryDataSharePercent),
      ...(technologicalDqr !== null &&
        geographicalDqr !== null &&
        temporalDqr !== null && {
          dqi: {
            technologicalDQR: decimalText(technologicalDqr),
            geographicalDQR: decimalText(geographicalDqr),
            temporalDQR: decimalText(temporalDqr),
          },
        }),
      ...(details.verification && { verification: details.verification }),
    },
    ...(footprint.uncertainty && {
      extensions: [
        { specVersion: '2.0.0', dataSchema: UNCERTAINTY_SCHEMA, data: { ...footprint.uncertainty } },
      ],
    }),
  });
  const broken = identitiesV3(document, 0);
  if (broken.length > 0) throw new RangeError(`${published.id}: ${broken.join('; ')}`);
  return document;
}
