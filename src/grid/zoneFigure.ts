/** What is said of one zone, window and family; and the figure of an area as the sum over its parts. */
import type { WindowedSeries } from './aggregation.ts';
import { statusOfShare } from './publication.ts';
import { type TracedSeries, type TracingSettings, ZONE_STATUS } from './tracingSeries.ts';

/** Energies in MWh, masses in kg, intensities in kg/MWh; NaN where not known or not given. */
export interface ZoneFigure {
  /** `ZONE_STATUS` code. */
  readonly status: number;
  readonly unknownShare: number;
  readonly consumedMwh: number;
  /** Mass of known origin in what was consumed. */
  readonly knownConsumedKg: number;
  readonly consumptionKgPerMwh: number;
  readonly lowerKgPerMwh: number;
  readonly upperKgPerMwh: number;
  readonly productionMwh: number;
  readonly unknownProductionMwh: number;
  readonly producedKg: number;
  readonly productionKgPerMwh: number;
  /** Production + imports - exports - reported demand. */
  readonly balanceResidualMwh: number;
  /** Whether production is the estimate `BALANCE` in any step. */
  readonly productionEstimated: boolean;
}

/** Steps of a trace and their sums over windows of equal length. */
export interface TracedWindows {
  readonly traced: TracedSeries;
  readonly windowed: WindowedSeries;
  readonly stepsPerWindow: number;
}

/** The figure of a traced zone in a window. A window of one step says what the step says, its reason included. */
export function zoneFigure(
  { traced, windowed, stepsPerWindow }: TracedWindows,
  window: number,
  zone: number,
  family: number,
): ZoneFigure {
  const cell = window * traced.zoneCount + zone;
  const single = stepsPerWindow === 1;
  const hour = windowed.families[family]!;
  const step = traced.families[family]!;
  const values = single ? step : hour;
  const sum = (column: ArrayLike<number>): number => {
    let total = 0;
    for (let at = window * stepsPerWindow; at < (window + 1) * stepsPerWindow; at++)
      total += column[at * traced.zoneCount + zone]!;
    return total;
  };
  const energyKnown = windowed.energyUnknownSteps[cell] === 0;
  return {
    status: (single ? traced : windowed).status[cell]!,
    unknownShare: (single ? traced : windowed).unknownShare[cell]!,
    consumedMwh: energyKnown ? windowed.consumedMwh[cell]! : Number.NaN,
    knownConsumedKg: energyKnown ? hour.knownConsumedKg[cell]! : Number.NaN,
    consumptionKgPerMwh: values.consumptionKgPerMwh[cell]!,
    lowerKgPerMwh: values.lowerKgPerMwh[cell]!,
    upperKgPerMwh: values.upperKgPerMwh[cell]!,
    productionMwh: sum(traced.productionMwh),
    unknownProductionMwh: sum(traced.unknownProductionMwh),
    producedKg: sum(step.producedKg),
    productionKgPerMwh: hour.productionKgPerMwh[cell]!,
    balanceResidualMwh: sum(traced.balanceResidualMwh),
    productionEstimated: sum(traced.productionEstimated) > 0,
  };
}

/**
 * The figure of an area from those of its parts: energies and masses are added, intensities follow from the sums, with
 * the publication rule applied to the area's own unknown share. A part whose energy is unknown leaves bounds only.
 */
export function sumFigures(parts: readonly ZoneFigure[], settings: TracingSettings): ZoneFigure {
  const sum = (value: (part: ZoneFigure) => number) => parts.reduce((total, part) => total + value(part), 0);
  // A part without supply consumes nothing: it has no share, and adds nothing.
  const weighted = (part: ZoneFigure, value: number) =>
    part.consumedMwh === 0 ? 0 : part.consumedMwh * value;
  const consumedMwh = sum((part) => part.consumedMwh);
  const unknownMwh = sum((part) => weighted(part, part.unknownShare));
  const knownConsumedKg = sum((part) => part.knownConsumedKg);
  const unknownShare = consumedMwh > 0 ? Math.min(1, unknownMwh / consumedMwh) : Number.NaN;
  const status = statusOf(consumedMwh, unknownShare, settings);
  const given = status === ZONE_STATUS.value || status === ZONE_STATUS.estimated;
  const productionMwh = sum((part) => part.productionMwh);
  const unknownProductionMwh = sum((part) => part.unknownProductionMwh);
  const producedKg = sum((part) => part.producedKg);
  return {
    status,
    unknownShare,
    consumedMwh,
    knownConsumedKg,
    consumptionKgPerMwh: given ? knownConsumedKg / (consumedMwh - unknownMwh) : Number.NaN,
    ...boundsOf(parts, consumedMwh, weighted),
    productionMwh,
    unknownProductionMwh,
    producedKg,
    productionKgPerMwh: productionIntensity(producedKg, productionMwh, unknownProductionMwh, settings),
    balanceResidualMwh: sum((part) => part.balanceResidualMwh),
    productionEstimated: parts.some((part) => part.productionEstimated),
  };
}

function statusOf(consumedMwh: number, unknownShare: number, settings: TracingSettings): number {
  if (Number.isNaN(consumedMwh)) return ZONE_STATUS.direct_unknown;
  if (consumedMwh === 0) return ZONE_STATUS.no_supply;
  return unknownShare === 1 ? ZONE_STATUS.unknown_share : statusOfShare(unknownShare, settings);
}

/** Weighted by energy; where a weight is unknown the mean still lies between the extremes of the parts. */
function boundsOf(
  parts: readonly ZoneFigure[],
  consumedMwh: number,
  weighted: (part: ZoneFigure, value: number) => number,
): Pick<ZoneFigure, 'lowerKgPerMwh' | 'upperKgPerMwh'> {
  if (Number.isNaN(consumedMwh)) {
    const supplied = parts.filter((part) => part.consumedMwh !== 0);
    return {
      lowerKgPerMwh: Math.min(...supplied.map((part) => part.lowerKgPerMwh)),
      upperKgPerMwh: Math.max(...supplied.map((part) => part.upperKgPerMwh)),
    };
  }
  const mean = (value: (part: ZoneFigure) => number) =>
    parts.reduce((total, part) => total + weighted(part, value(part)), 0) / consumedMwh;
  return {
    lowerKgPerMwh: mean((part) => part.lowerKgPerMwh),
    upperKgPerMwh: mean((part) => part.upperKgPerMwh),
  };
}

function productionIntensity(
  producedKg: number,
  productionMwh: number,
  unknownMwh: number,
  settings: TracingSettings,
): number {
  const share = unknownMwh / productionMwh;
  const published = share < 1 && statusOfShare(share, settings) !== ZONE_STATUS.unknown_share;
  return published ? producedKg / (productionMwh - unknownMwh) : Number.NaN;
}
