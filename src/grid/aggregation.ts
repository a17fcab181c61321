/** Intensities over windows (hour, day, month, year) as mass sums over energy sums; a mean of intensities is never formed. */
import { statusOfShare } from './publication.ts';
import { type TracedSeries, type TracingSettings, ZONE_STATUS } from './tracingSeries.ts';

/** A consumption this far below zero is rounding of meters (one watt-hour), further below it is not consumption. */
const LEAST_CONSUMED_MWH = -1e-6;

/** Results of one family over windows, each windows x zones (kg/MWh), NaN where not given. */
export interface FamilyWindows {
  readonly name: string;
  readonly consumptionKgPerMwh: Float64Array;
  /** Known mass consumed in the window (kg). */
  readonly knownConsumedKg: Float64Array;
  readonly lowerKgPerMwh: Float64Array;
  readonly upperKgPerMwh: Float64Array;
  readonly productionKgPerMwh: Float64Array;
}

export interface WindowedSeries {
  readonly windows: number;
  readonly zoneCount: number;
  readonly families: readonly FamilyWindows[];
  /** `ZONE_STATUS` codes. */
  readonly status: Uint8Array;
  /** Share of the window's consumption whose origin is unknown (0..1). */
  readonly unknownShare: Float64Array;
  /** Energy consumed (MWh), over the steps where it is known. */
  readonly consumedMwh: Float64Array;
  /** Steps of the window whose consumption is not known; with one of them there is no value, only bounds. */
  readonly energyUnknownSteps: Int32Array;
}

/**
 * Sums traced steps into windows: `CI = sum mass / sum consumed`, with the publication rule applied to the
 * window's own share of unknown origin.
 * @param windowOfStep window number of each step, -1 for steps outside every window
 */
export function aggregateWindows(
  traced: TracedSeries,
  windowOfStep: Int32Array,
  windows: number,
): WindowedSeries {
  if (windowOfStep.length !== traced.steps) throw new RangeError('one window number per step');
  const { zoneCount } = traced;
  const column = () => new Float64Array(windows * zoneCount);
  const sums: WindowSums = {
    consumed: column(),
    unknown: column(),
    energyUnknownSteps: new Int32Array(windows * zoneCount),
  };
  eachStep(traced, windowOfStep, (cell, target) => addEnergy(traced, sums, cell, target));

  const status = new Uint8Array(windows * zoneCount);
  const unknownShare = column().fill(Number.NaN);
  for (let target = 0; target < status.length; target++) {
    const energy = sums.consumed[target]!;
    if (energy > 0) unknownShare[target] = Math.min(1, sums.unknown[target]! / energy);
    status[target] = windowStatus(sums, target, unknownShare[target]!, traced.settings);
  }
  return {
    windows,
    zoneCount,
    families: traced.families.map((_family, family) =>
      aggregateFamily(traced, family, windowOfStep, sums, status, windows),
    ),
    status,
    unknownShare,
    consumedMwh: sums.consumed,
    energyUnknownSteps: sums.energyUnknownSteps,
  };
}

interface WindowSums {
  readonly consumed: Float64Array;
  readonly unknown: Float64Array;
  readonly energyUnknownSteps: Int32Array;
}

function eachStep(
  traced: TracedSeries,
  windowOfStep: Int32Array,
  visit: (cell: number, target: number) => void,
): void {
  for (let step = 0; step < traced.steps; step++) {
    const window = windowOfStep[step]!;
    if (window < 0) continue;
    for (let zone = 0; zone < traced.zoneCount; zone++) {
      visit(step * traced.zoneCount + zone, window * traced.zoneCount + zone);
    }
  }
}

/** Energy that counts in a window, NaN where it is not known. */
function consumedOf(traced: TracedSeries, cell: number): number {
  const consumed = traced.consumedMwh[cell]!;
  if (consumed >= 0) return consumed;
  return consumed >= LEAST_CONSUMED_MWH ? 0 : Number.NaN;
}

function addEnergy(traced: TracedSeries, sums: WindowSums, cell: number, target: number): void {
  const consumed = consumedOf(traced, cell);
  if (Number.isNaN(consumed)) sums.energyUnknownSteps[target]!++;
  else if (consumed > 0) {
    sums.consumed[target]! += consumed;
    sums.unknown[target]! += consumed * traced.unknownShare[cell]!;
  }
}

function windowStatus(
  sums: WindowSums,
  target: number,
  unknownShare: number,
  settings: TracingSettings,
): number {
  if (sums.energyUnknownSteps[target]! > 0) return ZONE_STATUS.direct_unknown;
  if (sums.consumed[target]! === 0) return ZONE_STATUS.no_supply;
  return unknownShare === 1 ? ZONE_STATUS.unknown_share : statusOfShare(unknownShare, settings);
}

function aggregateFamily(
  traced: TracedSeries,
  family: number,
  windowOfStep: Int32Array,
  sums: WindowSums,
  status: Uint8Array,
  windows: number,
): FamilyWindows {
  const source = traced.families[family]!;
  const column = (value: number) => new Float64Array(windows * traced.zoneCount).fill(value);
  const result = {
    name: source.name,
    consumptionKgPerMwh: column(Number.NaN),
    knownConsumedKg: column(0),
    lowerKgPerMwh: column(0),
    upperKgPerMwh: column(0),
    productionKgPerMwh: column(Number.NaN),
  };
  const production = { mass: column(0), energy: column(0), unknown: column(0) };
  const extreme = {
    lower: column(Number.POSITIVE_INFINITY),
    upper: column(Number.NEGATIVE_INFINITY),
  };
  eachStep(traced, windowOfStep, (cell, target) => {
    const consumed = consumedOf(traced, cell);
    if (consumed > 0) {
      result.knownConsumedKg[target]! += consumed * source.knownKgPerMwh[cell]!;
      result.lowerKgPerMwh[target]! += consumed * source.lowerKgPerMwh[cell]!;
      result.upperKgPerMwh[target]! += consumed * source.upperKgPerMwh[cell]!;
    }
    if (consumed !== 0) {
      extreme.lower[target] = Math.min(extreme.lower[target]!, source.lowerKgPerMwh[cell]!);
      extreme.upper[target] = Math.max(extreme.upper[target]!, source.upperKgPerMwh[cell]!);
    }
    production.mass[target]! += source.producedKg[cell]!;
    production.energy[target]! += traced.productionMwh[cell]!;
    production.unknown[target]! += traced.unknownProductionMwh[cell]!;
  });

  for (let target = 0; target < status.length; target++) {
    const energy = sums.consumed[target]!;
    const unweighted = status[target] === ZONE_STATUS.direct_unknown;
    // Without the weights of all steps the mean still lies between the extremes of the steps.
    result.lowerKgPerMwh[target] = unweighted
      ? extreme.lower[target]!
      : result.lowerKgPerMwh[target]! / energy;
    result.upperKgPerMwh[target] = unweighted
      ? extreme.upper[target]!
      : result.upperKgPerMwh[target]! / energy;
    if (status[target] === ZONE_STATUS.value || status[target] === ZONE_STATUS.estimated) {
      result.consumptionKgPerMwh[target] = result.knownConsumedKg[target]! / (energy - sums.unknown[target]!);
    }
    const share = production.unknown[target]! / production.energy[target]!;
    const published = statusOfShare(share, traced.settings) !== ZONE_STATUS.unknown_share && share < 1;
    if (published) {
      result.productionKgPerMwh[target] =
        production.mass[target]! / (production.energy[target]! - production.unknown[target]!);
    }
  }
  return result;
}
