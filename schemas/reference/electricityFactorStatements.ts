/**
 * What the announcements say about their own factors in words. Each sentence can be computed from the rows, so that a
 * misprint in a copy is noticed.
 */
import { z } from 'zod';
import { provenance } from './provenance.ts';

/** One factor against the same of the year before, as a rounded percentage. */
export const statedChange = z.strictObject({
  family: z.enum(['cn_co2_excl_traded_nonfossil', 'cn_lifecycle']),
  zone: z.literal('CN'),
  year: z.int(),
  changePercent: z.number(),
  document: z.string(),
  ...provenance,
});
export type StatedChange = z.infer<typeof statedChange>;

/** How many provinces went down and up against the year before. */
export const statedDirections = z.strictObject({
  family: z.literal('cn_co2_average'),
  year: z.int(),
  down: z.int(),
  up: z.int(),
  document: z.string(),
  ...provenance,
});
export type StatedDirections = z.infer<typeof statedDirections>;

export const statedChanges: readonly StatedChange[] = z.array(statedChange).parse([
  {
    family: 'cn_co2_excl_traded_nonfossil',
    zone: 'CN',
    year: 2023,
    changePercent: 4.1,
    document: '生态环境部、国家统计局公告 2025年第47号',
    source: 'wording with the 2023 announcement: 0.6096, up 4.1 %',
    confidence: 'confirmed',
  },
  {
    family: 'cn_lifecycle',
    zone: 'CN',
    year: 2024,
    changePercent: -6.9,
    document: '生态环境部、国家统计局、国家能源局公告（2024年电力碳足迹因子，2025-09-28）',
    source: 'wording with the 2024 factor: 0.5777, down 6.9 %; two public copies agree',
    confidence: 'confirmed',
  },
]);

export const statedProvincialDirections: readonly StatedDirections[] = z.array(statedDirections).parse([
  {
    family: 'cn_co2_average',
    year: 2023,
    down: 20,
    up: 10,
    document: '生态环境部、国家统计局公告 2025年第47号',
    source: 'wording with the 2023 announcement: 20 provinces down, 10 up',
    confidence: 'confirmed',
  },
]);
