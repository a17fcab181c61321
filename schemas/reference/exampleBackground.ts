/**
 * A small example background in the form of openLCA JSON-LD (olca-schema 2), so that the built-in scenario goes the same
 * way through importer, linker and solver as a real package. It is labelled as an example wherever it is named.
 */
import { footprintFactors, mixFootprintFactor } from './electricityFactors.ts';
import { exampleEmissions, exampleInputs, exampleSupplyPpm } from './exampleFigures.ts';
import { modeFactors } from './fuelFactors.ts';

export const EXAMPLE_BACKGROUND = 'example-aluminium-1';

export interface ExampleFile {
  /** Path inside the package. */
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Which elementary flow takes which species and class; the columns of a flow map file. */
export interface ExampleFlowMapRow {
  readonly flow_uuid: string;
  readonly flow_name: string;
  readonly category_path: string;
  readonly species: string;
  readonly class: 'fossil';
}

const UNITS = { kg: 'mass', kWh: 'energy', MJ: 'energy', 't*km': 'transport' } as const;
type Unit = keyof typeof UNITS;
const PROPERTIES = ['mass', 'energy', 'transport'] as const;

const AIR = 'Elementary flows/Emission to air/unspecified';
const SPECIES = [
  ['co2', 'Carbon dioxide, fossil', '124-38-9'],
  // An announced factor is CO2e as a whole: its species are not known one by one, so it has no CAS number.
  ['co2e', 'Greenhouse gases of electricity, as CO2 equivalent', ''],
] as const;
type Species = (typeof SPECIES)[number][0];

interface ProcessRow {
  readonly key: string;
  readonly name: string;
  readonly unit: Unit;
  readonly emissions?: Partial<Record<Species, number>>;
  readonly inputs?: Readonly<Record<string, number>>;
}

const E = exampleEmissions;
const I = exampleInputs;
const lifecycle = modeFactors('electricitymaps-b354f28-lifecycle').intensityKgPerMwh;
const announced = (supply: 'wind' | 'solar') =>
  footprintFactors.find((factor) => factor.supply === supply)!.intensityKgCo2ePerKwh;
const share = (kind: 'hydro' | 'coal' | 'wind' | 'solar') => exampleSupplyPpm[kind] / 1_000_000;

const PROCESSES: readonly ProcessRow[] = [
  { key: 'power-hydro', name: 'Hydropower', unit: 'kWh', emissions: { co2e: lifecycle.hydro / 1000 } },
  { key: 'power-coal', name: 'Coal power', unit: 'kWh', emissions: { co2e: lifecycle.coal / 1000 } },
  { key: 'power-wind', name: 'Wind power', unit: 'kWh', emissions: { co2e: announced('wind') } },
  { key: 'power-solar', name: 'Solar power', unit: 'kWh', emissions: { co2e: announced('solar') } },
  {
    key: 'electricity-sichuan',
    name: 'Electricity, supply mix of the Sichuan scenario',
    unit: 'kWh',
    inputs: {
      'power-hydro': share('hydro'),
      'power-coal': share('coal'),
      'power-wind': share('wind'),
      'power-solar': share('solar'),
    },
  },
  {
    key: 'electricity-china',
    name: 'Electricity, China, announced footprint factor of 2024',
    unit: 'kWh',
    emissions: { co2e: mixFootprintFactor('2026-03-01')!.intensityKgCo2ePerKwh },
  },
  { key: 'heat-coal', name: 'Heat from hard coal', unit: 'MJ', emissions: { co2: E.coalHeatCo2.amount } },
  { key: 'heat-gas', name: 'Heat from natural gas', unit: 'MJ', emissions: { co2: E.gasHeatCo2.amount } },
  {
    key: 'alumina',
    name: 'Alumina',
    unit: 'kg',
    inputs: { 'heat-coal': I.aluminaHeat.amount, 'electricity-china': I.aluminaElectricity.amount },
  },
  {
    key: 'anode',
    name: 'Carbon anode, prebaked',
    unit: 'kg',
    emissions: { co2: E.anodeRawMaterialCo2.amount },
    inputs: { 'heat-gas': I.anodeHeat.amount, 'electricity-sichuan': I.anodeElectricity.amount },
  },
  { key: 'fluoride', name: 'Aluminium fluoride', unit: 'kg', emissions: { co2: E.fluorideCo2.amount } },
  { key: 'rail', name: 'Transport, rail', unit: 't*km', emissions: { co2: E.railCo2.amount } },
  { key: 'truck', name: 'Transport, truck', unit: 't*km', emissions: { co2: E.truckCo2.amount } },
];

export const exampleProcessId = (key: string) => `example-process-${key}`;
export const exampleFlowId = (key: string) => `example-flow-${key}`;
const unitId = (unit: Unit) => `example-unit-${unit.replace('*', '-')}`;
const LOCATION = 'example-location-cn';

/** Every document of the package by path; feed them to the openLCA reader in any order. */
export function exampleBackgroundFiles(): ExampleFile[] {
  const file = (folder: string, document: Record<string, unknown>): ExampleFile => ({
    name: `${folder}/${String(document['@id'])}.json`,
    document,
  });
  return [
    { name: 'olca-schema.json', document: { version: 2 } },
    file('locations', { '@id': LOCATION, name: 'China', code: 'CN' }),
    ...PROPERTIES.map((property) => file('unit_groups', unitGroup(property))),
    ...PROPERTIES.map((property) =>
      file('flow_properties', {
        '@id': `example-property-${property}`,
        name: property,
        flowPropertyType: 'PHYSICAL_QUANTITY',
        unitGroup: { '@id': `example-units-${property}` },
      }),
    ),
    ...SPECIES.map(([key, name, cas]) =>
      file('flows', { ...flow(key, name, 'mass', 'ELEMENTARY_FLOW', AIR), ...(cas && { cas }) }),
    ),
    ...PROCESSES.map(({ key, name, unit }) =>
      file('flows', flow(key, `${name} (example)`, UNITS[unit], 'PRODUCT_FLOW', 'Example')),
    ),
    ...PROCESSES.map((row) => file('processes', process(row))),
  ];
}

/** The flow map of the package's elementary flows. */
export const exampleFlowMap: readonly ExampleFlowMapRow[] = SPECIES.map(([key, name]) => ({
  flow_uuid: exampleFlowId(key),
  flow_name: name,
  category_path: AIR,
  species: 'CO2',
  class: 'fossil',
}));

function unitGroup(property: (typeof PROPERTIES)[number]) {
  const units = (Object.keys(UNITS) as Unit[]).filter((unit) => UNITS[unit] === property);
  return {
    '@id': `example-units-${property}`,
    name: `units of ${property}`,
    units: units.map((unit, at) => ({
      '@id': unitId(unit),
      name: unit,
      // The first one listed is the reference; a megajoule is 1/3.6 kWh.
      conversionFactor: unit === 'MJ' ? 1 / 3.6 : 1,
      isRefUnit: at === 0,
    })),
  };
}

function flow(key: string, name: string, property: string, flowType: string, category: string) {
  return {
    '@id': exampleFlowId(key),
    name,
    flowType,
    category,
    flowProperties: [
      {
        flowProperty: { '@id': `example-property-${property}` },
        conversionFactor: 1,
        isRefFlowProperty: true,
      },
    ],
  };
}

function process(row: ProcessRow) {
  const unitOf = (key: string) => PROCESSES.find((other) => other.key === key)!.unit;
  const exchange = (at: number, key: string, amount: number, unit: Unit, flags: Record<string, boolean>) => ({
    internalId: at,
    flow: { '@id': exampleFlowId(key) },
    unit: { '@id': unitId(unit) },
    flowProperty: { '@id': `example-property-${UNITS[unit]}` },
    amount,
    ...flags,
  });
  const emissions = Object.entries(row.emissions ?? {});
  const inputs = Object.entries(row.inputs ?? {});
  return {
    '@id': exampleProcessId(row.key),
    name: `${row.name} (example)`,
    location: { '@id': LOCATION },
    processDocumentation: { validFrom: '2024-01-01', validUntil: '2026-12-31' },
    exchanges: [
      exchange(1, row.key, 1, row.unit, { isInput: false, isQuantitativeReference: true }),
      ...emissions.map(([key, amount], at) => exchange(2 + at, key, amount, 'kg', { isInput: false })),
      ...inputs.map(([key, amount], at) => ({
        ...exchange(2 + emissions.length + at, key, amount, unitOf(key), { isInput: true }),
        defaultProvider: { '@id': exampleProcessId(key) },
      })),
    ],
  };
}
