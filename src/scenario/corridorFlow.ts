/**
 * Flows on a meshed network from what each node puts in: the DC approximation with equal reactances, which is the one
 * flow of least squares that closes every node's balance. It makes plausible flows, not the real ones.
 */

export interface CorridorNetwork {
  readonly nodeCount: number;
  /** Pairs of node indices; a positive flow leaves the first. */
  readonly corridors: readonly (readonly [number, number])[];
  /** Inverse of the Laplacian without its last row and column, row by row. */
  readonly inverse: Float64Array;
}

/** Prepares the network. @throws RangeError where some node hangs on no corridor */
export function corridorNetwork(
  nodeCount: number,
  corridors: readonly (readonly [number, number])[],
): CorridorNetwork {
  const size = nodeCount - 1;
  const laplacian = new Float64Array(size * size);
  const add = (row: number, column: number, value: number) => {
    if (row < size && column < size) laplacian[row * size + column]! += value;
  };
  for (const [from, to] of corridors) {
    add(from, from, 1);
    add(to, to, 1);
    add(from, to, -1);
    add(to, from, -1);
  }
  return { nodeCount, corridors, inverse: inverted(laplacian, size) };
}

/** Flow of every corridor for injections that add up to 0 (the last node takes what is left over). */
export function corridorFlows(network: CorridorNetwork, injection: Float64Array): Float64Array {
  const size = network.nodeCount - 1;
  const angle = new Float64Array(network.nodeCount);
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) {
      sum += network.inverse[row * size + column]! * injection[column]!;
    }
    angle[row] = sum;
  }
  return Float64Array.from(network.corridors, ([from, to]) => angle[from]! - angle[to]!);
}

/** Gauss–Jordan; the reduced Laplacian of a connected graph is positive definite, so no pivoting is needed. */
function inverted(matrix: Float64Array, size: number): Float64Array {
  const work = Float64Array.from(matrix);
  const result = new Float64Array(size * size);
  for (let at = 0; at < size; at++) result[at * size + at] = 1;
  for (let pivot = 0; pivot < size; pivot++) {
    const value = work[pivot * size + pivot]!;
    if (!(value > 1e-9)) throw new RangeError('a node of the network hangs on no corridor');
    for (let column = 0; column < size; column++) {
      work[pivot * size + column]! /= value;
      result[pivot * size + column]! /= value;
    }
    for (let row = 0; row < size; row++) {
      const factor = work[row * size + pivot]!;
      if (row === pivot || factor === 0) continue;
      for (let column = 0; column < size; column++) {
        work[row * size + column]! -= factor * work[pivot * size + column]!;
        result[row * size + column]! -= factor * result[pivot * size + column]!;
      }
    }
  }
  return result;
}
