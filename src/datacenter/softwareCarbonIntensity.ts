/** Software Carbon Intensity (ISO/IEC 21031:2024): `(Σ E·I + M) / R`, in g CO2e a functional unit. */
import { Refusal } from '../../schemas/refusal.ts';

export interface SciInterval {
  /** kWh of the software itself in the interval. */
  readonly itKwh: number;
  /** PUE of the interval, by which its share of the overhead is added. */
  readonly pue: number;
  /** g CO2e/kWh of the grid by location; certificates never lower it. */
  readonly locationGPerKwh: number;
}

export interface SciHardware {
  /** Embodied g CO2e of the device. */
  readonly embodiedG: number;
  readonly reservedHours: number;
  readonly lifespanHours: number;
  /** Resources reserved / total of the device, 0 to 1. */
  readonly resourceShare: number;
}

export interface Sci {
  readonly operationalG: number;
  readonly embodiedG: number;
  readonly gPerUnit: number;
}

/** @throws Refusal E_SCI_UNIT without functional units, E_SCI_SHARE for shares outside 0 to 1 */
export function softwareCarbonIntensity(
  intervals: readonly SciInterval[],
  hardware: readonly SciHardware[],
  functionalUnits: number,
): Sci {
  if (!(functionalUnits > 0))
    throw new Refusal('no functional unit', { code: 'E_SCI_UNIT', remedy: 'a count above 0' });
  const operationalG = intervals.reduce(
    (sum, { itKwh, pue, locationGPerKwh }) => sum + itKwh * pue * locationGPerKwh,
    0,
  );
  const embodiedG = hardware.reduce((sum, { embodiedG: te, reservedHours, lifespanHours, resourceShare }) => {
    const timeShare = reservedHours / lifespanHours;
    if (!(timeShare >= 0 && timeShare <= 1 && resourceShare >= 0 && resourceShare <= 1))
      throw new Refusal('a share of time or resources is outside 0 to 1', { code: 'E_SCI_SHARE' });
    return sum + te * timeShare * resourceShare;
  }, 0);
  return { operationalG, embodiedG, gPerUnit: (operationalG + embodiedG) / functionalUnits };
}
