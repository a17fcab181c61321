/** Another build's contract of `plant.generation`: it lets feed-back (negative energy) in and has an upper limit. */
import { durationS, id, optionalInteger, quality, revision, start } from '../../schemas/fields.ts';
import { readings, type StreamContract } from '../../schemas/stream.ts';

export const LOWEST_WH = -1_000_000_000_000;
/** What lies above was accepted by the usual contract and is refused by this one. */
export const HIGHEST_WH = 1_000_000_000;

export const otherPlantGeneration: StreamContract = readings({
  topic: 'plant.generation',
  about: { en: 'Metered generation of a plant', zh: '电厂上网电量' },
  key: 'plant',
  subject: ['plant', 'meter'],
  shape: {
    plant: id({ en: 'plant', zh: '电厂' }),
    meter: id({ en: 'metering point', zh: '计量点' }),
    start: start(),
    durationS: durationS(),
    energyWh: optionalInteger(
      { en: 'energy fed in; null where unknown', zh: '上网电量' },
      { unit: 'Wh', aggregation: 'sum', minimum: LOWEST_WH, maximum: HIGHEST_WH },
    ),
    quality: quality(),
    revision: revision(),
  },
});

export const streamOf = (topic: string): StreamContract | undefined =>
  topic === otherPlantGeneration.topic ? otherPlantGeneration : undefined;
