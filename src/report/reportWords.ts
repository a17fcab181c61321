/** Words and numbers of a report as people read them, in Chinese and English. */
import type { FigureOrigin, ReportFigure, ReportSection } from '../../schemas/documents/report.ts';

export type ReportLanguage = 'zh' | 'en';

export const SECTION_WORDS: Readonly<Record<ReportSection, Record<ReportLanguage, string>>> = {
  energy: { zh: '能源消费', en: 'Energy' },
  emissions: { zh: '碳排放', en: 'Emissions' },
  intensity: { zh: '强度与效率', en: 'Intensities' },
  facilities: { zh: '各设施', en: 'Facilities' },
  completeness: { zh: '数据完整性与来源', en: 'Completeness and origin' },
  crosschecks: { zh: '交叉核验', en: 'Cross-checks' },
};

export const ORIGIN_WORDS: Readonly<Record<FigureOrigin, Record<ReportLanguage, string>>> = {
  measured: { zh: '实测', en: 'measured' },
  mixed: { zh: '实测与模拟混合', en: 'mixed' },
  estimated: { zh: '含估算', en: 'estimated' },
  inherited: { zh: '继承上级区域', en: 'inherited' },
  simulated: { zh: '模拟', en: 'simulated' },
  declared: { zh: '申报', en: 'declared' },
  none: { zh: '—', en: '—' },
};

export const HEADINGS = {
  figure: { zh: '指标', en: 'Figure' },
  value: { zh: '数值', en: 'Value' },
  unit: { zh: '单位', en: 'Unit' },
  origin: { zh: '来源性质', en: 'Origin' },
  yearOnYear: { zh: '同比', en: 'Year on year' },
  periodOnPeriod: { zh: '环比', en: 'Period on period' },
  methods: { zh: '方法', en: 'Methods' },
  method: { zh: '方法', en: 'Method' },
  issue: { zh: '期号', en: 'Issue' },
  version: { zh: '版本', en: 'Version' },
  period: { zh: '报告期', en: 'Period' },
  sealed: { zh: '封存时间', en: 'Sealed' },
  seal: { zh: '封存哈希（SHA-256）', en: 'Seal (SHA-256)' },
  previous: { zh: '上一版本', en: 'Version before' },
  none: { zh: '无', en: 'none' },
  restatement: { zh: '更正声明', en: 'Restatement' },
  largest: { zh: '较上一版本变化最大的数据', en: 'Largest changes since the version before' },
  before: { zh: '原值', en: 'Before' },
  after: { zh: '现值', en: 'Now' },
  change: { zh: '变化', en: 'Change' },
  notAvailable: { zh: '本报告未能提供', en: 'Not available in this report' },
  what: { zh: '内容', en: 'What' },
  reason: { zh: '原因', en: 'Reason' },
  lowerBound: {
    zh: '≥ 表示部分数据未知，所列为已知部分之和。“—”表示未知，不是零。',
    en: '≥: part of the data is unknown, the value is what is known of it. “—” is unknown, not zero.',
  },
} as const;

/** A number with six significant digits at most and thousands apart; the documents as data hold all digits. */
export function numberText(value: number | null): string {
  if (value === null) return '—';
  if (value === 0) return '0';
  const digits = Math.max(0, 6 - 1 - Math.floor(Math.log10(Math.abs(value))));
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: Math.min(digits, 8) }).format(value);
}

export const valueText = ({ value, lowerBound }: Pick<ReportFigure, 'value' | 'lowerBound'>): string =>
  `${lowerBound ? '≥ ' : ''}${numberText(value)}`;

export function changeText(change: number | null): string {
  if (change === null) return '—';
  const percent = (change * 100).toFixed(2);
  return `${change > 0 ? '+' : ''}${percent} %`;
}

/** Figures by section in the order of the sections; empty sections are left out. */
export function bySection(figures: readonly ReportFigure[]): [ReportSection, ReportFigure[]][] {
  const groups = Map.groupBy(figures, ({ section }) => section);
  return (Object.keys(SECTION_WORDS) as ReportSection[]).flatMap((section) => {
    const own = groups.get(section);
    return own === undefined ? [] : [[section, own] as [ReportSection, ReportFigure[]]];
  });
}

/** Reasons as the figures hold them, in English, and as a Chinese reader reads them. */
const REASONS_ZH: readonly (readonly [RegExp, string])[] = [
  [/^no (datacenter|base_station) is registered in (.+)$/, '$2 未登记该类设施'],
  [/^no month of a facility is computed$/, '尚无设施月度核算结果'],
  [/^no month of it is computed$/, '该设施尚无月度核算结果'],
  [/^coverage below 0.95, or a carrier is unknown$/, '覆盖率低于 0.95，或有能源品种未知'],
  [/^the traced intensity of an interval is unknown$/, '有时段的溯源强度未知'],
  [/^the intensity or coverage of a month is not enough$/, '有月份的强度或覆盖率不足'],
  [/^no factor is announced for the zone$/, '所在区域未公布因子'],
  [/^a month has no complete settlement$/, '有月份尚无完整结算单'],
  [/^the factor of a carrier is unknown$/, '有能源品种的因子未知'],
  [/^no IT energy is known$/, 'IT 用电未知'],
  [/^water is not metered everywhere$/, '用水未全部计量'],
  [/^no statement covers a whole month of a facility$/, '无结算单覆盖设施完整月份'],
  [/^no hour of zone (.+) is known$/, '$1 无已知小时'],
  [/^not known for (.+)$/, '$1 未知'],
  [/^nothing is metered$/, '无计量数据'],
  [/^a quantity is unknown$/, '有数量未知'],
  [/^no industrial site is registered in (.+)$/, '$1 未登记工业用能单位'],
  [/^no month of a site is computed$/, '尚无用能单位月度核算结果'],
  [/^no stack measures CO2$/, '无排放口监测二氧化碳'],
  [/^no fuel is metered$/, '未计量燃料'],
  [/^a fuel is unknown$/, '有燃料未知'],
  [/^not comparable$/, '不可比'],
  [/^unknown$/, '未知'],
];

export function reasonText(reason: string, language: ReportLanguage): string {
  if (language === 'en') return reason;
  for (const [pattern, zh] of REASONS_ZH) if (pattern.test(reason)) return reason.replace(pattern, zh);
  return reason;
}

/** First and last civil day of a period in Asia/Shanghai. */
export function civilDays({ start, end }: { readonly start: string; readonly end: string }): string {
  const day = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
  return `${day(Date.parse(start))} – ${day(Date.parse(end) - 1)}`;
}

/** A ratio has no unit to be read. */
export const unitText = (unit: string): string => (unit === '1' ? '' : unit);
