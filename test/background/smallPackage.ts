/** A small openLCA package for tests, in olca-schema 1.x or 2.x: two plants make power, a smelter uses it, everything hand-checkable. */
import type { Inventory } from '../../src/background/inventory.ts';
import { createOpenLcaReader } from '../../src/background/openLca/readPackage.ts';
import type { ZipPart } from './zipArchive.ts';

type Json = Record<string, unknown>;

export interface SmallExchange {
  readonly flow: string;
  readonly amount: number | null;
  readonly input?: boolean;
  readonly reference?: boolean;
  readonly avoided?: boolean;
  readonly unit?: string;
  readonly property?: string;
  readonly provider?: string;
  readonly price?: number;
  readonly uncertainty?: Json;
  readonly pedigree?: string;
}

export interface SmallProcess {
  readonly id: string;
  readonly location?: string;
  readonly exchanges: readonly SmallExchange[];
  readonly defaultAllocation?: string;
  readonly allocation?: readonly Json[];
}

const FLOWS: readonly (readonly [id: string, name: string, type: string, property: string, path: string])[] =
  [
    ['power', 'Electricity', 'PRODUCT_FLOW', 'energy', 'Energy'],
    ['metal', 'Metal', 'PRODUCT_FLOW', 'mass', 'Materials'],
    ['slag', 'Slag', 'PRODUCT_FLOW', 'mass', 'Materials'],
    ['heat', 'Heat', 'PRODUCT_FLOW', 'energy', 'Energy'],
    ['sludge', 'Sludge', 'WASTE_FLOW', 'mass', 'Waste'],
    ['co2', 'Carbon dioxide, fossil', 'ELEMENTARY_FLOW', 'mass', 'air/unspecified'],
    ['co2bio', 'Carbon dioxide, biogenic', 'ELEMENTARY_FLOW', 'mass', 'air/unspecified'],
    ['co2air', 'Carbon dioxide, in air', 'ELEMENTARY_FLOW', 'mass', 'resource/in air'],
    ['ch4', 'Methane, fossil', 'ELEMENTARY_FLOW', 'mass', 'air/unspecified'],
    ['ch4bio', 'Methane, biogenic', 'ELEMENTARY_FLOW', 'mass', 'air/unspecified'],
  ];

const LOCATIONS = ['CN', 'SC-CN', 'RAS', 'GLO', 'DE'];

/** Files of a package; `schema` chooses the field names. */
export function smallPackage(processes: readonly SmallProcess[], schema: 1 | 2 = 1): ZipPart[] {
  const flag = (v1: string, v2: string, value: unknown): Json => ({ [schema === 1 ? v1 : v2]: value });
  const file = (folder: string, id: string, body: Json): ZipPart => ({
    name: `${folder}/${id}.json`,
    bytes: JSON.stringify({ '@id': id, ...body }),
  });
  const unit = (id: string, factor: number): Json => ({
    '@id': id,
    name: id,
    conversionFactor: factor,
    ...(factor === 1 && flag('referenceUnit', 'isRefUnit', true)),
  });
  const version = { name: 'olca-schema.json', bytes: JSON.stringify({ version: 2 }) };
  return [
    ...(schema === 2 ? [version] : []),
    file('unit_groups', 'g-mass', {
      name: 'mass',
      units: [unit('kg', 1), unit('t', 1000), unit('g', 0.001)],
    }),
    file('unit_groups', 'g-energy', { name: 'energy', units: [unit('MJ', 1), unit('kWh', 3.6)] }),
    file('flow_properties', 'mass', { name: 'Mass', unitGroup: { '@id': 'g-mass' } }),
    file('flow_properties', 'energy', { name: 'Energy', unitGroup: { '@id': 'g-energy' } }),
    ...LOCATIONS.map((code) => file('locations', `l-${code}`, { name: code, code })),
    ...FLOWS.map(([id, name, flowType, property, path]) => {
      const factors = [{ '@id': property, factor: 1, reference: true }];
      // Metal may also be stated by its heat: 2 MJ a kilogram.
      if (id === 'metal') factors.push({ '@id': 'energy', factor: 2, reference: false });
      return file('flows', id, {
        name,
        flowType,
        category: schema === 2 ? path : { '@id': `c-${path}`, name: path },
        flowProperties: factors.map(({ '@id': at, factor, reference }) => ({
          flowProperty: { '@id': at },
          conversionFactor: factor,
          ...(reference && flag('referenceFlowProperty', 'isRefFlowProperty', true)),
        })),
      });
    }),
    ...processes.map(({ id, location = 'CN', exchanges, defaultAllocation, allocation }) =>
      file('processes', id, {
        name: `process ${id}`,
        location: { '@id': `l-${location}` },
        ...(defaultAllocation && { defaultAllocationMethod: defaultAllocation }),
        ...(allocation && { allocationFactors: allocation }),
        exchanges: exchanges.map((exchange, at) => ({
          internalId: at + 1,
          flow: { '@id': exchange.flow },
          ...(exchange.unit && { unit: { '@id': exchange.unit } }),
          ...(exchange.property && { flowProperty: { '@id': exchange.property } }),
          ...(exchange.provider && { defaultProvider: { '@id': exchange.provider } }),
          ...(exchange.price && { costValue: exchange.price, currency: { '@id': 'cny' } }),
          ...(exchange.uncertainty && { uncertainty: exchange.uncertainty }),
          ...(exchange.pedigree && { dqEntry: exchange.pedigree }),
          ...(exchange.amount !== null && { amount: exchange.amount }),
          ...flag('input', 'isInput', exchange.input ?? false),
          ...(exchange.avoided && flag('avoidedProduct', 'isAvoidedProduct', true)),
          ...(exchange.reference && flag('quantitativeReference', 'isQuantitativeReference', true)),
        })),
      }),
    ),
  ];
}

/** The package read by the real parser. */
export function smallInventory(processes: readonly SmallProcess[], schema: 1 | 2 = 1): Inventory {
  const reader = createOpenLcaReader();
  for (const { name, bytes } of smallPackage(processes, schema)) reader.accept(name, Buffer.from(bytes));
  return reader.finish();
}

/** 1 kWh of power emits 0.9 kg CO2; 1 kg of metal takes 10 kWh and emits 1.5 kg CO2 and 0.01 kg methane. */
export const POWER_AND_METAL: readonly SmallProcess[] = [
  {
    id: 'plant',
    exchanges: [
      { flow: 'power', amount: 1, unit: 'kWh', reference: true },
      { flow: 'co2', amount: 0.9, unit: 'kg' },
    ],
  },
  {
    id: 'smelter',
    exchanges: [
      { flow: 'metal', amount: 1, unit: 'kg', reference: true },
      { flow: 'power', amount: 10, unit: 'kWh', input: true },
      { flow: 'co2', amount: 1.5, unit: 'kg' },
      { flow: 'ch4', amount: 10, unit: 'g' },
    ],
  },
];
