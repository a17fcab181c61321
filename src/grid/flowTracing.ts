/**
 * Flow tracing: whose production a zone consumes, and so the carbon intensity of its consumption.
 *
 * One linear system per timestamp, `x_i (P_i + sum_j I_ij) - sum_j I_ij x_j = F_i`, one factorisation for all
 * factor families and for the share of unknown origin (de Chalendar, Taggart and Benson 2019,
 * 10.1073/pnas.1912950116, eq. 1-4). The divisor is production + imports, never reported demand. Unknown supply is
 * propagated (its own right-hand side), not filled with zero. See docs/method-grid.md.
 */
import { assemble } from './assembly.ts';
import { type ConservationScratch, checkConservation, createConservationScratch } from './conservation.ts';
import { factorise, solve } from './luFactorisation.ts';
import { publishStep } from './publication.ts';
import { markReached } from './reachability.ts';
import { createStepState, resetStep, type StepState } from './stepState.ts';
import { chargeStocks, checkStocks, dischargeStocks, openStocks } from './storageRun.ts';
import { readFlows, readProduction } from './supply.ts';
import type { GridTopology } from './topology.ts';
import {
  allocateResult,
  checkShapes,
  defaultTracingSettings,
  type TracedSeries,
  type TracingSeries,
  type TracingSettings,
} from './tracingSeries.ts';

/**
 * Traces every step of a series.
 * @param series energies in MWh, masses in kg, NaN for unknown; arrays steps x zones and steps x exchanges
 * @returns intensities in kg/MWh, shares 0..1 and reasons, steps x zones
 * @throws Refusal when shapes or values cannot be right; ConservationError and BoundsError when a result cannot
 */
export function traceSeries(
  topology: GridTopology,
  series: TracingSeries,
  settings: TracingSettings = defaultTracingSettings,
): TracedSeries {
  const tracer = createTracer(topology, series.families.length);
  return tracer.trace(series, settings);
}

export interface FlowTracer {
  /** Traces a series over the tracer's topology; the plan and the scratch are reused from call to call. */
  trace(series: TracingSeries, settings?: TracingSettings): TracedSeries;
}

/** A tracer for many series over one topology (windows of a day, parts of a year). Not for concurrent use. */
export function createTracer(topology: GridTopology, familyCount: number): FlowTracer {
  const state = createStepState(topology, familyCount);
  const scratch = createConservationScratch(state);
  return {
    trace(series, settings = defaultTracingSettings) {
      checkShapes(topology, series);
      if (series.families.length !== familyCount) throw new RangeError(`made for ${familyCount} families`);
      const out = allocateResult(topology, series, settings);
      const familyNames = series.families.map(({ name }) => name);
      openStocks(state.storage, series);
      for (let step = 0; step < series.steps; step++)
        traceStep(state, scratch, series, step, familyNames, out);
      checkStocks(state.storage, series);
      return { ...out, closingStocks: [...state.storage.stocks] };
    },
  };
}

function traceStep(
  state: StepState,
  scratch: ConservationScratch,
  series: TracingSeries,
  step: number,
  familyNames: readonly string[],
  out: TracedSeries,
): void {
  solveStep(state, series, step);
  out.conservationError[step] = checkConservation(state, scratch, step, familyNames);
  publishStep(state, series, step, out);
}

/** Reads the meters of one step, sets up the system and leaves factors and solutions in `state`. */
export function solveStep(state: StepState, series: TracingSeries, step: number): void {
  resetStep(state);
  readFlows(state, series, step);
  dischargeStocks(state.storage, state, series, step);
  readProduction(state, series, step);
  markReached(state);
  assemble(state);
  factorise(state.plan, state.entries, state.surplusMwh, state.pivot, state.inSolve);
  solve(state.plan, state.entries, state.pivot, state.solution, state.familyCount + 1);
  chargeStocks(state.storage, state, series, step);
}
