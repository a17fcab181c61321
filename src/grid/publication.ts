/** What of a solved step may be said: value, value with bounds, or unknown with its reason. */
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
  const first = step * state.zoneCount;
  for (let zone = 0; zone < state.zoneCount; zone++) {
    publishEnergy(state, series, zone, first + zone, out);
    publishShare(state, zone, first + zone, out);
  }
  for (let family = 0; family < state.familyCount; family++) {
    publishProduction(state, family, first, out);
    publishConsumption(state, series.families[family]!, family, step, out);
  }
}

function publishEnergy(
  state: StepState,
  series: TracingSeries,
  zone: number,
  cell: number,
  out: TracedSeries,
): void {
  const demand = series.demandMwh === undefined ? Number.NaN : series.demandMwh[cell]!;
  const production = state.productionMwh[zone]!;
  out.productionEstimated[cell] = state.productionEstimated[zone]!;
  out.stockAssumed[cell] = state.storage.assumed[zone]!;
  if (state.productionMissing[zone] === 0) {
    out.productionMwh[cell] = production;
    out.unknownProductionMwh[cell] = state.unknownProductionMwh[zone]!;
  }
  if (state.status[zone] === ZONE_STATUS.direct_unknown || state.flowMissing[zone] === 1) {
    out.consumedMwh[cell] = demand;
    return;
  }
  const consumed = production + state.importMwh[zone]! - state.exportMwh[zone]!;
  out.consumedMwh[cell] = consumed;
  out.balanceResidualMwh[cell] = consumed - demand;
}

/** Status and share: of a solved zone by the publication rule, else the reason; what flows from an unknown or sourceless place is unknown as a whole. */
function publishShare(state: StepState, zone: number, cell: number, out: TracedSeries): void {
  if (state.inSolve[zone] === 0) {
    const reason = state.status[zone]!;
    out.status[cell] = reason;
    if (reason !== ZONE_STATUS.no_supply) out.unknownShare[cell] = 1;
    return;
  }
  const unknownShare = Math.min(1, state.solution[zone * (state.familyCount + 1) + state.familyCount]!);
  out.unknownShare[cell] = unknownShare;
  // A share of 1 has no known part to stand for the rest, whatever the thresholds admit.
  out.status[cell] =
    unknownShare === 1 ? ZONE_STATUS.unknown_share : statusOfShare(unknownShare, out.settings);
}

function publishProduction(state: StepState, family: number, first: number, out: TracedSeries): void {
  const { producedKg, productionKgPerMwh } = out.families[family]!;
  const { productionMwh, unknownProductionMwh, productionMissing, familyCount } = state;
  for (let zone = 0; zone < state.zoneCount; zone++) {
    if (productionMissing[zone] === 1) continue;
    const mass = state.producedKg[zone * familyCount + family]!;
    producedKg[first + zone] = mass;
    const production = productionMwh[zone]!;
    const unknown = unknownProductionMwh[zone]!;
    if (unknown === production) continue;
    if (unknown > 0) {
      const status = statusOfShare(unknown / production, out.settings);
      if (status === ZONE_STATUS.unknown_share) continue;
    }
    productionKgPerMwh[first + zone] = mass / (production - unknown);
  }
}

function publishConsumption(
  state: StepState,
  source: FamilySeries,
  family: number,
  step: number,
  out: TracedSeries,
): void {
  const { consumptionKgPerMwh, knownKgPerMwh, lowerKgPerMwh, upperKgPerMwh } = out.families[family]!;
  const { unknownShare, status } = out;
  const { solution, familyCount, inSolve, zoneCount } = state;
  // Losses of storage concentrate mass: what it delivers can lie above every factor.
  const minKgPerMwh = state.storage.lowestKgPerMwh[family]!;
  const maxKgPerMwh = state.storage.highestKgPerMwh[family]!;
  const first = step * zoneCount;
  for (let zone = 0; zone < zoneCount; zone++) {
    const cell = first + zone;
    const share = unknownShare[cell]!;
    // Without supply there is neither a value nor anything that bounds could be about.
    if (Number.isNaN(share)) continue;
    const known = inSolve[zone] === 1 ? solution[zone * (familyCount + 1) + family]! : 0;
    const lower = known + minKgPerMwh * share;
    const upper = known + maxKgPerMwh * share;
    knownKgPerMwh[cell] = known;
    lowerKgPerMwh[cell] = lower;
    upperKgPerMwh[cell] = upper;
    // Above the threshold the value is not given, and 1 - q has too few digits left to be judged.
    if (status[cell]! > ZONE_STATUS.estimated) continue;
    const value = known / (1 - share);
    consumptionKgPerMwh[cell] = value;
    if (source.sourceRange !== undefined) {
      const limits = { lower, upper, minKgPerMwh, maxKgPerMwh };
      checkWithin(source.name, value, limits, state.topology.zoneIds[zone]!, step);
    }
  }
}

/** The value must lie within the bounds, and every mean of sources within the range of sources. */
function checkWithin(
  family: string,
  value: number,
  limits: Readonly<Record<'lower' | 'upper' | 'minKgPerMwh' | 'maxKgPerMwh', number>>,
  zoneId: string,
  step: number,
): void {
  const { lower, upper, minKgPerMwh, maxKgPerMwh } = limits;
  const noise = BOUNDS_NOISE * maxKgPerMwh;
  const inside =
    value >= Math.max(lower, minKgPerMwh) - noise && value <= Math.min(upper, maxKgPerMwh) + noise;
  if (!inside) throw new BoundsError(family, zoneId, step, value, lower, upper);
}
