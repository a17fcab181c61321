/** Simulated production of an aluminium smelter in 广元: daily batches of ingot with what went in. */
import {
  EXAMPLE_BACKGROUND,
  exampleFlowId,
  exampleProcessId,
} from '../../schemas/reference/exampleBackground.ts';
import { exampleRecipe, exampleSmelter } from '../../schemas/reference/exampleFigures.ts';
import { DEFAULT_GWP_SET } from '../../schemas/reference/gwp.ts';
import { civilTime, DAY_MS, instantText, periodOf, type Span, steps } from './civilTime.ts';
import { noise } from './random.ts';
import type { InputLink, ProductQuestion, Reading } from './scenario.ts';

export const SMELTER_SITE = 'site/example-smelter-1';
export const INGOT = 'aluminium-ingot';

/** Item of the activity, unit, background process and amount for a kilogram of ingot. */
const INPUTS = [
  ['electricity', 'kWh', 'electricity-china', exampleRecipe.electricity.amount],
  ['alumina', 'kg', 'alumina', exampleRecipe.alumina.amount],
  ['anode', 'kg', 'anode', exampleRecipe.anode.amount],
  ['aluminium-fluoride', 'kg', 'fluoride', exampleRecipe.fluoride.amount],
  ['electrolysis', 'kg', 'electrolysis', 1],
  ['rail-freight', 't*km', 'rail', exampleRecipe.rail.amount],
  ['road-freight', 't*km', 'truck', exampleRecipe.truck.amount],
] as const;

/** `t*km` is no id of a stream; there it is written with a dot. */
const streamUnit = (unit: string) => unit.replace('*', '.');

/** `production.activity`: one batch a day. */
export function* smelterActivity(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, DAY_MS)) {
    const day = startMs / DAY_MS;
    const output = Math.round(
      (exampleSmelter.annualOutputKg / 365) * (1 + 0.02 * noise(seed, 'ingot', day, 1)),
    );
    yield {
      site: SMELTER_SITE,
      product: INGOT,
      batch: civilTime(startMs).date,
      start: instantText(startMs),
      durationS: 86_400,
      output,
      outputUnit: 'kg',
      inputs: INPUTS.map(([item, unit, , amount]) => ({
        item,
        // Direct emissions follow the output itself; the other inputs scatter as meters and scales do.
        quantity: Math.round(
          output * amount * (item === 'electrolysis' ? 1 : 1 + 0.01 * noise(seed, item, day, 1)),
        ),
        unit: streamUnit(unit),
        ...(item === 'electricity' ? { meter: 'm-incomer' } : {}),
      })),
      quality: 'simulated',
      revision: 0,
    };
  }
}

/** The question of the ingot's footprint over a span. */
export function ingotQuestion(span: Span): ProductQuestion {
  return {
    id: INGOT,
    site: SMELTER_SITE,
    name: '铝锭（示例，四川广元）',
    period: periodOf(span),
    declaredUnit: 'kilogram',
    outputUnit: 'kg',
    inputs: INPUTS.map(
      ([item, unit, key]): InputLink => ({
        item,
        unit: streamUnit(unit),
        backgroundUnit: unit,
        processId: exampleProcessId(key),
        flowId: exampleFlowId(key),
      }),
    ),
    background: { kind: 'example', name: EXAMPLE_BACKGROUND },
    gwpSet: DEFAULT_GWP_SET,
    quality: 'simulated',
  };
}
