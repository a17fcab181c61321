/** Energy carriers of a data centre or base station beside electricity: kWh and CO2 of one unit, each with its source. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

const carrierFactor = z.strictObject({
  carrier: z.string(),
  unit: z.string(),
  /** Energy content as the data-centre standards count it; null where the supplier's declaration is needed. */
  kwhPerUnit: z.number().positive().nullable(),
  /** Direct CO2 of burning one unit; 0 for what burns nothing on site, null where unknown. */
  co2KgPerUnit: z.number().min(0).nullable(),
  co2Source: z.string(),
  ...provenance,
});
export type CarrierFactor = z.infer<typeof carrierFactor>;

const EN = 'EN 50600-4 factsheet on key performance indicators';
const PHYSICAL = 'definition of the unit: 1 kWh = 3.6 MJ';
const NONE = 'no combustion on site; upstream carbon is not part of this figure';
/** NCV · carbon content · oxidised share · 44/12 of the accounting guidelines' defaults. */
const GUIDE = (text: string) => `公共建筑运营企业温室气体排放核算方法 defaults: ${text}`;

const carrierFactors: readonly CarrierFactor[] = z.array(carrierFactor).parse([
  {
    carrier: 'diesel',
    unit: 'L',
    kwhPerUnit: 9.9,
    // 43.33 GJ/t · 0.0202 tC/GJ · 0.98 · 44/12 at 0.84 kg/L.
    co2KgPerUnit: 2.642,
    co2Source: GUIDE('43.33 GJ/t, 0.0202 tC/GJ, 98 %, at 0.84 kg/L'),
    source: EN,
    confidence: 'single-source',
  },
  {
    carrier: 'gas',
    unit: 'm3',
    kwhPerUnit: 10.5,
    // 389.31 GJ/1e4 m3 · 0.0153 tC/GJ · 0.99 · 44/12.
    co2KgPerUnit: 2.1622,
    co2Source: GUIDE('389.31 GJ/1e4 m3, 0.0153 tC/GJ, 99 %'),
    source: EN,
    confidence: 'single-source',
  },
  {
    carrier: 'hydrogen',
    unit: 'kg',
    kwhPerUnit: 38.9,
    co2KgPerUnit: 0,
    co2Source: NONE,
    source: EN,
    confidence: 'single-source',
  },
  ...(['heat', 'steam'] as const).flatMap((carrier) =>
    (
      [
        ['kWh', 1],
        ['MWh', 1_000],
        ['MJ', 1 / 3.6],
        ['GJ', 1_000 / 3.6],
      ] as const
    ).map(([unit, kwhPerUnit]) => ({
      carrier,
      unit,
      kwhPerUnit,
      co2KgPerUnit: null,
      co2Source: "the supplier's factor is not part of the stream",
      source: PHYSICAL,
      confidence: 'confirmed' as const,
    })),
  ),
  ...(
    [
      ['kWh', 1],
      ['MWh', 1_000],
      ['MJ', 1 / 3.6],
      ['GJ', 1_000 / 3.6],
    ] as const
  ).map(([unit, kwhPerUnit]) => ({
    // Heat taken away by bought chilled water; times the supplier's declared kWh a kWh of heat.
    carrier: 'chilled_water',
    unit,
    kwhPerUnit,
    co2KgPerUnit: null,
    co2Source: "the supplier's factor is not part of the stream",
    source: PHYSICAL,
    confidence: 'confirmed' as const,
  })),
]);

/** Litres of one unit of water. */
export const LITRES_OF_WATER: Readonly<Record<string, number>> = { L: 1, m3: 1_000, t: 1_000, kg: 1 };

export const carrierFactorOf = (carrier: string, unit: string): CarrierFactor | undefined =>
  carrierFactors.find((row) => row.carrier === carrier && row.unit === unit);
