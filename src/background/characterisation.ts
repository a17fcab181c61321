/** Characterisation: which elementary flow counts as which species and class, and its factor in each category. */
import { z } from 'zod';
import { CATEGORIES, CATEGORY_COUNT } from '../../schemas/documents/footprintCategories.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';
import { CompensatedSum } from './solver/compensated.ts';
import type { BackgroundSystem, FlowFactor } from './technosphere.ts';

/** One row of a flow map: the columns of a mapping file that are read. */
export const flowMapRow = z.object({
  flow_uuid: z.string().min(1),
  species: z.string().min(1),
  class: z.enum(CATEGORIES),
});
export type FlowMapRow = z.infer<typeof flowMapRow>;

export interface Characterisation {
  readonly gwpSet: GwpSet;
  /** m × 5 by nature flow: kgCO2e (or kg CO2 in the memo categories) per unit of flow. */
  readonly factors: Float64Array;
  readonly characterised: number;
  /** Mapped flows that have no factor, with the reason. */
  readonly unknown: readonly { readonly flowId: string; readonly reason: string }[];
}

/** Factors of one GWP set for the flows that the map names; flows the map does not name have none. */
export function characterise(
  system: Pick<BackgroundSystem, 'natureFlows'>,
  map: readonly FlowMapRow[],
  gwpSet: GwpSet,
): Characterisation {
  const rowOf = new Map(system.natureFlows.map((flow, row) => [flow.id, row]));
  const factors = new Float64Array(system.natureFlows.length * CATEGORY_COUNT);
  const unknown: { flowId: string; reason: string }[] = [];
  let characterised = 0;
  for (const { flow_uuid: flowId, species, class: category } of map) {
    const row = rowOf.get(flowId);
    if (row === undefined) continue;
    const memo = category === 'biogenic_co2_emission' || category === 'biogenic_co2_uptake';
    // Biogenic CO2 is told in kilograms and never weighed.
    const factor = memo ? 1 : gwpSet.factors.get(species)?.kgCo2ePerKg;
    if (factor === undefined) unknown.push({ flowId, reason: `${species} has no value in ${gwpSet.id}` });
    else if (system.natureFlows[row]!.unit !== 'kg') {
      unknown.push({ flowId, reason: `is stated in ${system.natureFlows[row]!.unit}, not kg` });
    } else {
      factors[row * CATEGORY_COUNT + CATEGORIES.indexOf(category)] = factor;
      characterised++;
    }
  }
  return { gwpSet, factors, characterised, unknown };
}

/** m × 5 by nature flow, from factors that name flow and category. */
export function factorsByFlow(
  { natureFlows }: Pick<BackgroundSystem, 'natureFlows'>,
  rows: readonly FlowFactor[],
): Float64Array<ArrayBuffer> {
  const rowOf = new Map(natureFlows.map((flow, row) => [flow.id, row]));
  const factors = new Float64Array(natureFlows.length * CATEGORY_COUNT);
  for (const { flowId, category, factor } of rows) {
    const row = rowOf.get(flowId);
    if (row !== undefined) factors[row * CATEGORY_COUNT + CATEGORIES.indexOf(category)] = factor;
  }
  return factors;
}

/** `B^T c`: direct score of one run of each activity, n × 5. */
export function directScores(
  { biosphere }: Pick<BackgroundSystem, 'biosphere'>,
  { factors }: Pick<Characterisation, 'factors'>,
): Float64Array<ArrayBuffer> {
  const { columns, start, index, value } = biosphere;
  const direct = new Float64Array(columns * CATEGORY_COUNT);
  const sum = new CompensatedSum();
  for (let j = 0; j < columns; j++) {
    for (let c = 0; c < CATEGORY_COUNT; c++) {
      sum.reset(0);
      for (let p = start[j]!; p < start[j + 1]!; p++) {
        const factor = factors[index[p]! * CATEGORY_COUNT + c]!;
        if (factor !== 0) sum.addProduct(value[p]!, factor);
      }
      direct[j * CATEGORY_COUNT + c] = sum.value;
    }
  }
  return direct;
}
