/** A market month as settlement receives it, checked and put in one order so that no result depends on the lists'. */
import type { SettlementContract, SettlementSite } from '../../schemas/documents/settlementContract.ts';
import type { PowerFactorRule, VatRule } from '../../schemas/reference/billRules.ts';
import type { SettlementRuleSet } from '../../schemas/reference/settlementRules.ts';
import type { Tariff } from '../../schemas/reference/tariffs.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { compareUtf8 } from './byteOrder.ts';
import { ContractCurves } from './contractCurve.ts';
import { checkSeries, refuseDuplicates } from './legalChecks.ts';
import type { LegalSeries } from './legalMatch.ts';
import type { MonthPower } from './money/powerFactor.ts';
import type { SpotPrices } from './money/spotEnergy.ts';
import type { Adjustment } from './money/statement.ts';
import type { MeteredSeries, MonthSeries } from './periodMatch.ts';
import type { DirectYear } from './report/directSupply.ts';
import { monthQuarters } from './settlementCalendar.ts';

/** Metered Wh of every quarter hour of the month, `null` where a reading is missing. */
export interface MonthMarket {
  readonly market: string;
  /** `YYYY-MM`, Asia/Shanghai; the series begin at its first quarter hour and cover all of it. */
  readonly period: string;
  readonly plants: readonly LegalSeries[];
  readonly dataCenters: readonly (LegalSeries & {
    readonly site: SettlementSite;
    /** Where this user's prices differ from the market's; the calendar of bands is always the market's. */
    readonly tariff?: Tariff;
    /** Own generation used on site, on top of the offtake. */
    readonly selfUseWh?: bigint;
    /** Active and reactive energy of the month; without it there is no 力调电费. */
    readonly power?: MonthPower;
    /** 退补 stated for earlier months. */
    readonly adjustments?: readonly Adjustment[];
    /** 绿电直连: energies of the calendar year to the end of this month, for the ratios. */
    readonly directYear?: DirectYear;
  })[];
  readonly contracts: readonly SettlementContract[];
  readonly ruleSet: SettlementRuleSet;
  readonly tariff: Tariff;
  /** Spot price of every quarter hour, milli-yuan/MWh; needed where a contract or a site is priced by it. */
  readonly spotPrices?: SpotPrices;
  /** Rules of the bill; without one its lines are not written. */
  readonly billRules?: { readonly powerFactor?: PowerFactorRule; readonly vat?: VatRule };
  /** Tails of the environmental value with which the month opens, by contract. */
  readonly tailsInWh?: ReadonlyMap<string, bigint>;
}

/** The same month sorted by id, its series as typed arrays. */
export interface SortedMonth extends MonthSeries {
  readonly input: MonthMarket;
  readonly dataCenters: MonthMarket['dataCenters'];
  readonly terms: readonly SettlementContract[];
}

/**
 * Checks a month and sorts it.
 * @throws Refusal E_PERIOD, E_DUP_POINT, E_DUP_CONTRACT, E_UNKNOWN_PLANT, E_UNKNOWN_USER, E_SERIES_LENGTH,
 * E_WH_NOT_INTEGER, E_WH_NEGATIVE
 */
export function sortMonth(input: MonthMarket): SortedMonth {
  const month = monthQuarters(input.period);
  const dataCenters = byId(input.dataCenters);
  const terms = byId(input.contracts);
  const plants = byId(input.plants);
  refuseDuplicates(
    'E_DUP_POINT',
    plants.map(({ id }) => id),
    'plants',
  );
  refuseDuplicates(
    'E_DUP_POINT',
    dataCenters.map(({ id }) => id),
    'data centres',
  );
  refuseDuplicates(
    'E_DUP_CONTRACT',
    terms.map(({ id }) => id),
    'contracts',
  );
  const metered = (one: LegalSeries) => meteredSeries(one, month.count);
  const contracts = terms.map(({ id, plant, user }) => ({
    id,
    plant: positionOf(plants, plant, 'E_UNKNOWN_PLANT', id),
    user: positionOf(dataCenters, user, 'E_UNKNOWN_USER', id),
  }));
  return {
    input,
    month,
    plants: plants.map(metered),
    users: dataCenters.map(metered),
    dataCenters,
    terms,
    contracts,
    curves: new ContractCurves(terms, month),
  };
}

function meteredSeries(series: LegalSeries, count: number): MeteredSeries {
  checkSeries(series, count, series.id, { nullable: true });
  const wh = new Float64Array(count);
  const missing = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const value = series.wh[at]!;
    if (value === null) missing[at] = 1;
    else wh[at] = Number(value);
  }
  return { id: series.id, wh, missing };
}

function positionOf(points: readonly LegalSeries[], id: string, code: string, contract: string): number {
  // Sorted by id: a search by halves, so that 20,000 contracts do not walk the lists.
  let low = 0;
  let high = points.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareUtf8(points[middle]!.id, id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  throw new Refusal(`${id} is not in the market`, { code, place: `contract ${contract}` });
}

function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => compareUtf8(a.id, b.id));
}
