/** Builds A, F and U of one step from its meters. */
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';

/**
 * Fills the matrix entries, the surplus v and the right-hand sides.
 * Row i: x_i (P_i + imports + c_i) - sum over zones j of the solve I_ij x_j = F_i. An import from outside the
 * solve stays on the diagonal and counts as U; a missing flow adds its capacity to both.
 */
export function assemble(state: StepState): void {
  const { inSolve, surplusMwh, unknownSupplyMwh, productionMwh, unknownProductionMwh } = state;
  const columns = state.familyCount + 1;
  for (let zone = 0; zone < state.zoneCount; zone++) {
    const takesPart = inSolve[zone] === 1;
    surplusMwh[zone] = takesPart ? productionMwh[zone]! : 0;
    unknownSupplyMwh[zone] = takesPart ? unknownProductionMwh[zone]! : 0;
    for (let family = 0; family < state.familyCount; family++) {
      const mass = takesPart ? state.producedKg[zone * state.familyCount + family]! : 0;
      state.solution[zone * columns + family] = mass;
    }
  }
  addExchanges(state);
  for (let zone = 0; zone < state.zoneCount; zone++) {
    state.solution[zone * columns + state.familyCount] = unknownSupplyMwh[zone]!;
  }
}

function addExchanges(state: StepState): void {
  const { plan, from, to, flowMwh, inSolve, surplusMwh, unknownSupplyMwh, addedMwh, entries } = state;
  for (let exchange = 0; exchange < from.length; exchange++) {
    const flow = flowMwh[exchange]!;
    if (flow !== 0) {
      const source = flow > 0 ? from[exchange]! : to[exchange]!;
      const sink = flow > 0 ? to[exchange]! : from[exchange]!;
      if (takesPart(inSolve, sink)) {
        if (takesPart(inSolve, source)) {
          const entry = flow > 0 ? plan.forwardEntry[exchange]! : plan.reverseEntry[exchange]!;
          entries[entry]! += Math.abs(flow);
        } else {
          surplusMwh[sink]! += Math.abs(flow);
          unknownSupplyMwh[sink]! += Math.abs(flow);
        }
      }
      continue;
    }
    const capacity = state.missingCapacityMwh[exchange]!;
    if (capacity === 0) continue;
    for (const zone of [from[exchange]!, to[exchange]!]) {
      if (!takesPart(inSolve, zone)) continue;
      addedMwh[zone]! += capacity;
      surplusMwh[zone]! += capacity;
      unknownSupplyMwh[zone]! += capacity;
    }
  }
}

function takesPart(inSolve: Uint8Array, zone: number): boolean {
  return zone !== OUTSIDE && inSolve[zone] === 1;
}
