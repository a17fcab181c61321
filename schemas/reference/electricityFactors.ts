/**
 * Electricity factors announced by the Chinese authorities, in two families that never meet in one sum: the direct CO2
 * factor (电力二氧化碳排放因子, organisations) and the life-cycle footprint factor (电力碳足迹因子, products).
 */
import { z } from 'zod';
import { AVERAGE_ROWS } from './electricityFactorRows.ts';
import { provenance } from './provenance.ts';
import { ZONES } from './zones.ts';

const common = {
  zone: z.string(),
  year: z.int(),
  /** Day of the announcement; in use from then until the next year's is announced. */
  published: z.iso.date(),
  validUntil: z.iso.date().optional(),
  document: z.string(),
  ...provenance,
};

/** Direct CO2 of generation, by location (average) or for the rest of a market (without traded non-fossil). */
export const co2Factor = z.strictObject({
  family: z.enum(['cn_co2_average', 'cn_co2_excl_traded_nonfossil', 'cn_co2_fossil']),
  scope: z.enum(['national', 'regional', 'provincial']),
  unit: z.literal('kgCO2/kWh'),
  intensityKgCo2PerKwh: z.number().positive().max(2),
  ...common,
});
export type Co2Factor = z.infer<typeof co2Factor>;

/** Life-cycle CO2e of a consumed kilowatt hour; for product footprints only. */
export const footprintFactor = z.strictObject({
  family: z.literal('cn_lifecycle'),
  /** `mix`: the whole supply; else one kind of generation. */
  supply: z.enum(['mix', 'wind', 'solar', 'biomass']),
  unit: z.literal('kgCO2e/kWh'),
  intensityKgCo2ePerKwh: z.number().positive().max(2),
  ...common,
});
export type FootprintFactor = z.infer<typeof footprintFactor>;

interface Announcement {
  readonly document: string;
  readonly published: string;
  readonly validUntil?: string;
}

const ANNOUNCED: Readonly<Record<2021 | 2022 | 2023, Announcement>> = {
  2021: {
    document: '生态环境部、国家统计局公告 2024年第12号',
    published: '2024-04-12',
    validUntil: '2024-12-20',
  },
  2022: {
    document: '生态环境部、国家统计局公告 2024年第33号',
    published: '2024-12-20',
    validUntil: '2025-12-31',
  },
  2023: { document: '生态环境部、国家统计局公告 2025年第47号', published: '2025-12-31' },
};
const YEARS = [2021, 2022, 2023] as const;

const REPRINT = 'secondary reprint of the announcement';
const SEVERAL = 'several public copies of the announcement agree';
/** How each table of averages was read, by scope and year. */
const READING = {
  national: [
    ['single-source', REPRINT],
    ['single-source', REPRINT],
    ['confirmed', SEVERAL],
  ],
  regional: [
    ['single-source', 'one public copy of the table'],
    ['confirmed', 'public copy; year-on-year changes stated with the 2023 announcement recompute'],
    ['confirmed', 'public copies; year-on-year changes stated in the announcement recompute'],
  ],
  provincial: [
    ['single-source', 'one public copy of the table'],
    ['confirmed', 'two public copies; 2022→2023 direction check (20 down, 10 up) passes'],
    ['confirmed', 'four independent public copies agree; direction check passes'],
  ],
} as const;

const scopeOf = (zone: string) =>
  zone === 'CN' ? 'national' : zone.startsWith('CN-REG-') ? 'regional' : 'provincial';

const averages = AVERAGE_ROWS.flatMap(([zone, ...values]) =>
  YEARS.map((year, at) => {
    const scope = scopeOf(zone);
    const [confidence, source] = READING[scope][at]!;
    return co2Row('cn_co2_average', scope, zone, year, values[at]!, confidence, source);
  }),
);

function co2Row(
  family: Co2Factor['family'],
  scope: Co2Factor['scope'],
  zone: string,
  year: 2021 | 2022 | 2023,
  intensityKgCo2PerKwh: number,
  confidence: Co2Factor['confidence'],
  source: string,
) {
  return {
    family,
    scope,
    unit: 'kgCO2/kWh',
    intensityKgCo2PerKwh,
    zone,
    year,
    ...ANNOUNCED[year],
    source,
    confidence,
  };
}

const recomputed = 'secondary reprint; 2023 announcement wording (0.6096, up 4.1 %) recomputes 0.5856';
const rest = 'cn_co2_excl_traded_nonfossil';

export const co2Factors: readonly Co2Factor[] = z
  .array(co2Factor)
  .parse([
    ...averages,
    co2Row(rest, 'national', 'CN', 2021, 0.5942, 'unconfirmed', REPRINT),
    co2Row(rest, 'national', 'CN', 2022, 0.5856, 'confirmed', recomputed),
    co2Row(rest, 'national', 'CN', 2023, 0.6096, 'confirmed', SEVERAL),
    co2Row('cn_co2_fossil', 'national', 'CN', 2021, 0.8426, 'single-source', REPRINT),
    co2Row('cn_co2_fossil', 'national', 'CN', 2022, 0.8325, 'single-source', REPRINT),
    co2Row('cn_co2_fossil', 'national', 'CN', 2023, 0.8273, 'confirmed', SEVERAL),
  ]);

const footprint2023 = {
  family: 'cn_lifecycle',
  unit: 'kgCO2e/kWh',
  zone: 'CN',
  year: 2023,
  published: '2025-01-17',
  validUntil: '2025-09-28',
  document: '生态环境部、国家统计局、国家能源局公告 2025年第3号',
};
const change = 'two public copies agree; stated change of -6.9 % from 0.6205 to 0.5777 recomputes';
const bySource = (supply: string, intensityKgCo2ePerKwh: number) => ({
  ...footprint2023,
  // The 2024 announcement is not known to repeat the factors by kind of generation: these stay in use.
  validUntil: undefined,
  supply,
  intensityKgCo2ePerKwh,
  source: 'one public reprint',
  confidence: 'single-source',
});

export const footprintFactors: readonly FootprintFactor[] = z.array(footprintFactor).parse([
  {
    ...footprint2023,
    supply: 'mix',
    intensityKgCo2ePerKwh: 0.6205,
    source: change,
    confidence: 'confirmed',
  },
  {
    ...footprint2023,
    supply: 'mix',
    year: 2024,
    intensityKgCo2ePerKwh: 0.5777,
    published: '2025-09-28',
    validUntil: undefined,
    document:
      '生态环境部、国家统计局、国家能源局公告（2024年电力碳足迹因子，2025-09-28，2025-10-23印发；公告号未确认）',
    source: change,
    confidence: 'confirmed',
  },
  bySource('wind', 0.0336),
  bySource('solar', 0.0545),
  bySource('biomass', 0.0457),
]);

export interface Co2FactorChoice {
  readonly factor: Co2Factor;
  /** True where the zone has no factor of its own and its region's stands in (西藏 → 西南). */
  readonly inheritedFromScope: boolean;
}

/**
 * The average direct CO2 factor to use for a zone on a civil date: the newest one announced by then, of the zone itself
 * or else of its province or region. Undefined before the first announcement and for unknown zones.
 */
export function averageCo2Factor(zone: string, civilDate: string): Co2FactorChoice | undefined {
  for (let at: string | undefined = zone; at !== undefined; at = parentOf(at)) {
    const factor = newest(
      co2Factors.filter((row) => row.family === 'cn_co2_average' && row.zone === at),
      civilDate,
    );
    if (factor) return { factor, inheritedFromScope: at !== zone };
  }
  return undefined;
}

/** The national factor of what is not traded as non-fossil, for the rest of a market-based sum, in use on a civil date. */
export function residualCo2Factor(civilDate: string): Co2Factor | undefined {
  return newest(
    co2Factors.filter((row) => row.family === rest),
    civilDate,
  );
}

/** The national life-cycle footprint factor of the whole supply in use on a civil date; undefined before the first. */
export function mixFootprintFactor(civilDate: string): FootprintFactor | undefined {
  return newest(
    footprintFactors.filter((row) => row.supply === 'mix'),
    civilDate,
  );
}

function newest<F extends { published: string }>(factors: readonly F[], civilDate: string): F | undefined {
  return factors
    .filter((factor) => factor.published <= civilDate)
    .sort((a, b) => (a.published < b.published ? 1 : -1))[0];
}

const parents = new Map(ZONES.map((zone) => [zone.id, zone.parent]));
const parentOf = (zone: string) => parents.get(zone);
