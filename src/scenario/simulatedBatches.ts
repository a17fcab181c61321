/** Simulated production of a site: a batch a day whose inputs scatter about a recipe. */
import type { InputLink } from '../../schemas/documents/footprintQuestion.ts';
import { civilTime, DAY_MS, instantText, type Span, steps } from './civilTime.ts';
import { noise } from './random.ts';
import type { Reading } from './scenario.ts';

export interface Recipe {
  readonly site: string;
  readonly product: string;
  readonly outputUnit: string;
  readonly meanDailyOutput: number;
  /** What an input is, and its amount for one unit of output. */
  readonly inputs: readonly (readonly [InputLink, number])[];
}

/** `t*km` holds a mark that no id on the streams may have; there it is written with a dot. */
export const streamUnit = (unit: string): string => unit.replace('*', '.');

/** `production.activity` over a span of whole days, in order. */
export function* simulatedBatches(seed: number, recipe: Recipe, span: Span): Generator<Reading> {
  const { site, product, outputUnit } = recipe;
  for (const startMs of steps(span, DAY_MS)) {
    const day = startMs / DAY_MS;
    const output = Math.round(recipe.meanDailyOutput * (1 + 0.02 * noise(seed, product, day, 1)));
    yield {
      site,
      product,
      batch: civilTime(startMs).date,
      start: instantText(startMs),
      durationS: 86_400,
      output,
      outputUnit,
      inputs: recipe.inputs.map(([{ item, unit }, amount]) => ({
        item,
        // Meters and scales scatter by a per cent; quantities are kept to a thousandth of their unit.
        quantity: Math.round(1000 * output * amount * (1 + 0.01 * noise(seed, item, day, 1))) / 1000,
        unit,
        ...(item === 'electricity' ? { meter: 'm-incomer' } : {}),
      })),
      quality: 'simulated',
      revision: 0,
    };
  }
}
