/** What a regulation puts in the place of missing hours. The result stands beside measured mass, never in it. */
import type { SubstitutionRule } from '../../schemas/reference/stackGasRules.ts';
import { completenessOf, type Span } from './periodMass.ts';
import type { StackHour } from './stackHour.ts';

export interface SubstitutedRun {
  readonly fromMs: number;
  readonly toMs: number;
  readonly hours: number;
  /** Per hour: the largest of the look-back; null where no step fits or nothing was measured before. */
  readonly massKgPerHour: number | null;
  readonly lookBackHours: number | null;
}

export interface Substitution {
  readonly rule: string;
  readonly factor: string;
  /** Of all runs that could be filled. */
  readonly massKg: number;
  readonly hours: number;
  readonly unfilledHours: number;
  readonly runs: readonly SubstitutedRun[];
}

/**
 * Fills every outage of the span by the first step of the rule that fits.
 * @param hours of the span and of the look-back before it, in order of time
 */
export function substitute(
  factor: string,
  hours: readonly StackHour[],
  { span, rule }: { span: Span; rule: SubstitutionRule },
): Substitution {
  const { outages, share } = completenessOf(factor, hours, span);
  const runs = outages.map(({ fromMs, toMs, hours: length }): SubstitutedRun => {
    const step = rule.steps.find(
      ({ leastCoverage, mostMissingHours }) =>
        (share ?? 0) >= leastCoverage && (mostMissingHours === undefined || length <= mostMissingHours),
    );
    const before = hours.flatMap((hour) => {
      const pollutant = hour.pollutants[factor];
      return hour.startMs < fromMs && pollutant?.state === 'valid' && pollutant.massKg !== null
        ? [pollutant.massKg]
        : [];
    });
    const taken = step ? before.slice(-step.lookBackHours) : [];
    const massKgPerHour = taken.length === 0 ? null : taken.reduce((a, b) => Math.max(a, b));
    return { fromMs, toMs, hours: length, massKgPerHour, lookBackHours: step?.lookBackHours ?? null };
  });
  const filled = runs.filter(({ massKgPerHour }) => massKgPerHour !== null);
  const count = (list: readonly SubstitutedRun[]) => list.reduce((sum, { hours: length }) => sum + length, 0);
  return {
    rule: rule.id,
    factor,
    massKg: filled.reduce((sum, { massKgPerHour, hours: length }) => sum + massKgPerHour! * length, 0),
    hours: count(filled),
    unfilledHours: count(runs) - count(filled),
    runs,
  };
}
