/** Formulas of HJ 212-2017 annex D for stack gas and waste water; each states its units. */
import { molarMassGPerMol, stackGasConstants } from '../../schemas/reference/stackGasRules.ts';

const { standardTemperatureK, standardPressurePa, molarVolumeLPerMol, ambientOxygenPercent } =
  stackGasConstants;

/** Gas in the duct: temperature °C, barometric and static (gauge) pressure Pa, water as a share of volume. */
export interface GasState {
  readonly temperatureC: number;
  readonly barometricPa: number;
  readonly staticPa: number;
  readonly waterShare: number;
}

const temperatureRatio = (temperatureC: number) =>
  (standardTemperatureK + temperatureC) / standardTemperatureK;
const pressureRatio = ({ barometricPa, staticPa }: GasState) =>
  (barometricPa + staticPa) / standardPressurePa;

/** (1) Concentration at standard state, mg/m3, from the one in the duct. */
export function standardConcentration(mgPerM3: number, state: GasState): number {
  return (mgPerM3 / pressureRatio(state)) * temperatureRatio(state.temperatureC);
}

/** (2) Dry from wet: a concentration or a share. */
export function dryFromWet(wet: number, waterShare: number): number {
  return wet / (1 - waterShare);
}

/** (3) mg/m3 at standard state from parts per million of volume. Throws `RangeError` for a factor without molar mass. */
export function massConcentration(ppm: number, factor: string): number {
  const molarMass = molarMassGPerMol[factor];
  if (molarMass === undefined) throw new RangeError(`no molar mass of ${factor} is known`);
  return (molarMass / molarVolumeLPerMol) * ppm;
}

/** (4) NOx as NO2, mg/m3, from NO and NO2. */
export function noxFromParts(noMgPerM3: number, no2MgPerM3: number): number {
  return (noMgPerM3 * molarMassGPerMol.a21004!) / molarMassGPerMol.a21003! + no2MgPerM3;
}

/**
 * (5) Concentration at the reference oxygen of the emission standard; null at or above `limitPercent`, where the
 * source is starting or stopping. Both oxygens in % of dry volume.
 */
export function oxygenConverted(
  dryMgPerM3: number,
  oxygen: {
    readonly measuredPercent: number;
    readonly referencePercent: number;
    readonly limitPercent: number;
  },
): number | null {
  if (oxygen.measuredPercent >= oxygen.limitPercent) return null;
  return (
    (dryMgPerM3 * (ambientOxygenPercent - oxygen.referencePercent)) /
    (ambientOxygenPercent - oxygen.measuredPercent)
  );
}

/** (6) Wet flow in the duct, m3/h, from velocity m/s and cross-section m2. */
export function wetFlow(velocityMPerS: number, areaM2: number): number {
  return 3_600 * areaM2 * velocityMPerS;
}

/** (7) Dry flow at standard state, m3/h, from the wet flow in the duct. */
export function dryStandardFlow(wetM3PerH: number, state: GasState): number {
  return (wetM3PerH / temperatureRatio(state.temperatureC)) * pressureRatio(state) * (1 - state.waterShare);
}

/** (8) Mass rate, kg/h, from the dry standard concentration (never the converted one) and the dry standard flow. */
export function massRate(dryMgPerM3: number, dryM3PerH: number): number {
  return dryMgPerM3 * dryM3PerH * 1e-6;
}

/** Waste water of an interval: volume m3 from L/s and s; mass kg from mg/L and m3. */
export const waterVolume = (flowLPerS: number, durationS: number): number => flowLPerS * durationS * 1e-3;
export const waterMass = (mgPerL: number, volumeM3: number): number => mgPerL * volumeM3 * 1e-3;

/** Mean concentration of waste water weighted by volume, mg/L; null without volume. */
export function weightedConcentration(massKg: number, volumeM3: number): number | null {
  return volumeM3 > 0 ? (massKg / volumeM3) * 1e3 : null;
}
