/** 绿电直连 and 就近消纳 of a site: whether it may be billed as such, and its ratios of the calendar year. */
import type { SettlementSite } from '../../../schemas/documents/settlementContract.ts';
import { directSupplyRuleOf } from '../../../schemas/reference/billRules.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { directSupplyRatios, type JudgedRatio } from './siteIndicators.ts';

/** Energies of a site from January to the end of the settled month. */
export interface DirectYear {
  readonly availableGenerationWh: bigint;
  readonly selfUseWh: bigint;
  readonly totalUseWh: bigint;
  readonly feedInWh: bigint;
}

export interface DirectSupply {
  readonly kind: 'direct_connection' | 'local_consumption';
  readonly year: number;
  readonly selfOfGeneration: JudgedRatio;
  readonly selfOfUse: JudgedRatio;
  readonly feedIn: JudgedRatio;
  /** Where the limits were read. */
  readonly source: string;
}

/**
 * Judges a site by the limits of the year. @param period `YYYY-MM`
 * @throws Refusal E_DIRECT_BOUNDARY where 就近消纳 lacks a clear boundary or a meter, E_DIRECT_ENERGY where the energies
 * contradict each other, E_RULE_MISSING_YEAR before the rule
 */
export function judgeDirectSupply(
  direct: NonNullable<SettlementSite['direct']>,
  year: DirectYear,
  period: string,
  place: string,
): DirectSupply {
  const { isPhysicallyClear, ...meters } = direct.boundary;
  const lacking = Object.entries({ isPhysicallyClear, ...meters }).flatMap(([name, has]) =>
    has ? [] : [name],
  );
  if (lacking.length > 0) {
    throw new Refusal(`the site lacks ${lacking.join(', ')}`, {
      code: 'E_DIRECT_BOUNDARY',
      place,
      remedy: 'a clear physical boundary and meters of generation, self-use and offtake',
    });
  }
  if (year.selfUseWh > year.totalUseWh || year.selfUseWh + year.feedInWh > year.availableGenerationWh) {
    throw new Refusal('self-use is above use, or self-use and feed-in above generation', {
      code: 'E_DIRECT_ENERGY',
      place,
    });
  }
  const calendarYear = Number(period.slice(0, 4));
  const rule = directSupplyRuleOf(calendarYear);
  if (rule === undefined) {
    throw new Refusal(`no limits of 绿电直连 are known for ${calendarYear}`, {
      code: 'E_RULE_MISSING_YEAR',
      place,
    });
  }
  const ratios = directSupplyRatios({
    ...year,
    rule: {
      minSelfOfGenerationPpm: BigInt(rule.minSelfOfGenerationPpm),
      minSelfOfUsePpm: BigInt(rule.minSelfOfUsePpm),
      maxFeedInPpm: BigInt(rule.maxFeedInPpm),
    },
  });
  return { kind: direct.kind, year: calendarYear, ...ratios, source: rule.source };
}
