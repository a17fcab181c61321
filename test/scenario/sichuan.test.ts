import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { averageCo2Factor } from '../../schemas/reference/electricityFactors.ts';
import { modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { sichuanTotals } from '../../schemas/reference/sichuanPower.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { STREAMS } from '../../schemas/streams/index.ts';
import type { Reading } from '../../src/scenario/scenario.ts';
import { DEFAULT_SICHUAN, sichuanScenario } from '../../src/scenario/sichuan.ts';
import {
  capacityMw,
  dispatchHour,
  dispatchZones,
  SCENARIO_FUELS,
} from '../../src/scenario/sichuanDispatch.ts';
import { traceReadings } from './tracedReadings.ts';

const scenario = sichuanScenario();
const short = { ...DEFAULT_SICHUAN, days: 2 };
const direct = modeFactors('electricitymaps-b354f28-direct');
const MONTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

function digest(seed: number): string {
  const hash = createHash('sha256');
  const one = sichuanScenario({ ...short, seed });
  for (const topic of one.topics) {
    for (const reading of one.readings(topic)) hash.update(JSON.stringify(reading));
  }
  return hash.digest('hex');
}

/** Direct CO2 and energy of a week in the middle of a month, Shaanxi's part included, per hour. */
function weekOf(month: number) {
  let [massKg, energyMwh, outMwh] = [0, 0, 0];
  for (let hour = 0; hour < 168; hour++) {
    const dispatched = dispatchHour(1, Date.UTC(2026, month, 11, hour));
    for (const fuel of SCENARIO_FUELS) {
      const mwh = sum(dispatched.generationMwh[fuel]) + (dispatched.importedMwh[fuel] ?? 0);
      energyMwh += mwh;
      massKg += mwh * direct.intensityKgPerMwh[fuel];
    }
    outMwh += sum(dispatched.outside.map(({ netMwh }) => Math.max(0, netMwh)));
  }
  return { massKg, energyMwh, outMwh };
}

/** Frames come in by the gateway only. */
const produced = STREAMS.filter(({ topic }) => topic !== 'emissions.frames');

describe('the Sichuan scenario', () => {
  test('gives every topic readings that its contract accepts, all simulated, below 120,000 in all', () => {
    let count = 0;
    for (const { topic, schema } of produced) {
      let here = 0;
      for (const reading of scenario.readings(topic)) {
        here++;
        const judged = schema.safeParse(reading);
        if (!judged.success || reading.quality !== 'simulated') {
          expect.fail(`${topic}: ${JSON.stringify(reading)} ${judged.error?.message}`);
        }
      }
      expect(here, topic).toBeGreaterThan(0);
      count += here;
    }
    expect([...scenario.topics].sort()).toEqual(produced.map(({ topic }) => topic).sort());
    expect(count).toBeLessThan(120_000);
  });

  test('names no reading twice', () => {
    for (const { topic, subject, time } of produced) {
      const keys = new Set<string>();
      let count = 0;
      for (const reading of sichuanScenario(short).readings(topic)) {
        keys.add([...subject, time].map((field) => reading[field]).join('|'));
        count++;
      }
      expect(keys.size, topic).toBe(count);
    }
  });

  test('is the same to the byte for the same seed and another for another', () => {
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  test('does not depend on which topic or hour is asked for first', () => {
    const late = dispatchHour(3, Date.UTC(2026, 2, 4, 5));
    dispatchHour(3, Date.UTC(2026, 2, 1));
    expect(dispatchHour(3, Date.UTC(2026, 2, 4, 5))).toEqual(late);
  });

  test('asks about a zone, a product and a data centre that its readings know', () => {
    const { zone, product, dataCenter } = scenario.answers;
    const has = (topic: string, wanted: Reading) =>
      [...scenario.readings(topic)].some((reading) =>
        Object.entries(wanted).every(([field, value]) => reading[field] === value),
      );
    expect(has('grid.load', { zone: zone.id, start: zone.period.start })).toBe(true);
    expect(has('production.activity', { site: product.site, product: product.id })).toBe(true);
    expect(has('datacenter.power', { facility: dataCenter.id, meter: dataCenter.useMeters[0]! })).toBe(true);
    expect(dataCenter.period).toEqual({ start: '2026-02-28T16:00:00Z', end: '2026-03-31T16:00:00Z' });
  });

  test.each([
    [{ ...short, start: '2026-03-01T00:00:00' }, 'start'],
    [{ ...short, start: '2026-03-01T00:30:00Z' }, 'start'],
    [{ ...short, days: 0 }, 'days'],
    [{ ...short, month: '2026-13' }, 'month'],
  ])('refuses %j and says where', (options, place) => {
    expect(() => sichuanScenario(options)).toThrow(Refusal);
    expect(() => sichuanScenario(options)).toThrow(expect.objectContaining({ place }));
  });
});

describe('the simulated grid', () => {
  test('closes in every prefecture and hour: generation + imports - exports = load', () => {
    const balance = new Map<string, number>();
    const add = (zone: unknown, start: unknown, mwh: unknown) => {
      const key = `${zone} ${start}`;
      balance.set(key, (balance.get(key) ?? 0) + Number(mwh));
    };
    for (const { zone, start, energyMwh } of scenario.readings('grid.generation'))
      add(zone, start, energyMwh);
    for (const { fromZone, toZone, start, netEnergyMwh } of scenario.readings('grid.exchange')) {
      add(fromZone, start, -Number(netEnergyMwh));
      add(toZone, start, netEnergyMwh);
    }
    let checked = 0;
    for (const { zone, start, energyMwh } of scenario.readings('grid.load')) {
      expect(Math.abs(balance.get(`${zone} ${start}`)! - Number(energyMwh))).toBeLessThan(1e-6);
      checked++;
    }
    expect(checked).toBe(21 * 168);
    // What comes from Shaanxi is all that stands behind the line.
    for (const [key, mwh] of balance) if (key.startsWith('CN-SN ')) expect(Math.abs(mwh)).toBeLessThan(1e-6);
  });

  test('never generates more than is installed, nor less than nothing, in any month', () => {
    for (const month of MONTHS) {
      for (let hour = 0; hour < 48; hour++) {
        const { generationMwh } = dispatchHour(5, Date.UTC(2026, month, 15, hour));
        for (const fuel of SCENARIO_FUELS) {
          for (const [at, mwh] of generationMwh[fuel].entries()) {
            if (mwh >= 0 && mwh <= capacityMw[fuel][at]! * 1.0001) continue;
            expect.fail(`${mwh} MWh of ${fuel} in ${dispatchZones[at]}, month ${month + 1}, hour ${hour}`);
          }
        }
      }
    }
  });

  test("meets the official yearly factor within 3 %, Shaanxi's part included", () => {
    const weeks = MONTHS.map(weekOf);
    const yearKgPerMwh =
      sum(weeks.map(({ massKg }) => massKg)) / sum(weeks.map(({ energyMwh }) => energyMwh));
    const official = averageCo2Factor('CN-SC', '2026-03-01')!.factor.intensityKgCo2PerKwh * 1000;
    expect(official).toBe(156.4);
    expect(Math.abs(yearKgPerMwh / official - 1)).toBeLessThan(0.03);
  });

  test('keeps to the published totals: hydro within 10 %, generation above 500 TWh, load below its record', () => {
    let [hydroMwh, allMwh, peakMw] = [0, 0, 0];
    for (const month of MONTHS) {
      for (let hour = 0; hour < 168; hour++) {
        const { generationMwh, loadMwh } = dispatchHour(1, Date.UTC(2026, month, 11, hour));
        hydroMwh += sum(generationMwh.hydro);
        allMwh += sum(SCENARIO_FUELS.map((fuel) => sum(generationMwh[fuel])));
        peakMw = Math.max(peakMw, sum(loadMwh));
      }
    }
    const yearTwh = (mwh: number) => (mwh * 8760) / (12 * 168) / 1e6;
    expect(Math.abs(yearTwh(hydroMwh) / sichuanTotals.hydroGenerationTwh.value - 1)).toBeLessThan(0.1);
    expect(yearTwh(allMwh)).toBeGreaterThan(sichuanTotals.generationTwh.value);
    expect(yearTwh(allMwh)).toBeLessThan(1.1 * sichuanTotals.generationTwh.value);
    expect(peakMw).toBeLessThan(sichuanTotals.peakLoadMw.value);
    expect(peakMw).toBeGreaterThan(0.85 * sichuanTotals.peakLoadMw.value);
  });

  test('is dirtier in the dry season than in the wet, and sends out three times as much in the wet', () => {
    const [dry, wet] = [
      [11, 0, 1],
      [5, 8, 9],
    ].map((months) => months.map(weekOf));
    const intensity = (weeks: ReturnType<typeof weekOf>[]) =>
      sum(weeks.map(({ massKg }) => massKg)) / sum(weeks.map(({ energyMwh }) => energyMwh));
    const out = (weeks: ReturnType<typeof weekOf>[]) => sum(weeks.map(({ outMwh }) => outMwh));
    expect(intensity(dry!)).toBeGreaterThan(2 * intensity(wet!));
    expect(out(wet!)).toBeGreaterThan(2.5 * out(dry!));
  });

  test('traces to an intensity for every prefecture, with the mass conserved', () => {
    const { zoneIds, traced } = traceReadings(sichuanScenario(short), direct);
    const values = traced.families[0]!.consumptionKgPerMwh;
    expect(values.every((value) => value >= 0 && value <= 760.001)).toBe(true);
    expect(Math.max(...traced.conservationError)).toBeLessThan(1e-9);
    const mean = (zone: string) => {
      const at = zoneIds.indexOf(zone);
      return (
        values.filter((_value, cell) => cell % zoneIds.length === at).reduce((a, b) => a + b) / traced.steps
      );
    };
    expect(mean('CN-SC-5134')).toBeLessThan(mean('CN-SC-5101'));
    expect(mean('CN-SN')).toBeCloseTo(633.5, 0);
  });
});

describe('the simulated data centres', () => {
  test('have a PUE between 1.1 and 1.3 with cooling and UPS inside the total', () => {
    const energy = new Map<string, number>();
    for (const { facility, meter, energyWh } of sichuanScenario(short).readings('datacenter.power')) {
      const key = `${facility} ${meter}`;
      energy.set(key, (energy.get(key) ?? 0) + Number(energyWh));
    }
    expect(energy.size).toBe(12);
    for (const site of new Set([...energy.keys()].map((key) => key.split(' ')[0]))) {
      const [total, it, cooling] = ['m-incomer', 'm-ups', 'm-cooling'].map(
        (m) => energy.get(`${site} ${m}`)!,
      );
      expect(total! / it!).toBeGreaterThan(1.1);
      expect(total! / it!).toBeLessThan(1.3);
      expect(total!).toBeGreaterThan(it! + cooling!);
    }
  });
});

describe('the simulated coal unit', () => {
  test('emits what its coal can give, within the scatter of its scale', () => {
    const hourly = sum(
      [...scenario.readings('emissions.cems')].map(({ pollutant, cumulative }) =>
        pollutant === 'a05001' ? Number(cumulative) : 0,
      ),
    );
    const coalT = sum(
      [...scenario.readings('energy.carriers')].map(({ carrier, quantity }) =>
        carrier === 'coal' ? Number(quantity) : 0,
      ),
    );
    expect(hourly).toBeGreaterThan(0);
    const fromCoalKg = coalT * 1000 * 0.5 * 0.99 * (44 / 12);
    expect(Math.abs(fromCoalKg / hourly - 1)).toBeLessThan(0.02);
  });
});
