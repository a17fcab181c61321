/** Published limits for data centres: what, how much, from when, for whom, by which document and how sure that is. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

const target = z.strictObject({
  id: z.string(),
  name: z.strictObject({ en: z.string(), zh: z.string() }),
  indicator: z.enum(['pue', 'green_share', 'rack_occupancy', 'utilisation']),
  /** `atMost`: value ≤ threshold is met; `below`, `atLeast` and `above` likewise. */
  comparison: z.enum(['atMost', 'below', 'atLeast', 'above']),
  threshold: z.number().positive(),
  /** Whom it addresses; judged against what the operator states of the facility. */
  appliesTo: z.enum(['all', 'new_large', 'hub_node', 'hub_node_new', 'beijing', 'gb40879']),
  period: z.enum(['year', 'month']),
  effectiveFrom: z.iso.date(),
  effectiveTo: z.iso.date().nullable(),
  document: z.string(),
  ...provenance,
});
export type DataCenterTarget = z.infer<typeof target>;

const PLAN = '数据中心绿色低碳发展专项行动计划（发改环资〔2024〕970号，2024-07）';
const REPRINTS = { source: 'several public reprints agree', confidence: 'confirmed' } as const;
const HUB_REPLY =
  '国家发展改革委等部门关于同意成渝地区启动建设全国一体化算力网络国家枢纽节点的复函（2021-12）';
const HUB = {
  source: 'the same wording is public for the sister replies of other hubs; its own text was not compared',
  confidence: 'unconfirmed',
} as const;
const GB = 'GB 40879-2021 数据中心能效限定值及能效等级';

export const dataCenterTargets: readonly DataCenterTarget[] = z.array(target).parse([
  {
    id: 'CN-2024-PUE-NEW-LARGE',
    name: { en: 'new large and super-large data centres', zh: '新建及改扩建大型和超大型数据中心' },
    indicator: 'pue',
    comparison: 'atMost',
    threshold: 1.25,
    appliesTo: 'new_large',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: PLAN,
    ...REPRINTS,
  },
  {
    id: 'CN-2024-PUE-HUB',
    name: { en: 'projects in national hub nodes', zh: '国家枢纽节点数据中心项目' },
    indicator: 'pue',
    comparison: 'atMost',
    threshold: 1.2,
    appliesTo: 'hub_node',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: PLAN,
    ...REPRINTS,
  },
  {
    id: 'CN-2024-PUE-AVERAGE',
    name: { en: 'average of all data centres', zh: '全国平均电能利用效率' },
    indicator: 'pue',
    comparison: 'below',
    threshold: 1.5,
    appliesTo: 'all',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: PLAN,
    ...REPRINTS,
  },
  {
    id: 'CN-2024-OCCUPANCY',
    name: { en: 'racks in use', zh: '整体上架率' },
    indicator: 'rack_occupancy',
    comparison: 'atLeast',
    threshold: 0.6,
    appliesTo: 'all',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: PLAN,
    ...REPRINTS,
  },
  {
    id: 'CN-2024-GREEN-HUB-NEW',
    name: {
      en: 'green power share of new data centres in hub nodes',
      zh: '国家枢纽节点新建数据中心绿电占比',
    },
    indicator: 'green_share',
    comparison: 'above',
    threshold: 0.8,
    appliesTo: 'hub_node_new',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: PLAN,
    ...REPRINTS,
  },
  {
    id: 'SC-TIANFU-PUE',
    name: { en: 'Tianfu cluster of the Chengdu-Chongqing hub', zh: '成渝枢纽天府数据中心集群起步区' },
    indicator: 'pue',
    comparison: 'atMost',
    threshold: 1.25,
    appliesTo: 'hub_node',
    period: 'year',
    effectiveFrom: '2021-12-01',
    effectiveTo: null,
    document: HUB_REPLY,
    ...HUB,
  },
  {
    id: 'SC-TIANFU-OCCUPANCY',
    name: { en: 'racks in use in the Tianfu cluster', zh: '天府集群平均上架率' },
    indicator: 'rack_occupancy',
    comparison: 'atLeast',
    threshold: 0.65,
    appliesTo: 'hub_node',
    period: 'year',
    effectiveFrom: '2021-12-01',
    effectiveTo: null,
    document: HUB_REPLY,
    ...HUB,
  },
  ...([1.2, 1.3, 1.5] as const).map((threshold, at) => ({
    id: `GB40879-GRADE-${at + 1}`,
    name: { en: `energy efficiency grade ${at + 1}`, zh: `能效 ${at + 1} 级` },
    indicator: 'pue' as const,
    comparison: 'atMost' as const,
    threshold,
    appliesTo: 'gb40879' as const,
    period: 'year' as const,
    effectiveFrom: '2022-11-01',
    effectiveTo: null,
    document: GB,
    source: "the standard's public page; grade numbers from secondary texts, under revision",
    confidence: 'unconfirmed' as const,
  })),
  {
    id: 'BJ-2026-SURCHARGE',
    name: { en: 'no surcharge on electricity in Beijing', zh: '北京市差别电价门槛' },
    indicator: 'pue',
    comparison: 'atMost',
    threshold: 1.35,
    appliesTo: 'beijing',
    period: 'year',
    effectiveFrom: '2026-01-01',
    effectiveTo: null,
    document: 'press reports of the Beijing measure',
    source: 'press only',
    confidence: 'single-source',
  },
]);

/** A data centre counts as new for the plan of 2024 when it was put into operation since; the plan gives no day. */
export const NEW_SINCE = { day: '2024-07-01', source: PLAN, confidence: 'assumed' } as const;

/** Least shares of valid intervals. */
export const COVERAGE_RULE = {
  certified: 0.99,
  provisional: 0.95,
  source: 'project default: no published rule is known',
  confidence: 'assumed',
} as const;
