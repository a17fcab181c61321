/** A month or year of a stack from its hours, and of a site from its stacks, fuel and electricity. Pure. */
import { substitutionRules } from '../../schemas/reference/stackGasRules.ts';
import type { CarrierAmount } from '../emissions/energyBalance.ts';
import { type Completeness, completenessOf, type PeriodMass, sumPeriod } from '../emissions/periodMass.ts';
import { type SitePeriod, sitePeriod } from '../emissions/sitePeriod.ts';
import type { StackHour } from '../emissions/stackHour.ts';
import { type Substitution, substitute } from '../emissions/substitution.ts';
import { dayOf, spanOf } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';
import { stackOf } from './stackInputs.ts';

/** What a month's or year's window of a stack says. */
export interface StackPeriodDocument {
  readonly pollutants: Readonly<Record<string, PeriodMass>>;
  readonly completeness: Readonly<Record<string, Completeness>>;
  /** By the rule that is named, beside the measured mass; of months only. */
  readonly substitution: Readonly<Record<string, Substitution>>;
  readonly days: number;
  readonly missingDays: number;
  /** Windows of the days that went in. */
  readonly parts: readonly string[];
}

/** What a month's or year's window of a site says. */
export interface SitePeriodDocument extends SitePeriod {
  /** Windows of the stacks that went in. */
  readonly parts: readonly string[];
  /** Frames of its devices that were refused, by reason. */
  readonly deadFrames: Readonly<Record<string, number>>;
  readonly electricityFactor: string | null;
}

export interface StackPeriodParameters {
  readonly period: string;
  readonly parts: readonly string[];
  /** Windows of the days before, from which missing hours are filled. */
  readonly lookBack: readonly string[];
}

export interface SiteElectricity {
  readonly amounts: readonly CarrierAmount[];
  readonly factor: string | null;
  /** The facility's window that says it. */
  readonly computation: string | null;
}

export interface SitePeriodParameters {
  readonly period: string;
  readonly parts: readonly string[];
  readonly carriers: readonly CarrierAmount[];
  readonly electricity: SiteElectricity;
  readonly deadFrames: Readonly<Record<string, number>>;
}

const CO2 = 'a05001';

/** The rule by which a period's missing hours are filled: of months only. */
export const substitutionRuleOf = (period: string) =>
  period.length === 7 ? substitutionRules[0] : undefined;

/** `hours` are those of the days and of the look-back before them, in order. */
export function stackPeriodDocument(
  { period, parts }: StackPeriodParameters,
  hours: readonly StackHour[],
): StackPeriodDocument {
  const { startMs, endMs } = spanOf(period);
  const span = { fromMs: startMs, toMs: endMs };
  const factors = [...new Set(hours.flatMap(({ pollutants }) => Object.keys(pollutants)))].sort();
  const each = <T>(make: (factor: string) => T) =>
    Object.fromEntries(factors.map((factor) => [factor, make(factor)]));
  const rule = substitutionRuleOf(period);
  const days = (endMs - startMs) / DAY_MS;
  return {
    pollutants: each((factor) => sumPeriod(factor, hours, span)),
    completeness: each((factor) => completenessOf(factor, hours, span)),
    substitution: rule ? each((factor) => substitute(factor, hours, { span, rule })) : {},
    days,
    missingDays: days - parts.length,
    parts,
  };
}

/** `stacks` are the documents of the parts, in their order. */
export function sitePeriodDocument(
  { period, parts, carriers, electricity, deadFrames }: SitePeriodParameters,
  stacks: readonly { readonly subject: string; readonly document: StackPeriodDocument }[],
): SitePeriodDocument {
  const { startMs, endMs } = spanOf(period);
  const found = sitePeriod({
    firstDay: dayOf(startMs),
    lastDay: dayOf(endMs - 1),
    stacks: stacks.map(({ subject, document }) => ({
      stack: stackOf(subject),
      co2: document.pollutants[CO2] ?? null,
    })),
    carriers: [...carriers, ...electricity.amounts],
  });
  return { ...found, parts, deadFrames, electricityFactor: electricity.factor };
}
