/** Whose production a zone consumed: one transposed solve a step says what each zone's production adds to it. */
import { solveStep } from './flowTracing.ts';
import { solveTransposed } from './luFactorisation.ts';
import { createStepState } from './stepState.ts';
import { openStocks } from './storageRun.ts';
import type { GridTopology } from './topology.ts';
import type { TracingSeries } from './tracingSeries.ts';

export interface SupplyOrigin {
  readonly zoneId: string;
  /** Energy (MWh) that this zone produced of what was consumed. */
  readonly energyMwh: number;
  /** Known mass (kg) that came with it, by the name of the family. */
  readonly massKg: Readonly<Record<string, number>>;
}

/**
 * Production behind what the given zones consumed over the given steps, the largest first; with the supply of unknown
 * origin it adds up to their consumption. Zones outside the solve have none.
 */
export function supplyOrigins(
  topology: GridTopology,
  series: TracingSeries,
  steps: readonly number[],
  zones: readonly number[],
): SupplyOrigin[] {
  const state = createStepState(topology, series.families.length);
  openStocks(state.storage, series);
  const energy = new Float64Array(state.zoneCount);
  const mass = new Float64Array(state.zoneCount * state.familyCount);
  const last = Math.max(...steps);
  for (let step = 0; step <= last; step++) {
    solveStep(state, series, step);
    if (!steps.includes(step)) continue;
    // All that the zones consumed at once: the transposed system is linear.
    const weight = new Float64Array(state.zoneCount);
    for (const zone of zones) {
      if (state.inSolve[zone] === 0) continue;
      weight[zone] = state.productionMwh[zone]! + state.importMwh[zone]! - state.exportMwh[zone]!;
    }
    solveTransposed(state.plan, state.entries, state.pivot, weight);
    for (let zone = 0; zone < state.zoneCount; zone++) {
      if (state.inSolve[zone] === 0) continue;
      energy[zone]! += weight[zone]! * (state.productionMwh[zone]! - state.unknownProductionMwh[zone]!);
      for (let family = 0; family < state.familyCount; family++) {
        const cell = zone * state.familyCount + family;
        mass[cell]! += weight[zone]! * state.producedKg[cell]!;
      }
    }
  }
  return topology.zoneIds
    .map((zoneId, zone) => ({
      zoneId,
      energyMwh: energy[zone]!,
      massKg: Object.fromEntries(
        series.families.map(({ name }, family) => [name, mass[zone * state.familyCount + family]!]),
      ),
    }))
    .filter(({ energyMwh }) => energyMwh > 0)
    .sort((a, b) => b.energyMwh - a.energyMwh);
}
