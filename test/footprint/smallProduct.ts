/** A pan made of metal, and a background that knows the metal, for tests of the product model. */
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { productCatalogue } from '../../src/background/scoredProducts.ts';
import { scored } from '../background/scoreOf.ts';
import { POWER_AND_METAL, smallInventory } from '../background/smallPackage.ts';

export const METAL = { process: 'smelter', flow: 'metal' };

export const smallCatalogue = (version = 'v1') =>
  productCatalogue(scored(smallInventory(POWER_AND_METAL)).background, {
    name: 'small',
    version,
    sourceSha256: 'f'.repeat(64),
    linkingPolicy: 'p',
    flowMap: 'm',
  });

/** 100 pans of 2 kg of metal each. */
export function panInput(more: Record<string, unknown> = {}): FootprintInput {
  return footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: 'pan', name: 'Pan', productIds: ['urn:example:pan'] },
    site: 'works',
    referencePeriod: { start: '2024-01-01T00:00:00+08:00', end: '2025-01-01T00:00:00+08:00' },
    declaredUnit: { amount: 1, unit: 'piece', massKg: 2 },
    declaredUnitsMade: 100,
    billOfMaterials: [{ name: 'metal', quantity: 200, unit: 'kg', product: METAL }],
    ...more,
  });
}
