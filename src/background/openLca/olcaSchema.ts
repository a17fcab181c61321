/** The part of olca-schema 1.x and 2.x that a background database needs, as zod; each flag under both of its names. */
import { z } from 'zod';

const ref = z.object({ '@id': z.string().min(1), name: z.string().optional() });
const optionalRef = ref.nullish();
const flag = z.boolean().nullish();

export const olcaUnitGroup = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  units: z
    .array(
      z.object({
        '@id': z.string().min(1),
        name: z.string(),
        conversionFactor: z.number(),
        referenceUnit: flag,
        isRefUnit: flag,
      }),
    )
    .default([]),
});

export const olcaFlowProperty = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  flowPropertyType: z.string().nullish(),
  unitGroup: optionalRef,
});

export const olcaFlow = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  flowType: z.enum(['ELEMENTARY_FLOW', 'PRODUCT_FLOW', 'WASTE_FLOW']),
  cas: z.string().nullish(),
  category: z.union([z.string(), ref]).nullish(),
  flowProperties: z
    .array(
      z.object({
        flowProperty: ref,
        conversionFactor: z.number(),
        referenceFlowProperty: flag,
        isRefFlowProperty: flag,
      }),
    )
    .default([]),
});

export const olcaCategory = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  category: z.union([z.string(), ref]).nullish(),
});

export const olcaLocation = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  code: z.string().nullish(),
});

const olcaUncertainty = z.object({ distributionType: z.string() }).loose();

export const olcaExchange = z.object({
  '@id': z.string().nullish(),
  internalId: z.number().int().nullish(),
  flow: optionalRef,
  unit: optionalRef,
  flowProperty: optionalRef,
  amount: z.number().nullish(),
  input: flag,
  isInput: flag,
  avoidedProduct: flag,
  isAvoidedProduct: flag,
  quantitativeReference: flag,
  isQuantitativeReference: flag,
  defaultProvider: optionalRef,
  costValue: z.number().nullish(),
  currency: optionalRef,
  uncertainty: olcaUncertainty.nullish(),
  pedigreeUncertainty: z.string().nullish(),
  dqEntry: z.string().nullish(),
});

export const olcaProcess = z.object({
  '@id': z.string().min(1),
  name: z.string().trim().default(''),
  location: optionalRef,
  defaultAllocationMethod: z.string().nullish(),
  processDocumentation: z
    .object({ validFrom: z.string().nullish(), validUntil: z.string().nullish() })
    .nullish(),
  exchanges: z.array(olcaExchange).default([]),
  allocationFactors: z
    .array(
      z.object({
        allocationType: z.string(),
        value: z.number().nullish(),
        product: optionalRef,
        exchange: z.object({ '@id': z.string().nullish(), internalId: z.number().int().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

export type OlcaExchange = z.infer<typeof olcaExchange>;
export type OlcaProcess = z.infer<typeof olcaProcess>;
