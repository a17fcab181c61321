/** Example plants, contracts and site figures of the built-in scenario. Invented throughout: real capacities are named as such. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

const ASSUMED = { source: 'assumed: invented for the example', confidence: 'assumed' } as const;

export const examplePlant = z.strictObject({
  id: z.string().startsWith('plant/'),
  nameZh: z.string(),
  zone: z.string(),
  divisionCode: z.string(),
  fuel: z.enum(['hydro', 'wind', 'solar', 'biomass']),
  capacityMw: z.number().positive(),
  ...provenance,
});
export type ExamplePlant = z.infer<typeof examplePlant>;

/** id | name | prefecture | county | fuel | MW. The large ones have the capacity of the public station of that name. */
const PLANTS = `
lianghekou | 两河口水电站（模拟出力） | 5133 | 513325 | hydro | 3000
ertan | 二滩水电站（模拟出力） | 5104 | 510422 | hydro | 3300
tongzilin | 桐子林水电站（模拟出力） | 5104 | 510422 | hydro | 600
yinjiang | 银江水电站（模拟出力） | 5104 | 510402 | hydro | 390
tingzikou | 亭子口水电站（模拟出力） | 5108 | 510824 | hydro | 1100
kela | 柯拉光伏电站（模拟出力） | 5133 | 513325 | solar | 1000
chabulang | 茶布朗光伏电站（模拟出力） | 5134 | 513422 | solar | 1000
example-solar-1 | 攀枝花示例光伏电站 | 5104 | 510422 | solar | 40
example-wind-1 | 凉山示例风电场一 | 5134 | 513424 | wind | 49.5
example-wind-2 | 凉山示例风电场二 | 5134 | 513431 | wind | 99
example-wind-3 | 广元示例风电场 | 5108 | 510812 | wind | 30
example-biomass-1 | 成都示例生物质电厂 | 5101 | 510181 | biomass | 12
`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

export const examplePlants: readonly ExamplePlant[] = z.array(examplePlant).parse(
  rowsOf(PLANTS).map(([id, nameZh, code, divisionCode, fuel, capacityMw]) => ({
    id: `plant/${id}`,
    nameZh,
    zone: `CN-SC-${code}`,
    divisionCode,
    fuel,
    capacityMw: Number(capacityMw),
    ...ASSUMED,
  })),
);

export const exampleContract = z.strictObject({
  id: z.string(),
  plant: z.string(),
  user: z.string(),
  /** Energy of each quarter hour, and instead of it between 08:00 and 20:00 local time. */
  intervalWh: z.int().min(0),
  dayIntervalWh: z.int().min(0).optional(),
  energyPriceMilliYuanPerMwh: z.int(),
  environmentPriceMilliYuanPerMwh: z.int(),
  ...provenance,
});
export type ExampleContract = z.infer<typeof exampleContract>;

/** id | plant | site | kWh a quarter hour | kWh by day (or -) | energy, yuan/MWh | environment, yuan/MWh */
const CONTRACTS = `
c-001 | example-wind-2 | tianfu-01 | 3000 | - | 268 | 6.5
c-002 | kela | tianfu-01 | 0 | 3500 | 226 | 5
c-003 | yinjiang | tianfu-01 | 2500 | - | 252 | 4
c-004 | tongzilin | tianfu-02 | 3000 | - | 248 | 4
c-005 | example-wind-3 | tianfu-02 | 1200 | - | 275 | 7
c-006 | example-solar-1 | tianfu-02 | 0 | 2500 | 232 | 5.5
c-007 | ertan | tianfu-03 | 5000 | - | 245 | 4
c-008 | chabulang | tianfu-03 | 0 | 6000 | 224 | 5
c-009 | example-wind-1 | tianfu-03 | 1800 | - | 270 | 6.5
c-010 | tingzikou | tianfu-04 | 2000 | - | 255 | 4
c-011 | example-biomass-1 | tianfu-04 | 1500 | - | 310 | 6
c-012 | lianghekou | tianfu-04 | 1000 | - | 250 | 4
`;

export const exampleContracts: readonly ExampleContract[] = z.array(exampleContract).parse(
  rowsOf(CONTRACTS).map(([id, plant, user, always, byDay, energy, environment]) => ({
    id: `contract/${id}`,
    plant: `plant/${plant}`,
    user: `dc/${user}`,
    intervalWh: Number(always) * 1000,
    ...(byDay === '-' ? {} : { dayIntervalWh: Number(byDay) * 1000 }),
    energyPriceMilliYuanPerMwh: Math.round(Number(energy) * 1000),
    environmentPriceMilliYuanPerMwh: Math.round(Number(environment) * 1000),
    ...ASSUMED,
  })),
);

/** Terms that all example contracts share. */
export const exampleTerms = {
  compensationPriceMilliYuanPerMwh: 10_000,
  freeBandPpm: 50_000,
  aggregator: 'agg/example-1',
  feeMilliYuanPerMwh: 2_000,
  feeUserPpm: 500_000,
  ...ASSUMED,
} as const;

/** How an example data centre uses power and water. */
export const exampleDataCenter = {
  /** IT power by installed IT power: mean, and the swing over the day. */
  itUse: 0.82,
  itSwing: 0.05,
  upsEfficiency: 0.965,
  /** Cooling by IT power at 8 °C and what each further degree adds; lighting, office and losses. */
  coolingShare: 0.09,
  coolingSharePerDegree: 0.0045,
  otherShare: 0.02,
  /** Mean outdoor temperature of Chengdu by month and half the difference of day and night, °C. */
  temperatureC: [6, 8, 13, 18, 22, 25, 26, 26, 22, 17, 13, 7],
  temperatureSwingC: 4,
  waterLPerKwhIt: 0.9,
  dieselTestLPerWeek: 260,
  ...ASSUMED,
} as const;

/** A coal-fired unit with a stack monitor; flow and concentrations of the worked example in the HJ 212 packets, doubled. */
export const exampleCoalUnit = {
  site: 'site/example-coal-1',
  nameZh: '内江示例煤电机组（模拟）',
  zone: 'CN-SC-5110',
  divisionCode: '511011',
  stack: 'stack-1',
  device: '51010000000000000000E001',
  capacityMw: 300,
  /** Wet flow at full output (m3/s) and state of the gas: temperature °C, pressure Pa, static Pa, water share. */
  flowM3PerS: 440,
  temperatureC: 52,
  barometricPa: 96_500,
  staticPa: -150,
  waterShare: 0.118,
  co2MgPerM3: 228_500,
  so2MgPerM3: 18.3,
  noxMgPerM3: 31.2,
  sootMgPerM3: 2.1,
  oxygenPercent: 6.4,
  /** Carbon of the coal as received (t/t) and its oxidised share. */
  carbonTPerT: 0.5,
  oxidised: 0.99,
  lowerHeatingValueGjPerT: 19,
  ...ASSUMED,
} as const;
