/** `grid.exchange`: net energy between two zones; positive leaves the first. */
import type { z } from 'zod';
import { durationS, id, optionalReal, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

export const gridExchange = readings({
  topic: 'grid.exchange',
  about: { en: 'Exchange between two zones', zh: '分区间交换电量' },
  key: 'fromZone',
  subject: ['fromZone', 'toZone'],
  rules: [{ kind: 'distinct', fields: ['fromZone', 'toZone'] }],
  shape: {
    fromZone: id({ en: 'first zone', zh: '送端分区' }, { example: 'CN-SC' }),
    toZone: id({ en: 'second zone', zh: '受端分区' }, { example: 'CN-CQ' }),
    start: start(),
    durationS: durationS(),
    netEnergyMwh: optionalReal(
      { en: 'net energy, positive leaves the first zone', zh: '净交换电量（送出为正）' },
      { unit: 'MWh', aggregation: 'sum', example: 310 },
    ),
    capacityMw: optionalReal(
      { en: 'capacity in service, bounds a missing flow', zh: '在运容量' },
      { unit: 'MW', aggregation: 'last', minimum: 0 },
    ),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type GridExchange = z.infer<typeof gridExchange.schema>;
