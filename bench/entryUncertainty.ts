/** Every off-diagonal entry of A and every characterised entry of B an independent lognormal: the benchmark's and U1's uncertainty. */
import type { TechnosphereInput } from '../src/background/solver/scaledSystem.ts';
import type { SparseColumns } from '../src/background/solver/sparseColumns.ts';
import { distributionColumns } from '../src/background/uncertainty/distribution.ts';
import type { DrawnSystem } from '../src/background/uncertainty/drawnSystem.ts';
import { keyOf } from '../src/background/uncertainty/keyedRandom.ts';

/**
 * @param factors of each elementary flow in the category that is scored
 * @param sigma standard deviation of the logarithm
 */
export function entryUncertainty(
  base: TechnosphereInput,
  biosphere: SparseColumns,
  factors: Float64Array,
  sigma: number,
): DrawnSystem {
  const { columns, start, index, value } = base.technosphere;
  const median: number[] = [];
  const keys: string[] = [];
  const technosphere = { place: [] as number[], exchange: [] as number[], coefficient: [] as number[] };
  const nature = { place: [] as number[], exchange: [] as number[], coefficient: [] as number[] };
  const certainTechnosphere = new Float64Array(index.length);
  const direct = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      if (index[p] === base.referenceRow[j]) {
        certainTechnosphere[p] = value[p]!;
        continue;
      }
      technosphere.place.push(p);
      technosphere.exchange.push(median.length);
      technosphere.coefficient.push(1);
      keys.push(`A ${index[p]} ${j}`);
      median.push(value[p]!);
    }
    for (let p = biosphere.start[j]!; p < biosphere.start[j + 1]!; p++) {
      const factor = factors[biosphere.index[p]!]!;
      if (factor === 0) continue;
      nature.place.push(j);
      nature.exchange.push(median.length);
      nature.coefficient.push(factor);
      keys.push(`B ${biosphere.index[p]} ${j}`);
      median.push(biosphere.value[p]!);
      direct[j]! += factor * biosphere.value[p]!;
    }
  }
  const named = keys.map(keyOf);
  const parts = ({ place, exchange, coefficient }: typeof technosphere) => ({
    place: Int32Array.from(place),
    exchange: Int32Array.from(exchange),
    coefficient: Float64Array.from(coefficient),
  });
  return {
    base,
    direct,
    exchanges: {
      keyLow: Int32Array.from(named, ([low]) => low),
      keyHigh: Int32Array.from(named, ([, high]) => high),
      distribution: distributionColumns(median.map((a) => ({ kind: 'lognormal', a, b: sigma, c: 0 }))),
    },
    certainTechnosphere,
    certainDirect: new Float64Array(columns),
    technosphereParts: parts(technosphere),
    directParts: parts(nature),
  };
}
