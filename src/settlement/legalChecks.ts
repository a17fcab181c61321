/** Refusals of a legal match, in the order in which they are checked: the first one wins. */
import { Refusal } from '../../schemas/refusal.ts';
import { GRANULARITIES, type Granularity } from './buckets.ts';
import type { LegalMatchInput, LegalSeries } from './legalMatch.ts';
import { TAIL_RULES, type TailRule } from './settledUnit.ts';
import { instantMs } from './settlementCalendar.ts';

const MISSING_RULES = ['hold', 'zero'] as const;

/** A rule set's quantity rule after its check. */
export interface CheckedRule {
  readonly granularity: Granularity;
  readonly missing: (typeof MISSING_RULES)[number];
  readonly unitWh: bigint;
  readonly tail: TailRule;
}

/** Refuses the whole call with the first fault; returns the rule with its types narrowed. @throws Refusal E_… */
export function checkLegalInput(input: LegalMatchInput): CheckedRule {
  const rule = checkRule(input.rule);
  refuseDuplicates('E_DUP_INTERVAL', input.intervals.map(instantMs), 'intervals');
  refuseDuplicates('E_DUP_CONTRACT', ids(input.contracts), 'contracts');
  refuseDuplicates('E_DUP_POINT', ids(input.plants), 'plants');
  refuseDuplicates('E_DUP_POINT', ids(input.users), 'users');
  const length = input.intervals.length;
  for (const plant of input.plants) checkSeries(plant, length, `plant ${plant.id}`, { nullable: true });
  for (const user of input.users) checkSeries(user, length, `user ${user.id}`, { nullable: true });
  const plants = new Set(ids(input.plants));
  const users = new Set(ids(input.users));
  for (const contract of input.contracts) {
    const place = `contract ${contract.id}`;
    if (!plants.has(contract.plant)) refuse('E_UNKNOWN_PLANT', `no plant ${contract.plant}`, place);
    if (!users.has(contract.user)) refuse('E_UNKNOWN_USER', `no user ${contract.user}`, place);
    checkSeries(contract, length, place, { nullable: false });
  }
  const tails = Object.entries(input.tailsInWh ?? {});
  for (const [id, wh] of tails)
    checkSeries({ id, wh: [wh] }, 1, `opening tail of ${id}`, { nullable: false });
  return rule;
}

function checkRule(rule: LegalMatchInput['rule']): CheckedRule {
  if (rule.passes !== 1)
    refuse('E_RULE_PASSES', `passes is ${rule.passes}, only 1 is a known rule`, 'rule.passes');
  const missing = oneOf(MISSING_RULES, rule.missing, 'E_RULE_MISSING', 'rule.missing');
  const tail = oneOf(TAIL_RULES, rule.tail, 'E_RULE_TAIL', 'rule.tail');
  const granularity = oneOf(GRANULARITIES, rule.granularity, 'E_RULE_GRANULARITY', 'rule.granularity');
  const unitWh = rule.unitWh;
  if (!Number.isSafeInteger(Number(unitWh)) || unitWh < 1) {
    refuse('E_RULE_UNIT', `the settled unit is ${unitWh} Wh`, 'rule.unitWh');
  }
  return { granularity, missing, unitWh: BigInt(unitWh), tail };
}

function oneOf<T extends string>(known: readonly T[], value: string, code: string, place: string): T {
  const found = known.find((item) => item === value);
  if (found === undefined) refuse(code, `"${value}" is not a known value`, place, known.join(' | '));
  return found;
}

function ids(points: readonly { readonly id: string }[]): string[] {
  return points.map((point) => point.id);
}

/** @throws Refusal with `code` where a value is given twice */
export function refuseDuplicates(code: string, values: readonly (string | number)[], place: string): void {
  const seen = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value)) refuse(code, `${value} is given twice`, place);
    seen.add(value);
  }
}

/**
 * Length, then whole numbers, then signs: one kind of fault at a time over the whole series.
 * @throws Refusal E_SERIES_LENGTH, E_WH_NOT_INTEGER, E_WH_NEGATIVE
 */
export function checkSeries(
  series: LegalSeries,
  length: number,
  place: string,
  options: { nullable: boolean },
): void {
  if (series.wh.length !== length) {
    refuse('E_SERIES_LENGTH', `${series.wh.length} values for ${length} intervals`, place);
  }
  let negativeAt = -1;
  for (let at = 0; at < length; at++) {
    const value: unknown = series.wh[at];
    if (value === null && options.nullable) continue;
    const whole = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(whole)) {
      refuse(
        'E_WH_NOT_INTEGER',
        `${String(value)} is not a whole number of Wh below 2^53`,
        `${place}[${at}]`,
      );
    }
    if (whole < 0 && negativeAt < 0) negativeAt = at;
  }
  if (negativeAt >= 0) refuse('E_WH_NEGATIVE', `${series.wh[negativeAt]} Wh`, `${place}[${negativeAt}]`);
}

function refuse(code: string, message: string, place: string, remedy?: string): never {
  throw new Refusal(message, remedy === undefined ? { code, place } : { code, place, remedy });
}
