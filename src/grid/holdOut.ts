/** Scores of estimators: known values are held out one by one, estimated from the rest, and compared. */
import { estimateStep, HISTORY_ESTIMATORS, type HistoryEstimator } from './estimators.ts';
import { createTracer } from './flowTracing.ts';
import type { GridTopology } from './topology.ts';
import { type TracedSeries, type TracingSeries, ZONE_STATUS } from './tracingSeries.ts';

export type Estimator = HistoryEstimator | 'BALANCE' | 'KNOWN_SHARE';

export interface EstimatorScore {
  readonly estimator: Estimator;
  /** `production`: of a zone (MWh). `intensity`: of its consumption (kg/MWh). */
  readonly quantity: 'production' | 'intensity';
  /** Values that were held out, and those of them that the estimator could say something about. */
  readonly heldOut: number;
  readonly estimated: number;
  /** Sum of absolute errors over the sum of values (WAPE), and of errors (bias); null where nothing was estimated. */
  readonly absoluteError: number | null;
  readonly bias: number | null;
}

/** Every so-many-th value is held out: enough for a score, and few enough to be traced anew one by one. */
const EVERY = 7;

/**
 * Scores the estimators of production and of intensity on a series. For production each held-out meter is estimated by
 * balance and by history. For intensity a part of a zone's production is said to be of unknown origin, so that its value
 * is estimated; the value of full information is the truth.
 */
export function scoreEstimators(
  topology: GridTopology,
  series: TracingSeries,
  stepsPerDay: number,
): EstimatorScore[] {
  const truth = createTracer(topology, series.families.length).trace(series);
  return [
    ...scoreProduction(topology, series, stepsPerDay),
    ...scoreIntensity(topology, series, truth, stepsPerDay),
  ];
}

interface Tally {
  heldOut: number;
  estimated: number;
  truth: number;
  absolute: number;
  signed: number;
}

const newTally = (): Tally => ({ heldOut: 0, estimated: 0, truth: 0, absolute: 0, signed: 0 });

function compare(tally: Tally, truth: number, estimate: number): void {
  tally.heldOut++;
  if (Number.isNaN(estimate)) return;
  tally.estimated++;
  tally.truth += truth;
  tally.absolute += Math.abs(estimate - truth);
  tally.signed += estimate - truth;
}

const scoreOf = (
  estimator: Estimator,
  quantity: EstimatorScore['quantity'],
  tally: Tally,
): EstimatorScore => ({
  estimator,
  quantity,
  heldOut: tally.heldOut,
  estimated: tally.estimated,
  absoluteError: tally.truth > 0 ? tally.absolute / tally.truth : null,
  bias: tally.truth > 0 ? tally.signed / tally.truth : null,
});

function scoreProduction(
  topology: GridTopology,
  series: TracingSeries,
  stepsPerDay: number,
): EstimatorScore[] {
  const zones = topology.zoneIds.length;
  const tallies = new Map<Estimator, Tally>(
    (['BALANCE', ...HISTORY_ESTIMATORS] as const).map((name) => [name, newTally()]),
  );
  for (let cell = 0; cell < series.productionMwh.length; cell += EVERY) {
    const truth = series.productionMwh[cell]!;
    if (Number.isNaN(truth)) continue;
    const step = Math.floor(cell / zones);
    const column = cell % zones;
    compare(tallies.get('BALANCE')!, truth, balanceOf(topology, series, step, column));
    for (const name of HISTORY_ESTIMATORS) {
      const shape = { stepsPerDay, stride: zones, column };
      compare(tallies.get(name)!, truth, estimateStep(name, series.productionMwh, step, shape));
    }
  }
  return [...tallies].map(([name, tally]) => scoreOf(name, 'production', tally));
}

/** Demand less net imports, as the tracing takes it where the meter is missing; NaN where one of them is, or where it is negative. */
function balanceOf(topology: GridTopology, series: TracingSeries, step: number, zone: number): number {
  let production = series.demandMwh?.[step * topology.zoneIds.length + zone] ?? Number.NaN;
  topology.exchanges.forEach(({ from, to }, exchange) => {
    const flow = series.flowMwh[step * topology.exchanges.length + exchange]!;
    if (from === zone) production += flow;
    if (to === zone) production -= flow;
  });
  return production < 0 ? Number.NaN : production;
}

/** The part of a production that is held out: enough to be estimated, little enough to be published. */
const HIDDEN_SHARE = 0.1;

function scoreIntensity(
  topology: GridTopology,
  series: TracingSeries,
  truth: TracedSeries,
  stepsPerDay: number,
): EstimatorScore[] {
  const zones = topology.zoneIds.length;
  const values = truth.families[0]!.consumptionKgPerMwh;
  const names: readonly Estimator[] = ['KNOWN_SHARE', ...HISTORY_ESTIMATORS];
  const tallies = new Map(names.map((name) => [name, newTally()]));
  const tracer = createTracer(topology, 1);
  for (let cell = 0; cell < values.length; cell += EVERY) {
    const value = values[cell]!;
    const step = Math.floor(cell / zones);
    const column = cell % zones;
    if (truth.status[cell] !== ZONE_STATUS.value || !(series.productionMwh[cell]! > 0)) continue;
    const hidden = hideProduction(series, step, zones, topology.exchanges.length, column);
    compare(
      tallies.get('KNOWN_SHARE')!,
      value,
      tracer.trace(hidden).families[0]!.consumptionKgPerMwh[column]!,
    );
    for (const name of HISTORY_ESTIMATORS)
      compare(
        tallies.get(name)!,
        value,
        estimateStep(name, values, step, { stepsPerDay, stride: zones, column }),
      );
  }
  return names.map((name) => scoreOf(name, 'intensity', tallies.get(name)!));
}

/**
 * One step in which the largest emitter among the zone's sources is hidden in part: its mass is taken out, so that the
 * known part is unlike the whole, which is the case that an estimator has to stand.
 */
function hideProduction(
  series: TracingSeries,
  step: number,
  zones: number,
  exchanges: number,
  column: number,
): TracingSeries {
  const row = (values: Float64Array, width: number) => values.slice(step * width, (step + 1) * width);
  const productionMwh = row(series.productionMwh, zones);
  const producedKg = row(series.families[0]!.producedKg, zones);
  const unknownProductionMwh = new Float64Array(zones);
  const unknown = productionMwh[column]! * HIDDEN_SHARE;
  unknownProductionMwh[column] = unknown;
  const { sourceRange } = series.families[0]!;
  const highest = sourceRange?.maxKgPerMwh ?? producedKg[column]! / productionMwh[column]!;
  producedKg[column] = Math.max(0, producedKg[column]! - unknown * highest);
  return {
    steps: 1,
    stepHours: series.stepHours,
    productionMwh,
    unknownProductionMwh,
    flowMwh: row(series.flowMwh, exchanges),
    families: [{ name: series.families[0]!.name, producedKg }],
  };
}
