/**
 * What the open-data scenario adds to its measured input: which hosts and hours are read, and the invented product, plants
 * and contracts that no public data gives. Product rows name processes of the USLCI package by their ids.
 */
import { z } from 'zod';
import { type ExampleContract, exampleContract, examplePlant } from './exampleMarket.ts';
import { provenance } from './provenance.ts';

const ASSUMED = { source: 'assumed: invented for the example', confidence: 'assumed' } as const;

/** BioHPC hosts at Cornell University, Ithaca NY: hourly means of GPU power with local labels and no offset. */
export const biohpcHosts = {
  facility: 'dc/biohpc',
  nameEn: 'BioHPC GPU hosts, Cornell University (Ithaca NY)',
  zone: 'NYIS',
  hosts: ['cbsugpu08', 'cbsugpu09', 'cbsugpu10'],
  timeZone: 'America/New_York',
  /** The one month of Asia/Shanghai in which no hour of any of the three hosts is missing. */
  month: '2025-04',
  source:
    'charlottegressel/dc_workload_pipeline@61bb180 (MIT); unit W and label at the start of the hour presumed',
  confidence: 'unconfirmed',
} as const;

const uslciInput = z.strictObject({
  item: z.string(),
  /** Unit of the product's exchange in the package. */
  unit: z.string(),
  process: z.uuid(),
  flow: z.uuid(),
  /** For one kilogram of the example product. */
  amount: z.number().positive(),
  electricity: z.boolean(),
  ...provenance,
});

/** item | unit | process | product flow | amount a kilogram */
const PROFILE = `
aluminium-ingot | kg | a8eb9a6a-e8e6-3da6-a3ab-20dcf68e883a | aec9945f-f19c-3834-8e26-5f4f92cfcb2b | 1.06
electricity | kWh | 3c2655c9-bc5c-35cb-a7be-d6834a46a425 | 487e702e-00d5-3689-aab5-abddf30f31e3 | 1.3
natural-gas-heat | m3 | 5b81b61c-4d10-3bed-9926-8a5f868f5174 | bb1dc159-fe13-3f8e-8197-361e8c770ba3 | 0.16
diesel-equipment | l | d6ad7035-5498-3237-8abd-50e93b1eef89 | d815ff18-015c-3afb-be18-be03bdf325da | 0.004
road-freight | t*km | 34156f3c-28ef-33db-9ad0-6293a2aa0d52 | 628c07ec-0802-39c1-ab88-1c62848ef436 | 0.9
containerboard | kg | 7fd53cbd-975a-3737-bf3a-bfa3285833ed | ef7b2da2-5b5e-3ba1-a204-cdcb3ed4dbfd | 0.03
`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

/** An extruded aluminium profile for server racks: round amounts of the right order. */
export const rackProfile = {
  site: 'site/example-extrusion-ny',
  product: 'aluminium-rack-profile',
  nameEn: 'Extruded aluminium rack profile (simulated activity, New York)',
  dailyOutputKg: 12_000,
  inputs: z.array(uslciInput).parse(
    rowsOf(PROFILE).map(([item, unit, process, flow, amount]) => ({
      item,
      unit,
      process,
      flow,
      amount: Number(amount),
      electricity: item === 'electricity',
      ...ASSUMED,
    })),
  ),
};

/** Plants small enough to matter to three GPU hosts (about 340 W together). */
export const exampleMicroPlants = z.array(examplePlant).parse(
  rowsOf(`
micro-solar | 示例微型光伏 | 5104 | 510422 | solar | 0.0012
micro-wind | 示例微型风机 | 5134 | 513424 | wind | 0.0005
micro-hydro | 示例微型水电 | 5134 | 513431 | hydro | 0.0004
`).map(([id, nameZh, code, divisionCode, fuel, capacityMw]) => ({
    id: `plant/example-${id}`,
    nameZh,
    zone: `CN-SC-${code}`,
    divisionCode,
    fuel,
    capacityMw: Number(capacityMw),
    ...ASSUMED,
  })),
);

const microContract = (
  plant: string,
  wh: { intervalWh: number; dayIntervalWh?: number },
  energyPriceMilliYuanPerMwh: number,
): ExampleContract =>
  exampleContract.parse({
    id: `contract/example-${plant}`,
    plant: `plant/example-${plant}`,
    user: biohpcHosts.facility,
    ...wh,
    energyPriceMilliYuanPerMwh,
    environmentPriceMilliYuanPerMwh: 5_000,
    ...ASSUMED,
  });

export const exampleMicroContracts: readonly ExampleContract[] = [
  microContract('micro-solar', { intervalWh: 0, dayIntervalWh: 30 }, 230_000),
  microContract('micro-wind', { intervalWh: 25 }, 270_000),
  microContract('micro-hydro', { intervalWh: 30 }, 250_000),
];
