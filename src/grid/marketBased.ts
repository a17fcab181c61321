/** Market-based carbon of a load: verified green energy by its own factor, the rest by a residual factor. */
import type { Co2Factor } from '../../schemas/reference/electricityFactors.ts';
import type { FactorFamily } from '../../schemas/reference/factorFamilies.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type FamilyMass, oneGas } from './familyMass.ts';

/** Verified green energy (绿电交易 with 绿证, or 绿证 alone) that is used for one load in one settlement period. */
export interface GreenEnergy {
  /** Certificate or trade; its energy counts once. */
  readonly id: string;
  readonly energyWh: number | bigint;
  /** Factor of what generated it, and the family of that factor. */
  readonly intensityKgPerMwh: number;
  readonly family: FactorFamily;
}

/** One settlement period of the certificates; a surplus of one is no use to another. */
export interface MarketPeriod {
  /** Name of the period, e.g. `2026-03`. */
  readonly period: string;
  readonly loadWh: number | bigint;
  readonly green: readonly GreenEnergy[];
}

export interface MarketBased extends FamilyMass<Co2Factor['family']> {
  readonly massKg: number;
  readonly greenWh: bigint;
  readonly greenKg: number;
  /** Load that no green energy covers. */
  readonly restWh: bigint;
  readonly restKg: number;
  readonly residual: Co2Factor;
}

/**
 * `E_M = sum G_g e_g + (L - sum G_g) f_res`, energies summed as whole watt-hours.
 * @throws Refusal E_GREEN_TWICE, E_GREEN_EXCEEDS_LOAD (per settlement period), E_FACTOR_FAMILY (CO2 with CO2e)
 */
export function marketBased(periods: readonly MarketPeriod[], residual: Co2Factor): MarketBased {
  const used = new Set<string>();
  let greenWh = 0n;
  let restWh = 0n;
  let greenKg = 0;
  for (const { period, loadWh, green } of periods) {
    const load = wholeWh(loadWh, `load of ${period}`);
    let covered = 0n;
    for (const { id, energyWh, intensityKgPerMwh, family } of green) {
      oneGas(family, residual.family);
      if (used.has(id)) {
        throw new Refusal(`the green energy ${id} is used twice`, {
          code: 'E_GREEN_TWICE',
          place: `period ${period}`,
          remedy: 'each certificate or trade once',
        });
      }
      used.add(id);
      const energy = wholeWh(energyWh, `green energy ${id}`);
      covered += energy;
      greenKg += (Number(energy) * intensityKgPerMwh) / 1e6;
    }
    if (covered > load) {
      throw new Refusal(`${covered} Wh of green energy for a load of ${load} Wh`, {
        code: 'E_GREEN_EXCEEDS_LOAD',
        place: `period ${period}`,
        remedy: 'at most the load of the settlement period',
      });
    }
    greenWh += covered;
    restWh += load - covered;
  }
  const restKg = (Number(restWh) * residual.intensityKgCo2PerKwh) / 1_000;
  return { family: residual.family, massKg: greenKg + restKg, greenWh, greenKg, restWh, restKg, residual };
}

function wholeWh(energyWh: number | bigint, what: string): bigint {
  if (typeof energyWh === 'number' && !Number.isSafeInteger(energyWh)) {
    throw new Refusal(`the ${what} is no whole number of watt-hours`, {
      code: 'TL_GRID_VALUE',
      place: String(energyWh),
    });
  }
  const whole = BigInt(energyWh);
  if (whole >= 0n) return whole;
  throw new Refusal(`the ${what} is negative`, { code: 'TL_GRID_VALUE', place: String(whole) });
}
