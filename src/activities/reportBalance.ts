/** The energy balance of all carriers as figures of a report: own units, GJ, standard coal by both values, CO2 by scope. */
import type { FigureOrigin } from '../../schemas/documents/report.ts';
import { type BalanceTotal, type CarrierAmount, energyBalance } from '../emissions/energyBalance.ts';
import type { FigureDraft } from '../report/sealReport.ts';
import { figure } from './reportFigure.ts';

export interface BalanceInput {
  /** Beginning of the keys: the sector. */
  readonly prefix: string;
  readonly amounts: readonly CarrierAmount[];
  readonly origin: FigureOrigin;
  readonly lowerBound: boolean;
  readonly sources: readonly string[];
  /** Whether each carrier has a figure of its own unit, and CO2 by scope; else only totals. */
  readonly detailed: boolean;
}

const UNKNOWN = (carriers: readonly string[]) => `not known for ${[...new Set(carriers)].join(', ')}`;

export function balanceFigures({
  prefix,
  amounts,
  origin,
  lowerBound,
  sources,
  detailed,
}: BalanceInput): FigureDraft[] {
  const { carriers, totals, co2ByScope } = energyBalance(amounts);
  const method = {
    en: 'quantity × heating value and standard coal of GB/T 2589, measured heating values first',
    zh: '消耗量×热值及折标准煤系数（GB/T 2589），优先采用实测热值',
  };
  const common = { origin, lowerBound, sources, method };
  const total = (
    key: string,
    en: string,
    zh: string,
    unit: string,
    balance: BalanceTotal,
    section: 'energy' | 'emissions' = 'energy',
  ) =>
    figure({
      ...common,
      key: `${prefix}.${key}`,
      section,
      label: { en, zh },
      unit,
      value: amounts.length === 0 ? null : balance.total,
      reason: amounts.length === 0 ? 'nothing is metered' : UNKNOWN(balance.unknownCarriers),
    });
  const rows = carriers.flatMap((row) => [
    ...(detailed
      ? [
          figure({
            ...common,
            key: `${prefix}.energy.${row.carrier}.${row.unit}`,
            section: 'energy',
            label: { en: row.carrier, zh: NAMES[row.carrier] ?? row.carrier },
            unit: row.unit,
            value: row.quantity,
            reason: 'a quantity is unknown',
          }),
        ]
      : []),
    figure({
      ...common,
      key: `${prefix}.energy.${row.carrier}.${row.unit}.tce`,
      section: 'energy',
      label: {
        en: `${row.carrier}, standard coal (equivalent)`,
        zh: `${NAMES[row.carrier] ?? row.carrier}，折标准煤（当量值）`,
      },
      unit: 'tce',
      value: row.equivalentTce,
      reason: row.unknown.join(', '),
    }),
  ]);
  return [
    ...rows,
    total('energy.total.gj', 'all carriers', '能源合计', 'GJ', totals.heatGj),
    total(
      'energy.total.tce_equivalent',
      'all carriers, standard coal (equivalent)',
      '综合能耗（当量值）',
      'tce',
      totals.equivalentTce,
    ),
    total(
      'energy.total.tce_primary',
      'all carriers, standard coal (primary)',
      '综合能耗（等价值）',
      'tce',
      totals.primaryTce,
    ),
    ...(detailed
      ? [
          total(
            'emissions.scope1',
            'scope 1: fuel burnt',
            '范围一：燃料燃烧',
            'tCO2',
            // Nothing burnt on site is known of: while months are missing that is no zero.
            lowerBound && !carriers.some(({ scope }) => scope === 'scope_1')
              ? {
                  known: 0,
                  total: null,
                  unknownCarriers: ['fuels: no month of a site with fuel is computed'],
                }
              : co2ByScope.scope_1,
            'emissions',
          ),
          total(
            'emissions.scope2.location_annual',
            'scope 2: electricity by the official annual factor, and heat',
            '范围二：电力（官方年度因子）与热力',
            'tCO2',
            co2ByScope.scope_2,
            'emissions',
          ),
        ]
      : []),
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  electricity: '电力',
  coal: '煤炭',
  coke: '焦炭',
  gas: '天然气',
  oil: '原油',
  diesel: '柴油',
  gasoline: '汽油',
  heat: '热力',
  steam: '蒸汽',
  hydrogen: '氢',
  biomass: '生物质',
  water: '水',
  chilled_water: '外购冷水',
  other: '其他',
};
