/** A civil day of a stack from its readings: hours of every pollutant, and the sums of the day. Pure. */
import { type ValidityRules, validityRulesOn } from '../../schemas/reference/stackGasRules.ts';
import { type Completeness, completenessOf, type PeriodMass, sumPeriod } from '../emissions/periodMass.ts';
import { computeStackHour, type HourFactor, type StackHour } from '../emissions/stackHour.ts';
import { judgeDay, judgeHour } from '../emissions/validity.ts';
import { DAY_MS } from './facilityInputs.ts';
import type { StackDeclaration, StackReading } from './stackInputs.ts';

const HOUR_MS = 3_600_000;

export interface StackDayDocument {
  readonly pollutants: Readonly<Record<string, PeriodMass>>;
  readonly completeness: Readonly<Record<string, Completeness>>;
  /** Whether the day is valid by pollutant: 20 valid hours. */
  readonly dayState: Readonly<Record<string, string>>;
  readonly sourceHours: Readonly<Record<StackHour['source'], number>>;
  readonly assumed: readonly string[];
  readonly rules: string;
}

/** The same readings and declaration give the same bytes. */
export function computeDay(
  dayMs: number,
  day: string,
  readings: readonly StackReading[],
  declaration: StackDeclaration,
): { hours: StackHour[]; document: StackDayDocument } {
  const rules = validityRulesOn(day);
  const byHour = Map.groupBy(readings, ({ startMs }) => Math.floor(startMs / HOUR_MS) * HOUR_MS);
  const hours = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([startMs, own]) =>
      computeStackHour(startMs, factorsOf(own, rules), { settings: declaration.settings, rules }),
    );
  const span = { fromMs: dayMs, toMs: dayMs + DAY_MS };
  const factors = [...new Set(hours.flatMap(({ pollutants }) => Object.keys(pollutants)))].sort();
  const each = <T>(make: (factor: string) => T) =>
    Object.fromEntries(factors.map((factor) => [factor, make(factor)]));
  const sourceHours = { operating: 0, stopped: 0, unknown: 24 - hours.length };
  for (const { source } of hours) sourceHours[source]++;
  return {
    hours,
    document: {
      pollutants: each((factor) => sumPeriod(factor, hours, span)),
      completeness: each((factor) => completenessOf(factor, hours, span)),
      dayState: each((factor) => dayStateOf(factor, hours, rules)),
      sourceHours,
      assumed: declaration.assumed,
      rules: rules.id,
    },
  };
}

function dayStateOf(factor: string, hours: readonly StackHour[], rules: ValidityRules): string {
  const judged = hours.flatMap(({ pollutants }) => {
    const own = pollutants[factor];
    return own ? [{ state: own.state, value: own.value, manual: own.manual }] : [];
  });
  return judgeDay(undefined, judged, rules).state;
}

/** Hour values and minutes by factor; of two devices that report one factor, the first by name. */
function factorsOf(readings: readonly StackReading[], rules: ValidityRules): Map<string, HourFactor> {
  const factors = new Map<string, HourFactor>();
  for (const [factor, all] of [...Map.groupBy(readings, (each) => each.factor)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const [device] = all.map((each) => each.device).sort();
    const own = all.filter((each) => each.device === device);
    const sent = own.find(({ period }) => period === 'hour');
    const minutes = own.filter(({ period }) => period === 'minute');
    const intervalS = minutes[0]?.durationS ?? 60;
    const described = sent ?? minutes[0]!;
    factors.set(factor, {
      judged: judgeHour(sent, minutes, { rules, intervalS }),
      sentValue: sent?.value ?? null,
      unit: described.unit,
      cumulative: sent?.cumulative ?? null,
      cumulativeUnit: sent?.cumulativeUnit ?? null,
    });
  }
  return factors;
}
