/** Emission factors per production mode, for flow tracing: each with family, unit, validity, source and confidence. */
import { z } from 'zod';

/** Production modes of a zone; storage charge and discharge are stocks and have no factor of their own. */
export const productionMode = z.enum([
  'biomass',
  'coal',
  'gas',
  'geothermal',
  'hydro',
  'nuclear',
  'oil',
  'solar',
  'wind',
  'unknown',
]);
export type ProductionMode = z.infer<typeof productionMode>;

/** `mode_direct` is stack CO2, `mode_lifecycle` is CO2e over the life cycle; a result is of one family only. */
const modeFactorFamily = z.enum(['mode_direct', 'mode_lifecycle']);

export const modeFactorSet = z.strictObject({
  id: z.string(),
  family: modeFactorFamily,
  unit: z.literal('kg/MWh'),
  /** First and last day (civil date) of use; no last day: until another set replaces it. */
  effectiveFrom: z.iso.date(),
  effectiveTo: z.iso.date().optional(),
  source: z.string(),
  confidence: z.enum(['confirmed', 'single-source', 'unconfirmed']),
  intensityKgPerMwh: z.record(productionMode, z.number().nonnegative()),
});
export type ModeFactorSet = z.infer<typeof modeFactorSet>;

const electricityMaps = 'electricitymaps-contrib@b354f28 config/defaults.yaml';

export const modeFactorSets: readonly ModeFactorSet[] = z.array(modeFactorSet).parse([
  {
    id: 'electricitymaps-b354f28-direct',
    family: 'mode_direct',
    unit: 'kg/MWh',
    effectiveFrom: '2014-01-01',
    source: electricityMaps,
    confidence: 'single-source',
    intensityKgPerMwh: {
      biomass: 0,
      coal: 760,
      gas: 370,
      geothermal: 0,
      hydro: 0,
      nuclear: 0,
      oil: 406,
      solar: 0,
      unknown: 575,
      wind: 0,
    },
  },
  {
    id: 'electricitymaps-b354f28-lifecycle',
    family: 'mode_lifecycle',
    unit: 'kg/MWh',
    effectiveFrom: '2014-01-01',
    source: electricityMaps,
    confidence: 'single-source',
    intensityKgPerMwh: {
      biomass: 230,
      coal: 820,
      gas: 490,
      geothermal: 38,
      hydro: 24,
      nuclear: 12,
      oil: 650,
      solar: 45,
      unknown: 700,
      wind: 11,
    },
  },
  {
    // The factors behind the CO2 figures of the gridemissions test data: they recompute all of its 1,440 intensities.
    id: 'gridemissions-2021-eia930',
    family: 'mode_lifecycle',
    unit: 'kg/MWh',
    effectiveFrom: '2021-01-01',
    effectiveTo: '2021-12-31',
    source: 'jdechalendar/gridemissions@696838b test/data (recomputed from its CO2 and E_opt files)',
    confidence: 'confirmed',
    intensityKgPerMwh: {
      biomass: 230,
      coal: 1000,
      gas: 469,
      geothermal: 42,
      hydro: 4,
      nuclear: 16,
      oil: 840,
      solar: 46,
      unknown: 439,
      wind: 12,
    },
  },
]);

/** Mode of a column suffix of EIA-930 shaped files (`E_<zone>_COL`); `OTH` and `UNK` are one unknown mode. */
export const eia930Modes: Readonly<Record<string, ProductionMode>> = {
  BIO: 'biomass',
  COL: 'coal',
  GAS: 'gas',
  GEO: 'geothermal',
  WAT: 'hydro',
  NUC: 'nuclear',
  OIL: 'oil',
  SUN: 'solar',
  OTH: 'unknown',
  UNK: 'unknown',
  WND: 'wind',
};

/** Factor set by id. Throws `RangeError` for an id that is not in the list. */
export function modeFactors(id: string): ModeFactorSet {
  const set = modeFactorSets.find((candidate) => candidate.id === id);
  if (set === undefined) throw new RangeError(`no mode factor set has the id ${id}`);
  return set;
}
