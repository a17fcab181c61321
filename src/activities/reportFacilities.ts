/** Figures of data centres and base stations for a report: sums of their months, each facility, and cross-checks. */
import type { FigureOrigin } from '../../schemas/documents/report.ts';
import type { CarrierLine } from '../datacenter/carriers.ts';
import { addWindows, NO_SUMS, type WindowSums } from '../datacenter/windowSums.ts';
import type { CarrierAmount } from '../emissions/energyBalance.ts';
import type { FigureDraft } from '../report/sealReport.ts';
import type { Store } from '../store/port.ts';
import type { FacilityPeriodDocument } from './computeFacilityPeriod.ts';
import { readFacilities } from './facilityRegistry.ts';
import { type FigureInput, figure, sumOrNull } from './reportFigure.ts';

export interface ReportScope {
  readonly area: string;
  /** `YYYY-MM` of the period. */
  readonly months: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

export interface FacilityPart {
  readonly figures: readonly FigureDraft[];
  /** Energy of the facilities for the balance of all carriers, electricity first. */
  readonly amounts: readonly CarrierAmount[];
  readonly amountsOrigin: FigureOrigin;
  readonly lowerBound: boolean;
  readonly sources: readonly string[];
}

interface FacilityMonth {
  readonly facility: string;
  readonly period: string;
  readonly computation: string;
  readonly origin: string;
  readonly document: FacilityPeriodDocument;
}

/** Whether a zone is the area or lies in it. */
export const liesIn = (zone: string, area: string): boolean => zone === area || zone.startsWith(`${area}-`);

export async function facilityPart(
  store: Store,
  type: 'datacenter' | 'base_station',
  scope: ReportScope,
): Promise<FacilityPart> {
  const registered = [...(await readFacilities(store, scope.endMs - 1)).values()]
    .filter((facility) => facility.type === type && liesIn(facility.zone, scope.area))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const months = await readMonths(
    store,
    registered.map(({ id }) => id),
    scope.months,
  );
  const expected = registered.length * scope.months.length;
  const sums = months.reduce((total, { document }) => addWindows(total, document.sums), NO_SUMS);
  const complete = months.length === expected && sums.validIntervals === sums.intervals;
  const common = {
    origin: originOf(months),
    lowerBound: !complete && months.length > 0,
    sources: months.map(({ computation }) => computation),
    reason:
      registered.length === 0
        ? `no ${type} is registered in ${scope.area}`
        : 'no month of a facility is computed',
  };
  const have = months.length > 0;
  const build = (
    input: Omit<FigureInput, 'origin' | 'lowerBound' | 'sources' | 'value'> & { value: number | null },
  ) =>
    figure({
      ...common,
      ...input,
      value: have ? input.value : null,
      ...(have && input.reason === undefined && { reason: 'unknown' }),
      key: `${type}.${input.key}`,
    });
  const lines = carrierLines(months);
  const figures = [
    ...energyFigures(build, sums, lines, months),
    ...emissionFigures(build, months),
    ...intensityFigures(build, sums, months),
    ...registered.flatMap((facility) =>
      ofFacility(
        facility,
        months.filter((month) => month.facility === facility.id),
        type,
      ),
    ),
    build({
      key: 'completeness.facility_months',
      section: 'completeness',
      label: { en: 'facility months computed / expected', zh: '已核算设施月数/应有' },
      unit: '1',
      value: expected === 0 ? null : months.length / expected,
      method: {
        en: 'months with a window / registered facilities × months',
        zh: '有核算结果的月数/登记设施数×月数',
      },
    }),
    build({
      key: 'completeness.intervals',
      section: 'completeness',
      label: { en: 'valid quarter hours / all', zh: '有效 15 分钟时段/全部' },
      unit: '1',
      value: sums.intervals === 0 ? null : sums.validIntervals / sums.intervals,
      method: { en: 'both energies known and consistent', zh: '总用电与 IT 用电均已知且一致' },
    }),
    ...originFigures(build, sums),
    await settlementCheck(store, type, months, scope.months),
  ];
  return {
    figures,
    amounts: have ? amountsOf(sums, lines, scope) : [],
    amountsOrigin: common.origin,
    lowerBound: common.lowerBound,
    sources: common.sources,
  };
}

type Build = (
  input: Omit<FigureInput, 'origin' | 'lowerBound' | 'sources' | 'value'> & { value: number | null },
) => FigureDraft;

async function readMonths(
  store: Store,
  facilities: readonly string[],
  months: readonly string[],
): Promise<FacilityMonth[]> {
  const rows = await store.query<Omit<FacilityMonth, 'document'> & { document: string }>(
    `SELECT facility, period, computation, origin, document FROM facility_windows
     WHERE unit = 'month' AND facility IN {facilities:Array(String)} AND period IN {months:Array(String)}
     ORDER BY facility, period, version DESC, computed_at DESC, computation LIMIT 1 BY facility, period`,
    { facilities: [...facilities], months: [...months] },
  );
  return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as FacilityPeriodDocument }));
}

function originOf(months: readonly FacilityMonth[]): FigureOrigin {
  const origins = new Set(months.map(({ origin }) => origin));
  if (origins.size === 0) return 'none';
  if (origins.has('mixed') || (origins.has('simulated') && origins.size > 1)) return 'mixed';
  return origins.has('simulated') ? 'simulated' : origins.has('estimated') ? 'estimated' : 'measured';
}

/** Fuel, heat and cooling of all months, one line a carrier and unit. */
function carrierLines(months: readonly FacilityMonth[]): CarrierLine[] {
  const groups = Map.groupBy(
    months.flatMap(({ document }) => document.carriers.lines),
    ({ carrier, unit }) => `${carrier}\t${unit}`,
  );
  return [...groups.values()].map((lines) => ({
    carrier: lines[0]!.carrier,
    unit: lines[0]!.unit,
    quantity: sumOrNull(lines.map(({ quantity }) => quantity)),
    energyKwh: sumOrNull(lines.map(({ energyKwh }) => energyKwh)),
    co2Kg: sumOrNull(lines.map(({ co2Kg }) => co2Kg)),
    qualities: [...new Set(lines.flatMap(({ qualities }) => qualities))].sort(),
  }));
}

function energyFigures(
  build: Build,
  sums: WindowSums,
  lines: readonly CarrierLine[],
  months: readonly FacilityMonth[],
): FigureDraft[] {
  const energy = (key: string, en: string, zh: string, value: number | null, unit = 'kWh') =>
    build({
      key: `energy.${key}`,
      section: 'energy',
      label: { en, zh },
      unit,
      value,
      method: { en: 'sum of valid quarter hours of all facilities', zh: '各设施有效 15 分钟时段之和' },
    });
  return [
    energy('electricity', 'electricity used', '用电量', sums.eDcWh / 1_000),
    energy('it', 'of which IT equipment', '其中 IT 设备', sums.eItWh / 1_000),
    energy('pv_used', 'of which own photovoltaics used', '其中自用光伏', sums.pvUsedWh / 1_000),
    ...lines.map(({ carrier, unit, quantity }) =>
      energy(`${carrier}.${unit}`, carrier, CARRIER_ZH[carrier] ?? carrier, quantity, unit),
    ),
    energy(
      'water',
      'water',
      '用水量',
      sumOrNull(months.map(({ document }) => document.carriers.waterL)),
      'L',
    ),
  ];
}

const CARRIER_ZH: Readonly<Record<string, string>> = {
  diesel: '柴油',
  gas: '天然气',
  hydrogen: '氢',
  heat: '热力',
  steam: '蒸汽',
  chilled_water: '外购冷水',
};

function emissionFigures(build: Build, months: readonly FacilityMonth[]): FigureDraft[] {
  const emission = (
    key: string,
    label: FigureInput['label'],
    method: FigureInput['method'],
    value: number | null,
    reason: string,
  ) => build({ key: `emissions.${key}`, section: 'emissions', label, unit: 'kgCO2', value, reason, method });
  const fuel = months.map(({ document }) => document.carriers.co2Kg);
  const minusFuel = (total: (month: FacilityPeriodDocument) => number | null) =>
    sumOrNull(
      months.map(({ document }) => {
        const value = total(document);
        return value === null || document.carriers.co2Kg === null ? null : value - document.carriers.co2Kg;
      }),
    );
  const traced = sumOrNull(
    months.map(({ document: { sums } }) =>
      sums.carbonIntervals < sums.validIntervals ? null : sums.locationCo2Kg,
    ),
  );
  const annual = sumOrNull(
    months.map(({ document }) =>
      document.annualFactor === null ? null : (document.sums.eDcWh / 1_000) * document.annualFactor.kgPerKwh,
    ),
  );
  return [
    emission(
      'scope1',
      { en: 'scope 1: fuel burnt on site', zh: '范围一：现场燃料燃烧' },
      { en: 'quantity × direct factor', zh: '消耗量×直接排放因子' },
      sumOrNull(fuel),
      'the factor of a carrier is unknown',
    ),
    emission(
      'scope2.location_hourly',
      { en: 'scope 2, location-based, traced hours', zh: '范围二（位置法，逐时溯源）' },
      {
        en: 'energy of each quarter hour × traced direct intensity of the zone',
        zh: '各时段电量×所在分区溯源直接强度',
      },
      traced,
      'the traced intensity of an interval is unknown',
    ),
    emission(
      'scope2.location_annual',
      { en: 'scope 2, location-based, official annual factor', zh: '范围二（位置法，官方年度因子）' },
      { en: 'energy × average factor announced for the zone', zh: '电量×公布的电力平均二氧化碳排放因子' },
      annual,
      'no factor is announced for the zone',
    ),
    emission(
      'scope2.market',
      { en: 'scope 2, market-based', zh: '范围二（市场法）' },
      { en: '(energy − claimed green power) × residual factor', zh: '（电量−绿电声明量）×剩余因子' },
      minusFuel((document) => document.indicators.marketCo2Kg.value),
      'a month has no complete settlement',
    ),
  ];
}

function intensityFigures(build: Build, sums: WindowSums, months: readonly FacilityMonth[]): FigureDraft[] {
  const fuelKwh = sumOrNull(months.map(({ document }) => document.carriers.energyKwh));
  const claimedWh = sumOrNull(months.map(({ document }) => document.claim.claimedWh));
  const eItKwh = sums.eItWh / 1_000;
  const over = (value: number | null, below: number) => (value === null || below <= 0 ? null : value / below);
  const intensity = (
    key: string,
    label: FigureInput['label'],
    unit: string,
    value: number | null,
    reason: string,
  ) =>
    build({
      key: `intensity.${key}`,
      section: 'intensity',
      label,
      unit,
      value,
      reason,
      method: { en: 'ratio of sums over all facilities', zh: '各设施合计之比' },
    });
  const dcKwh = fuelKwh === null ? null : sums.eDcWh / 1_000 + fuelKwh;
  const co2 = (pick: (document: FacilityPeriodDocument) => number | null) =>
    sumOrNull(months.map(({ document }) => pick(document)));
  return [
    intensity(
      'pue',
      { en: 'PUE', zh: '电能利用效率 PUE' },
      '1',
      over(dcKwh, eItKwh),
      'no IT energy is known',
    ),
    intensity(
      'green_share',
      { en: 'green electricity share', zh: '绿色电力消费比例' },
      '1',
      over(claimedWh === null ? null : claimedWh / 1_000, sums.eDcWh / 1_000),
      'a month has no complete settlement',
    ),
    intensity(
      'ref',
      { en: 'REF', zh: '可再生能源利用率 REF' },
      '1',
      dcKwh === null ? null : over(claimedWh === null ? null : claimedWh / 1_000, dcKwh),
      'a month has no complete settlement',
    ),
    intensity(
      'cue_location',
      { en: 'CUE, location-based, traced hours', zh: '碳利用效率 CUE（位置法）' },
      'kgCO2/kWh',
      over(
        co2(({ indicators }) => indicators.locationCo2Kg.value),
        eItKwh,
      ),
      'the intensity or coverage of a month is not enough',
    ),
    intensity(
      'cue_market',
      { en: 'CUE, market-based', zh: '碳利用效率 CUE（市场法）' },
      'kgCO2/kWh',
      over(
        co2(({ indicators }) => indicators.marketCo2Kg.value),
        eItKwh,
      ),
      'a month has no complete settlement',
    ),
    intensity(
      'wue',
      { en: 'WUE', zh: '水利用效率 WUE' },
      'L/kWh',
      over(sumOrNull(months.map(({ document }) => document.carriers.waterL)), eItKwh),
      'water is not metered everywhere',
    ),
  ];
}

/** How much of the valid quarter hours is measured, estimated, interpolated and simulated. */
function originFigures(build: Build, sums: WindowSums): FigureDraft[] {
  const { validIntervals, estimatedIntervals, simulatedIntervals, interpolatedIntervals, derivedIntervals } =
    sums;
  const share = (key: string, en: string, zh: string, count: number) =>
    build({
      key: `completeness.${key}`,
      section: 'completeness',
      label: { en, zh },
      unit: '1',
      value: validIntervals === 0 ? null : count / validIntervals,
      method: { en: 'share of valid quarter hours', zh: '占有效时段的比例' },
    });
  return [
    share('measured', 'measured', '实测', validIntervals - estimatedIntervals - simulatedIntervals),
    share('estimated', 'estimated', '估算', estimatedIntervals),
    share('simulated', 'simulated', '模拟', simulatedIntervals),
    share('interpolated', 'with an interpolated register', '含内插表底', interpolatedIntervals),
    share('derived', 'with a total added up from below', '总量由下级计量累加', derivedIntervals),
  ];
}

function ofFacility(
  facility: {
    readonly id: string;
    readonly name: string;
    readonly declared: readonly { metric: string; value: number; unit: string }[];
  },
  months: readonly FacilityMonth[],
  type: string,
): FigureDraft[] {
  const sums = months.reduce((total, { document }) => addWindows(total, document.sums), NO_SUMS);
  const fuel = sumOrNull(months.map(({ document }) => document.carriers.energyKwh));
  const coverage = sums.intervals === 0 ? null : sums.validIntervals / sums.intervals;
  const [first] = months;
  const category = first?.document.indicators.pueCategory ?? null;
  const verdicts = months.length === 1 ? first!.document.indicators.verdict : '';
  const make = (
    key: string,
    en: string,
    zh: string,
    unit: string,
    value: number | null,
    reason: string,
  ): FigureDraft =>
    figure({
      key: `${type}.facility.${facility.id}.${key}`,
      section: 'facilities',
      label: { en: `${facility.name}: ${en}`, zh: `${facility.name}：${zh}` },
      unit,
      value,
      reason,
      origin: originOf(months),
      lowerBound: false,
      method: {
        en: `category ${category ?? 'unstated'}, coverage ${coverage === null ? 'none' : coverage.toFixed(4)} ${verdicts}`.trim(),
        zh: `第 ${category ?? '（未注明）'} 类，覆盖率 ${coverage === null ? '无' : coverage.toFixed(4)}`,
      },
      sources: months.map(({ computation }) => computation),
    });
  const enough = coverage !== null && coverage >= 0.95 && fuel !== null && sums.eItWh > 0;
  const reason =
    months.length === 0 ? 'no month of it is computed' : 'coverage below 0.95, or a carrier is unknown';
  return [
    make(
      'electricity',
      'electricity used',
      '用电量',
      'kWh',
      months.length === 0 ? null : sums.eDcWh / 1_000,
      reason,
    ),
    make(
      'pue',
      'PUE',
      'PUE',
      '1',
      enough ? (sums.eDcWh / 1_000 + fuel) / (sums.eItWh / 1_000) : null,
      reason,
    ),
    ...facility.declared.map(({ metric, value, unit }) => ({
      ...make(
        `declared.${metric}`,
        `${metric} (declared)`,
        `${DECLARED_ZH[metric] ?? metric}（申报）`,
        unit,
        value,
        '',
      ),
      origin: 'declared' as const,
      method: { en: 'stated by the operator, not metered', zh: '运营主体申报，非计量' },
      sources: [],
      sourceCount: 0,
    })),
  ];
}

const DECLARED_ZH: Readonly<Record<string, string>> = {
  rack_occupancy: '上架率',
  racks: '机架数',
  compute_scale_pflops: '算力规模',
};

/** Metered electricity beside what the settlement statements say was used. */
async function settlementCheck(
  store: Store,
  type: string,
  months: readonly FacilityMonth[],
  periods: readonly string[],
): Promise<FigureDraft> {
  const rows = await store.query<{ party: string; period: string; useWh: string; computation: string }>(
    `SELECT party, period, toString(use_wh) AS useWh, computation FROM settlement_statements WHERE party IN {parties:Array(String)} AND period IN {periods:Array(String)}
     ORDER BY party, period, market, version DESC LIMIT 1 BY party, period, market`,
    { parties: [...new Set(months.map(({ facility }) => facility))], periods: [...periods] },
  );
  const metered = new Map(
    months.map(({ facility, period, document }) => [`${facility}\t${period}`, document.sums]),
  );
  let settledWh = 0;
  let meteredWh = 0;
  const sources: string[] = [];
  for (const { party, period, useWh, computation } of rows) {
    const sums = metered.get(`${party}\t${period}`);
    if (sums === undefined || sums.validIntervals < sums.intervals) continue;
    settledWh += Number(useWh);
    meteredWh += sums.eDcWh - sums.pvUsedWh;
    sources.push(computation);
  }
  return figure({
    key: `${type}.crosscheck.settlement`,
    section: 'crosschecks',
    label: { en: 'metered electricity against settled use, difference', zh: '计量用电与结算用电之差' },
    unit: '1',
    value: settledWh > 0 ? (meteredWh - settledWh) / settledWh : null,
    reason: 'no statement covers a whole month of a facility',
    origin: settledWh > 0 ? originOf(months) : 'none',
    lowerBound: false,
    method: {
      en: '(metered − settled) / settled, over months that both know whole',
      zh: '（计量−结算）/结算，仅含双方均完整的月份',
    },
    sources,
  });
}

function amountsOf(
  sums: WindowSums,
  lines: readonly CarrierLine[],
  { months }: ReportScope,
): CarrierAmount[] {
  const day = `${months[0]}-01`;
  return [
    {
      carrier: 'electricity',
      unit: 'kWh',
      day,
      quantity: sums.eDcWh / 1_000,
      direction: 'in',
      declared: false,
    },
    ...lines.map(
      ({ carrier, unit, quantity }): CarrierAmount => ({
        carrier,
        unit: unit as CarrierAmount['unit'],
        day,
        quantity,
        direction: 'in',
        declared: false,
      }),
    ),
  ];
}
