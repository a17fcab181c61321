/** `production.activity`: what a site made in a batch, and what went in. */
import type { z } from 'zod';
import { durationS, id, items, optionalId, quality, real, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

export const productionActivity = readings({
  topic: 'production.activity',
  about: { en: 'Production of a site by batch', zh: '生产活动' },
  key: 'site',
  subject: ['site', 'product', 'batch'],
  shape: {
    site: id({ en: 'site', zh: '生产场所' }, { example: 'site/yibin-cell-1' }),
    product: id({ en: 'product', zh: '产品' }, { example: 'lfp-cell-280ah' }),
    batch: id({ en: 'batch', zh: '批次' }, { example: '2026-03-B001' }),
    start: start(),
    durationS: durationS(),
    output: real(
      { en: 'good output', zh: '合格产出' },
      { unit: 'as in outputUnit', aggregation: 'sum', minimum: 0, example: 1200 },
    ),
    outputUnit: id({ en: 'unit of output', zh: '产出单位' }, { example: 'kg' }),
    inputs: items(
      {
        item: id({ en: 'material, energy or service', zh: '投入物' }, { example: 'electricity' }),
        quantity: real(
          { en: 'quantity', zh: '数量' },
          { unit: 'as in unit', aggregation: 'sum', example: 5300 },
        ),
        unit: id({ en: 'unit', zh: '单位' }, { example: 'kWh' }),
        meter: optionalId({ en: 'meter that measured it', zh: '计量器具' }),
      },
      { en: 'what went in', zh: '投入' },
    ),
    quality: quality(),
    revision: revision(),
  },
});
export type ProductionActivity = z.infer<typeof productionActivity.schema>;
