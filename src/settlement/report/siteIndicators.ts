/** Yearly indicators of a site: REF (ISO/IEC 30134-3), scope-2 emissions by both methods, 绿电直连 ratios. */
import { Refusal } from '../../../schemas/refusal.ts';
import { roundHalfAway, smaller } from '../integerDivision.ts';
import { PPM } from '../money/amount.ts';

/** Retired renewable energy / total energy over coincident months, at most 1, floor ppm; null without use. @throws Refusal E_SERIES_LENGTH */
export function renewableEnergyFactorPpm(
  retiredWh: readonly bigint[],
  useWh: readonly bigint[],
): bigint | null {
  if (retiredWh.length !== useWh.length) {
    throw new Refusal('retired and used energy cover different months', { code: 'E_SERIES_LENGTH' });
  }
  const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);
  const use = total(useWh);
  if (use === 0n) return null;
  return smaller((total(retiredWh) * PPM) / use, PPM);
}

export interface EmissionsInput {
  readonly useWh: bigint;
  readonly claimedWh: bigint;
  /** Factors in g CO2e/MWh; the supplier's is 0 where claims are of zero-carbon generation. */
  readonly residualGPerMwh: bigint;
  readonly locationGPerMwh: bigint;
  readonly supplierGPerMwh?: bigint;
}

/** Market-based and location-based grams CO2e, one rounding each. @throws Refusal E_CLAIM_EXCEEDS_USE */
export function siteEmissions(input: EmissionsInput): { marketBasedG: bigint; locationBasedG: bigint } {
  const { useWh, claimedWh, residualGPerMwh, locationGPerMwh, supplierGPerMwh = 0n } = input;
  if (claimedWh > useWh) {
    throw new Refusal(`${claimedWh} Wh claimed of ${useWh} Wh used`, { code: 'E_CLAIM_EXCEEDS_USE' });
  }
  const market = (useWh - claimedWh) * residualGPerMwh + claimedWh * supplierGPerMwh;
  return {
    marketBasedG: roundHalfAway(market, PPM),
    locationBasedG: roundHalfAway(useWh * locationGPerMwh, PPM),
  };
}

export interface DirectSupplyInput {
  readonly availableGenerationWh: bigint;
  readonly selfUseWh: bigint;
  readonly totalUseWh: bigint;
  readonly feedInWh: bigint;
  /** Limits are rule data (发改能源〔2025〕650号). */
  readonly rule: {
    readonly minSelfOfGenerationPpm: bigint;
    readonly minSelfOfUsePpm: bigint;
    readonly maxFeedInPpm: bigint;
  };
}

/** A ratio (floor ppm, null with a zero denominator) and whether its limit holds. */
export interface JudgedRatio {
  readonly ppm: bigint | null;
  readonly ok: boolean;
}

/** 绿电直连 ratios of a calendar year; limits are judged by cross-multiplication, not on the floored ppm. */
export function directSupplyRatios(input: DirectSupplyInput): {
  selfOfGeneration: JudgedRatio;
  selfOfUse: JudgedRatio;
  feedIn: JudgedRatio;
} {
  const { availableGenerationWh, selfUseWh, totalUseWh, feedInWh, rule } = input;
  const floorPpm = (num: bigint, den: bigint) => (den === 0n ? null : (num * PPM) / den);
  const atLeast = (num: bigint, den: bigint, limitPpm: bigint): JudgedRatio => ({
    ppm: floorPpm(num, den),
    ok: den !== 0n && num * PPM >= limitPpm * den,
  });
  return {
    selfOfGeneration: atLeast(selfUseWh, availableGenerationWh, rule.minSelfOfGenerationPpm),
    selfOfUse: atLeast(selfUseWh, totalUseWh, rule.minSelfOfUsePpm),
    feedIn: {
      ppm: floorPpm(feedInWh, availableGenerationWh),
      ok: feedInWh * PPM <= rule.maxFeedInPpm * availableGenerationWh,
    },
  };
}
