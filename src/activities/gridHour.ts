/** One hour of grid readings, traced: its answer as rows of `grid_intensity`, one a zone and family. Pure. */
import { modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { aggregateWindows } from '../grid/aggregation.ts';
import { traceSeries } from '../grid/flowTracing.ts';
import { connectedComponents } from '../grid/topology.ts';
import { type TracingSettings, ZONE_STATUS, type ZoneStatus, zoneStatus } from '../grid/tracingSeries.ts';
import type { Gaps } from './gridExpectation.ts';
import type { HourInputs } from './gridInputs.ts';
import { type GridFamily, gridOf, type HourGrid, seriesOf } from './gridModel.ts';
import type { HourNotes } from './gridSeries.ts';
import type { Origin } from './lineage.ts';

export const DEFAULT_FAMILIES: readonly GridFamily[] = [
  { name: 'mode_direct', factorSet: 'electricitymaps-b354f28-direct' },
  { name: 'mode_lifecycle', factorSet: 'electricitymaps-b354f28-lifecycle' },
];

/** One zone and family of an hour, as `grid_intensity` keeps it; null is unknown. */
export interface IntensityRow {
  readonly zone: string;
  readonly family: string;
  readonly production_mwh: number | null;
  readonly production_co2_kg: number | null;
  readonly production_intensity_kg_per_mwh: number | null;
  readonly consumption_mwh: number | null;
  readonly consumption_co2_kg: number | null;
  readonly consumption_intensity_kg_per_mwh: number | null;
  readonly unknown_share: number | null;
  readonly lower_kg_per_mwh: number | null;
  readonly upper_kg_per_mwh: number | null;
  readonly is_estimated: boolean;
  readonly reason: '' | ZoneStatus;
  readonly origin: Origin;
}

export interface TracedHour {
  readonly rows: readonly IntensityRow[];
  readonly stepS: number;
  readonly notes: HourNotes;
  /** Largest relative error of the conservation check. */
  readonly conservationError: number;
  /** Worst of all readings. */
  readonly origin: Origin;
}

/** Families whose factors are in use at an hour, by the civil day on which it starts in Shanghai (UTC+8, no DST). */
export function familiesAt(families: readonly GridFamily[], hourMs: number): GridFamily[] {
  const day = new Date(hourMs + 8 * 3_600_000).toISOString().slice(0, 10);
  return families.filter(({ factorSet }) => {
    const { effectiveFrom, effectiveTo } = modeFactors(factorSet);
    return effectiveFrom <= day && (effectiveTo === undefined || day <= effectiveTo);
  });
}

/**
 * Traces one hour. The rows are sorted by family as given and by zone.
 * @throws Refusal, ConservationError and BoundsError of the engine: nothing of the hour is published then
 */
export function traceHour(
  inputs: HourInputs,
  gaps: Gaps,
  families: readonly GridFamily[],
  settings: TracingSettings,
): TracedHour {
  const notes: HourNotes = { unusable: 0, resampled: 0, corrected: 0, disputed: 0 };
  const grid = gridOf(inputs, gaps, notes);
  const series = seriesOf(grid, families);
  const traced = traceSeries(grid.topology, series, settings);
  const windows = aggregateWindows(traced, new Int32Array(series.steps), 1);
  const origins = originsOf(grid);
  const rows = families.flatMap((family, at) =>
    grid.topology.zoneIds.map((zone, index): IntensityRow => {
      const one = series.steps === 1;
      const result = traced.families[at]!;
      const hour = windows.families[at]!;
      const code = one ? traced.status[index]! : windows.status[index]!;
      const known = code === ZONE_STATUS.value || code === ZONE_STATUS.estimated;
      const energyKnown = windows.energyUnknownSteps[index] === 0;
      const consumedMwh = energyKnown ? windows.consumedMwh[index]! : Number.NaN;
      const intensity = (one ? result.consumptionKgPerMwh : hour.consumptionKgPerMwh)[index]!;
      return {
        zone,
        family: family.name,
        production_mwh: orNull(sumSteps(traced.productionMwh, index, grid)),
        production_co2_kg: orNull(sumSteps(result.producedKg, index, grid)),
        production_intensity_kg_per_mwh: orNull(hour.productionKgPerMwh[index]!),
        consumption_mwh: orNull(consumedMwh),
        consumption_co2_kg: orNull(consumedMwh * intensity),
        consumption_intensity_kg_per_mwh: orNull(intensity),
        unknown_share: orNull((one ? traced : windows).unknownShare[index]!),
        lower_kg_per_mwh: orNull((one ? result : hour).lowerKgPerMwh[index]!),
        upper_kg_per_mwh: orNull((one ? result : hour).upperKgPerMwh[index]!),
        is_estimated: code === ZONE_STATUS.estimated || sumSteps(traced.productionEstimated, index, grid) > 0,
        reason: known ? '' : zoneStatus(code),
        origin: origins[index]!,
      };
    }),
  );
  return {
    rows,
    stepS: grid.stepS,
    notes,
    conservationError: Math.max(0, ...traced.conservationError),
    origin: worst(new Set(origins)),
  };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

function sumSteps(values: ArrayLike<number>, zone: number, { topology, steps }: HourGrid): number {
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += values[step * topology.zoneIds.length + zone]!;
  return sum;
}

/** Of each zone: the worst quality of any reading in its connected component, since all of them bear on it. */
function originsOf({ topology, generation, exchange, load }: HourGrid): Origin[] {
  const component = connectedComponents(topology);
  const indexOf = new Map(topology.zoneIds.map((zone, index) => [zone, index]));
  const qualities = new Map<number, Set<string>>();
  for (const column of [...generation, ...exchange, ...load]) {
    const zone = column.identity.find((name) => indexOf.has(name));
    if (zone === undefined) continue;
    const at = component[indexOf.get(zone)!]!;
    const known = qualities.get(at) ?? new Set();
    for (const quality of column.qualities) known.add(quality);
    qualities.set(at, known);
  }
  return topology.zoneIds.map((_zone, index) => worst(qualities.get(component[index]!) ?? new Set()));
}

function worst(qualities: ReadonlySet<string>): Origin {
  if (qualities.has('simulated')) return 'simulated';
  return [...qualities].every((quality) => quality === 'measured') ? 'measured' : 'estimated';
}
