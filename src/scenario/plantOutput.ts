/** Simulated output of green plants by the quarter hour, in whole watt-hours. */
import type { ExamplePlant } from '../../schemas/reference/exampleMarket.ts';
import { sichuanProfile as profile } from '../../schemas/reference/sichuanProfile.ts';
import { civilTime, instantText, QUARTER_MS, type Span, steps } from './civilTime.ts';
import { noise } from './random.ts';
import type { Reading } from './scenario.ts';
import { sunAt } from './sichuanDispatch.ts';

/** Meter of a plant's feed-in. */
export const PLANT_METER = 'm-feed-in';

/** `plant.generation` of the plants over a span, plant by plant within each quarter hour. */
export function* plantGeneration(
  seed: number,
  plants: readonly Pick<ExamplePlant, 'id' | 'fuel' | 'capacityMw'>[],
  span: Span,
): Generator<Reading> {
  for (const startMs of steps(span, QUARTER_MS)) {
    const start = instantText(startMs);
    for (const plant of plants) {
      const energyWh = Math.round((plant.capacityMw * 1e6 * useOf(seed, plant, startMs)) / 4);
      const meter = PLANT_METER;
      yield {
        plant: plant.id,
        meter,
        start,
        durationS: 900,
        energyWh,
        quality: 'simulated',
        revision: 0,
      };
    }
  }
}

/** Output by capacity, 0 to 1, with the monthly means of the province and local weather. */
function useOf(seed: number, plant: Pick<ExamplePlant, 'id' | 'fuel'>, startMs: number): number {
  const { month, hour } = civilTime(startMs);
  const position = Math.floor(startMs / QUARTER_MS);
  const at = (period: number) => noise(seed, plant.id, position, period);
  const use = {
    hydro: () => profile.hydroUse[month]! * profile.loadOfHour[Math.floor(hour)]! * (1 + 0.08 * at(96)),
    wind: () => profile.windUse[month]! * (1 + 0.85 * at(24) + 0.15 * at(3)),
    solar: () => (profile.solarUse[month]! / 0.85) * sunAt(hour + 0.125) * (0.85 + 0.15 * at(6)),
    biomass: () => profile.biomassUse[month]! * (1 + 0.1 * at(48)),
  }[plant.fuel];
  return Math.min(0.98, Math.max(0, use()));
}
