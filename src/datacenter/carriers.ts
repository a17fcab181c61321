/** Fuel, bought cooling, heat and water of a facility's window, from readings that lie in it whole. */
import { carrierFactorOf, LITRES_OF_WATER } from '../../schemas/reference/dataCenterCarriers.ts';

export interface CarrierReading {
  readonly carrier: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In `unit`; null is unknown. */
  readonly quantity: number | null;
  readonly unit: string;
  readonly quality: string;
}

export interface CarrierLine {
  readonly carrier: string;
  readonly unit: string;
  /** Null where one of its readings is unknown. */
  readonly quantity: number | null;
  readonly energyKwh: number | null;
  readonly co2Kg: number | null;
  readonly qualities: readonly string[];
}

export interface CarrierSums {
  readonly lines: readonly CarrierLine[];
  /** Null where any carrier's energy is unknown: then the window's E_DC is too. */
  readonly energyKwh: number | null;
  readonly co2Kg: number | null;
  /** Litres; null where water is not metered or a reading is unknown. */
  readonly waterL: number | null;
  /** Readings that reach beyond the window and belong to a longer one. */
  readonly tooLong: number;
}

/**
 * @param declared kWh a kWh of heat that the supplier of chilled water declares; without it bought cooling is unknown
 */
export function carrierSums(
  readings: readonly CarrierReading[],
  window: { readonly startMs: number; readonly endMs: number },
  declared: { readonly chilledWaterKwhPerKwh?: number },
): CarrierSums {
  const inside = readings.filter(({ startMs, endMs }) => startMs >= window.startMs && endMs <= window.endMs);
  const overlapping = readings.filter(
    ({ startMs, endMs }) => startMs < window.endMs && endMs > window.startMs,
  );
  const water = inside.filter(({ carrier }) => carrier === 'water');
  const fuels = Map.groupBy(
    inside.filter(({ carrier }) => carrier !== 'water'),
    ({ carrier, unit }) => `${carrier}\t${unit}`,
  );
  const lines = [...fuels.values()].map((each) => lineOf(each, declared));
  return {
    lines: lines.toSorted((a, b) => (a.carrier + a.unit < b.carrier + b.unit ? -1 : 1)),
    energyKwh: total(lines.map(({ energyKwh }) => energyKwh)),
    co2Kg: total(lines.map(({ co2Kg }) => co2Kg)),
    waterL:
      water.length === 0
        ? null
        : total(
            water.map(({ quantity, unit }) => {
              const litres = LITRES_OF_WATER[unit];
              return quantity === null || litres === undefined ? null : quantity * litres;
            }),
          ),
    tooLong: overlapping.length - inside.length,
  };
}

function lineOf(
  readings: readonly CarrierReading[],
  { chilledWaterKwhPerKwh }: { readonly chilledWaterKwhPerKwh?: number },
): CarrierLine {
  const { carrier, unit } = readings[0]!;
  const quantity = total(readings.map((reading) => reading.quantity));
  const factor = carrierFactorOf(carrier, unit);
  const declared = carrier === 'chilled_water' ? (chilledWaterKwhPerKwh ?? null) : 1;
  const times = (a: number | null, b: number | null) => (a === null || b === null ? null : a * b);
  return {
    carrier,
    unit,
    quantity,
    energyKwh: times(times(quantity, factor?.kwhPerUnit ?? null), declared),
    co2Kg: times(quantity, factor?.co2KgPerUnit ?? null),
    qualities: [...new Set(readings.map(({ quality }) => quality))].sort(),
  };
}

const total = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
