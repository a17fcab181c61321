/** Distributions of amounts: what a dataset states, whether it can be, and one value of it by a random number. */
import type { StatedUncertainty } from '../inventory.ts';
import { normalQuantile } from './keyedRandom.ts';

/**
 * lognormal: `a · exp(b z)`, median a of either sign. normal: mean a, standard deviation b.
 * triangle: least a, mode b, greatest c. uniform: least a, greatest b.
 */
export interface Distribution {
  readonly kind: 'lognormal' | 'normal' | 'triangle' | 'uniform';
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What cannot be, in the words of the report. */
export type DistributionFault =
  | 'geometric standard deviation below 1'
  | 'standard deviation not above 0'
  | 'mode outside the limits'
  | 'limits the wrong way round'
  | 'a parameter is missing or not finite'
  | 'unknown distribution';

export type JudgedDistribution =
  | { readonly distribution: Distribution }
  | { readonly fixed: 'stated as certain' }
  | { readonly fault: DistributionFault };

/**
 * @param amount the stated amount: the median of a lognormal, the mean of a normal distribution; the same unit as the
 * parameters
 * @returns the distribution; `fixed` where the dataset says that there is none (a lognormal with geomSd 1 too); a fault
 * where it is impossible, and then the amount counts as certain and the fault is reported
 */
export function judgeDistribution(stated: StatedUncertainty | undefined, amount: number): JudgedDistribution {
  if (!stated) return { fixed: 'stated as certain' };
  const { parameters: p } = stated;
  switch (stated.kind) {
    case 'LOG_NORMAL_DISTRIBUTION': {
      const sd = p.geomSd;
      if (sd === undefined || !Number.isFinite(sd) || amount === 0) {
        return { fault: 'a parameter is missing or not finite' };
      }
      if (sd < 1) return { fault: 'geometric standard deviation below 1' };
      if (sd === 1) return { fixed: 'stated as certain' };
      return { distribution: { kind: 'lognormal', a: amount, b: Math.log(sd), c: 0 } };
    }
    case 'NORMAL_DISTRIBUTION': {
      const sd = p.sd;
      if (sd === undefined || !Number.isFinite(sd)) return { fault: 'a parameter is missing or not finite' };
      if (!(sd > 0)) return { fault: 'standard deviation not above 0' };
      return { distribution: { kind: 'normal', a: amount, b: sd, c: 0 } };
    }
    case 'TRIANGLE_DISTRIBUTION': {
      const { minimum: least, mode, maximum: greatest } = p;
      if (![least, mode, greatest].every(Number.isFinite)) {
        return { fault: 'a parameter is missing or not finite' };
      }
      if (!(least! < greatest!)) return { fault: 'limits the wrong way round' };
      if (mode! < least! || mode! > greatest!) return { fault: 'mode outside the limits' };
      return { distribution: { kind: 'triangle', a: least!, b: mode!, c: greatest! } };
    }
    case 'UNIFORM_DISTRIBUTION': {
      const { minimum: least, maximum: greatest } = p;
      if (![least, greatest].every(Number.isFinite)) return { fault: 'a parameter is missing or not finite' };
      if (!(least! < greatest!)) return { fault: 'limits the wrong way round' };
      return { distribution: { kind: 'uniform', a: least!, b: greatest!, c: 0 } };
    }
    case 'NO_DISTRIBUTION':
      return { fixed: 'stated as certain' };
    default:
      return { fault: 'unknown distribution' };
  }
}

const KINDS = ['lognormal', 'normal', 'triangle', 'uniform'] as const;

/** Many distributions as columns, as draws read them. */
export interface DistributionColumns {
  readonly kind: Uint8Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
}

export function distributionColumns(distributions: readonly Distribution[]): DistributionColumns {
  return {
    kind: Uint8Array.from(distributions, ({ kind }) => KINDS.indexOf(kind)),
    a: Float64Array.from(distributions, ({ a }) => a),
    b: Float64Array.from(distributions, ({ b }) => b),
    c: Float64Array.from(distributions, ({ c }) => c),
  };
}

/** The value of each distribution that lies at its share u of (0, 1). */
export function valuesAt({ kind, a, b, c }: DistributionColumns, u: Float64Array, out: Float64Array): void {
  for (let e = 0; e < out.length; e++) {
    const share = u[e]!;
    switch (kind[e]) {
      case 0:
        out[e] = a[e]! * Math.exp(b[e]! * normalQuantile(share));
        break;
      case 1:
        out[e] = a[e]! + b[e]! * normalQuantile(share);
        break;
      case 2:
        out[e] = triangleQuantile(a[e]!, b[e]!, c[e]!, share);
        break;
      default:
        out[e] = a[e]! + share * (b[e]! - a[e]!);
    }
  }
}

function triangleQuantile(least: number, mode: number, greatest: number, u: number): number {
  const width = greatest - least;
  return u * width < mode - least
    ? least + Math.sqrt(u * width * (mode - least))
    : greatest - Math.sqrt((1 - u) * width * (greatest - mode));
}

/** Standard deviation to first order: for a lognormal `|median| · sigma`, for the others their own. */
export function firstOrderSd({ kind, a, b, c }: Distribution): number {
  switch (kind) {
    case 'lognormal':
      return Math.abs(a) * b;
    case 'normal':
      return b;
    case 'triangle':
      return Math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18);
    case 'uniform':
      return (b - a) / Math.sqrt(12);
  }
}
