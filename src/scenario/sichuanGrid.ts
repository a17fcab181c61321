/** The simulated grid hours as readings: generation, exchange and load of every prefecture. */
import type { Span } from './civilTime.ts';
import { HOUR_MS, instantText, steps } from './civilTime.ts';
import type { Reading } from './scenario.ts';
import {
  capacityMw,
  dispatchCorridors,
  dispatchHour,
  dispatchZones,
  IMPORT_ZONE,
  SCENARIO_FUELS,
} from './sichuanDispatch.ts';

const hourly = (startMs: number) => ({ start: instantText(startMs), durationS: 3600 });
const simulated = { quality: 'simulated', revision: 0 } as const;

/** `grid.generation`, MWh by prefecture and fuel, and of the plants behind the line from Shaanxi. */
export function* gridGeneration(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, HOUR_MS)) {
    const hour = dispatchHour(seed, startMs);
    for (const [at, zone] of dispatchZones.entries()) {
      for (const fuel of SCENARIO_FUELS) {
        if (capacityMw[fuel][at] === 0) continue;
        yield { zone, fuel, ...hourly(startMs), energyMwh: hour.generationMwh[fuel][at]!, ...simulated };
      }
    }
    for (const [fuel, energyMwh] of Object.entries(hour.importedMwh)) {
      yield { zone: IMPORT_ZONE, fuel, ...hourly(startMs), energyMwh, ...simulated };
    }
  }
}

/** `grid.exchange`: corridors inside, then the lines out of the province (one reading a pair of zones). */
export function* gridExchange(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, HOUR_MS)) {
    const hour = dispatchHour(seed, startMs);
    for (const [at, [fromZone, toZone]] of dispatchCorridors.entries()) {
      yield { fromZone, toZone, ...hourly(startMs), netEnergyMwh: hour.corridorMwh[at]!, ...simulated };
    }
    for (const flow of hour.outside) {
      const { from: fromZone, to: toZone, netMwh: netEnergyMwh } = flow;
      yield {
        fromZone,
        toZone,
        ...hourly(startMs),
        netEnergyMwh,
        capacityMw: flow.capacityMw,
        ...simulated,
      };
    }
  }
}

/** `grid.load`, MWh by prefecture. */
export function* gridLoad(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, HOUR_MS)) {
    const { loadMwh } = dispatchHour(seed, startMs);
    for (const [at, zone] of dispatchZones.entries()) {
      yield { zone, ...hourly(startMs), energyMwh: loadMwh[at]!, ...simulated };
    }
  }
}
