/** `grid.load`: reported demand of a zone. It balances, it never divides. */
import type { z } from 'zod';
import { durationS, id, optionalReal, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

export const gridLoad = readings({
  topic: 'grid.load',
  about: { en: 'Demand of a zone', zh: '分区用电负荷' },
  key: 'zone',
  subject: ['zone'],
  shape: {
    zone: id({ en: 'zone', zh: '分区' }, { example: 'CN-SC-5101' }),
    start: start(),
    durationS: durationS(),
    energyMwh: optionalReal(
      { en: 'energy consumed', zh: '用电量' },
      { unit: 'MWh', aggregation: 'sum', example: 4200 },
    ),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type GridLoad = z.infer<typeof gridLoad.schema>;
