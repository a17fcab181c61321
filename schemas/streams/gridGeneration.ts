/** `grid.generation`: what a zone generated from one fuel during an interval. */
import type { z } from 'zod';
import { durationS, id, oneOf, optionalReal, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

/** Production modes of a zone; storage counts by direction, so that charging is never negative generation. */
export const FUELS = [
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
  'hydro_discharge',
  'hydro_charge',
  'battery_discharge',
  'battery_charge',
] as const;
/** @public */
export type Fuel = (typeof FUELS)[number];

export const gridGeneration = readings({
  topic: 'grid.generation',
  about: { en: 'Generation of a zone by fuel', zh: '分区分能源发电量' },
  key: 'zone',
  subject: ['zone', 'fuel'],
  rules: [{ kind: 'atMostOne', fields: ['energyMwh', 'meanPowerMw'] }],
  shape: {
    zone: id({ en: 'zone', zh: '分区' }, { example: 'CN-SC-5101' }),
    fuel: oneOf(FUELS, { en: 'fuel or storage direction', zh: '能源类型' }),
    start: start(),
    durationS: durationS(),
    energyMwh: optionalReal(
      { en: 'energy; negative is kept and treated as missing', zh: '电量' },
      { unit: 'MWh', aggregation: 'sum', example: 125.5 },
    ),
    meanPowerMw: optionalReal(
      { en: 'mean power, instead of energy', zh: '平均功率' },
      { unit: 'MW', aggregation: 'mean' },
    ),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type GridGeneration = z.infer<typeof gridGeneration.schema>;
