/** What a product footprint is computed from: the product model, from the bill of materials to co-products. */
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

/** How near the technology behind a factor is to the one meant; not stated is a rating of its own. */
const technologyMatch = z.enum(['same', 'similar', 'related', 'different']);

const quantity = {
  name,
  origin: quantityOrigin.default('measured'),
  /** References to readings or bills, never copies of them. */
  evidence: z.array(z.string().min(1)).default([]),
  /** Process of the product model in which it is used. */
  process: z.string().min(1).optional(),
  /**
   * `used`: as metered or bought. `in_output`: what good output of its process holds; it is divided by the yield of that
   * process and of every process that this one feeds.
   */
  basis: z.enum(['used', 'in_output']).default('used'),
  /** Metadata for the data-quality ratings. */
  technology: technologyMatch.optional(),
  /** Year that the factor describes. */
  dataYear: z.int().min(1900).max(2200).optional(),
};

/** A supplier's footprint as it came (PACT), and the SHA-256 of its canonical JSON (RFC 8785). */
const supplierRef = z.strictObject({
  document: z.record(z.string(), z.unknown()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 as 64 hexadecimal digits'),
});
export type SupplierRef = z.infer<typeof supplierRef>;

export const billItem = z
  .strictObject({
    ...quantity,
    /** Used in the reference period; negative for what is given back and credited. */
    quantity: z.number(),
    unit: z.string().min(1),
    product: backgroundProduct.optional(),
    /** In the place of `product`. */
    supplier: supplierRef.optional(),
    /** Part of the footprint that is packaging or outbound transport is also reported apart. */
    part: z.enum(['product', 'packaging', 'outbound_logistics']).default('product'),
  })
  .refine(({ product, supplier }) => (product === undefined) !== (supplier === undefined), {
    message: 'a background product or a supplier, one of the two',
    path: ['product'],
  });
export type BillItem = z.infer<typeof billItem>;

const TRANSPORT_MODES = ['road', 'rail', 'inland_water', 'sea', 'air', 'pipeline'] as const;

export const transportLeg = z.strictObject({
  ...quantity,
  mode: z.enum(TRANSPORT_MODES),
  direction: z.enum(['inbound', 'internal', 'outbound']).default('inbound'),
  /** Carried in the reference period, with what it is packed in. */
  massKg: z.number().nonnegative(),
  distanceKm: z.number().nonnegative(),
  /** Background service that is measured in tonne kilometres, and its unit for one. */
  product: backgroundProduct,
  unit: z.string().min(1).default('t*km'),
});
export type TransportLeg = z.infer<typeof transportLeg>;

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
export type ElectricityFactor = z.infer<typeof electricityFactor>;

/** Green power bought, delivered in its settlement period, its certificates 绿证 retired for this user. */
const greenPower = z.strictObject({
  name,
  energyKwh: z.number().positive(),
  /** Life-cycle factor of that kind of generation, at the plant. */
  factor: electricityFactor,
  /** Lost on the way, as a share of what is delivered; the plant generated so much more. */
  deliveryLossFraction: z.number().min(0).max(0.5),
  /** Settlement run that delivered it. */
  settlement: z.string().min(1),
  /** Retired certificates; none may stand anywhere else in the document. */
  certificates: z.array(z.string().min(1)).min(1),
});

export const electricityUse = z.strictObject({
  ...quantity,
  /** The same meter may stand in one entry only: a kilowatt hour has one factor. */
  meterId: z.string().min(1).optional(),
  energyKwh: z.number().nonnegative(),
  /** Of all of it where the rule is location-based, else of the rest that no contract covers. */
  factor: electricityFactor,
  contracts: z.array(greenPower).default([]),
  /** Hourly traced value beside it, as a memo that never enters the sum. */
  tracedMemo: z
    .strictObject({
      family: z.string(),
      intensityKgCo2ePerKwh: z.number().nonnegative(),
      zone: z.string(),
      version: z.string().min(1),
    })
    .optional(),
});
export type ElectricityUse = z.infer<typeof electricityUse>;

export const directEmission = z.strictObject({
  ...quantity,
  category,
  /** Species of the GWP set; the memo categories count CO2 alone. */
  species: z.string().min(1),
  /** In the reference period; uptake as a negative mass. */
  massKg: z.number(),
  /** Emitted by an aircraft: reported apart too, without radiative forcing. */
  aircraft: z.boolean().default(false),
});
export type DirectEmission = z.infer<typeof directEmission>;

/** CO2 that no category of the background holds, each an account of its own*/
export const CARBON_ACCOUNTS = [
  'land_management_co2_emissions',
  'land_management_co2_removals',
  'technological_co2_removals',
  'ccs_technological_co2_capture',
] as const;
export const carbonAccountEntry = z
  .strictObject({
    ...quantity,
    account: z.enum(CARBON_ACCOUNTS),
    /** kg CO2 in the reference period; removals and capture ≤ 0. */
    massKg: z.number(),
  })
  .refine(
    ({ account, massKg }) => (account === 'land_management_co2_emissions' ? massKg >= 0 : massKg <= 0),
    { message: 'an emission is at least 0, a removal or capture at most 0', path: ['massKg'] },
  );
export type CarbonAccountEntry = z.infer<typeof carbonAccountEntry>;

/** A step of production. */
export const productionProcess = z.strictObject({
  id: z.string().min(1),
  name,
  stage: z.enum(['raw_material', 'production', 'distribution']).default('production'),
  /** Good output by what went in. */
  yieldFraction: z.number().positive().max(1).default(1),
  /** The process that takes its output; absent for the last one. */
  feeds: z.string().min(1).optional(),
  /** Serves this product alone, so that no co-product bears a part of it. */
  ownToProduct: z.boolean().default(false),
});
export type ProductionProcess = z.infer<typeof productionProcess>;

/** How the joint burden is divided between product and co-products, in one stated measure. */
const allocation = z.strictObject({
  method: z.enum(['mass', 'energy', 'other_physical', 'economic']),
  /** Of the amounts below: kg, MJ, yuan, … */
  unit: z.string().min(1),
  /** Of the product, in the reference period. */
  productAmount: z.number().positive(),
  /** Why this measure: the step of ISO 14044 4.3.4 that it stands on, and why no higher one could be taken. */
  reason: z.string().min(10),
});

const coProduct = z.strictObject({
  name,
  /** In the measure of the allocation. */
  amount: z.number().nonnegative(),
  evidence: z.array(z.string().min(1)).default([]),
});

/** What the document is for, which settles the electricity rule's default and what is refused when it is issued. */
export const footprintUse = z.enum(['gb_t_24067', 'iso_14067', 'pact', 'customer']);
export const electricityRule = z.enum(['market_based', 'location_based', 'traced_hourly']);
export type ElectricityRule = z.infer<typeof electricityRule>;

export const footprintInput = z
  .strictObject({
    schema: z.literal('tanliu.footprint-input/1'),
    product: z.strictObject({
      id: name,
      name,
      productIds: z.array(z.string().regex(/^[uU][rR][nN]:/, 'a URN')).default([]),
      classifications: z.array(z.string().min(1)).default([]),
      /** Combined Nomenclature, 8 digits. */
      cnCode: z
        .string()
        .regex(/^\d{8}$/)
        .optional(),
      functionalUnit: name.optional(),
      /** Product category rule that the study follows. */
      productRule: name.optional(),
    }),
    company: name.optional(),
    site: name,
    installation: name.optional(),
    /** Code of the site's place, e.g. CN-SC; for the geographical rating. */
    place: z.string().min(2).optional(),
    /** An example for learning: it is shown as one wherever it is shown, and never issued. */
    example: z.boolean().default(false),
    use: footprintUse.default('gb_t_24067'),
    electricityRule: electricityRule.default('market_based'),
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
    processes: z.array(productionProcess).default([]),
    billOfMaterials: z.array(billItem).default([]),
    transport: z.array(transportLeg).default([]),
    electricity: z.array(electricityUse).default([]),
    directEmissions: z.array(directEmission).default([]),
    carbonAccounts: z.array(carbonAccountEntry).default([]),
    coProducts: z.array(coProduct).default([]),
    allocation: allocation.optional(),
    /** What is not known and was assumed, each for itself. */
    assumptions: z.array(z.string().min(1)).default([]),
    /** Left out on purpose 取舍: with an estimate for the whole period. */
    leftOut: z
      .array(z.strictObject({ name, reason: z.string().min(1), estimateKgCo2e: z.number().nonnegative() }))
      .default([]),
  })
  .refine(({ referencePeriod: { start, end } }) => Date.parse(start) < Date.parse(end), {
    message: 'the reference period ends before it starts',
    path: ['referencePeriod', 'end'],
  })
  .superRefine((input, context) => {
    for (const { path, message } of modelFaults(input)) context.addIssue({ code: 'custom', path, message });
  });
export type FootprintInput = z.infer<typeof footprintInput>;

interface ModelFault {
  readonly path: (string | number)[];
  readonly message: string;
}

const LINES = ['billOfMaterials', 'transport', 'electricity', 'directEmissions', 'carbonAccounts'] as const;

/** What the parts of the model owe one another. */
function modelFaults(input: Model): ModelFault[] {
  const faults: ModelFault[] = [];
  const fault = (path: (string | number)[], message: string) => faults.push({ path, message });
  if (LINES.every((list) => input[list].length === 0))
    fault(['billOfMaterials'], 'a footprint needs at least one input');
  const feeds = new Map<string, string | undefined>();
  for (const [at, { id, feeds: next }] of input.processes.entries()) {
    if (feeds.has(id)) fault(['processes', at, 'id'], `process ${id} stands twice`);
    feeds.set(id, next);
  }
  for (const [at, { id, feeds: next }] of input.processes.entries()) {
    if (next !== undefined && !feeds.has(next))
      fault(['processes', at, 'feeds'], `there is no process ${next}`);
    const seen = new Set([id]);
    for (let to = next; to !== undefined; to = feeds.get(to)) {
      if (seen.has(to)) {
        fault(['processes', at, 'feeds'], `${[...seen, to].join(' → ')} runs in a circle`);
        break;
      }
      seen.add(to);
    }
  }
  for (const list of LINES) {
    for (const [at, { process, basis }] of input[list].entries()) {
      if (process !== undefined && !feeds.has(process))
        fault([list, at, 'process'], `there is no process ${process}`);
      if (process === undefined && basis === 'in_output')
        fault([list, at, 'basis'], 'in_output needs the process whose output is meant');
    }
  }
  if (input.coProducts.length > 0 && input.allocation === undefined)
    fault(['allocation'], 'co-products need a stated allocation with its reason');
  if (input.coProducts.length === 0 && input.allocation !== undefined)
    fault(['coProducts'], 'an allocation needs co-products');
  return faults;
}

interface Model {
  readonly processes: readonly ProductionProcess[];
  readonly coProducts: readonly unknown[];
  readonly allocation?: unknown;
  readonly billOfMaterials: readonly Line[];
  readonly transport: readonly Line[];
  readonly electricity: readonly Line[];
  readonly directEmissions: readonly Line[];
  readonly carbonAccounts: readonly Line[];
}
interface Line {
  readonly process?: string | undefined;
  readonly basis: 'used' | 'in_output';
}
