/** One hour of a stack: dry standard flow, and of each pollutant concentration, converted concentration and mass. */
import type { ValidityRules } from '../../schemas/reference/stackGasRules.ts';
import {
  dryFromWet,
  dryStandardFlow,
  type GasState,
  massConcentration,
  massRate,
  oxygenConverted,
  standardConcentration,
  wetFlow,
} from './stackGas.ts';
import type { JudgedValue, PeriodState } from './validity.ts';

/** What the register says of a stack and its monitor; what it does not say is not assumed. */
export interface StackSettings {
  readonly barometricPa?: number;
  readonly areaM2?: number;
  /** Reference oxygen of the emission standard (%); no conversion without it. */
  readonly o2StandardPercent?: number;
  readonly co2Basis: 'dry' | 'wet';
  readonly gasBasis: 'dry' | 'wet';
  readonly gasState: 'standard' | 'actual';
}

export interface HourFactor {
  readonly judged: JudgedValue;
  /** As it was sent, whatever its flag; null where nothing was. */
  readonly sentValue: number | null;
  readonly unit: string;
  /** The device's own total of the hour, in `cumulativeUnit`. */
  readonly cumulative: number | null;
  readonly cumulativeUnit: string | null;
}

export interface PollutantHour {
  readonly state: PeriodState;
  /** As judged, in `unit`. */
  readonly value: number | null;
  readonly unit: string;
  readonly dryMgPerM3: number | null;
  readonly convertedMgPerM3: number | null;
  readonly massKg: number | null;
  /** How the mass was found; null where there is none. */
  readonly method: 'formula_8' | 'device_total' | 'stopped' | null;
  /** Why there is no mass; empty where there is. */
  readonly why: string;
  readonly manual: boolean;
  readonly events: readonly string[];
}

export interface StackHour {
  readonly startMs: number;
  /** State of the source: stopped where its flow or all pollutants say so. */
  readonly source: 'operating' | 'stopped' | 'unknown';
  readonly flowM3PerH: number | null;
  readonly dryFlowM3PerH: number | null;
  readonly oxygenPercent: number | null;
  readonly pollutants: Readonly<Record<string, PollutantHour>>;
}

const FLOW = 'a00000';
const [VELOCITY, TEMPERATURE, PRESSURE, HUMIDITY, OXYGEN] = [
  'a01011',
  'a01012',
  'a01013',
  'a01014',
  'a19001',
];
const CO2 = 'a05001';
const PHYSICAL = new Set([FLOW, VELOCITY, TEMPERATURE, PRESSURE, HUMIDITY, OXYGEN, 'a01016']);

/**
 * Mass of an hour by formula 8 from concentration and flow; where temperature, pressure or water are not measured, by
 * the device's own total; nothing where neither is there. A stopped source has mass 0 only where its flow is 0.
 */
export function computeStackHour(
  startMs: number,
  factors: ReadonlyMap<string, HourFactor>,
  { settings, rules }: { settings: StackSettings; rules: ValidityRules },
): StackHour {
  const meanOf = (factor: string | undefined) => factors.get(factor!)?.judged.value ?? null;
  const state = gasState(meanOf, settings);
  const flowM3PerH = flowOf(meanOf, settings);
  const dryFlowM3PerH = flowM3PerH === null || state === null ? null : dryStandardFlow(flowM3PerH, state);
  const wetOxygen = meanOf(OXYGEN);
  const oxygenPercent =
    wetOxygen === null || settings.gasBasis === 'dry'
      ? wetOxygen
      : state && dryFromWet(wetOxygen, state.waterShare);
  const noFlow = factors.get(FLOW)?.sentValue === 0 || factors.get(VELOCITY!)?.sentValue === 0;
  const pollutants: Record<string, PollutantHour> = {};
  for (const [factor, hour] of factors) {
    if (PHYSICAL.has(factor)) continue;
    const dry = dryConcentration(factor, hour, state, settings);
    pollutants[factor] = {
      ...massOf(hour, dry, dryFlowM3PerH, noFlow),
      value: hour.judged.value,
      unit: hour.unit,
      dryMgPerM3: dry,
      convertedMgPerM3: converted(dry, oxygenPercent, settings, rules),
      manual: hour.judged.manual,
      events: hour.judged.events,
    };
  }
  return {
    startMs,
    source: sourceState(factors, noFlow),
    flowM3PerH,
    dryFlowM3PerH,
    oxygenPercent,
    pollutants,
  };
}

function gasState(
  meanOf: (factor: string | undefined) => number | null,
  { barometricPa }: StackSettings,
): GasState | null {
  const [temperatureC, pressureKpa, waterPercent] = [TEMPERATURE, PRESSURE, HUMIDITY].map(meanOf);
  if (temperatureC == null || pressureKpa == null || waterPercent == null || barometricPa === undefined)
    return null;
  return { temperatureC, barometricPa, staticPa: pressureKpa * 1_000, waterShare: waterPercent / 100 };
}

function flowOf(
  meanOf: (factor: string | undefined) => number | null,
  { areaM2 }: StackSettings,
): number | null {
  const flow = meanOf(FLOW);
  if (flow !== null) return flow * 3_600;
  const velocity = meanOf(VELOCITY);
  return velocity === null || areaM2 === undefined ? null : wetFlow(velocity, areaM2);
}

/** mg/m3, dry, at standard state; null where the unit or what is needed to convert it is not known. */
function dryConcentration(
  factor: string,
  { judged, unit }: HourFactor,
  state: GasState | null,
  { co2Basis, gasBasis, gasState: givenAt }: StackSettings,
): number | null {
  if (judged.value === null) return null;
  const given = inMgPerM3(factor, judged.value, unit);
  if (given === null) return null;
  // A share of volume is the same at any temperature and pressure.
  const byVolume = unit === 'ppm' || unit === 'percent' || unit === '%';
  const actual = !byVolume && givenAt === 'actual';
  const wet = (factor === CO2 ? co2Basis : gasBasis) === 'wet';
  if ((actual || wet) && state === null) return null;
  const standard = actual ? standardConcentration(given, state!) : given;
  return wet ? dryFromWet(standard, state!.waterShare) : standard;
}

function inMgPerM3(factor: string, value: number, unit: string): number | null {
  switch (unit) {
    case 'mg/m3':
      return value;
    case 'g/m3':
      return value * 1_000;
    case 'ug/m3':
      return value / 1_000;
    case 'ppm':
      return massConcentration(value, factor);
    case 'percent':
    case '%':
      return massConcentration(value * 10_000, factor);
    default:
      return null;
  }
}

function converted(
  dry: number | null,
  oxygenPercent: number | null,
  { o2StandardPercent }: StackSettings,
  { oxygenLimitPercent }: ValidityRules,
): number | null {
  if (dry === null || oxygenPercent === null || o2StandardPercent === undefined) return null;
  return oxygenConverted(dry, {
    measuredPercent: oxygenPercent,
    referencePercent: o2StandardPercent,
    limitPercent: oxygenLimitPercent,
  });
}

function massOf(
  { judged, cumulative, cumulativeUnit }: HourFactor,
  dry: number | null,
  dryFlowM3PerH: number | null,
  noFlow: boolean,
): Pick<PollutantHour, 'state' | 'massKg' | 'method' | 'why'> {
  const { state } = judged;
  if (state === 'stopped') {
    return noFlow
      ? { state, massKg: 0, method: 'stopped', why: '' }
      : { state, massKg: null, method: null, why: 'stopped, but the flow is not 0' };
  }
  if (state !== 'valid') return { state, massKg: null, method: null, why: state };
  if (dry !== null && dryFlowM3PerH !== null)
    return { state, massKg: massRate(dry, dryFlowM3PerH), method: 'formula_8', why: '' };
  if (cumulative !== null && cumulativeUnit === 'kg')
    return { state, massKg: cumulative, method: 'device_total', why: '' };
  return {
    state,
    massKg: null,
    method: null,
    why: dry === null ? 'concentration_not_convertible' : 'no_dry_flow',
  };
}

function sourceState(factors: ReadonlyMap<string, HourFactor>, noFlow: boolean): StackHour['source'] {
  const states = [...factors.values()].map(({ judged }) => judged.state);
  if (states.length === 0 || states.every((state) => state === 'missing')) return 'unknown';
  const stopped = states.filter((state) => state === 'stopped').length;
  return noFlow || stopped > states.length / 2 ? 'stopped' : 'operating';
}
