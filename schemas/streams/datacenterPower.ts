/** `datacenter.power`: one meter of a facility's meter tree, as energy of an interval or as a register. */
import type { z } from 'zod';
import { durationS, id, oneOf, optionalInteger, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

export const datacenterPower = readings({
  topic: 'datacenter.power',
  about: { en: 'Electricity of a data centre or base station', zh: '数据中心（基站）用电' },
  key: 'facility',
  subject: ['facility', 'meter'],
  rules: [{ kind: 'atMostOne', fields: ['energyWh', 'registerWh'] }],
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
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type DatacenterPower = z.infer<typeof datacenterPower.schema>;
