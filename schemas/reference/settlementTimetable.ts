/** Runs of a settlement month: what they are called, when they are due, how long parties may object. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

/** In the order in which a period's runs may follow each other. */
export const RUN_TYPES = ['PRE', 'S1', 'R1', 'R2', 'RF'] as const;
export type RunType = (typeof RUN_TYPES)[number];

const runTerms = z.strictObject({
  type: z.enum(RUN_TYPES),
  name: z.strictObject({ en: z.string(), zh: z.string() }),
  /** Due at 09:00 of this working day of the month so many after the settled one. */
  monthsAfter: z.int().min(1),
  workingDay: z.int().min(1).max(20),
  /** Working days to object; then the run is deemed confirmed. */
  objectionWorkingDays: z.int().min(1),
  /** Refused while a reading is missing. */
  closes: z.boolean(),
  ...provenance,
});
export type RunTerms = z.infer<typeof runTerms>;

const SHAANXI = {
  source:
    '陕西电力市场结算实施细则 V2.0（2025-12）的时序：次月第 5 个工作日出具初稿，1 个工作日核对，逾期视为确认',
  confidence: 'single-source',
} as const;
const ASSUMED = {
  source: 'assumed: distance of the later runs; the look-back limit of Shaanxi 14.4 is not public in figures',
  confidence: 'assumed',
} as const;

export const settlementTimetable: readonly RunTerms[] = z.array(runTerms).parse([
  {
    type: 'PRE',
    name: { en: 'preliminary settlement', zh: '预结算' },
    monthsAfter: 1,
    workingDay: 3,
    objectionWorkingDays: 1,
    closes: false,
    ...SHAANXI,
  },
  {
    type: 'S1',
    name: { en: 'monthly settlement', zh: '月结算' },
    monthsAfter: 1,
    workingDay: 5,
    objectionWorkingDays: 1,
    closes: false,
    ...SHAANXI,
  },
  {
    type: 'R1',
    name: { en: 'first correction', zh: '差错退补（一）' },
    monthsAfter: 2,
    workingDay: 5,
    objectionWorkingDays: 1,
    closes: false,
    ...ASSUMED,
  },
  {
    type: 'R2',
    name: { en: 'second correction', zh: '差错退补（二）' },
    monthsAfter: 4,
    workingDay: 5,
    objectionWorkingDays: 1,
    closes: false,
    ...ASSUMED,
  },
  {
    type: 'RF',
    name: { en: 'final settlement', zh: '清算' },
    monthsAfter: 13,
    workingDay: 5,
    objectionWorkingDays: 2,
    closes: true,
    ...ASSUMED,
  },
]);

const holidays = z.strictObject({
  year: z.int(),
  /** Weekdays without work. */
  off: z.array(z.iso.date()),
  /** Weekend days with work. */
  worked: z.array(z.iso.date()),
  ...provenance,
});

const span = (month: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${month}-${String(from + at).padStart(2, '0')}`);

/** Public holidays of the years that are known; other years have weekends only. */
export const publicHolidays = z.array(holidays).parse([
  {
    year: 2026,
    off: [
      ...span('2026-01', 1, 3),
      ...span('2026-02', 15, 23),
      ...span('2026-04', 4, 6),
      ...span('2026-05', 1, 5),
      ...span('2026-06', 19, 21),
      ...span('2026-09', 25, 27),
      ...span('2026-10', 1, 7),
    ],
    worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
    source: '国务院办公厅关于 2026 年部分节假日安排的通知（凭记忆录入，未与原文核对）',
    confidence: 'unconfirmed',
  },
]);
