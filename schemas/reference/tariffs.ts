/** Tariffs of a province: time-of-use calendar and prices, each with its source and how firmly it is known. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

/** Whole milli-yuan/MWh (0.001 yuan/MWh). */
const price = z.int();
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'HH:MM');
const window = z.strictObject({ from: clock, to: clock, band: z.string().min(1) });
const months = z.array(z.int().min(1).max(12)).min(1);

export const touSeason = z.strictObject({
  fromDate: z.iso.date(),
  toDate: z.iso.date(),
  months,
  windows: z.array(window).min(1),
  override: z.array(window.extend({ months, minTempC: z.number().optional() })).optional(),
});

const origin = z.strictObject(provenance);

export type TouSeason = z.infer<typeof touSeason>;

export const tariff = z.strictObject({
  id: z.string().min(1),
  province: z.string().min(1),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  calendar: z.strictObject({ seasons: z.array(touSeason).min(1), origin }),
  energy: z.strictObject({
    basePriceMilliYuanPerMwh: price,
    ratioPpm: z.record(z.string(), z.int()),
    /** Published prices of bands; where a band has one it stands instead of base x ratio. */
    priceByBandMilliYuanPerMwh: z.record(z.string(), price).optional(),
    origin,
  }),
  transmission: z.strictObject({
    mode: z.enum(['two_part', 'capacity_1192', 'total_use_1192']),
    priceMilliYuanPerMwh: price,
    fenPerKvaMonth: z.int().min(0),
    /** 110 kV and above, two-part users; only the mode `capacity_1192` uses it. */
    loadFactorPpm: z.int().min(0).max(1_000_000),
    origin,
  }),
  loss: z.strictObject({ priceMilliYuanPerMwh: price, origin }),
  systemOperation: z.strictObject({
    items: z.array(z.strictObject({ item: z.string().optional(), priceMilliYuanPerMwh: price })).min(1),
    onSelfUse: z.boolean(),
    origin,
  }),
  funds: z.strictObject({ priceMilliYuanPerMwh: price, onSelfUse: z.boolean(), origin }),
});
export type Tariff = z.infer<typeof tariff>;

const ASSUMED = {
  source:
    'assumed: round figure of the right order for a demonstration; replace by the published tariff before use',
  confidence: 'assumed',
} as const;
const CALENDAR_186 = {
  source: '川发改价格规〔2023〕186号，2023-06-01 起（转载本）',
  confidence: 'single-source',
} as const;

/** Sichuan: the calendar of 186号 in a secondary copy; every price is an assumption and marked as such. */
export const sichuanTariff: Tariff = tariff.parse({
  id: 'SC-tariff-2026.1',
  province: '四川',
  validFrom: '2023-06-01',
  validTo: null,
  calendar: {
    seasons: [
      {
        fromDate: '2023-06-01',
        toDate: '2099-12-31',
        months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        windows: [
          { from: '10:00', to: '12:00', band: 'peak' },
          { from: '15:00', to: '21:00', band: 'peak' },
          { from: '07:00', to: '10:00', band: 'flat' },
          { from: '12:00', to: '15:00', band: 'flat' },
          { from: '21:00', to: '23:00', band: 'flat' },
          { from: '23:00', to: '07:00', band: 'valley' },
        ],
        override: [
          { months: [7, 8], from: '15:00', to: '17:00', band: 'critical' },
          { months: [12, 1], from: '19:00', to: '21:00', band: 'critical' },
        ],
      },
    ],
    origin: CALENDAR_186,
  },
  energy: {
    basePriceMilliYuanPerMwh: 350_000,
    ratioPpm: { peak: 1_600_000, flat: 1_000_000, valley: 400_000, critical: 1_920_000 },
    origin: {
      source: `ratios 1.6 : 1 : 0.4, critical 1.2 x peak: ${CALENDAR_186.source}; base price ${ASSUMED.source}`,
      confidence: 'assumed',
    },
  },
  transmission: {
    mode: 'two_part',
    priceMilliYuanPerMwh: 105_000,
    fenPerKvaMonth: 2_200,
    loadFactorPpm: 600_000,
    origin: ASSUMED,
  },
  loss: { priceMilliYuanPerMwh: 12_000, origin: ASSUMED },
  // 发改价格〔2023〕526号 names the items; their prices are assumptions.
  systemOperation: {
    items: [
      { item: 'ancillary_services', priceMilliYuanPerMwh: 9_000 },
      { item: 'coal_capacity', priceMilliYuanPerMwh: 13_000 },
      { item: 'cross_subsidy', priceMilliYuanPerMwh: 3_000 },
      { item: 'pumped_storage', priceMilliYuanPerMwh: 5_000 },
    ],
    onSelfUse: false,
    origin: ASSUMED,
  },
  funds: { priceMilliYuanPerMwh: 28_600, onSelfUse: true, origin: ASSUMED },
});
