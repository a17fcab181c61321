/** An aluminium smelter in 广元: what a kilogram of ingot takes, and the question of its footprint. */
import type { InputLink } from '../../schemas/documents/footprintQuestion.ts';
import {
  EXAMPLE_BACKGROUND,
  exampleFlowId,
  exampleProcessId,
} from '../../schemas/reference/exampleBackground.ts';
import { exampleEmissions, exampleRecipe, exampleSmelter } from '../../schemas/reference/exampleFigures.ts';
import { DEFAULT_GWP_SET } from '../../schemas/reference/gwp.ts';
import { periodOf, type Span } from './civilTime.ts';
import type { ProductQuestion } from './scenario.ts';
import { type Recipe, streamUnit } from './simulatedBatches.ts';

export const SMELTER_SITE = 'site/example-smelter-1';
const INGOT = 'aluminium-ingot';

const product = (key: string) => ({ process: exampleProcessId(key), flow: exampleFlowId(key) });
const material = (item: string, unit: string, key: string) =>
  ({
    item,
    unit: streamUnit(unit),
    kind: 'background',
    product: product(key),
    backgroundUnit: unit,
  }) as const;
const emission = (item: string, species: string) =>
  ({ item, unit: 'kg', kind: 'direct_emission', species, category: 'fossil' }) as const;

/** What an input is, and its amount for a kilogram of ingot. */
const INPUTS: readonly (readonly [InputLink, number])[] = [
  [
    { item: 'electricity', unit: 'kWh', kind: 'official_electricity', zone: 'CN', year: 2024 },
    exampleRecipe.electricity.amount,
  ],
  [material('alumina', 'kg', 'alumina'), exampleRecipe.alumina.amount],
  [material('anode', 'kg', 'anode'), exampleRecipe.anode.amount],
  [material('aluminium-fluoride', 'kg', 'fluoride'), exampleRecipe.fluoride.amount],
  [material('rail-freight', 't*km', 'rail'), exampleRecipe.rail.amount],
  [material('road-freight', 't*km', 'truck'), exampleRecipe.truck.amount],
  [emission('anode-co2', 'CO2'), exampleEmissions.electrolysisCo2.amount],
  [emission('anode-effect-cf4', 'CF4'), exampleEmissions.electrolysisCf4.amount],
  [emission('anode-effect-c2f6', 'C2F6'), exampleEmissions.electrolysisC2f6.amount],
];

export const smelterRecipe: Recipe = {
  site: SMELTER_SITE,
  product: INGOT,
  outputUnit: 'kg',
  meanDailyOutput: exampleSmelter.annualOutputKg / 365,
  inputs: INPUTS,
};

/** The question of the ingot's footprint over a span. */
export function ingotQuestion(span: Span): ProductQuestion {
  return {
    id: INGOT,
    site: SMELTER_SITE,
    name: '铝锭（示例，四川广元）',
    period: periodOf(span),
    declaredUnit: { amount: 1, unit: 'kilogram', massKg: 1 },
    outputUnit: 'kg',
    inputs: INPUTS.map(([link]) => link),
    background: { kind: 'example', name: EXAMPLE_BACKGROUND },
    gwpSet: DEFAULT_GWP_SET,
    quality: 'simulated',
  };
}
