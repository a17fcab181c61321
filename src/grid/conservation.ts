/** The check that every step must pass before anything of it is published (grid.md §3). */
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';

/** Largest admitted relative difference between mass consumed and mass produced. */
export const CONSERVATION_TOLERANCE = 1e-9;

/**
 * Rounding of the check itself, relative to the mass that passes through the zones: it takes differences of flows,
 * which the solve does not. It matters only where flows are a million times what is produced, and is taken off the difference.
 */
const EVALUATION_NOISE = 2 ** -48;

/** Masses (kg) and energies (MWh) below this are lost to underflow in the products, whatever the method. */
const UNDERFLOW = 1e-280;

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
  readonly supplyMwh: Float64Array;
  readonly consumed: Float64Array;
  readonly produced: Float64Array;
  readonly passing: Float64Array;
}

export function createConservationScratch(state: StepState): ConservationScratch {
  return {
    outletMwh: new Float64Array(state.zoneCount),
    supplyMwh: new Float64Array(state.zoneCount),
    consumed: new Float64Array(state.componentCount),
    produced: new Float64Array(state.componentCount),
    passing: new Float64Array(state.componentCount),
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
  fillOutlets(state, scratch);
  const columns = state.familyCount + 1;
  let worst = 0;
  for (let column = 0; column < columns; column++) {
    sumColumn(state, scratch, column);
    for (let component = 0; component < state.componentCount; component++) {
      const produced = scratch.produced[component]!;
      const noise = EVALUATION_NOISE * scratch.passing[component]! + UNDERFLOW;
      const difference = Math.max(0, Math.abs(scratch.consumed[component]! - produced) - noise);
      const error = difference === 0 ? 0 : difference / produced;
      if (!(error <= CONSERVATION_TOLERANCE)) {
        throw new ConservationError(step, familyNames[column] ?? 'unknown supply', error);
      }
      worst = Math.max(worst, error);
    }
  }
  return worst;
}

function sumColumn(state: StepState, scratch: ConservationScratch, column: number): void {
  const { consumed, produced, passing } = scratch;
  consumed.fill(0);
  produced.fill(0);
  passing.fill(0);
  const columns = state.familyCount + 1;
  for (let zone = 0; zone < state.zoneCount; zone++) {
    if (state.inSolve[zone] === 0) continue;
    const component = state.component[zone]!;
    const intensity = state.solution[zone * columns + column]!;
    consumed[component]! += intensity * scratch.outletMwh[zone]!;
    passing[component]! += intensity * scratch.supplyMwh[zone]!;
    produced[component]! +=
      column < state.familyCount
        ? state.producedKg[zone * state.familyCount + column]!
        : state.unknownSupplyMwh[zone]!;
  }
}

/** Everything that leaves a zone other than to another zone of the solve (MWh): consumption, losses, exports out of the solve, and the allowance for missing flows. */
function fillOutlets(state: StepState, { outletMwh, supplyMwh }: ConservationScratch): void {
  for (let zone = 0; zone < state.zoneCount; zone++) {
    const supply = state.productionMwh[zone]! + state.importMwh[zone]! + state.addedMwh[zone]!;
    supplyMwh[zone] = supply;
    outletMwh[zone] = supply;
  }
  for (let exchange = 0; exchange < state.from.length; exchange++) {
    const flow = state.flowMwh[exchange]!;
    const source = flow > 0 ? state.from[exchange]! : state.to[exchange]!;
    const sink = flow > 0 ? state.to[exchange]! : state.from[exchange]!;
    if (source === OUTSIDE || sink === OUTSIDE || state.inSolve[sink] === 0) continue;
    outletMwh[source]! -= Math.abs(flow);
  }
}
