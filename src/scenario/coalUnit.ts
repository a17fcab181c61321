/** Simulated stack monitor of one coal-fired unit with its coal, so that emission and fuel balance can be compared. */
import { exampleCoalUnit as unit } from '../../schemas/reference/exampleMarket.ts';
import { sichuanProfile as profile } from '../../schemas/reference/sichuanProfile.ts';
import { civilTime, DAY_MS, HOUR_MS, instantText, type Span, steps } from './civilTime.ts';
import { noise } from './random.ts';
import type { Reading } from './scenario.ts';

const simulated = { quality: 'simulated', revision: 0 } as const;

/** Dry flow at standard state by wet flow as measured (HJ 212-2017 annex D, formula 7). */
const dryStandardShare =
  (273 / (273 + unit.temperatureC)) * ((unit.barometricPa + unit.staticPa) / 101_325) * (1 - unit.waterShare);

interface StackHour {
  readonly flowM3PerS: number;
  readonly co2MgPerM3: number;
  readonly co2Kg: number;
}

function stackHour(seed: number, startMs: number): StackHour {
  const { hour } = civilTime(startMs);
  const position = Math.floor(startMs / HOUR_MS);
  const load =
    0.7 * profile.loadOfHour[Math.floor(hour)]! * (1 + 0.05 * noise(seed, 'coal unit', position, 5));
  const flowM3PerS = to(unit.flowM3PerS * Math.min(1, load), 1);
  const co2MgPerM3 = to(unit.co2MgPerM3 * (1 + 0.01 * noise(seed, 'co2', position, 3)), 0);
  return { flowM3PerS, co2MgPerM3, co2Kg: massKg(flowM3PerS, co2MgPerM3) };
}

/** `emissions.cems`: hour values of six factors as a decoded HJ 212 message (CN 2061) states them. */
export function* stackReadings(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, HOUR_MS)) {
    const position = Math.floor(startMs / HOUR_MS);
    const { flowM3PerS, co2MgPerM3, co2Kg } = stackHour(seed, startMs);
    const gas = (pollutant: string, mean: number) => {
      const value = to(mean * (1 + 0.1 * noise(seed, pollutant, position, 2)), 2);
      return { pollutant, value, unit: 'mg/m3', ...kilograms(massKg(flowM3PerS, value)) };
    };
    const factors = [
      {
        pollutant: 'a00000',
        value: flowM3PerS,
        unit: 'm3/s',
        cumulative: to(flowM3PerS * 3600, 1),
        cumulativeUnit: 'm3',
      },
      {
        pollutant: 'a19001',
        value: to(unit.oxygenPercent + 0.2 * noise(seed, 'o2', position, 4), 2),
        unit: 'percent',
      },
      { pollutant: 'a05001', value: co2MgPerM3, unit: 'mg/m3', ...kilograms(co2Kg) },
      gas('a21026', unit.so2MgPerM3),
      gas('a21002', unit.noxMgPerM3),
      gas('a34013', unit.sootMgPerM3),
    ];
    const head = { site: unit.site, stack: unit.stack, device: unit.device, period: 'hour' };
    for (const factor of factors) {
      yield { ...head, ...factor, start: instantText(startMs), durationS: 3600, flag: 'N', ...simulated };
    }
  }
}

/** `energy.carriers`: coal burnt by the day, in tonnes as received, within 2 % of what the stack says. */
export function* coalReadings(seed: number, span: Span): Generator<Reading> {
  const co2TPerT = (unit.carbonTPerT * unit.oxidised * 44) / 12;
  for (const startMs of steps(span, DAY_MS)) {
    let co2Kg = 0;
    for (const at of steps({ startMs, endMs: startMs + DAY_MS }, HOUR_MS)) co2Kg += stackHour(seed, at).co2Kg;
    const weighed = 1 + 0.02 * noise(seed, 'coal scale', startMs / DAY_MS, 1);
    yield {
      site: unit.site,
      carrier: 'coal',
      meter: 'm-coal-belt',
      start: instantText(startMs),
      durationS: 86_400,
      quantity: to((co2Kg / 1000 / co2TPerT) * weighed, 1),
      unit: 't',
      lowerHeatingValueGjPerUnit: unit.lowerHeatingValueGjPerT,
      ...simulated,
    };
  }
}

/** Mass of an hour (annex D, formula 8) from flow and dry concentration. */
const massKg = (flowM3PerS: number, mgPerM3: number) =>
  to(flowM3PerS * 3600 * dryStandardShare * mgPerM3 * 1e-6, 3);
const kilograms = (cumulative: number) => ({ cumulative, cumulativeUnit: 'kg' });

function to(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
