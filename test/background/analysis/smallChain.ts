/** A seeded economy with loops, treatments and prices over decades: small enough for plain references. */

import { factoriseAdjoint, solveAdjoint } from '../../../src/background/solver/adjoint.ts';
import { scaleByPivots, type TechnosphereInput } from '../../../src/background/solver/scaledSystem.ts';
import { fromEntries, type SparseColumns } from '../../../src/background/solver/sparseColumns.ts';
import { factoriseSupply, solveSupply } from '../../../src/background/solver/supply.ts';

export interface SmallChain {
  readonly input: TechnosphereInput;
  readonly biosphere: SparseColumns;
  readonly factors: Float64Array;
  readonly direct: Float64Array;
}

/** @param seed any whole number */
export function smallChain(seed: number, n = 30): SmallChain {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const price = Array.from({ length: n }, () => 10 ** (4 * random() - 2));
  const sign = Array.from({ length: n }, () => (random() < 0.15 ? -1 : 1));
  const entries: [number, number, number][] = [];
  const nature: [number, number, number][] = [];
  for (let j = 0; j < n; j++) {
    const made = 0.5 + 2 * random();
    entries.push([j, j, made * sign[j]!]);
    const inputs = 1 + Math.floor(4 * random());
    for (let k = 0; k < inputs; k++) {
      const i = Math.floor(n * random());
      if (i === j) continue;
      const value = (0.9 * random()) / inputs;
      entries.push([i, j, (-value * made * price[j]! * sign[i]!) / price[i]!]);
    }
    for (let k = 0; k < 3; k++) nature.push([Math.floor(5 * random()), j, price[j]! * random()]);
  }
  const biosphere = fromEntries(5, n, nature);
  const factors = Float64Array.from([1, 29.8, 273, 0, 2]);
  const direct = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let p = biosphere.start[j]!; p < biosphere.start[j + 1]!; p++) {
      direct[j]! += factors[biosphere.index[p]!]! * biosphere.value[p]!;
    }
  }
  return {
    input: {
      technosphere: fromEntries(n, n, entries),
      referenceRow: Int32Array.from({ length: n }, (_, j) => j),
      output: Float64Array.from(sign),
      label: (activity) => `dataset ${activity}`,
    },
    biosphere,
    factors,
    direct,
  };
}

export function scoresOf({ input, direct }: SmallChain): Float64Array {
  return solveAdjoint(factoriseAdjoint(input), direct, 1).lambda;
}

/** Runs for one unit of product `row`. */
export function runsFor({ input }: SmallChain, row: number): Float64Array {
  const demand = new Float64Array(input.technosphere.columns);
  demand[row] = 1;
  return solveSupply(factoriseSupply(input), demand, 1);
}

export const scaledOf = ({ input }: SmallChain) => scaleByPivots(input);
