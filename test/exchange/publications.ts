/** Footprints to publish: computed by the engine against a small background. */
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import type { FootprintResult } from '../../schemas/documents/footprintResult.ts';
import { type PublicationDetails, publicationDetails } from '../../schemas/documents/publishedFootprint.ts';
import { productCatalogue } from '../../src/background/scoredProducts.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { scored } from '../background/scoreOf.ts';
import { POWER_AND_METAL, smallInventory } from '../background/smallPackage.ts';

const catalogue = productCatalogue(scored(smallInventory([...POWER_AND_METAL])).background, {
  name: 'small',
  version: 'v1',
  sourceSha256: 'f'.repeat(64),
  linkingPolicy: 'p',
  flowMap: 'm',
});

export function result(more: Record<string, unknown> = {}): FootprintResult {
  const input: FootprintInput = footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: 'sheet', name: 'Aluminium sheet', productIds: ['urn:example:sheet'] },
    site: 'works',
    referencePeriod: { start: '2025-01-01T00:00:00+08:00', end: '2026-01-01T00:00:00+08:00' },
    declaredUnit: { amount: 1, unit: 'kilogram', massKg: 1 },
    declaredUnitsMade: 300,
    billOfMaterials: [
      { name: 'metal', quantity: 200, unit: 'kg', product: { process: 'smelter', flow: 'metal' } },
    ],
    directEmissions: [
      { name: 'flame', category: 'fossil', species: 'CO2', massKg: 0.0001 / 3 },
      { name: 'wood', category: 'biogenic_non_co2', species: 'CH4-nonfossil', massKg: 1e-9 },
      { name: 'growth', category: 'biogenic_co2_uptake', species: 'CO2', massKg: -7 },
    ],
    carbonAccounts: [
      { name: 'soil', account: 'land_management_co2_emissions', massKg: 12 },
      { name: 'trees', account: 'land_management_co2_removals', massKg: -1.1 },
    ],
    ...more,
  });
  return computeFootprint(input, catalogue);
}

export const details = (more: Record<string, unknown> = {}): PublicationDetails =>
  publicationDetails.parse({
    schema: 'tanliu.publication-details/1',
    companyName: 'Sichuan Metal',
    companyIds: ['urn:example:company:metal'],
    productDescription: 'rolled sheet',
    productCategoryCpc: '4153',
    productClassifications: ['urn:pact:productclassification:un-cpc:4153'],
    geography: { kind: 'subdivision', value: 'CN-SC' },
    fossilCarbonContentKg: 0,
    biogenicCarbonContentKg: 0,
    packagingEmissionsIncluded: false,
    ...more,
  });
