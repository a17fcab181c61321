/** The readings of one hour as the engine takes them: zones, exchanges with capacities, energies and masses. Pure. */
import { modeFactors, productionMode } from '../../schemas/reference/fuelFactors.ts';
import { sourceRangeOf } from '../grid/modeMass.ts';
import { type Exchange, type GridTopology, OUTSIDE } from '../grid/topology.ts';
import type { TracingSeries } from '../grid/tracingSeries.ts';
import type { Gaps } from './gridExpectation.ts';
import type { GridReading, HourInputs } from './gridInputs.ts';
import {
  type Cell,
  type Column,
  columnsOf,
  commonStepS,
  compare,
  type HourNotes,
  isUsable,
} from './gridSeries.ts';

/** A factor family under the name that it has in results, with the set of factors behind it. */
export interface GridFamily {
  readonly name: string;
  /** Id in `schemas/reference/fuelFactors.ts`. */
  readonly factorSet: string;
}

export interface HourGrid {
  readonly topology: GridTopology;
  readonly stepS: number;
  readonly steps: number;
  readonly generation: readonly Column[];
  readonly exchange: readonly Column[];
  readonly load: readonly Column[];
}

/** Zones are all that generate or report a load; whatever else is named by an exchange lies outside the model. */
export function gridOf({ readings }: HourInputs, gaps: Gaps, notes: HourNotes): HourGrid {
  const { grid_generation, grid_exchange, grid_load } = readings;
  const all = [...grid_generation, ...grid_exchange, ...grid_load];
  const usable = all.filter(isUsable);
  notes.unusable = all.length - usable.length;
  const stepS = commonStepS(usable);
  const steps = 3_600 / stepS;
  const empty = (identity: readonly string[]): Column => ({
    identity,
    energyMwh: new Float64Array(steps).fill(Number.NaN),
    qualities: new Set(),
  });
  const generation = [
    ...columnsOf(
      grid_generation.filter(isUsable).map((reading) => generationCell(reading, notes)),
      stepS,
      notes,
    ),
    ...gaps.generation.map(empty),
  ];
  const exchange = columnsOf(grid_exchange.filter(isUsable).map(exchangeCell), stepS, notes);
  const load = columnsOf(grid_load.filter(isUsable).map(loadCell), stepS, notes);
  const zoneIds = [...new Set([...generation, ...load].map(({ identity }) => identity[0]!))].sort(compare);
  const capacities = capacitiesOf(grid_exchange, gaps);
  const flows = [...exchange, ...gaps.exchange.map(([from, to]) => empty(sortedPair(from, to)))];
  const indexOf = new Map(zoneIds.map((zone, index) => [zone, index]));
  const kept = flows.filter(({ identity }) => identity.some((zone) => indexOf.has(zone)));
  const exchanges = kept.map(
    ({ identity }): Exchange => ({
      from: indexOf.get(identity[0]!) ?? OUTSIDE,
      to: indexOf.get(identity[1]!) ?? OUTSIDE,
      capacityMw: capacities.get(identity.join('\t')) ?? Number.NaN,
    }),
  );
  return { topology: { zoneIds, exchanges }, stepS, steps, generation, exchange: kept, load };
}

function generationCell(reading: GridReading, notes: HourNotes): Cell {
  const [energyMwh, meanPowerMw] = reading.values;
  const known = energyMwh ?? (meanPowerMw == null ? Number.NaN : (meanPowerMw * reading.durationS) / 3_600);
  if (known < 0) notes.corrected++;
  return { reading, identity: reading.identity, energyMwh: known < 0 ? Number.NaN : known };
}

/** A flow from the zone that sorts first to the other, whichever way it was reported. */
function exchangeCell(reading: GridReading): Cell {
  const [from, to] = reading.identity as [string, string];
  const energyMwh = reading.values[0] ?? Number.NaN;
  return { reading, identity: sortedPair(from, to), energyMwh: from < to ? energyMwh : 0 - energyMwh };
}

const loadCell = (reading: GridReading): Cell => ({
  reading,
  identity: reading.identity,
  energyMwh: reading.values[0] ?? Number.NaN,
});

const sortedPair = (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a]);

function capacitiesOf(readings: readonly GridReading[], gaps: Gaps): Map<string, number> {
  const reported = [
    ...gaps.exchange,
    ...readings.map(({ identity: [from, to], values }) => [from!, to!, values[1] ?? null] as const),
  ];
  const capacities = new Map<string, number>();
  for (const [from, to, capacityMw] of reported) {
    const key = sortedPair(from, to).join('\t');
    if (capacityMw !== null) capacities.set(key, Math.max(capacityMw, capacities.get(key) ?? 0));
  }
  return capacities;
}

/**
 * Energies and masses of the hour (MWh, kg), NaN where unknown. Charging of storage is consumption and no production;
 * what is discharged is supply of unknown origin, since no stock is carried from hour to hour.
 */
export function seriesOf(grid: HourGrid, families: readonly GridFamily[]): TracingSeries {
  const { topology, steps, stepS, generation, load, exchange } = grid;
  const zones = topology.zoneIds.length;
  const cells = () => new Float64Array(steps * zones).fill(Number.NaN);
  const productionMwh = cells();
  const unknownProductionMwh = cells().fill(0);
  const demandMwh = cells();
  const factors = families.map(({ factorSet }) => modeFactors(factorSet));
  const masses = families.map(cells);
  const modesOf = Map.groupBy(generation, ({ identity }) => identity[0]);
  const loadOf = new Map(load.map((column) => [column.identity[0], column]));
  topology.zoneIds.forEach((zone, index) => {
    for (let step = 0; step < steps; step++) {
      const cell = step * zones + index;
      demandMwh[cell] = loadOf.get(zone)?.energyMwh[step] ?? Number.NaN;
      const modes = modesOf.get(zone)?.filter(({ identity }) => !identity[1]!.endsWith('_charge'));
      if (modes === undefined || modes.length === 0) continue;
      const { production, unknown, kg } = sumModes(modes, step, factors);
      productionMwh[cell] = production;
      unknownProductionMwh[cell] = unknown;
      masses.forEach((mass, family) => {
        mass[cell] = kg[family]!;
      });
    }
  });
  const flowMwh = new Float64Array(steps * exchange.length);
  exchange.forEach(({ energyMwh }, at) => {
    for (let step = 0; step < steps; step++) flowMwh[step * exchange.length + at] = energyMwh[step]!;
  });
  return {
    steps,
    stepHours: stepS / 3_600,
    productionMwh,
    unknownProductionMwh,
    demandMwh,
    flowMwh,
    families: families.map(({ name }, family) => ({
      name,
      producedKg: masses[family]!,
      sourceRange: sourceRangeOf(factors[family]!),
    })),
  };
}

/** One mode of unknown energy makes the zone's production and masses unknown. */
function sumModes(
  modes: readonly Column[],
  step: number,
  factors: readonly ReturnType<typeof modeFactors>[],
): { production: number; unknown: number; kg: number[] } {
  let production = 0;
  let unknown = 0;
  const kg = factors.map(() => 0);
  for (const { identity, energyMwh } of modes) {
    const energy = energyMwh[step]!;
    production += energy;
    const mode = productionMode.safeParse(identity[1]);
    if (!mode.success) unknown += energy;
    else
      factors.forEach(({ intensityKgPerMwh }, family) => {
        kg[family]! += energy * intensityKgPerMwh[mode.data];
      });
  }
  return Number.isNaN(production) ? { production, unknown: 0, kg } : { production, unknown, kg };
}
