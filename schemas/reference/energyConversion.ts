/**
 * Energy carriers in common units: lower heating value, standard coal 标准煤 (当量值 and 等价值) and CO2, by year and
 * source. 当量值 counts the heat in the carrier; 等价值 counts the heat that was used to make it (electricity).
 */
import { z } from 'zod';
import { type Confidence, provenance } from './provenance.ts';

export const CONVERTED_UNITS = ['t', 'kg', 'm3', 'L', 'GJ', 'MJ', 'kWh', 'MWh'] as const;
export type ConvertedUnit = (typeof CONVERTED_UNITS)[number];

export const carrierConversion = z.strictObject({
  carrier: z.string(),
  unit: z.enum(CONVERTED_UNITS),
  effectiveFrom: z.iso.date(),
  effectiveTo: z.iso.date().optional(),
  /** Lower heating value; null for a carrier without energy of its own. */
  heatGjPerUnit: z.number().nonnegative().nullable(),
  /** Standard coal by heat content. */
  equivalentTcePerUnit: z.number().nonnegative().nullable(),
  /** Standard coal that making it takes; null where it depends on the year and that year's figure is not known. */
  primaryTcePerUnit: z.number().nonnegative().nullable(),
  /** Carbon in it by heat, and the share of that which becomes CO2 when it is burnt; null where it is not burnt. */
  carbonTPerGj: z.number().nonnegative().nullable(),
  oxidisedShare: z.number().min(0).max(1).nullable(),
  scope: z.enum(['scope_1', 'scope_2', 'none']),
  ...provenance,
});
export type CarrierConversion = z.infer<typeof carrierConversion>;

/** Heat of a tonne of standard coal (GJ), the definition of tce in GB/T 2589. */
export const GJ_PER_TCE = 29.307;

const TABLE =
  'GB/T 2589 and the provincial inventory guide, by a public copy of their table (max.book118.com 8133103033003020)';
const DEFINITION = `from the definition of standard coal, ${GJ_PER_TCE} GJ/t (GB/T 2589)`;
const SINCE = '2008-06-01';

/** A fuel as the table gives it: GJ per unit, tce per unit, tC per TJ, oxidised share. */
function fuel(
  carrier: string,
  unit: ConvertedUnit,
  heatGj: number,
  tce: number,
  carbonTPerTj: number,
  oxidised: number,
) {
  return {
    carrier,
    unit,
    effectiveFrom: SINCE,
    heatGjPerUnit: heatGj,
    equivalentTcePerUnit: tce,
    primaryTcePerUnit: tce,
    carbonTPerGj: carbonTPerTj / 1_000,
    oxidisedShare: oxidised,
    scope: 'scope_1',
    source: TABLE,
    confidence: 'single-source',
  };
}

/** Electricity of one year: the coal that a kilowatt hour took on average, from the national energy administration. */
function electricity(year: number, gcePerKwh: number) {
  return {
    carrier: 'electricity',
    unit: 'kWh',
    effectiveFrom: `${year}-01-01`,
    effectiveTo: `${year}-12-31`,
    heatGjPerUnit: 0.0036,
    equivalentTcePerUnit: 0.0036 / GJ_PER_TCE,
    primaryTcePerUnit: gcePerKwh / 1e6,
    carbonTPerGj: null,
    oxidisedShare: null,
    scope: 'scope_2',
    source: `当量值 ${DEFINITION}; 等价值: coal per kWh supplied, plants of 6 MW and more, ${year}, national energy administration, not read again for this entry`,
    confidence: 'unconfirmed',
  };
}

const none = { heatGjPerUnit: null, equivalentTcePerUnit: null, primaryTcePerUnit: null };
const heatOf = (carrier: string) => ({
  carrier,
  unit: 'GJ',
  effectiveFrom: SINCE,
  heatGjPerUnit: 1,
  equivalentTcePerUnit: 1 / GJ_PER_TCE,
  // Depends on the boiler house that made it, which no table knows.
  primaryTcePerUnit: null,
  carbonTPerGj: null,
  oxidisedShare: null,
  scope: 'scope_2',
  source: DEFINITION,
  confidence: 'confirmed',
});

export const carrierConversions: readonly CarrierConversion[] = z.array(carrierConversion).parse([
  fuel('coal', 't', 20.908, 0.7143, 26.37, 0.94),
  fuel('coke', 't', 28.435, 0.9714, 29.5, 0.93),
  fuel('oil', 't', 41.816, 1.4286, 21.1, 0.98),
  fuel('gasoline', 't', 43.07, 1.4714, 18.9, 0.98),
  fuel('diesel', 't', 42.652, 1.4571, 20.2, 0.98),
  fuel('gas', 'm3', 0.038931, 0.00133, 15.3, 0.99),
  {
    carrier: 'hydrogen',
    unit: 'kg',
    effectiveFrom: SINCE,
    heatGjPerUnit: 0.12,
    equivalentTcePerUnit: 0.12 / GJ_PER_TCE,
    primaryTcePerUnit: null,
    carbonTPerGj: 0,
    oxidisedShare: 1,
    scope: 'scope_1',
    source: `lower heating value of hydrogen, 120 MJ/kg; standard coal ${DEFINITION}; its making is not in it`,
    confidence: 'assumed',
  },
  heatOf('heat'),
  heatOf('steam'),
  heatOf('chilled_water'),
  electricity(2021, 302.5),
  electricity(2022, 301.5),
  electricity(2023, 301.6),
  {
    carrier: 'electricity',
    unit: 'kWh',
    effectiveFrom: '2024-01-01',
    heatGjPerUnit: 0.0036,
    equivalentTcePerUnit: 0.0036 / GJ_PER_TCE,
    primaryTcePerUnit: null,
    carbonTPerGj: null,
    oxidisedShare: null,
    scope: 'scope_2',
    source: `当量值 ${DEFINITION}; 等价值 of these years is not entered`,
    confidence: 'confirmed',
  },
  {
    carrier: 'water',
    unit: 'm3',
    effectiveFrom: SINCE,
    ...none,
    carbonTPerGj: null,
    oxidisedShare: null,
    scope: 'none',
    source: 'an energy-consuming medium; not counted as energy here',
    confidence: 'assumed',
  },
]);

/** Density for carriers that are measured in litres where the table is by mass (t per L). */
export const densities: Readonly<Record<string, { tPerL: number; source: string; confidence: Confidence }>> =
  {
    diesel: { tPerL: 0.00084, source: 'usual density of diesel, 0.84 kg/L', confidence: 'assumed' },
    gasoline: { tPerL: 0.00074, source: 'usual density of gasoline, 0.74 kg/L', confidence: 'assumed' },
  };

/** Conversion of a carrier on a civil day (YYYY-MM-DD), or `undefined` where there is none. */
export function conversionOn(carrier: string, day: string): CarrierConversion | undefined {
  return carrierConversions.find(
    (row) =>
      row.carrier === carrier &&
      row.effectiveFrom <= day &&
      (row.effectiveTo === undefined || day <= row.effectiveTo),
  );
}
