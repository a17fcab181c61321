/** Power of a class of hosts by its utilisation: least squares, straight or piecewise linear, with how well it fits. */
import { Refusal } from '../../schemas/refusal.ts';

export interface PowerSampleOfHost {
  readonly utilisation: number;
  readonly powerW: number;
}

/** Straight pieces through `knots` (utilisation, W), utilisation rising; outside, the outermost piece goes on. */
export interface PowerModel {
  readonly knots: readonly { readonly utilisation: number; readonly powerW: number }[];
  readonly samples: number;
  readonly distinctUtilisations: number;
  /** Share of the variance that the model explains. */
  readonly r2: number;
  /** Mean of |measured - model| / measured over samples with power; high on hosts that idle much, whatever r2 says. */
  readonly mape: number;
}

export interface LinearPowerModel extends PowerModel {
  readonly idleW: number;
  readonly wPerUtilisation: number;
}

/** Least distinct utilisations for a model that is used; 14 days of samples are the caller's matter. */
const LEAST_DISTINCT = 30;

/**
 * `P(u) = idle + slope · u` by ordinary least squares.
 * @throws Refusal E_POWER_MODEL where fewer than 30 utilisations occur
 */
export function fitLinear(samples: readonly PowerSampleOfHost[]): LinearPowerModel {
  const distinct = distinctOf(samples);
  const n = samples.length;
  const meanU = samples.reduce((sum, { utilisation }) => sum + utilisation, 0) / n;
  const meanP = samples.reduce((sum, { powerW }) => sum + powerW, 0) / n;
  let uu = 0;
  let up = 0;
  for (const { utilisation, powerW } of samples) {
    uu += (utilisation - meanU) ** 2;
    up += (utilisation - meanU) * (powerW - meanP);
  }
  const slope = up / uu;
  const idleW = meanP - slope * meanU;
  const least = Math.min(...samples.map(({ utilisation }) => utilisation));
  const most = Math.max(...samples.map(({ utilisation }) => utilisation));
  const knots = [least, most].map((utilisation) => ({ utilisation, powerW: idleW + slope * utilisation }));
  return { idleW, wPerUtilisation: slope, ...judged(knots, samples, distinct) };
}

/**
 * Continuous piecewise-linear least squares with knots at the given utilisations: the unknowns are the powers at the
 * knots, the normal equations are tridiagonal.
 * @throws Refusal E_POWER_MODEL where fewer than 30 utilisations occur or a piece has no sample
 */
export function fitPiecewise(samples: readonly PowerSampleOfHost[], knotsAt: readonly number[]): PowerModel {
  const distinct = distinctOf(samples);
  const last = knotsAt.length - 1;
  if (last < 1 || knotsAt.some((knot, at) => at > 0 && knot <= knotsAt[at - 1]!))
    throw new Refusal('knots must rise', { code: 'E_POWER_MODEL', remedy: 'e.g. 0, 30, 100' });
  const diagonal = new Float64Array(last + 1);
  const upper = new Float64Array(last);
  const right = new Float64Array(last + 1);
  for (const { utilisation, powerW } of samples) {
    const piece = pieceOf(knotsAt, utilisation);
    const share = (utilisation - knotsAt[piece]!) / (knotsAt[piece + 1]! - knotsAt[piece]!);
    diagonal[piece]! += (1 - share) ** 2;
    diagonal[piece + 1]! += share ** 2;
    upper[piece]! += share * (1 - share);
    right[piece]! += (1 - share) * powerW;
    right[piece + 1]! += share * powerW;
  }
  for (let at = 0; at < last; at++) {
    if (!(diagonal[at]! > 0)) {
      throw new Refusal(`no samples near utilisation ${knotsAt[at]}`, {
        code: 'E_POWER_MODEL',
        remedy: 'knots between which there are samples',
      });
    }
    const factor = upper[at]! / diagonal[at]!;
    diagonal[at + 1]! -= factor * upper[at]!;
    right[at + 1]! -= factor * right[at]!;
  }
  if (!(diagonal[last]! > 1e-9 * samples.length)) {
    throw new Refusal('the samples do not determine all pieces', {
      code: 'E_POWER_MODEL',
      remedy: 'knots between which there are samples of several utilisations',
    });
  }
  const powers = new Float64Array(last + 1);
  for (let at = last; at >= 0; at--) {
    const known = at === last ? 0 : upper[at]! * powers[at + 1]!;
    powers[at] = (right[at]! - known) / diagonal[at]!;
  }
  const knots = knotsAt.map((utilisation, at) => ({ utilisation, powerW: powers[at]! }));
  return judged(knots, samples, distinct);
}

export function modelPowerW({ knots }: Pick<PowerModel, 'knots'>, utilisation: number): number {
  const piece = pieceOf(
    knots.map((knot) => knot.utilisation),
    utilisation,
  );
  const a = knots[piece]!;
  const b = knots[piece + 1]!;
  return a.powerW + ((b.powerW - a.powerW) * (utilisation - a.utilisation)) / (b.utilisation - a.utilisation);
}

function pieceOf(knotsAt: readonly number[], utilisation: number): number {
  let piece = 0;
  while (piece < knotsAt.length - 2 && utilisation > knotsAt[piece + 1]!) piece++;
  return piece;
}

function distinctOf(samples: readonly PowerSampleOfHost[]): number {
  const distinct = new Set(samples.map(({ utilisation }) => utilisation)).size;
  if (distinct < LEAST_DISTINCT) {
    throw new Refusal(`${distinct} distinct utilisations`, {
      code: 'E_POWER_MODEL',
      remedy: `samples of at least ${LEAST_DISTINCT}`,
    });
  }
  return distinct;
}

function judged(
  knots: PowerModel['knots'],
  samples: readonly PowerSampleOfHost[],
  distinctUtilisations: number,
): PowerModel {
  const mean = samples.reduce((sum, { powerW }) => sum + powerW, 0) / samples.length;
  let residual = 0;
  let variance = 0;
  let relative = 0;
  let withPower = 0;
  for (const { utilisation, powerW } of samples) {
    const error = powerW - modelPowerW({ knots }, utilisation);
    residual += error ** 2;
    variance += (powerW - mean) ** 2;
    if (powerW > 0) {
      relative += Math.abs(error) / powerW;
      withPower++;
    }
  }
  return {
    knots,
    samples: samples.length,
    distinctUtilisations,
    r2: variance > 0 ? 1 - residual / variance : 1,
    mape: withPower > 0 ? relative / withPower : Number.NaN,
  };
}
