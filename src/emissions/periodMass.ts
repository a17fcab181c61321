/** Hours of a stack summed over a day, month or any period: mass, coverage, completeness and outages. */
import type { PollutantHour, StackHour } from './stackHour.ts';

const HOUR_MS = 3_600_000;

export interface Span {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

export interface PeriodMass {
  readonly factor: string;
  /** Sum over valid hours and hours of a source that stands still; null where there is none. */
  readonly massKg: number | null;
  readonly hours: {
    readonly expected: number;
    /** All but those in which the source stood still: hours without data count as operating. */
    readonly operating: number;
    readonly valid: number;
    readonly stopped: number;
    readonly invalid: number;
    readonly missing: number;
    readonly manual: number;
    /** Valid hours without a mass. */
    readonly withoutMass: number;
  };
  /** Hours with a mass by operating hours; null without operating hours. */
  readonly coverage: number | null;
  readonly meanDryMgPerM3: number | null;
  readonly maxDryMgPerM3: number | null;
  readonly meanConvertedMgPerM3: number | null;
  readonly maxConvertedMgPerM3: number | null;
  readonly methods: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
}

/** Sums one factor over a span. Hours outside the span are left out; hours that are not there are missing. */
export function sumPeriod(factor: string, hours: readonly StackHour[], span: Span): PeriodMass {
  const expected = Math.round((span.toMs - span.fromMs) / HOUR_MS);
  const found: PollutantHour[] = [];
  const counts = { valid: 0, stopped: 0, invalid: 0, missing: 0 };
  for (const hour of within(hours, span)) {
    const pollutant = hour.pollutants[factor];
    if (!pollutant) continue;
    counts[pollutant.state]++;
    found.push(pollutant);
  }
  counts.missing += expected - found.length;
  const withMass = found.filter(({ massKg }) => massKg !== null);
  const measured = found.filter(({ state, massKg }) => state === 'valid' && massKg !== null).length;
  const operating = expected - counts.stopped;
  const dry = found.flatMap(({ dryMgPerM3 }) => (dryMgPerM3 === null ? [] : [dryMgPerM3]));
  const converted = found.flatMap(({ convertedMgPerM3 }) =>
    convertedMgPerM3 === null ? [] : [convertedMgPerM3],
  );
  return {
    factor,
    massKg: withMass.length === 0 ? null : withMass.reduce((sum, { massKg }) => sum + massKg!, 0),
    hours: {
      expected,
      operating,
      ...counts,
      manual: found.filter(({ manual }) => manual).length,
      withoutMass: counts.valid - measured,
    },
    coverage: operating === 0 ? null : measured / operating,
    meanDryMgPerM3: mean(dry),
    maxDryMgPerM3: most(dry),
    meanConvertedMgPerM3: mean(converted),
    maxConvertedMgPerM3: most(converted),
    methods: tally(withMass.map(({ method }) => method ?? '')),
    events: tally(found.flatMap(({ events }) => events)),
  };
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly hours: number;
  /** `missing`: nothing came; `invalid`: what came does not count; `mixed`. */
  readonly kind: 'missing' | 'invalid' | 'mixed';
}

export interface Completeness {
  readonly factor: string;
  readonly expectedHours: number;
  readonly validHours: number;
  /** Valid by expected without the hours in which the source stood still; null where it always did. */
  readonly share: number | null;
  /** Runs of hours that are neither valid nor stopped, oldest first. */
  readonly outages: readonly Outage[];
}

/** Which hours of a factor are missing or invalid, and the runs that they make. */
export function completenessOf(factor: string, hours: readonly StackHour[], span: Span): Completeness {
  const byStart = new Map(within(hours, span).map((hour) => [hour.startMs, hour.pollutants[factor]]));
  const outages: Outage[] = [];
  let [valid, stopped] = [0, 0];
  for (let startMs = span.fromMs; startMs < span.toMs; startMs += HOUR_MS) {
    const state = byStart.get(startMs)?.state ?? 'missing';
    if (state === 'valid') valid++;
    else if (state === 'stopped') stopped++;
    else lengthen(outages, startMs, state);
  }
  const expectedHours = Math.round((span.toMs - span.fromMs) / HOUR_MS);
  const operating = expectedHours - stopped;
  return {
    factor,
    expectedHours,
    validHours: valid,
    share: operating === 0 ? null : valid / operating,
    outages,
  };
}

function lengthen(outages: Outage[], startMs: number, kind: 'missing' | 'invalid'): void {
  const last = outages.at(-1);
  const toMs = startMs + HOUR_MS;
  if (last?.toMs !== startMs) outages.push({ fromMs: startMs, toMs, hours: 1, kind });
  else
    outages[outages.length - 1] = {
      ...last,
      toMs,
      hours: last.hours + 1,
      kind: last.kind === kind ? kind : 'mixed',
    };
}

function within(hours: readonly StackHour[], { fromMs, toMs }: Span): StackHour[] {
  return hours.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
const most = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
