/** Rule sets for CO2 from fuel, by the dates on which they are in force; values with unit, source and confidence. */
import { z } from 'zod';
import { confidence } from './provenance.ts';

export const mrvParameter = z.strictObject({
  name: z.enum(['oxidised_share', 'carbon_per_heat', 'carbon_content', 'heating_value', 'purchased_power']),
  value: z.number().nonnegative(),
  unit: z.enum(['1', 'tC/GJ', 'tC/t', 'GJ/t', 'GJ/1e4m3', 'tCO2/MWh']),
  /** Fuel that it is for; every one where absent. */
  fuel: z.string().optional(),
  boilerType: z.string().optional(),
  altitudeFromM: z.number().optional(),
  altitudeToM: z.number().optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  source: z.string().min(8),
  confidence,
});
export type MrvParameter = z.infer<typeof mrvParameter>;

export const mrvRuleSet = z.strictObject({
  id: z.string(),
  effectiveFrom: z.iso.date(),
  /** Last day; until another replaces it where absent. */
  effectiveTo: z.iso.date().optional(),
  /** What is summed. */
  formulas: z.array(z.enum(['fuel', 'desulfurisation', 'purchased_power'])),
  parameters: z.array(mrvParameter),
  document: z.string(),
  confidence,
  /** Why nothing can be computed with it yet. */
  notUsable: z.string().optional(),
});
export type MrvRuleSet = z.infer<typeof mrvRuleSet>;

const NOTICE_2022 = '环办气候函〔2022〕485号';
const TABLE =
  'public copy of a table of coefficients (max.book118.com 8133103033003020), after the provincial inventory guide';

/** Heating value, carbon per heat and oxidised share of a fuel, as parameters. */
function fuel(
  name: string,
  heat: readonly [number, 'GJ/t' | 'GJ/1e4m3'],
  carbonTPerTj: number,
  oxidised: number,
) {
  const common = { fuel: name, source: TABLE, confidence: 'single-source' as const };
  return [
    { ...common, name: 'heating_value', value: heat[0], unit: heat[1] },
    { ...common, name: 'carbon_per_heat', value: carbonTPerTj / 1_000, unit: 'tC/GJ' },
    { ...common, name: 'oxidised_share', value: oxidised, unit: '1' },
  ];
}

export const mrvRuleSets: readonly MrvRuleSet[] = z.array(mrvRuleSet).parse([
  {
    id: 'CN-POWER-2022',
    effectiveFrom: '2022-01-01',
    effectiveTo: '2025-12-31',
    formulas: ['fuel', 'desulfurisation', 'purchased_power'],
    parameters: [
      {
        name: 'oxidised_share',
        value: 0.99,
        unit: '1',
        fuel: 'coal',
        source: NOTICE_2022,
        confidence: 'single-source',
      },
      {
        name: 'carbon_per_heat',
        value: 0.03356,
        unit: 'tC/GJ',
        fuel: 'coal',
        to: '2022-06-07',
        source: `${NOTICE_2022}, for months without a measurement; before the notice of 2022-06-08`,
        confidence: 'single-source',
      },
      {
        name: 'carbon_per_heat',
        value: 0.03085,
        unit: 'tC/GJ',
        fuel: 'coal',
        from: '2022-06-08',
        source: `${NOTICE_2022}, for months without a measurement; notice of 2022-06-08`,
        confidence: 'single-source',
      },
      ...fuel('diesel', [42.652, 'GJ/t'], 20.2, 0.98),
      ...fuel('gasoline', [43.07, 'GJ/t'], 18.9, 0.98),
      ...fuel('oil', [41.816, 'GJ/t'], 21.1, 0.98),
      ...fuel('gas', [389.31, 'GJ/1e4m3'], 15.3, 0.99),
      ...fuel('coke', [28.435, 'GJ/t'], 29.5, 0.93),
      {
        name: 'purchased_power',
        value: 0.5703,
        unit: 'tCO2/MWh',
        source: 'national factor for power plants, 环办气候函〔2023〕43号; not read again for this entry',
        confidence: 'unconfirmed',
      },
    ],
    document: NOTICE_2022,
    confidence: 'single-source',
  },
  {
    id: 'CN-POWER-2026',
    effectiveFrom: '2026-01-01',
    formulas: ['fuel', 'desulfurisation'],
    parameters: [],
    document: 'consultation of 2026-05-21, notice listed 2026-06-30',
    confidence: 'unconfirmed',
    notUsable:
      'the oxidised shares by boiler type and altitude and the oil and gas factors of the national database are not entered yet',
  },
]);

/** The rule set in force on a civil day. Throws `RangeError` where there is none. */
export function mrvRuleSetOn(day: string): MrvRuleSet {
  const set = mrvRuleSets.find(
    ({ effectiveFrom, effectiveTo }) =>
      effectiveFrom <= day && (effectiveTo === undefined || day <= effectiveTo),
  );
  if (!set) throw new RangeError(`no rule set for CO2 from fuel is in force on ${day}`);
  return set;
}

/** Bands of the cross-check between stack and fuel; defaults of this project. */
export const crossCheckBands = {
  id: 'tanliu-cross-check-1',
  leastCoverage: 0.75,
  consistent: 0.05,
  review: 0.1,
  /** Months of its own that a unit's kgCO2/MWh is compared with, and the fewest that make a band. */
  bandMonths: 12,
  leastBandMonths: 6,
  /** Largest CO2 of dry coal gas without excess air (% of volume); O2 and CO2 lie on a line below it. */
  coalCo2MaxPercent: { low: 17.5, high: 20.5 },
  source: 'defaults of this project; the CO2 maximum of coals by combustion calculation',
  confidence: 'assumed',
} as const;
export type CrossCheckBands = {
  readonly [K in keyof typeof crossCheckBands]: (typeof crossCheckBands)[K] extends number
    ? number
    : (typeof crossCheckBands)[K];
};
