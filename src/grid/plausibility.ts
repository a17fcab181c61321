/** Readings that cannot be: they are quarantined and count as missing, never clipped. */

/** Meters may stray, and lines and plants be run over their rating, by so much. */
const MOST_OF_CAPACITY = 1.1;

/** What is wrong with a reading, and the limit that it breaks (MWh). */
export interface Implausible {
  readonly reason: 'flow_above_capacity' | 'production_above_installed' | 'demand_not_positive';
  readonly limitMwh: number;
}

/** A net flow (MWh over `hours`) against the registered capacity (MW, NaN or null where not known). */
export function implausibleFlow(
  flowMwh: number,
  capacityMw: number | null,
  hours: number,
): Implausible | undefined {
  return above(Math.abs(flowMwh), capacityMw, hours, 'flow_above_capacity');
}

/** Production of a mode against what is installed of it in the zone. */
export function implausibleProduction(
  productionMwh: number,
  installedMw: number | null,
  hours: number,
): Implausible | undefined {
  return above(productionMwh, installedMw, hours, 'production_above_installed');
}

/** A reported demand must be above zero. */
export function implausibleDemand(demandMwh: number): Implausible | undefined {
  return demandMwh <= 0 ? { reason: 'demand_not_positive', limitMwh: 0 } : undefined;
}

function above(
  energyMwh: number,
  capacityMw: number | null,
  hours: number,
  reason: Implausible['reason'],
): Implausible | undefined {
  if (capacityMw === null) return undefined;
  const limitMwh = MOST_OF_CAPACITY * capacityMw * hours;
  return energyMwh > limitMwh ? { reason, limitMwh } : undefined;
}
