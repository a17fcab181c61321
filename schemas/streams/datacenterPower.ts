/**
 * `datacenter.power`: one meter of a facility's meter tree. A reading is one of four kinds: energy of the interval
 * (delta), register at its end (counter), mean power over it, or power sampled at its end (instant).
 */
import type { z } from 'zod';
import {
  durationS,
  id,
  oneOf,
  optionalInstant,
  optionalInteger,
  optionalReal,
  quality,
  revision,
  start,
} from '../fields.ts';
import { readings } from '../stream.ts';

export const datacenterPower = readings({
  topic: 'datacenter.power',
  about: { en: 'Electricity of a data centre or base station', zh: '数据中心（基站）用电' },
  key: 'facility',
  subject: ['facility', 'meter'],
  rules: [
    { kind: 'atMostOne', fields: ['energyWh', 'registerWh'] },
    { kind: 'atMostOne', fields: ['energyWh', 'meanPowerW'] },
    { kind: 'atMostOne', fields: ['energyWh', 'instantPowerW'] },
    { kind: 'atMostOne', fields: ['registerWh', 'meanPowerW'] },
    { kind: 'atMostOne', fields: ['registerWh', 'instantPowerW'] },
    { kind: 'atMostOne', fields: ['meanPowerW', 'instantPowerW'] },
  ],
  shape: {
    facility: id({ en: 'facility', zh: '设施' }, { example: 'dc/tianfu-01' }),
    meter: id({ en: 'metering point', zh: '计量点' }, { example: 'm-incomer-1' }),
    node: id({ en: 'place in the meter tree', zh: '计量树节点' }, { example: 'facility' }),
    side: oneOf(['in', 'out'], { en: 'side of the node', zh: '进线侧或出线侧' }),
    start: start(),
    durationS: durationS(),
    energyWh: optionalInteger(
      { en: 'energy of the interval; null where unknown', zh: '电量' },
      { unit: 'Wh', aggregation: 'sum', minimum: 0, example: 2_500_000 },
    ),
    registerWh: optionalInteger(
      { en: 'register at the end of the interval, instead of energy', zh: '时段末表底' },
      { unit: 'Wh', aggregation: 'last', minimum: 0 },
    ),
    meanPowerW: optionalReal(
      { en: 'mean power over the interval, instead of energy', zh: '时段平均功率' },
      { unit: 'W', aggregation: 'mean', minimum: 0 },
    ),
    instantPowerW: optionalReal(
      { en: 'power sampled at the end of the interval, instead of energy', zh: '时段末瞬时功率' },
      { unit: 'W', aggregation: 'last', minimum: 0 },
    ),
    resetAt: optionalInstant({ en: 'when the device last set its register to zero', zh: '表底清零时间' }),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type DatacenterPower = z.infer<typeof datacenterPower.schema>;
