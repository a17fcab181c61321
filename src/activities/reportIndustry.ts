/**
 * Figures of the industrial sites of an area from their months in force: energy of all carriers, CO2 by fuel and by
 * stack, and each site's cross-check of the two.
 */
import type { FigureOrigin } from '../../schemas/documents/report.ts';
import type { CarrierAmount, CarrierBalance } from '../emissions/energyBalance.ts';
import type { FigureDraft } from '../report/sealReport.ts';
import type { Store } from '../store/port.ts';
import { annualFactorOf } from './computeFacilityDay.ts';
import type { SitePeriodDocument } from './emissionPeriod.ts';
import { dayOf } from './facilityCalendar.ts';
import { liesIn, type ReportScope } from './reportFacilities.ts';
import { type FigureInput, figure, sumOrNull } from './reportFigure.ts';

export interface IndustryPart {
  readonly figures: readonly FigureDraft[];
  readonly amounts: readonly CarrierAmount[];
  readonly origin: FigureOrigin;
  readonly lowerBound: boolean;
  readonly sources: readonly string[];
}

interface SiteMonth {
  readonly site: string;
  readonly period: string;
  readonly computation: string;
  readonly origin: string;
  readonly document: SitePeriodDocument;
}

export async function industryPart(store: Store, scope: ReportScope): Promise<IndustryPart> {
  const sites = await readSites(store, scope);
  const months = await readMonths(store, [...sites.keys()], scope.months);
  const stated = await productionElectricity(store, [...sites.keys()], scope);
  const metered = new Set(
    months
      .filter(({ document }) => document.energy.carriers.some(({ carrier }) => carrier === 'electricity'))
      .map(({ site }) => site),
  );
  const used = stated.filter(({ site }) => !metered.has(site));
  const origin = originOf([
    ...months.map((month) => month.origin),
    ...used.map(({ quality }) => (quality === 'manual' ? 'declared' : quality)),
  ]);
  const expected = sites.size * scope.months.length;
  const lowerBound = months.length < expected;
  const sources = months.map(({ computation }) => computation);
  const make = (input: Omit<FigureInput, 'origin' | 'sources'>) => figure({ ...input, origin, sources });
  return {
    figures: [
      ...stackFigures(make, months, lowerBound),
      ...months.flatMap((month) => crossCheckOf(month)),
      make({
        key: 'industry.completeness.site_months',
        section: 'completeness',
        label: { en: 'site months computed / expected', zh: '已核算用能单位月数/应有' },
        unit: '1',
        value: expected === 0 ? null : months.length / expected,
        reason: `no industrial site is registered in ${scope.area}`,
        lowerBound: false,
        method: {
          en: 'months with a window / registered sites × months',
          zh: '有核算结果的月数/登记单位数×月数',
        },
      }),
    ],
    amounts: [
      ...months.flatMap(({ period, document }) =>
        document.energy.carriers.map((row) => amountOf(row, `${period}-01`)),
      ),
      ...used.map(({ site, kwh, quality, startMs }) => {
        const factor = annualFactorOf(sites.get(site)!, dayOf(scope.endMs - 1));
        return {
          carrier: 'electricity',
          unit: 'kWh',
          day: dayOf(Number(startMs)),
          quantity: kwh,
          direction: 'in',
          declared: quality === 'manual',
          ...(factor && { co2TPerUnit: factor.kgPerKwh / 1_000 }),
        } as const;
      }),
    ],
    origin,
    lowerBound,
    sources,
  };
}

/** Zone of each industrial site of the area. */
async function readSites(store: Store, { area, startMs, endMs }: ReportScope): Promise<Map<string, string>> {
  const rows = await store.query<{ id: string; zone: string }>(
    `SELECT id, JSONExtractString(document, 'zone') AS zone FROM registry_assets_current
     WHERE kind = 'facility' AND JSONExtractString(document, 'type') IN ('factory', 'other') AND valid_from < fromUnixTimestamp64Milli({to:Int64})
       AND (valid_to IS NULL OR valid_to > fromUnixTimestamp64Milli({from:Int64}))
     ORDER BY id, valid_from DESC LIMIT 1 BY id`,
    { from: startMs, to: endMs },
  );
  return new Map(rows.filter(({ zone }) => liesIn(zone, area)).map(({ id, zone }) => [id, zone]));
}

async function readMonths(
  store: Store,
  sites: readonly string[],
  months: readonly string[],
): Promise<SiteMonth[]> {
  const rows = await store.query<Omit<SiteMonth, 'document'> & { document: string }>(
    `SELECT subject AS site, period, computation, origin, document FROM emission_windows
     WHERE kind = 'site_period' AND subject IN {sites:Array(String)} AND period IN {months:Array(String)}
     ORDER BY site, period, version DESC, computed_at DESC, computation LIMIT 1 BY site, period`,
    { sites: [...sites], months: [...months] },
  );
  return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as SitePeriodDocument }));
}

/** Inputs named `electricity` of production that lies in the period: for sites that meter none of their own. */
async function productionElectricity(
  store: Store,
  sites: readonly string[],
  { startMs, endMs }: ReportScope,
) {
  return store.query<{ site: string; kwh: number; quality: string; startMs: string }>(
    `SELECT site, quality, toString(toUnixTimestamp64Milli(p.start)) AS startMs,
       arraySum((item, amount, unit) -> if(item = 'electricity', amount * transform(unit, ['kWh', 'MWh'], [1., 1000.], 0.), 0.), inputs.item, inputs.quantity, inputs.unit) AS kwh
     FROM (SELECT * FROM production_activity WHERE site IN {sites:Array(String)}
             AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
           ORDER BY source, site, product, batch, start, revision DESC, known_at, _partition, _offset, _row LIMIT 1 BY source, site, product, batch, start) AS p
     WHERE has(inputs.item, 'electricity') AND p.start + toIntervalSecond(duration_s) <= fromUnixTimestamp64Milli({to:Int64})
     ORDER BY site, p.start`,
    { sites: [...sites], from: startMs, to: endMs },
  );
}

/** A row of a window's balance as an amount again, with the heating value and the carbon that it was computed with. */
function amountOf(row: CarrierBalance, day: string): CarrierAmount {
  const { carrier, unit, direction, quantity, heatGj, co2T, declared, heatingValue, scope } = row;
  const per = (value: number | null) =>
    value === null || quantity === null || quantity === 0 ? undefined : value / quantity;
  const heat = heatingValue === 'measured' || heatingValue === 'mixed' ? per(heatGj) : undefined;
  const co2 = scope === 'scope_2' ? per(co2T) : undefined;
  return {
    carrier,
    unit,
    day,
    quantity,
    direction,
    declared,
    ...(heat !== undefined && { heatingValueGjPerUnit: heat }),
    ...(co2 !== undefined && { co2TPerUnit: co2 }),
  };
}

function stackFigures(
  make: (input: Omit<FigureInput, 'origin' | 'sources'>) => FigureDraft,
  months: readonly SiteMonth[],
  lowerBound: boolean,
): FigureDraft[] {
  const stacks = months.flatMap(({ document }) => (document.co2 ? [document.co2] : []));
  const hours = (pick: 'operating' | 'valid' | 'withoutMass' | 'invalid' | 'missing') =>
    stacks.reduce((sum, stack) => sum + stack.hours[pick], 0);
  const operating = hours('operating');
  const measured = hours('valid') - hours('withoutMass');
  const kg = sumOrNull(stacks.map(({ massKg }) => massKg));
  const fuel = months.filter(({ document }) => document.fuel.fuels.length > 0);
  const ruleSets = [
    ...new Set(
      fuel.map(
        ({
          document: {
            fuel: { ruleSet, indicative },
          },
        }) => `${ruleSet}${indicative ? ' (indicative)' : ''}`,
      ),
    ),
  ].join(', ');
  const share = (key: string, en: string, zh: string, count: number) =>
    make({
      key: `industry.completeness.stack_${key}`,
      section: 'completeness',
      label: { en, zh },
      unit: '1',
      value: operating === 0 ? null : count / operating,
      reason: 'no stack measures CO2',
      lowerBound: false,
      method: { en: 'hours of all stacks by operating hours', zh: '各排放口小时数/运行小时数' },
    });
  return [
    make({
      key: 'industry.emissions.scope1.stacks',
      section: 'emissions',
      label: { en: 'CO2 measured in stacks', zh: '烟气连续监测二氧化碳' },
      unit: 'tCO2',
      value: kg === null ? null : kg / 1_000,
      reason: 'no stack measures CO2',
      lowerBound: lowerBound || measured < operating,
      method: {
        en: 'mass of hours with a valid measurement; hours without one are not filled',
        zh: '有效小时质量之和，缺失小时不补',
      },
    }),
    make({
      key: 'industry.emissions.scope1.fuel_rules',
      section: 'emissions',
      label: { en: 'CO2 of fuel by the accounting rules', zh: '按核算指南的燃料二氧化碳' },
      unit: 'tCO2',
      value: sumOrNull(fuel.map(({ document }) => document.fuel.fuelT)),
      reason: fuel.length === 0 ? 'no fuel is metered' : 'a fuel is unknown',
      lowerBound,
      method: { en: `rule sets ${ruleSets}`, zh: `核算规则 ${ruleSets}` },
    }),
    share('measured', 'stack hours with a mass / operating', '有质量小时/运行小时', measured),
    share('invalid', 'invalid stack hours / operating', '无效小时/运行小时', hours('invalid')),
    share('missing', 'missing stack hours / operating', '缺失小时/运行小时', hours('missing')),
    make({
      key: 'industry.completeness.refused_frames',
      section: 'completeness',
      label: { en: 'refused frames of monitoring devices', zh: '被拒收的监测报文数' },
      unit: '1',
      value:
        months.length === 0
          ? null
          : months.reduce(
              (sum, { document }) =>
                sum + Object.values(document.deadFrames).reduce((all, count) => all + count, 0),
              0,
            ),
      reason: 'no month of a site is computed',
      lowerBound: false,
      method: { en: 'dead letters of the gateway, by site', zh: '网关死信计数' },
    }),
  ];
}

/** Stack against fuel of one site and month, with its verdict. */
function crossCheckOf({ site, period, document, computation, origin }: SiteMonth): FigureDraft[] {
  const check = document.crossCheck;
  if (check === null) return [];
  return [
    figure({
      key: `industry.crosscheck.${site}.${period}`,
      section: 'crosschecks',
      label: {
        en: `${site} ${period}: CO2 of stacks against fuel (${check.verdict})`,
        zh: `${site} ${period}：烟气监测与燃料核算之差（${VERDICT_ZH[check.verdict]}）`,
      },
      unit: '1',
      value: check.relative,
      reason: check.why || 'not comparable',
      origin: originOf([origin]),
      lowerBound: false,
      method: {
        en: `(scaled stack − fuel) / fuel; ${check.bands}`,
        zh: `（折算监测量−燃料核算量）/燃料核算量；${check.bands}`,
      },
      sources: [computation],
    }),
  ];
}

const VERDICT_ZH = {
  consistent: '一致',
  review: '待复核',
  discrepancy: '不一致',
  not_comparable: '不可比',
} as const;

function originOf(origins: readonly string[]): FigureOrigin {
  const kinds = new Set(origins);
  if (kinds.size === 0) return 'none';
  if (kinds.has('mixed') || (kinds.has('simulated') && kinds.size > 1)) return 'mixed';
  if (kinds.has('simulated')) return 'simulated';
  if (kinds.size === 1 && (kinds.has('measured') || kinds.has('declared')))
    return [...kinds][0] as FigureOrigin;
  return 'estimated';
}
