/** Figures of the power system for a report: production, consumption and carbon of a zone's hours. */
import type { FigureOrigin } from '../../schemas/documents/report.ts';
import type { FigureDraft } from '../report/sealReport.ts';
import type { Store } from '../store/port.ts';
import type { ReportScope } from './reportFacilities.ts';
import { type FigureInput, figure } from './reportFigure.ts';

const HOUR_MS = 3_600_000;

interface GridSums {
  readonly hours: number;
  readonly productionHours: number;
  readonly consumptionHours: number;
  readonly productionMwh: number;
  readonly productionKg: number;
  readonly consumptionMwh: number;
  readonly consumptionKg: number;
  readonly estimatedHours: number;
  readonly origins: readonly string[];
  readonly flags: readonly string[];
  readonly first: string;
  readonly last: string;
}

/** Hours in force of the area's own zone; families are never mixed, direct CO2 here. */
export async function gridPart(store: Store, scope: ReportScope): Promise<FigureDraft[]> {
  const [row] = await store.query<GridSums>(
    `SELECT count() AS hours, countIf(production_mwh IS NOT NULL AND production_co2_kg IS NOT NULL) AS productionHours,
       countIf(consumption_co2_kg IS NOT NULL) AS consumptionHours,
       sumIf(assumeNotNull(production_mwh), production_co2_kg IS NOT NULL) AS productionMwh, sumIf(assumeNotNull(production_co2_kg), production_mwh IS NOT NULL) AS productionKg,
       sumIf(assumeNotNull(consumption_mwh), consumption_co2_kg IS NOT NULL) AS consumptionMwh, sumIf(assumeNotNull(consumption_co2_kg), consumption_mwh IS NOT NULL) AS consumptionKg,
       countIf(is_estimated) AS estimatedHours, arraySort(groupUniqArray(toString(origin))) AS origins, arraySort(groupUniqArrayArray(arrayMap(f -> toString(f), flags))) AS flags,
       formatDateTime(min(at), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS first, formatDateTime(max(at), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS last
     FROM (SELECT *, start AS at FROM grid_intensity WHERE family = 'mode_direct' AND duration_s = 3600 AND zone = {zone:String}
             AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
           ORDER BY start, version DESC, computation LIMIT 1 BY start)`,
    { zone: scope.area, from: scope.startMs, to: scope.endMs },
  );
  const sums = row!;
  const hours = Number(sums.hours);
  const all = (scope.endMs - scope.startMs) / HOUR_MS;
  const origin = originOf(sums);
  const sources =
    hours === 0
      ? []
      : [...new Set([sums.first, sums.last])].map((at) => `grid/${scope.area}/${at}/mode_direct`);
  const make = (
    key: string,
    section: FigureInput['section'],
    label: FigureInput['label'],
    unit: string,
    value: number | null,
    knownHours: number,
    method: FigureInput['method'],
  ) =>
    figure({
      key: `power.${key}`,
      section,
      label,
      unit,
      value: knownHours === 0 ? null : value,
      reason: `no hour of zone ${scope.area} is known`,
      origin,
      lowerBound: section !== 'completeness' && section !== 'intensity' && knownHours < all,
      method,
      sources,
    });
  const sumOf = { en: 'sum of known hours', zh: '已知小时之和' };
  const ratio = { en: 'mass / energy over known hours', zh: '已知小时的质量/电量' };
  const { productionMwh, productionKg, consumptionMwh, consumptionKg } = sums;
  const [made, used] = [Number(sums.productionHours), Number(sums.consumptionHours)];
  const over = (a: number, b: number) => (b > 0 ? a / b : null);
  return [
    make(
      'energy.production',
      'energy',
      { en: 'electricity produced', zh: '发电量' },
      'MWh',
      productionMwh,
      made,
      sumOf,
    ),
    make(
      'energy.consumption',
      'energy',
      { en: 'electricity consumed, losses included', zh: '用电量（含损耗）' },
      'MWh',
      consumptionMwh,
      used,
      sumOf,
    ),
    make(
      'emissions.production',
      'emissions',
      { en: 'direct CO2 of production', zh: '发电直接二氧化碳' },
      'kgCO2',
      productionKg,
      made,
      sumOf,
    ),
    make(
      'emissions.consumption',
      'emissions',
      { en: 'direct CO2 of consumption, traced', zh: '用电侧直接二氧化碳（溯源）' },
      'kgCO2',
      consumptionKg,
      used,
      sumOf,
    ),
    make(
      'intensity.production',
      'intensity',
      { en: 'production-based intensity', zh: '发电侧强度' },
      'kgCO2/MWh',
      over(productionKg, productionMwh),
      made,
      ratio,
    ),
    make(
      'intensity.consumption',
      'intensity',
      { en: 'consumption-based intensity', zh: '用电侧强度' },
      'kgCO2/MWh',
      over(consumptionKg, consumptionMwh),
      used,
      ratio,
    ),
    make(
      'completeness.hours',
      'completeness',
      { en: 'hours with a known consumption intensity / all', zh: '用电侧强度已知小时/全部' },
      '1',
      used / all,
      hours,
      {
        en: 'known hours / hours of the period',
        zh: '已知小时数/本期小时数',
      },
    ),
    make(
      'completeness.estimated',
      'completeness',
      { en: 'estimated hours / known hours', zh: '估算小时/已知小时' },
      '1',
      over(Number(sums.estimatedHours), used),
      used,
      {
        en: 'share of unknown origin above the threshold, or production from the balance',
        zh: '未知来源超过阈值，或由平衡推得',
      },
    ),
  ];
}

function originOf({ origins, flags }: GridSums): FigureOrigin {
  if (flags.includes('inherited') || origins.includes('inherited')) return 'inherited';
  if (origins.includes('simulated')) return origins.length === 1 ? 'simulated' : 'mixed';
  if (origins.includes('mixed')) return 'mixed';
  return origins.includes('estimated') ? 'estimated' : 'measured';
}
