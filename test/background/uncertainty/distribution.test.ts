import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  distributionColumns,
  firstOrderSd,
  judgeDistribution,
  valuesAt,
} from '../../../src/background/uncertainty/distribution.ts';

const stated = (kind: string, parameters: Record<string, number>) => ({ kind, parameters });

describe('a stated distribution', () => {
  it.each([
    ['LOG_NORMAL_DISTRIBUTION', { geomMean: 2, geomSd: Math.E }, { kind: 'lognormal', a: 5, b: 1, c: 0 }],
    ['NORMAL_DISTRIBUTION', { mean: 5, sd: 2 }, { kind: 'normal', a: 5, b: 2, c: 0 }],
    ['TRIANGLE_DISTRIBUTION', { minimum: 1, mode: 2, maximum: 9 }, { kind: 'triangle', a: 1, b: 2, c: 9 }],
    ['UNIFORM_DISTRIBUTION', { minimum: 1, maximum: 9 }, { kind: 'uniform', a: 1, b: 9, c: 0 }],
  ])('%s is taken with the stated amount as its middle', (kind, parameters, distribution) => {
    expect(judgeDistribution(stated(kind, parameters), 5)).toEqual({ distribution });
  });

  it.each([
    ['LOG_NORMAL_DISTRIBUTION', { geomSd: 0 }, 'geometric standard deviation below 1'],
    ['LOG_NORMAL_DISTRIBUTION', { geomSd: Number.NaN }, 'a parameter is missing or not finite'],
    ['LOG_NORMAL_DISTRIBUTION', {}, 'a parameter is missing or not finite'],
    ['NORMAL_DISTRIBUTION', { sd: 0 }, 'standard deviation not above 0'],
    ['TRIANGLE_DISTRIBUTION', { minimum: 3, mode: 2, maximum: 9 }, 'mode outside the limits'],
    ['TRIANGLE_DISTRIBUTION', { minimum: 9, mode: 9, maximum: 9 }, 'limits the wrong way round'],
    ['UNIFORM_DISTRIBUTION', { minimum: 2, maximum: 1 }, 'limits the wrong way round'],
    ['CAUCHY', {}, 'unknown distribution'],
  ])('%s with %j is impossible', (kind, parameters, fault) => {
    expect(judgeDistribution(stated(kind, parameters), 5)).toEqual({ fault });
  });

  it.each([[undefined], [stated('LOG_NORMAL_DISTRIBUTION', { geomSd: 1 })], [stated('NO_DISTRIBUTION', {})]])(
    '%j is certain',
    (none) => {
      expect(judgeDistribution(none, 5)).toEqual({ fixed: 'stated as certain' });
    },
  );
});

/** Mean and standard deviation by a fine midpoint rule over the quantiles. */
function moments(distribution: Distribution): [number, number] {
  const steps = 200_000;
  const columns = distributionColumns(new Array<Distribution>(steps).fill(distribution));
  const values = new Float64Array(steps);
  valuesAt(
    columns,
    values.map((_, k) => (k + 0.5) / steps),
    values,
  );
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / steps;
  return [mean, Math.sqrt(squares / steps - mean * mean)];
}

describe('values of a distribution', () => {
  it.each<[Distribution, number, number]>([
    [
      { kind: 'lognormal', a: 3, b: 0.2, c: 0 },
      3 * Math.exp(0.02),
      3 * Math.exp(0.02) * Math.sqrt(Math.exp(0.04) - 1),
    ],
    [
      { kind: 'lognormal', a: -3, b: 0.2, c: 0 },
      -3 * Math.exp(0.02),
      3 * Math.exp(0.02) * Math.sqrt(Math.exp(0.04) - 1),
    ],
    [{ kind: 'normal', a: -1, b: 2, c: 0 }, -1, 2],
    [{ kind: 'triangle', a: 1, b: 2, c: 9 }, 4, Math.sqrt((1 + 4 + 81 - 2 - 9 - 18) / 18)],
    [{ kind: 'uniform', a: 1, b: 4, c: 0 }, 2.5, 3 / Math.sqrt(12)],
  ])('%j have its mean and standard deviation', (distribution, mean, sd) => {
    const [gotMean, gotSd] = moments(distribution);
    expect(gotMean).toBeCloseTo(mean, 4);
    expect(gotSd / sd).toBeCloseTo(1, 3);
    const expected = distribution.kind === 'lognormal' ? 3 * 0.2 : sd;
    expect(firstOrderSd(distribution)).toBeCloseTo(expected, 12);
  });
});
