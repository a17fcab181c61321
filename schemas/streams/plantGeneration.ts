/** `plant.generation`: settled metering of a plant, in whole watt-hours. */
import type { z } from 'zod';
import { durationS, id, optionalInteger, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

export const plantGeneration = readings({
  topic: 'plant.generation',
  about: { en: 'Metered generation of a plant', zh: '电厂上网电量' },
  key: 'plant',
  subject: ['plant', 'meter'],
  shape: {
    plant: id({ en: 'plant', zh: '电厂' }, { example: 'plant/yalong-1' }),
    meter: id({ en: 'metering point', zh: '计量点' }, { example: 'm-001' }),
    start: start(),
    durationS: durationS(),
    energyWh: optionalInteger(
      { en: 'energy fed in; null where unknown', zh: '上网电量' },
      { unit: 'Wh', aggregation: 'sum', minimum: 0, example: 8_250_000 },
    ),
    quality: quality(),
    revision: revision(),
  },
});
/** @public */
export type PlantGeneration = z.infer<typeof plantGeneration.schema>;
