/** The check that every step must pass before anything of it is published (grid.md §3). */
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';

/** Largest admitted relative difference between mass consumed and mass produced. */
export const CONSERVATION_TOLERANCE = 1e-9;

/** Thrown when mass was lost or made by the solve: the engine is at fault and nothing of the run may be published. */
export class ConservationError extends Error {
  readonly step: number;
  readonly relativeError: number;

  constructor(step: number, family: string, relativeError: number) {
    super(`step ${step}: ${family} is not conserved (relative error ${relativeError})`);
    this.name = 'ConservationError';
    this.step = step;
    this.relativeError = relativeError;
  }
}

export interface ConservationScratch {
  readonly outletMwh: Float64Array;
  readonly consumed: Float64Array;
  readonly produced: Float64Array;
}

export function createConservationScratch(state: StepState): ConservationScratch {
  return {
    outletMwh: new Float64Array(state.zoneCount),
    consumed: new Float64Array(state.componentCount),
    produced: new Float64Array(state.componentCount),
  };
}

/**
 * Compares, per connected component and family (and for the unknown supply), the mass that leaves with
 * consumption with the mass that was produced. It uses the meters, not the matrix: D_i + c_i + E_out,i, where
 * D_i = P_i + imports - exports and E_out,i goes to zones outside the solve.
 * @returns the largest relative error; throws `ConservationError` above the tolerance
 */
export function checkConservation(
  state: StepState,
  scratch: ConservationScratch,
  step: number,
  familyNames: readonly string[],
): number {
  fillOutlets(state, scratch.outletMwh);
  const columns = state.familyCount + 1;
  let worst = 0;
  for (let column = 0; column < columns; column++) {
    scratch.consumed.fill(0);
    scratch.produced.fill(0);
    for (let zone = 0; zone < state.zoneCount; zone++) {
      if (state.inSolve[zone] === 0) continue;
      const component = state.component[zone]!;
      const isFamily = column < state.familyCount;
      scratch.consumed[component]! += state.solution[zone * columns + column]! * scratch.outletMwh[zone]!;
      scratch.produced[component]! += isFamily
        ? state.producedKg[zone * state.familyCount + column]!
        : state.unknownSupplyMwh[zone]!;
    }
    for (let component = 0; component < state.componentCount; component++) {
      const produced = scratch.produced[component]!;
      const difference = Math.abs(scratch.consumed[component]! - produced);
      const error = difference === 0 ? 0 : difference / produced;
      if (!(error <= CONSERVATION_TOLERANCE)) {
        throw new ConservationError(step, familyNames[column] ?? 'unknown supply', error);
      }
      worst = Math.max(worst, error);
    }
  }
  return worst;
}

/** Everything that leaves a zone other than to another zone of the solve (MWh): consumption, losses, exports out of the solve, and the allowance for missing flows. */
function fillOutlets(state: StepState, outletMwh: Float64Array): void {
  for (let zone = 0; zone < state.zoneCount; zone++) {
    outletMwh[zone] = state.productionMwh[zone]! + state.importMwh[zone]! + state.addedMwh[zone]!;
  }
  for (let exchange = 0; exchange < state.from.length; exchange++) {
    const flow = state.flowMwh[exchange]!;
    const source = flow > 0 ? state.from[exchange]! : state.to[exchange]!;
    const sink = flow > 0 ? state.to[exchange]! : state.from[exchange]!;
    if (source === OUTSIDE || sink === OUTSIDE || state.inSolve[sink] === 0) continue;
    outletMwh[source]! -= Math.abs(flow);
  }
}
