/** The proof that no loop feeds itself: y = (I − |I − A D⁻¹|)⁻ᵀ 1 is finite and nowhere below 1 only if every loop gain is below 1. */
import { factoriseAdjoint, solveAdjoint } from '../solver/adjoint.ts';
import type { TechnosphereInput } from '../solver/scaledSystem.ts';
import { scaleByPivots } from '../solver/scaledSystem.ts';
import { fromEntries } from '../solver/sparseColumns.ts';

/** @returns the smallest entry of y */
export function proofVectorLeast(input: TechnosphereInput): number {
  const { n, dependencies } = scaleByPivots(input);
  const entries: [number, number, number][] = [];
  for (let j = 0; j < n; j++) {
    entries.push([j, j, 1]);
    for (let p = dependencies.start[j]!; p < dependencies.start[j + 1]!; p++) {
      entries.push([dependencies.index[p]!, j, -Math.abs(dependencies.value[p]!)]);
    }
  }
  const positive: TechnosphereInput = {
    technosphere: fromEntries(n, n, entries),
    referenceRow: Int32Array.from({ length: n }, (_, at) => at),
    output: new Float64Array(n).fill(1),
    label: input.label,
  };
  const { lambda } = solveAdjoint(factoriseAdjoint(positive), new Float64Array(n).fill(1), 1);
  return lambda.reduce((least, y) => Math.min(least, y), Number.POSITIVE_INFINITY);
}
