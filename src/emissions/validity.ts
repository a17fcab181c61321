/**
 * Whether a value of a stack monitor counts: samples of a minute, minutes of an hour, hours of a day. What was sent is
 * judged again from the level below where that is there, and a difference is told. Rules: `ValidityRules`.
 */
import type { Hj212Flag } from '../../schemas/reference/hj212.ts';
import type { ValidityRules } from '../../schemas/reference/stackGasRules.ts';

export type SentFlag = Hj212Flag | '-';

/** One value of one factor over a period. */
export interface FactorValue {
  readonly startMs: number;
  readonly durationS: number;
  /** Null where nothing was sent. */
  readonly value: number | null;
  readonly flag: SentFlag;
}

export type PeriodState = 'valid' | 'stopped' | 'invalid' | 'missing';

export interface JudgedValue {
  readonly state: PeriodState;
  /** Mean of what counts; null unless valid. */
  readonly value: number | null;
  /** Put in by hand, wholly or in part. */
  readonly manual: boolean;
  readonly basis: 'sent' | 'recomputed' | 'none';
  /** Values of the level below: expected, and by state. */
  readonly counts: Readonly<Record<'expected' | PeriodState, number>>;
  /** N, D or F as it follows from the level below; undefined where there is none. */
  readonly computedFlag: 'N' | 'D' | 'F' | undefined;
  readonly sentFlag: SentFlag | undefined;
  /** `flag_differs`, `value_differs`. */
  readonly events: readonly string[];
}

/** State of one value by its flag: `-` (none sent) counts below the hour only. */
export function stateOf(
  { value, flag }: FactorValue,
  rules: ValidityRules,
  markNeeded: boolean,
): PeriodState {
  if (flag === rules.stoppedFlag) return 'stopped';
  const counts = flag === '-' ? !markNeeded : (rules.countingFlags as readonly string[]).includes(flag);
  if (!counts) return 'invalid';
  return value === null ? 'missing' : 'valid';
}

/** Relative difference between a sent and a recomputed mean above which it is told. */
const VALUE_TOLERANCE = 0.05;

/** A minute from its samples (5 s or faster): a mean of at least `minuteSamples` that count. */
export function judgeMinute(samples: readonly FactorValue[], rules: ValidityRules): JudgedValue {
  return judge(undefined, samples, {
    rules,
    expected: Math.max(rules.minuteSamples, samples.length),
    least: rules.minuteSamples,
  });
}

/**
 * An hour from what was sent for it and from its minutes (or reports of `intervalS`). 45 valid minutes, or 75 % of
 * longer reports, make it valid. Without reports the sent value stands by its own flag, which must be there.
 */
export function judgeHour(
  sent: FactorValue | undefined,
  minutes: readonly FactorValue[],
  { rules, intervalS }: { rules: ValidityRules; intervalS: number },
): JudgedValue {
  const expected = Math.round(3_600 / intervalS);
  const least = intervalS === 60 ? rules.hourMinutes : Math.ceil(expected * rules.leastShare);
  return judge(sent, minutes, { rules, expected, least });
}

/** A day from its hours: 20 valid ones make it valid. `hours` are judged hours with their state. */
export function judgeDay(
  sent: FactorValue | undefined,
  hours: readonly Pick<JudgedValue, 'state' | 'value' | 'manual'>[],
  rules: ValidityRules,
): JudgedValue {
  const counts = { expected: 24, valid: 0, stopped: 0, invalid: 0, missing: Math.max(0, 24 - hours.length) };
  for (const { state } of hours) counts[state]++;
  const good = hours.filter(({ state }) => state === 'valid');
  return settle(sent, {
    counts,
    least: rules.dayHours,
    share: rules.leastShare,
    mean: mean(good.map(({ value }) => value!)),
    manual: good.some(({ manual }) => manual),
    rules,
  });
}

interface Frame {
  readonly rules: ValidityRules;
  readonly expected: number;
  readonly least: number;
}

function judge(
  sent: FactorValue | undefined,
  below: readonly FactorValue[],
  { rules, expected, least }: Frame,
): JudgedValue {
  const counts = { expected, valid: 0, stopped: 0, invalid: 0, missing: 0 };
  const good: FactorValue[] = [];
  for (const value of below) {
    const state = stateOf(value, rules, false);
    counts[state]++;
    if (state === 'valid') good.push(value);
  }
  counts.missing += Math.max(0, expected - below.length);
  return settle(sent, {
    counts,
    least,
    share: rules.leastShare,
    mean: mean(good.map(({ value }) => value!)),
    manual: good.some(({ flag }) => flag === 'S'),
    rules,
    ...(below.length === 0 && { nothingBelow: true }),
  });
}

interface Below {
  readonly counts: JudgedValue['counts'];
  readonly least: number;
  readonly share: number;
  readonly mean: number | null;
  readonly manual: boolean;
  readonly rules: ValidityRules;
  readonly nothingBelow?: boolean;
}

function settle(sent: FactorValue | undefined, below: Below): JudgedValue {
  const { counts, least, share, rules } = below;
  const sentFlag = sent?.flag;
  const sentState = sent === undefined ? 'missing' : stateOf(sent, rules, true);
  if (below.nothingBelow) {
    return {
      state: sentState,
      value: sentState === 'valid' ? sent!.value : null,
      manual: sentFlag === 'S',
      basis: sent === undefined ? 'none' : 'sent',
      counts,
      computedFlag: undefined,
      sentFlag,
      events: [],
    };
  }
  const state =
    counts.valid >= least
      ? 'valid'
      : counts.stopped >= least
        ? 'stopped'
        : allMissing(counts)
          ? 'missing'
          : 'invalid';
  const computedFlag = counts.stopped >= least ? 'F' : counts.valid >= share * counts.expected ? 'N' : 'D';
  const events: string[] = [];
  if (sent !== undefined && sentState !== state) events.push('flag_differs');
  const useSent = state === 'valid' && sentState === 'valid';
  const value = state !== 'valid' ? null : useSent ? sent!.value : below.mean;
  if (useSent && differs(sent!.value!, below.mean!)) events.push('value_differs');
  return {
    state,
    value,
    manual: state === 'valid' && (below.manual || (useSent && sentFlag === 'S')),
    basis: state === 'missing' ? 'none' : useSent ? 'sent' : 'recomputed',
    counts,
    computedFlag,
    sentFlag,
    events,
  };
}

const allMissing = ({ valid, stopped, invalid }: JudgedValue['counts']) => valid + stopped + invalid === 0;

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function differs(sent: number, recomputed: number): boolean {
  return Math.abs(sent - recomputed) > VALUE_TOLERANCE * Math.max(Math.abs(sent), Math.abs(recomputed));
}
