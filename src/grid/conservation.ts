/** The check that every step must pass before anything of it is published. */
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';

/** Largest admitted relative difference between mass consumed and mass produced. */
const CONSERVATION_TOLERANCE = 1e-9;

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
  /** Sums, `[component * (familyCount + 1) + column]`; the last column is the unknown supply. */
  readonly consumed: Float64Array;
  readonly produced: Float64Array;
  readonly passing: Float64Array;
}

export function createConservationScratch(state: StepState): ConservationScratch {
  const sums = () => new Float64Array(state.componentCount * (state.familyCount + 1));
  return {
    outletMwh: new Float64Array(state.zoneCount),
    supplyMwh: new Float64Array(state.zoneCount),
    consumed: sums(),
    produced: sums(),
    passing: sums(),
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
  sumMasses(state, scratch);
  const columns = state.familyCount + 1;
  let worst = 0;
  for (let sum = 0; sum < scratch.produced.length; sum++) {
    const produced = scratch.produced[sum]!;
    const noise = EVALUATION_NOISE * scratch.passing[sum]! + UNDERFLOW;
    const difference = Math.max(0, Math.abs(scratch.consumed[sum]! - produced) - noise);
    const error = difference === 0 ? 0 : difference / produced;
    if (!(error <= CONSERVATION_TOLERANCE)) {
      throw new ConservationError(step, familyNames[sum % columns] ?? 'unknown supply', error);
    }
    worst = Math.max(worst, error);
  }
  return worst;
}

function sumMasses(
  state: StepState,
  { consumed, produced, passing, outletMwh, supplyMwh }: ConservationScratch,
) {
  consumed.fill(0);
  produced.fill(0);
  passing.fill(0);
  const { familyCount, solution, producedKg } = state;
  const columns = familyCount + 1;
  for (let zone = 0; zone < state.zoneCount; zone++) {
    if (state.inSolve[zone] === 0) continue;
    const first = state.component[zone]! * columns;
    const outlet = outletMwh[zone]!;
    const supply = supplyMwh[zone]!;
    for (let column = 0; column < columns; column++) {
      const intensity = solution[zone * columns + column]!;
      consumed[first + column]! += intensity * outlet;
      passing[first + column]! += intensity * supply;
    }
    for (let family = 0; family < familyCount; family++) {
      produced[first + family]! += producedKg[zone * familyCount + family]!;
    }
    produced[first + familyCount]! += state.unknownSupplyMwh[zone]!;
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
