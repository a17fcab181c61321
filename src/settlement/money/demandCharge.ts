/** 基本电费 by 需量: the month's largest mean of a quarter hour, as metered or as contracted. */
import type { DemandRule } from '../../../schemas/reference/billRules.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { roundHalfAway } from '../integerDivision.ts';
import { PPM } from './amount.ts';

export interface DemandTerms {
  readonly basis: 'actual' | 'contracted';
  /** 合同最大需量; required for `contracted`. */
  readonly contractedKw?: bigint | undefined;
  readonly fenPerKwMonth: bigint;
  readonly capacityKva: bigint;
  readonly rule: DemandRule;
}

/** Wh of a quarter hour to W: four a hour. */
const QUARTERS_PER_HOUR = 4n;
const W_PER_KW = 1_000n;

/**
 * Fen of the month, rounded once. Actual: peak x price. Contracted: the contract, and what exceeds the tolerated share
 * of it at the excess rate. @param peakQuarterWh largest energy of a quarter hour
 * @throws Refusal E_DEMAND_CONTRACT
 */
export function demandFen(terms: DemandTerms, site: { peakQuarterWh: bigint; useWh: bigint }): bigint {
  const peakW = site.peakQuarterWh * QUARTERS_PER_HOUR;
  const billedPpmW = billedPower(terms, peakW);
  const { highUse } = terms.rule;
  const isHighUse =
    terms.capacityKva > 0n && site.useWh >= terms.capacityKva * BigInt(highUse.kwhPerKva) * W_PER_KW;
  const pricePpm = isHighUse ? BigInt(highUse.pricePpm) : PPM;
  return roundHalfAway(billedPpmW * terms.fenPerKwMonth * pricePpm, W_PER_KW * PPM * PPM);
}

/** Billed power in 10^-6 W. */
function billedPower({ basis, contractedKw, rule }: DemandTerms, peakW: bigint): bigint {
  if (basis === 'actual') return peakW * PPM;
  if (contractedKw === undefined) {
    throw new Refusal('demand is billed by contract, and no contracted demand is stated', {
      code: 'E_DEMAND_CONTRACT',
      place: 'site',
      remedy: 'contractedKw',
    });
  }
  const contractedW = contractedKw * W_PER_KW;
  const excess = peakW * PPM - contractedW * BigInt(rule.toleratedPpm);
  const charged = excess > 0n ? (excess * BigInt(rule.excessPpm)) / PPM : 0n;
  return contractedW * PPM + charged;
}
