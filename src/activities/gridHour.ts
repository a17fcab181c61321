/** One hour of grid readings, traced: its answer as rows of `grid_intensity` and `grid_mix`, and the stocks it leaves. Pure. */
import { modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { aggregateWindows } from '../grid/aggregation.ts';
import { traceSeries } from '../grid/flowTracing.ts';
import type { TracedSeries, TracingSettings } from '../grid/tracingSeries.ts';
import type { Gaps } from './gridExpectation.ts';
import type { HourInputs } from './gridInputs.ts';
import { type MixRow, mixOf } from './gridMix.ts';
import {
  type GridFamily,
  gridOf,
  type HourGrid,
  type ModelRules,
  type QuarantinedReading,
} from './gridModel.ts';
import type { NoteCounts } from './gridNotes.ts';
import {
  flagResampled,
  type GridOrigin,
  type IntensityRow,
  nativeSteps,
  originsOf,
  type RowContext,
  rowsOf,
  type WindowSet,
  worstOrigin,
} from './gridRows.ts';
import { compare } from './gridSeries.ts';
import { recordOf, type StockRecord, stockKey } from './gridStocks.ts';
import { type HourSeries, seriesOf } from './gridTracingSeries.ts';

export const DEFAULT_FAMILIES: readonly GridFamily[] = [
  { name: 'mode_direct', factorSet: 'electricitymaps-b354f28-direct' },
  { name: 'mode_lifecycle', factorSet: 'electricitymaps-b354f28-lifecycle' },
];

/** What an hour follows from beside its readings. */
export interface HourRules {
  readonly families: readonly GridFamily[];
  readonly settings: TracingSettings;
  readonly gaps: Gaps;
  readonly opening: readonly StockRecord[];
  readonly model?: ModelRules;
}

export interface TracedHour {
  /** Hours, then quarters of an hour, each sorted by start, family as given, and zone. */
  readonly rows: readonly IntensityRow[];
  readonly mixes: readonly MixRow[];
  readonly closing: readonly StockRecord[];
  readonly quarantined: readonly QuarantinedReading[];
  readonly stepS: number;
  readonly notes: NoteCounts;
  /** Largest relative error of the conservation check. */
  readonly conservationError: number;
  /** Worst of all readings. */
  readonly origin: GridOrigin;
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
 * Traces one hour at the finest step of its readings and tells it by the hour and, where readings are that fine, by 15
 * minutes.
 * @throws Refusal, ConservationError and BoundsError of the engine: nothing of the hour is published then
 */
export function traceHour(
  inputs: HourInputs,
  { families, settings, gaps, opening, model }: HourRules,
): TracedHour {
  const grid = gridOf(inputs, gaps, model);
  const hourSeries = seriesOf(grid, families, opening);
  const { series } = hourSeries;
  const traced = traceSeries(grid.topology, series, settings);
  flagResampled(grid);
  flagAssumedStocks(grid, traced);
  const origins = originsOf(grid);
  const context: RowContext = { hourMs: inputs.hourMs, grid, series, families, settings, origins };
  const sets = windowSets(grid, traced);
  const told = sets.map((set) => ({ set, rows: rowsOf(context, set) }));
  const traces = { origins: hourSeries.origins, firstOrigin: families.length };
  return {
    rows: told.flatMap(({ rows }) => rows),
    mixes: told.flatMap(({ set, rows }) =>
      mixOf(
        grid,
        set,
        rows.filter(({ family }) => family === families[0]?.name),
        traces,
      ),
    ),
    closing: closingOf(hourSeries, traced, families),
    quarantined: grid.quarantined,
    stepS: grid.stepS,
    notes: grid.notes.counts,
    conservationError: Math.max(0, ...traced.conservationError),
    origin: worstOrigin(origins.values()),
  };
}

const QUARTER_S = 900;

function windowSets(grid: HourGrid, traced: TracedSeries): WindowSet[] {
  const setOf = (durationS: number, nodes: readonly string[]): WindowSet => {
    const stepsPerWindow = durationS / grid.stepS;
    const windowOfStep = Int32Array.from({ length: grid.steps }, (_step, at) =>
      Math.floor(at / stepsPerWindow),
    );
    const windowed = aggregateWindows(traced, windowOfStep, grid.steps / stepsPerWindow);
    return { durationS, windows: { traced, windowed, stepsPerWindow }, nodes };
  };
  const native = nativeSteps(grid);
  const fine = grid.topology.zoneIds.filter((_zone, index) => QUARTER_S % native[index]! === 0);
  const hour = setOf(3_600, grid.topology.zoneIds);
  return fine.length > 0 && QUARTER_S % grid.stepS === 0 ? [hour, setOf(QUARTER_S, fine)] : [hour];
}

function flagAssumedStocks({ topology, notes, steps }: HourGrid, { stockAssumed }: TracedSeries): void {
  const assumed = topology.zoneIds.filter((_zone, index) => {
    for (let step = 0; step < steps; step++)
      if (stockAssumed[step * topology.zoneIds.length + index] === 1) return true;
    return false;
  });
  notes.flag(assumed, 'assumed_stock');
}

function closingOf(
  { stocks, resting }: HourSeries,
  { closingStocks }: TracedSeries,
  families: readonly GridFamily[],
): StockRecord[] {
  const names = families.map(({ name }) => name);
  const moved = stocks.map((each, at) => recordOf(each, closingStocks[at]!, names));
  return [...moved, ...resting].sort((a, b) => compare(stockKey(a), stockKey(b)));
}
