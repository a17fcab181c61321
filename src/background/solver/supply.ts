/** The other direction: how often every activity runs for a demand, `A x = f`. */
import type { FactorisedSystem } from './adjoint.ts';
import { factoriseAdjoint, solveAdjoint } from './adjoint.ts';
import { type ScaledSystem, scaleByPivots, type TechnosphereInput } from './scaledSystem.ts';
import { transpose } from './sparseColumns.ts';

/** The system whose adjoint solve is the forward solve of `input`; checked and factorised once for any number of demands. */
export function factoriseSupply(input: TechnosphereInput): FactorisedSystem {
  const { maker, pivot } = scaleByPivots(input) satisfies ScaledSystem;
  return factoriseAdjoint({
    technosphere: transpose(input.technosphere),
    referenceRow: maker,
    output: Float64Array.from(maker, (activity) => pivot[activity]!),
    label: (row) => input.label(maker[row]!),
  });
}

/**
 * Runs of every activity for demands.
 * @param demands n × width by product row
 * @returns n × width by activity
 * @throws Refusal `E_FORWARD_ERROR`
 */
export function solveSupply(system: FactorisedSystem, demands: Float64Array, width: number): Float64Array {
  return solveAdjoint(system, demands, width).lambda;
}
