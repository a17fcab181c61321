/** What of a solved step may be said: value, value with bounds, or unknown with its reason (grid.md §4). */
import type { StepState } from './stepState.ts';
import {
  type FamilySeries,
  type TracedSeries,
  type TracingSeries,
  type TracingSettings,
  ZONE_STATUS,
} from './tracingSeries.ts';

/** Room for rounding when a value is compared with its own bounds. */
const BOUNDS_NOISE = 1e-9;

/** Thrown when a value lies outside its bounds: the range stated for the family's sources is wrong. */
export class BoundsError extends Error {
  constructor(family: string, zoneId: string, step: number, value: number, lower: number, upper: number) {
    super(`${family}, zone ${zoneId}, step ${step}: ${value} lies outside [${lower}, ${upper}]`);
    this.name = 'BoundsError';
  }
}

/** The publication rule for one share of unknown origin. */
export function statusOfShare(unknownShare: number, settings: TracingSettings): number {
  if (unknownShare <= settings.knownUpToShare) return ZONE_STATUS.value;
  return unknownShare <= settings.estimatedUpToShare ? ZONE_STATUS.estimated : ZONE_STATUS.unknown_share;
}

/** Writes one step's results into the columns of `out`. Throws `BoundsError`. */
export function publishStep(state: StepState, series: TracingSeries, step: number, out: TracedSeries): void {
  for (let zone = 0; zone < state.zoneCount; zone++) {
    const cell = step * state.zoneCount + zone;
    publishEnergy(state, series, zone, cell, out);
    publishProduction(state, series, zone, cell, out);
    if (state.inSolve[zone] === 1) publishSolved(state, series, step, zone, out);
    else publishUnsolved(state, series, zone, cell, out);
  }
}

function publishEnergy(
  state: StepState,
  series: TracingSeries,
  zone: number,
  cell: number,
  out: TracedSeries,
): void {
  const demand = series.demandMwh?.[cell] ?? Number.NaN;
  out.productionEstimated[cell] = state.productionEstimated[zone]!;
  if (state.status[zone] === ZONE_STATUS.direct_unknown || state.flowMissing[zone] === 1) {
    out.consumedMwh[cell] = demand;
    return;
  }
  const consumed = state.productionMwh[zone]! + state.importMwh[zone]! - state.exportMwh[zone]!;
  out.consumedMwh[cell] = consumed;
  out.balanceResidualMwh[cell] = consumed - demand;
}

function publishProduction(
  state: StepState,
  series: TracingSeries,
  zone: number,
  cell: number,
  out: TracedSeries,
): void {
  if (state.productionMissing[zone] === 1) return;
  const production = state.productionMwh[zone]!;
  const unknown = state.unknownProductionMwh[zone]!;
  out.productionMwh[cell] = production;
  out.unknownProductionMwh[cell] = unknown;
  for (let family = 0; family < series.families.length; family++) {
    out.families[family]!.producedKg[cell] = state.producedKg[zone * state.familyCount + family]!;
  }
  if (production === 0) return;
  if (statusOfShare(unknown / production, out.settings) === ZONE_STATUS.unknown_share) return;
  if (unknown === production) return;
  for (let family = 0; family < series.families.length; family++) {
    const mass = state.producedKg[zone * state.familyCount + family]!;
    out.families[family]!.productionKgPerMwh[cell] = mass / (production - unknown);
  }
}

function publishSolved(
  state: StepState,
  series: TracingSeries,
  step: number,
  zone: number,
  out: TracedSeries,
): void {
  const cell = step * state.zoneCount + zone;
  const first = zone * (state.familyCount + 1);
  const unknownShare = Math.min(1, state.solution[first + state.familyCount]!);
  // A share of 1 has no known part to stand for the rest, whatever the thresholds admit.
  const status = unknownShare === 1 ? ZONE_STATUS.unknown_share : statusOfShare(unknownShare, out.settings);
  out.status[cell] = status;
  out.unknownShare[cell] = unknownShare;
  for (let family = 0; family < state.familyCount; family++) {
    const known = state.solution[first + family]!;
    const source = series.families[family]!;
    const result = out.families[family]!;
    result.knownKgPerMwh[cell] = known;
    const value = known / (1 - unknownShare);
    if (source.sourceRange !== undefined) {
      const lower = known + source.sourceRange.minKgPerMwh * unknownShare;
      const upper = known + source.sourceRange.maxKgPerMwh * unknownShare;
      result.lowerKgPerMwh[cell] = lower;
      result.upperKgPerMwh[cell] = upper;
      // Above the threshold the value is not given, and 1 - q has too few digits left to be judged.
      if (status !== ZONE_STATUS.unknown_share) {
        checkWithin(source, value, lower, upper, state.topology.zoneIds[zone]!, step);
      }
    }
    if (status !== ZONE_STATUS.unknown_share) result.consumptionKgPerMwh[cell] = value;
  }
}

/** The value must lie within the bounds, and every mean of sources within the range of sources. */
function checkWithin(
  source: FamilySeries,
  value: number,
  lower: number,
  upper: number,
  zoneId: string,
  step: number,
): void {
  const { minKgPerMwh, maxKgPerMwh } = source.sourceRange!;
  const noise = BOUNDS_NOISE * maxKgPerMwh;
  const inside =
    value >= Math.max(lower, minKgPerMwh) - noise && value <= Math.min(upper, maxKgPerMwh) + noise;
  if (!inside) throw new BoundsError(source.name, zoneId, step, value, lower, upper);
}

/** A zone without solution keeps its reason; what flows from an unknown or sourceless place is unknown as a whole. */
function publishUnsolved(
  state: StepState,
  series: TracingSeries,
  zone: number,
  cell: number,
  out: TracedSeries,
): void {
  const status = state.status[zone]!;
  out.status[cell] = status;
  if (status === ZONE_STATUS.no_supply) return;
  out.unknownShare[cell] = 1;
  series.families.forEach(({ sourceRange }, family) => {
    const result = out.families[family]!;
    result.knownKgPerMwh[cell] = 0;
    if (sourceRange === undefined) return;
    result.lowerKgPerMwh[cell] = sourceRange.minKgPerMwh;
    result.upperKgPerMwh[cell] = sourceRange.maxKgPerMwh;
  });
}
