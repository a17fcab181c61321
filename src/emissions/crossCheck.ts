/** CO2 measured in the stack against CO2 from the fuel, per unit and month; and further checks of plausibility. */
import { type CrossCheckBands, crossCheckBands } from '../../schemas/reference/mrvRules.ts';
import type { FuelBalance } from './fuelBalance.ts';
import type { PeriodMass } from './periodMass.ts';

export type CrossVerdict = 'consistent' | 'review' | 'discrepancy' | 'not_comparable';

export interface CrossCheck {
  readonly verdict: CrossVerdict;
  /** Why it is not comparable; empty otherwise. */
  readonly why: string;
  /** Measured over the hours with a mass (t). */
  readonly stackT: number | null;
  readonly coverage: number | null;
  /** Scaled to all operating hours (t); null where coverage is too small. */
  readonly scaledStackT: number | null;
  readonly fuelT: number | null;
  /** (scaled - fuel) / fuel. */
  readonly relative: number | null;
  readonly differenceT: number | null;
  readonly explanation: readonly Explained[];
  readonly bands: string;
}

/** One part of the difference, or what would close it. */
export interface Explained {
  readonly about: string;
  readonly value: number;
  readonly unit: string;
}

/** Compares a month; below the least coverage there is no verdict. The fuel's own CO2 is compared, without power and desulfurisation. */
export function crossCheck(
  stack: PeriodMass,
  fuel: FuelBalance,
  bands: CrossCheckBands = crossCheckBands,
): CrossCheck {
  const stackT = stack.massKg === null ? null : stack.massKg / 1_000;
  const { coverage } = stack;
  const base = { stackT, coverage, fuelT: fuel.fuelT, bands: bands.id };
  const why = notComparable(stackT, coverage, fuel, bands);
  if (why !== '')
    return {
      ...base,
      verdict: 'not_comparable',
      why,
      scaledStackT: null,
      relative: null,
      differenceT: null,
      explanation: [],
    };
  const scaledStackT = stackT! / coverage!;
  const differenceT = scaledStackT - fuel.fuelT!;
  const relative = differenceT / fuel.fuelT!;
  const size = Math.abs(relative);
  const verdict = size <= bands.consistent ? 'consistent' : size <= bands.review ? 'review' : 'discrepancy';
  const explanation = explain(stack, fuel, { stackT: stackT!, scaledStackT });
  return { ...base, verdict, why: '', scaledStackT, relative, differenceT, explanation };
}

function notComparable(
  stackT: number | null,
  coverage: number | null,
  { fuelT }: FuelBalance,
  { leastCoverage }: CrossCheckBands,
): string {
  if (stackT === null) return 'no CO2 was measured';
  if (coverage === null) return 'the unit stood still';
  if (coverage < leastCoverage) return `coverage ${coverage.toFixed(3)} is below ${leastCoverage}`;
  if (fuelT === null) return 'the fuel is not known';
  return fuelT > 0 ? '' : 'no fuel was burnt';
}

/** How much of the difference hours without a measurement make, and what single value would close the rest. */
function explain(
  stack: PeriodMass,
  { fuels, fuelT }: FuelBalance,
  { stackT, scaledStackT }: { stackT: number; scaledStackT: number },
): Explained[] {
  const ratio = scaledStackT / fuelT!;
  const carbonT = fuels.reduce((sum, { carbonT: carbon }) => sum + (carbon ?? 0), 0);
  const tonnes = fuels.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
  const byDefault = fuels
    .filter(({ parameters }) =>
      parameters.some(({ name, origin }) => name !== 'oxidised_share' && origin === 'default'),
    )
    .reduce((sum, { co2T }) => sum + (co2T ?? 0), 0);
  const parts: Explained[] = [
    { about: 'added for operating hours without a measurement', value: scaledStackT - stackT, unit: 't' },
    { about: 'rest between measured hours and fuel', value: scaledStackT - fuelT!, unit: 't' },
    { about: 'fuel CO2 that rests on default carbon or heating values', value: byDefault, unit: 't' },
    { about: 'hours put in by hand', value: stack.hours.manual, unit: 'h' },
    { about: 'factor on flow or concentration that would close it', value: 1 / ratio, unit: '1' },
  ];
  if (carbonT > 0 && tonnes > 0)
    parts.push({
      about: 'carbon content that would close it',
      value: (carbonT / tonnes) * ratio,
      unit: 'tC/unit',
    });
  return parts;
}

/** Carbon content of the fuel as the stack says it (tC per tonne burnt, all of it oxidised); null without fuel. */
export function carbonFromStack(scaledStackT: number, fuelT: number): number | null {
  return fuelT > 0 ? (scaledStackT * 12) / 44 / fuelT : null;
}

export interface OwnBand {
  readonly state: 'within' | 'outside' | 'too_few_months';
  readonly low: number | null;
  readonly high: number | null;
}

/** kgCO2/MWh of a month against the unit's own months before it, newest last: within their range or not. */
export function againstOwnMonths(
  current: number,
  before: readonly (number | null)[],
  { bandMonths, leastBandMonths }: CrossCheckBands = crossCheckBands,
): OwnBand {
  const known = before.slice(-bandMonths).filter((value) => value !== null);
  if (known.length < leastBandMonths) return { state: 'too_few_months', low: null, high: null };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return { state: current >= low && current <= high ? 'within' : 'outside', low, high };
}

/** Whether dry CO2 and O2 of coal gas (% of volume) fit together: CO2 / (21 - O2) · 21 must be that of a coal. */
export function coalGasFits(
  co2Percent: number,
  o2Percent: number,
  { coalCo2MaxPercent }: CrossCheckBands = crossCheckBands,
): boolean {
  if (o2Percent >= 21) return co2Percent === 0;
  const co2Max = (co2Percent * 21) / (21 - o2Percent);
  return co2Max >= coalCo2MaxPercent.low && co2Max <= coalCo2MaxPercent.high;
}
