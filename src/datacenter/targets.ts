/** Published limits against a facility's figures: value, threshold, basis and a verdict that may be "not assessable". */
import { type DataCenterTarget, dataCenterTargets } from '../../schemas/reference/dataCenterTargets.ts';
import type { CoverageVerdict, Indicators } from './indicators.ts';

export type TargetVerdict = 'met' | 'missed' | 'not assessable';

export interface JudgedTarget {
  readonly id: string;
  readonly indicator: DataCenterTarget['indicator'];
  readonly comparison: DataCenterTarget['comparison'];
  readonly threshold: number;
  readonly value: number | null;
  readonly verdict: TargetVerdict;
  /** Why it is not assessable; empty where it is. */
  readonly reason: string;
  readonly basis: {
    readonly pueCategory: 1 | 2 | 3 | null;
    readonly coverage: number;
    readonly coverageVerdict: CoverageVerdict;
    readonly period: string;
    readonly declared: boolean;
  };
  readonly document: string;
  readonly confidence: DataCenterTarget['confidence'];
}

export interface TargetInput {
  readonly indicators: Indicators;
  /** `YYYY`: limits are annual; a shorter period is not assessable. */
  readonly period: string;
  /** Last civil day of the period; only rules in force then are judged. */
  readonly lastDay: string;
  /** Groups of facilities to which this one belongs, beside `all`. */
  readonly groups: readonly DataCenterTarget['appliesTo'][];
  /** 上架率 and utilisation as the operator declares them. */
  readonly declared: { readonly rackOccupancy?: number; readonly utilisation?: number };
}

export function judgeTargets(
  { indicators, period, lastDay, groups, declared }: TargetInput,
  rules: readonly DataCenterTarget[] = dataCenterTargets,
): JudgedTarget[] {
  const inForce = rules.filter(
    ({ appliesTo, effectiveFrom, effectiveTo }) =>
      (appliesTo === 'all' || groups.includes(appliesTo)) &&
      effectiveFrom <= lastDay &&
      (effectiveTo === null || lastDay <= effectiveTo),
  );
  return inForce.map((rule): JudgedTarget => {
    const { value, reason } = figureOf(rule, indicators, declared);
    const annual = /^\d{4}$/.test(period) || rule.period === 'month';
    const assessable = value !== null && annual;
    return {
      id: rule.id,
      indicator: rule.indicator,
      comparison: rule.comparison,
      threshold: rule.threshold,
      value,
      verdict: !assessable ? 'not assessable' : holds(rule, value) ? 'met' : 'missed',
      reason: assessable ? '' : annual ? reason : 'period shorter than a year',
      basis: {
        pueCategory: indicators.pueCategory,
        coverage: indicators.coverage,
        coverageVerdict: indicators.verdict,
        period,
        declared: rule.indicator === 'rack_occupancy' || rule.indicator === 'utilisation',
      },
      document: rule.document,
      confidence: rule.confidence,
    };
  });
}

function figureOf(
  rule: DataCenterTarget,
  indicators: Indicators,
  declared: TargetInput['declared'],
): { value: number | null; reason: string } {
  if (rule.indicator === 'pue') return indicators.pue;
  if (rule.indicator === 'green_share') return indicators.greenShare;
  const value = rule.indicator === 'rack_occupancy' ? declared.rackOccupancy : declared.utilisation;
  return { value: value ?? null, reason: 'not declared' };
}

function holds({ comparison, threshold }: DataCenterTarget, value: number): boolean {
  if (comparison === 'atMost') return value <= threshold;
  if (comparison === 'below') return value < threshold;
  return comparison === 'atLeast' ? value >= threshold : value > threshold;
}
