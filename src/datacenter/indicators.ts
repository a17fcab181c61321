/**
 * PUE, REF, CUE, WUE, ERF and CER of a window as ratios of sums (ISO/IEC 30134-2, -3, -6 to -9), each with the share of
 * the window that is known. A value that cannot be formed is null and says why; it is never a ratio of what is left.
 */
import { COVERAGE_RULE } from '../../schemas/reference/dataCenterTargets.ts';
import type { CarrierSums } from './carriers.ts';
import type { WindowSums } from './windowSums.ts';

export type CoverageVerdict = 'certified' | 'provisional' | 'none';
export type IndicatorReason =
  | ''
  | 'coverage'
  | 'no_it_energy'
  | 'carrier_unknown'
  | 'carrier_co2_unknown'
  | 'pue_below_one'
  | 'intensity_unknown'
  | 'no_certificates'
  | 'claim_exceeds_use'
  | 'no_residual_factor'
  | 'no_water'
  | 'reuse_unknown'
  | 'no_heat_removed';

export interface Indicator {
  readonly value: number | null;
  readonly reason: IndicatorReason;
}

export interface Indicators {
  /** Valid intervals / all intervals of the window. */
  readonly coverage: number;
  readonly verdict: CoverageVerdict;
  readonly pueCategory: 1 | 2 | 3 | null;
  readonly pue: Indicator;
  /** What PUE can be over the whole window; the upper limit is null without limits of what is missing. */
  readonly pueBounds: readonly [number | null, number | null];
  readonly ref: Indicator;
  /** 绿色电力消费比例: claimed green electricity / electricity, beside REF whose divisor has all carriers. */
  readonly greenShare: Indicator;
  readonly cueLocationKgPerKwh: Indicator;
  readonly cueMarketKgPerKwh: Indicator;
  readonly locationCo2Kg: Indicator;
  readonly marketCo2Kg: Indicator;
  readonly wueLPerKwh: Indicator;
  readonly erf: Indicator;
  readonly cer: Indicator;
  /** E_IT / E_DC: of a base station the site efficiency, 主设备用电占比. */
  readonly itShare: Indicator;
  /** All carriers (kWh), null where one is unknown. */
  readonly eDcKwh: number | null;
}

export interface IndicatorInput {
  readonly sums: WindowSums;
  readonly carriers: CarrierSums;
  readonly pueCategory: 1 | 2 | 3 | null;
  /** Green electricity claimed for the window by certificates, each used once; null where it is not settled. */
  readonly claimedWh: number | null;
  /** kgCO2/kWh of what is not claimed. */
  readonly residualKgPerKwh: number | null;
  readonly heatRemovedWh?: number | null;
}

function coverageVerdict(coverage: number): CoverageVerdict {
  if (coverage >= COVERAGE_RULE.certified) return 'certified';
  return coverage >= COVERAGE_RULE.provisional ? 'provisional' : 'none';
}

export function indicators(input: IndicatorInput): Indicators {
  const { sums, carriers, pueCategory, claimedWh } = input;
  const coverage = sums.intervals === 0 ? 0 : sums.validIntervals / sums.intervals;
  const verdict = coverageVerdict(coverage);
  const eItKwh = sums.eItWh / 1_000;
  const electricityKwh = sums.eDcWh / 1_000;
  const eDcKwh = carriers.energyKwh === null ? null : electricityKwh + carriers.energyKwh;
  const gate = gateOf(verdict, eItKwh);
  const per = (kwh: number, indicator: Indicator): Indicator =>
    indicator.value === null ? indicator : known(indicator.value / kwh);
  const locationCo2Kg = gated(gate, locationCo2(input));
  const marketCo2Kg = gated(gate, marketCo2(input));
  const pue = gated(gate, pueOf(eDcKwh, eItKwh));
  return {
    coverage,
    verdict,
    pueCategory,
    pue,
    pueBounds: pueBounds(sums, carriers),
    ref: gated(gate, ratio(claimedWh === null ? null : claimedWh / 1_000, eDcKwh, 'no_certificates')),
    greenShare: gated(
      gate,
      claimedWh !== null && claimedWh > sums.eDcWh
        ? missing('claim_exceeds_use')
        : ratio(claimedWh === null ? null : claimedWh / 1_000, electricityKwh, 'no_certificates'),
    ),
    locationCo2Kg,
    marketCo2Kg,
    cueLocationKgPerKwh: per(eItKwh, locationCo2Kg),
    cueMarketKgPerKwh: per(eItKwh, marketCo2Kg),
    wueLPerKwh: gated(gate, ratio(carriers.waterL, eItKwh, 'no_water')),
    erf: gated(gate, ratio(sums.reuseWh === null ? null : sums.reuseWh / 1_000, eDcKwh, 'reuse_unknown')),
    cer: gated(gate, ratio(input.heatRemovedWh ?? null, sums.coolingWh, 'no_heat_removed')),
    itShare: gated(gate, ratio(eItKwh, eDcKwh, 'no_it_energy')),
    eDcKwh,
  };
}

const known = (value: number): Indicator => ({ value, reason: '' });
const missing = (reason: IndicatorReason): Indicator => ({ value: null, reason });
const gated = (gate: IndicatorReason, indicator: Indicator): Indicator =>
  gate === '' ? indicator : missing(gate);

function gateOf(verdict: CoverageVerdict, eItKwh: number): IndicatorReason {
  if (verdict === 'none') return 'coverage';
  return eItKwh > 0 ? '' : 'no_it_energy';
}

function ratio(above: number | null, below: number | null, reason: IndicatorReason): Indicator {
  if (above === null) return missing(reason);
  if (below === null) return missing('carrier_unknown');
  return below > 0 ? known(above / below) : missing(reason);
}

function pueOf(eDcKwh: number | null, eItKwh: number): Indicator {
  if (eDcKwh === null) return missing('carrier_unknown');
  return eDcKwh < eItKwh ? missing('pue_below_one') : known(eDcKwh / eItKwh);
}

/** Grid carbon of the valid intervals and what fuel emits on site. Every valid interval must know its intensity. */
function locationCo2({ sums, carriers }: IndicatorInput): Indicator {
  if (sums.carbonIntervals < sums.validIntervals) return missing('intensity_unknown');
  return carriers.co2Kg === null
    ? missing('carrier_co2_unknown')
    : known(sums.locationCo2Kg + carriers.co2Kg);
}

function marketCo2({ sums, carriers, claimedWh, residualKgPerKwh }: IndicatorInput): Indicator {
  if (claimedWh === null) return missing('no_certificates');
  if (claimedWh > sums.eDcWh) return missing('claim_exceeds_use');
  if (residualKgPerKwh === null) return missing('no_residual_factor');
  if (carriers.co2Kg === null) return missing('carrier_co2_unknown');
  return known(((sums.eDcWh - claimedWh) / 1_000) * residualKgPerKwh + carriers.co2Kg);
}

/** PUE lies in [E_DC,lo / E_IT,hi, E_DC,hi / E_IT,lo]; never below 1. */
function pueBounds(sums: WindowSums, carriers: CarrierSums): readonly [number | null, number | null] {
  const { eDcLoWh, eDcHiWh, eItLoWh, eItHiWh } = sums;
  const fuelWh = (carriers.energyKwh ?? 0) * 1_000;
  const lo = eItHiWh === null || eItHiWh <= 0 ? null : Math.max(1, (eDcLoWh + fuelWh) / eItHiWh);
  const hi =
    eDcHiWh === null || eItLoWh <= 0 || carriers.energyKwh === null ? null : (eDcHiWh + fuelWh) / eItLoWh;
  return [lo, hi];
}
