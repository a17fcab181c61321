/** A market month as the store holds it: documents in force, meters by the quarter hour, tails of the month before. */
import {
  type SettlementMarketDocument,
  settlementMarketDocument,
} from '../../schemas/documents/settlementMarketDocument.ts';
import { powerFactorRules, vatRules } from '../../schemas/reference/billRules.ts';
import { sichuanRuleSet } from '../../schemas/reference/settlementRules.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { marketTerms } from '../settlement/marketTerms.ts';
import type { MonthMarket } from '../settlement/monthMarket.ts';
import { quartersOfHour } from '../settlement/readings.ts';
import { monthQuarters, QUARTER_MS } from '../settlement/settlementCalendar.ts';
import type { Store } from '../store/port.ts';

export interface MarketMonth {
  readonly market: string;
  /** `YYYY-MM`, Asia/Shanghai. */
  readonly period: string;
  /** Meters of a data centre that add up to its use; those of purpose `total` in the registry where absent. */
  readonly useMeters?: Readonly<Record<string, readonly string[]>>;
}

export interface Span {
  readonly start: string;
  readonly end: string;
  readonly firstMs: number;
  readonly count: number;
}

/** First and last instant of a settlement month. @throws Refusal E_PERIOD */
export function spanOf(period: string): Span {
  const { firstMs, count } = monthQuarters(period);
  return {
    start: new Date(firstMs).toISOString(),
    end: new Date(firstMs + count * QUARTER_MS).toISOString(),
    firstMs,
    count,
  };
}

/** @throws Refusal E_MARKET_EMPTY where there are no contracts */
export async function readMarket(
  store: Store,
  { market, period, useMeters }: MarketMonth,
  span: Span,
): Promise<MonthMarket> {
  const { contracts, tariffOf, siteOf, powerOf, adjustmentsOf, spotPrices } = marketTerms(
    await readDocuments(store, span),
    period,
    sichuanTariff,
    sichuanRuleSet.retailSplit,
  );
  if (contracts.length === 0) {
    throw new Refusal(`no contract is valid in ${period}`, {
      code: 'E_MARKET_EMPTY',
      place: `market ${market}`,
      remedy: 'send contracts on market.contracts',
    });
  }
  const plants = [...new Set(contracts.map(({ plant }) => plant))];
  const dataCenters = [...new Set(contracts.map(({ user }) => user))];
  const generation = await quarterSeries(
    store,
    'plant_generation_current',
    'plant',
    span,
    plants.map((id) => ({ id })),
  );
  const meters = useMeters ?? (await totalMeters(store, dataCenters));
  const use = await quarterSeries(
    store,
    'datacenter_power_current',
    'facility',
    span,
    dataCenters.map((id) => ({ id, meters: meters[id] ?? [] })),
  );
  return {
    market,
    period,
    plants: plants.map((id, at) => ({ id, wh: generation[at] ?? [] })),
    dataCenters: dataCenters.map((id, at) => ({
      id,
      wh: use[at] ?? [],
      site: siteOf(id) ?? unknownSite(id),
      tariff: tariffOf(id),
      adjustments: adjustmentsOf(id),
      ...(powerOf(id) !== undefined && { power: powerOf(id)! }),
    })),
    contracts,
    ruleSet: sichuanRuleSet,
    tariff: sichuanTariff,
    tailsInWh: await openingTails(store, market, period),
    spotPrices,
    billRules: { powerFactor: powerFactorRules, vat: vatRules },
  };
}

/** What the statements in force of the month before carry over, by contract. */
async function openingTails(store: Store, market: string, period: string): Promise<Map<string, bigint>> {
  const before = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)) - 2, 1))
    .toISOString()
    .slice(0, 7);
  const rows = await store.query<{ contract: string; tail: string }>(
    `SELECT JSONExtractString(one, 'contract') AS contract, toString(JSONExtractInt(one, 'tailOutWh')) AS tail
     FROM (SELECT document FROM settlement_statements_current WHERE market = {market:String} AND period = {before:String})
     ARRAY JOIN JSONExtractArrayRaw(document, 'contracts') AS one
     WHERE tail != '0' ORDER BY contract`,
    { market, before },
  );
  return new Map(rows.map(({ contract, tail }) => [contract, BigInt(tail)]));
}

/** A site without a capacity fee is billed for no capacity. */
const unknownSite = (dataCenter: string) => ({ dataCenter, capacityKva: 0n, connectionKw: 0n });

/** Documents of the market with a day in the span. */
export async function readDocuments(store: Store, { start, end }: Span): Promise<SettlementMarketDocument[]> {
  const rows = await store.query<{ document: string } & Record<string, unknown>>(
    `SELECT kind, id, formatDateTime(valid_from, '%Y-%m-%dT%H:%i:%SZ') AS validFrom, if(valid_to IS NULL, NULL, formatDateTime(assumeNotNull(valid_to), '%Y-%m-%dT%H:%i:%SZ')) AS validTo, quality, revision, document
     FROM market_contracts_current
     WHERE valid_from < parseDateTime64BestEffort({end:String}, 3, 'UTC') AND (valid_to IS NULL OR valid_to > parseDateTime64BestEffort({start:String}, 3, 'UTC'))
     ORDER BY kind, id, valid_from`,
    { start, end },
  );
  return rows.map(({ document, ...common }) =>
    settlementMarketDocument.parse({ ...common, ...(JSON.parse(document) as object) }),
  );
}

/** Meters at the top of each data centre's tree: purpose `total`, primary. */
async function totalMeters(store: Store, dataCenters: readonly string[]): Promise<Record<string, string[]>> {
  const rows = await store.query<{ facility: string; meter: string }>(
    `SELECT JSONExtractString(document, 'facility') AS facility, id AS meter FROM registry_assets_current
     WHERE kind = 'meter' AND JSONExtractString(document, 'purpose') = 'total' AND JSONExtractString(document, 'role') = 'primary' AND facility IN {dataCenters:Array(String)}
     ORDER BY facility, meter`,
    { dataCenters },
  );
  const meters: Record<string, string[]> = {};
  for (const { facility, meter } of rows) meters[facility] = [...(meters[facility] ?? []), meter];
  return meters;
}

interface Point {
  readonly id: string;
  /** Only these meters; all where absent. */
  readonly meters?: readonly string[];
}

/** Wh of every quarter hour of the span for each point, `null` where a reading is missing. Hours are divided into quarters by the engine's rule. */
async function quarterSeries(
  store: Store,
  table: string,
  key: string,
  span: Span,
  points: readonly Point[],
): Promise<(number | null)[][]> {
  const series = points.map(() => new Array<number | null>(span.count).fill(null));
  for (const [at, point] of points.entries()) {
    const meters = point.meters ? ' AND meter IN {meters:Array(String)}' : '';
    const rows = await store.query<{ quarter: number; quarters: number; wh: string | null }>(
      `SELECT intDiv(toUnixTimestamp64Milli(start) - {first:Int64}, ${QUARTER_MS}) AS quarter, intDiv(duration_s, 900) AS quarters,
         if(count() = countIf(energy_wh IS NOT NULL) ${point.meters ? 'AND uniqExact(meter) = {expected:UInt32}' : ''}, toString(sum(assumeNotNull(energy_wh))), NULL) AS wh
       FROM ${table} WHERE ${key} = {id:String} AND start >= parseDateTime64BestEffort({start:String}, 3, 'UTC') AND start < parseDateTime64BestEffort({end:String}, 3, 'UTC')
         AND duration_s IN (900, 3600)${meters}
       GROUP BY quarter, quarters ORDER BY quarter`,
      {
        id: point.id,
        start: span.start,
        end: span.end,
        first: span.firstMs,
        ...(point.meters && { meters: point.meters, expected: point.meters.length }),
      },
    );
    for (const { quarter, quarters, wh } of rows)
      spread(series[at] as (number | null)[], Number(quarter), Number(quarters), wh);
  }
  return series;
}

function spread(series: (number | null)[], quarter: number, quarters: number, wh: string | null): void {
  if (wh === null) return;
  const parts = quarters === 1 ? [BigInt(wh)] : quartersOfHour(BigInt(wh));
  for (const [k, part] of parts.entries())
    if (quarter + k < series.length) series[quarter + k] = Number(part);
}
