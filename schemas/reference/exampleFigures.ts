/** Figures of the example background: one aluminium ingot and what goes into it. An example to show the way, not a database. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

export const exampleFigure = z.strictObject({
  /** Amount of the input or emission for one unit of the process's product. */
  amount: z.number().positive(),
  unit: z.string(),
  ...provenance,
});
export type ExampleFigure = z.infer<typeof exampleFigure>;

const assumed = (amount: number, unit: string, why: string): ExampleFigure =>
  exampleFigure.parse({ amount, unit, source: `assumed: ${why}`, confidence: 'assumed' });
const read = (amount: number, unit: string, source: string): ExampleFigure =>
  exampleFigure.parse({ amount, unit, source, confidence: 'single-source' });

const IPCC_COMBUSTION = 'IPCC 2006 Guidelines vol. 2, table 2.2 (default effective CO2 factors)';
const IPCC_ALUMINIUM = 'IPCC 2006 Guidelines vol. 3, ch. 4, tables 4.10 and 4.15 (prebake, tier 1 defaults)';
const IAI_RANGE = 'inside the range that the IAI surveyed for 2019 (Aluminium Carbon Footprint FAQs)';

/** Emissions, kg per unit of product. Electricity's own factors stand in `electricityFactors.ts` and `fuelFactors.ts`. */
export const exampleEmissions = {
  coalHeatCo2: read(0.0946, 'kg/MJ', IPCC_COMBUSTION),
  gasHeatCo2: read(0.0561, 'kg/MJ', IPCC_COMBUSTION),
  anodeRawMaterialCo2: assumed(
    0.8,
    'kg/kg',
    `coke and pitch with calcining; the anode then lies ${IAI_RANGE}`,
  ),
  fluorideCo2: assumed(1.6, 'kg/kg', 'order of magnitude of inorganic fluorides'),
  railCo2: assumed(0.02, 'kg/(t*km)', 'order of magnitude of mixed diesel and electric freight'),
  truckCo2: assumed(0.09, 'kg/(t*km)', 'order of magnitude of a loaded articulated truck'),
  electrolysisCo2: read(1.6, 'kg/kg', IPCC_ALUMINIUM),
  electrolysisCf4: read(0.0004, 'kg/kg', IPCC_ALUMINIUM),
  electrolysisC2f6: read(0.00004, 'kg/kg', IPCC_ALUMINIUM),
} as const;

/** Product inputs of the background processes, per unit of their product. */
export const exampleInputs = {
  aluminaHeat: assumed(10, 'MJ/kg', `Bayer process with calcining; alumina then lies ${IAI_RANGE}`),
  aluminaElectricity: assumed(0.25, 'kWh/kg', 'order of magnitude of a Bayer plant'),
  anodeElectricity: assumed(0.15, 'kWh/kg', 'order of magnitude of a baking plant'),
  anodeHeat: assumed(2.5, 'MJ/kg', 'order of magnitude of baking with natural gas'),
} as const;

/** What one kilogram of ingot takes on site: the recipe behind the simulated production activity. */
export const exampleRecipe = {
  electricity: read(
    13.6,
    'kWh/kg',
    'aluminiumchina.com: 13,599 kWh/t comprehensive AC consumption in China, 2016',
  ),
  alumina: read(1.92, 'kg/kg', 'IAI FAQ: about 2 t of alumina a tonne; 1.92 is the usual working figure'),
  anode: assumed(0.45, 'kg/kg', 'gross 0.45 to 0.55 of prebaked anodes'),
  fluoride: assumed(0.016, 'kg/kg', 'order of magnitude of aluminium fluoride'),
  rail: assumed(2.3, 't*km/kg', '1.92 kg of alumina over 1,200 km'),
  truck: assumed(0.05, 't*km/kg', '50 km from the railhead and for anodes'),
} as const;

/** Supply of Sichuan by kind over the scenario's year, ppm: totals of the scenario, not a statistic. */
export const exampleSupplyPpm = {
  hydro: 730_000,
  coal: 180_000,
  wind: 45_000,
  solar: 45_000,
  ...{ source: 'assumed: rounded shares of the built-in scenario', confidence: 'assumed' as const },
} as const;

/** A smelter of this size stands in 广元; the scenario's site is an example of it, its activity simulated. */
export const exampleSmelter = {
  annualOutputKg: 250_000_000,
  source: '广元日报 2020: 林丰铝电 250,000 t a year (first line of 125,000 t from 2019-11-29)',
  confidence: 'single-source',
} as const;
