/** `energy.carriers`: other carriers of a site, each in its own unit. */
import type { z } from 'zod';
import { durationS, id, oneOf, optionalId, optionalReal, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

const CARRIERS = [
  'coal',
  'gas',
  'oil',
  'diesel',
  'gasoline',
  'heat',
  'steam',
  'hydrogen',
  'biomass',
  'water',
  'chilled_water',
  'coke',
  'other',
] as const;
const CARRIER_UNITS = ['t', 'kg', 'm3', 'L', 'GJ', 'MJ', 'kWh', 'MWh'] as const;

export const energyCarriers = readings({
  topic: 'energy.carriers',
  about: { en: 'Energy carriers other than electricity', zh: '其他能源品种' },
  key: 'site',
  subject: ['site', 'carrier', 'meter'],
  shape: {
    site: id({ en: 'site', zh: '用能单位' }, { example: 'site/yibin-1' }),
    carrier: oneOf(CARRIERS, { en: 'carrier', zh: '能源品种' }),
    meter: optionalId({ en: 'meter or delivery note', zh: '计量器具或单据' }),
    start: start(),
    durationS: durationS(),
    quantity: optionalReal(
      { en: 'quantity; null where unknown', zh: '数量' },
      { unit: 'as in unit', aggregation: 'sum', minimum: 0, example: 12.4 },
    ),
    unit: oneOf(CARRIER_UNITS, { en: 'unit of quantity', zh: '单位' }),
    lowerHeatingValueGjPerUnit: optionalReal(
      { en: 'lower heating value as measured', zh: '实测低位发热量' },
      { unit: 'GJ per unit', aggregation: 'mean', minimum: 0 },
    ),
    carbonTPerUnit: optionalReal(
      { en: 'carbon content as measured', zh: '实测含碳量' },
      { unit: 'tC per unit', aggregation: 'mean', minimum: 0 },
    ),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type EnergyCarriers = z.infer<typeof energyCarriers.schema>;
