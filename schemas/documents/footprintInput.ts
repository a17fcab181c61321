/** What a product footprint is computed from: the product, its bill of materials, metered electricity, direct emissions. */
import { z } from 'zod';
import { gwpSetId } from '../reference/gwp.ts';
import { category } from './footprintCategories.ts';

/** Declared units of PACT v3; also the units in which GB/T 24067 statements are usually made. */
export const declaredUnitName = z.enum([
  'liter',
  'kilogram',
  'cubic meter',
  'kilowatt hour',
  'megajoule',
  'ton kilometer',
  'square meter',
  'piece',
  'hour',
  'megabit second',
]);

/** Where a quantity came from; what is simulated never enters an issued document. */
export const quantityOrigin = z.enum(['measured', 'estimated', 'simulated']);

const instant = z.iso.datetime({ offset: true });
const name = z.string().min(1).max(300);

/** A product of the background database: one (process, product flow). */
export const backgroundProduct = z.strictObject({
  process: z.string().min(1),
  flow: z.string().min(1),
});
export type BackgroundProductRef = z.infer<typeof backgroundProduct>;

const quantity = {
  name,
  origin: quantityOrigin.default('measured'),
  /** References to readings or bills, never copies of them. */
  evidence: z.array(z.string().min(1)).default([]),
};

export const billItem = z.strictObject({
  ...quantity,
  /** Used in the reference period; negative for what is given back and credited. */
  quantity: z.number(),
  unit: z.string().min(1),
  product: backgroundProduct,
  /** Part of the footprint that is packaging or outbound transport is also reported apart. */
  part: z.enum(['product', 'packaging', 'outbound_logistics']).default('product'),
});
export type BillItem = z.infer<typeof billItem>;

/** The family is read as text: a wrong one is refused as `factor_family`, not as a typing error. */
const electricityFactor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('background'), product: backgroundProduct }),
  z.strictObject({
    kind: z.literal('official'),
    family: z.string(),
    zone: z.string(),
    year: z.int(),
    supply: z.string().default('mix'),
  }),
  z.strictObject({
    kind: z.literal('traced'),
    family: z.string(),
    intensityKgCo2ePerKwh: z.number().nonnegative(),
    zone: z.string(),
    /** Version of the traced series, so that it can be walked back. */
    version: z.string().min(1),
  }),
]);

export const electricityUse = z.strictObject({
  ...quantity,
  /** The same meter may stand in one entry only: a kilowatt hour has one factor. */
  meterId: z.string().min(1).optional(),
  energyKwh: z.number().nonnegative(),
  factor: electricityFactor,
});
export type ElectricityUse = z.infer<typeof electricityUse>;

export const directEmission = z.strictObject({
  ...quantity,
  category,
  /** Species of the GWP set; the memo categories count CO2 alone. */
  species: z.string().min(1),
  /** In the reference period; uptake as a negative mass. */
  massKg: z.number(),
});
export type DirectEmission = z.infer<typeof directEmission>;

export const footprintInput = z
  .strictObject({
    schema: z.literal('tanliu.footprint-input/1'),
    product: z.strictObject({
      id: name,
      name,
      productIds: z.array(z.string().regex(/^[uU][rR][nN]:/, 'a URN')).default([]),
    }),
    company: name.optional(),
    site: name,
    referencePeriod: z.strictObject({ start: instant, end: instant }),
    boundary: z.literal('cradle_to_gate').default('cradle_to_gate'),
    declaredUnit: z.strictObject({
      amount: z.number().positive(),
      unit: declaredUnitName,
      /** Without packaging; 0 for energy, transport and services. */
      massKg: z.number().nonnegative(),
    }),
    /** Declared units made in the reference period: every quantity below is divided by it. */
    declaredUnitsMade: z.number().positive(),
    gwpSet: gwpSetId.optional(),
    billOfMaterials: z.array(billItem).default([]),
    electricity: z.array(electricityUse).default([]),
    directEmissions: z.array(directEmission).default([]),
    /** Left out on purpose 取舍: with an estimate for the whole period. */
    leftOut: z
      .array(z.strictObject({ name, reason: z.string().min(1), estimateKgCo2e: z.number().nonnegative() }))
      .default([]),
  })
  .refine(({ referencePeriod: { start, end } }) => Date.parse(start) < Date.parse(end), {
    message: 'the reference period ends before it starts',
    path: ['referencePeriod', 'end'],
  })
  .refine(
    (input) => input.billOfMaterials.length + input.electricity.length + input.directEmissions.length > 0,
    {
      message: 'a footprint needs at least one input',
      path: ['billOfMaterials'],
    },
  );
export type FootprintInput = z.infer<typeof footprintInput>;
