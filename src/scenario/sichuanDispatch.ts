/** One hour of the simulated Sichuan grid: what every prefecture generates and uses, and what flows between them. */
import {
  shaanxiMixPpm,
  sichuanLines,
  sichuanStations,
  sichuanTotals,
} from '../../schemas/reference/sichuanPower.ts';
import { sichuanProfile as profile } from '../../schemas/reference/sichuanProfile.ts';
import { sichuanPrefectures } from '../../schemas/reference/zones.ts';
import { civilTime, HOUR_MS } from './civilTime.ts';
import { corridorFlows, corridorNetwork } from './corridorFlow.ts';
import { noise } from './random.ts';

export const SCENARIO_FUELS = ['hydro', 'coal', 'gas', 'wind', 'solar', 'biomass'] as const;
export type ScenarioFuel = (typeof SCENARIO_FUELS)[number];

const zones = sichuanPrefectures.map((zone) => zone.id);
const indexOf = new Map(zones.map((id, at) => [id, at]));
const codeOf = (zone: string) => zone.slice('CN-SC-'.length);

/** Installed capacity on the Sichuan side by fuel and prefecture, MW. */
export const capacityMw: Readonly<Record<ScenarioFuel, Float64Array>> = {
  hydro: withShares('hydro', sichuanTotals.hydroCapacityMw.value, profile.smallHydroShare),
  coal: withShares('coal', 0, {}),
  gas: withShares('gas', 0, {}),
  wind: withShares('wind', sichuanTotals.windCapacityMw.value, profile.windShare),
  solar: withShares('solar', sichuanTotals.solarCapacityMw.value, profile.solarShare),
  biomass: withShares('biomass', sichuanTotals.biomassCapacityMw.value, profile.biomassShare),
};

/** Known plants, and what the total leaves over spread by shares. */
function withShares(fuel: ScenarioFuel, totalMw: number, shares: Readonly<Record<string, number>>) {
  const result = new Float64Array(zones.length);
  for (const station of sichuanStations.filter((row) => row.fuel === fuel)) {
    result[indexOf.get(station.zone)!]! += (station.capacityMw * station.sichuanSidePpm) / 1e6;
  }
  const rest = totalMw - sum(result);
  const whole = sum(Object.values(shares));
  for (const [code, share] of Object.entries(shares)) {
    result[indexOf.get(`CN-SC-${code}`)!]! += (rest * share) / whole;
  }
  return result;
}

const totalMw = Object.fromEntries(SCENARIO_FUELS.map((fuel) => [fuel, sum(capacityMw[fuel])])) as Record<
  ScenarioFuel,
  number
>;
const loadWhole = sum(Object.values(profile.loadShare));
const network = corridorNetwork(
  zones.length,
  profile.corridors.map(([a, b]) => [indexOf.get(`CN-SC-${a}`)!, indexOf.get(`CN-SC-${b}`)!]),
);

export interface OutsideFlow {
  readonly from: string;
  readonly to: string;
  /** Positive leaves Sichuan. */
  readonly netMwh: number;
  readonly capacityMw: number;
}

export interface DispatchHour {
  readonly startMs: number;
  /** MWh by prefecture, in the order of `dispatchZones`. */
  readonly generationMwh: Readonly<Record<ScenarioFuel, Float64Array>>;
  readonly loadMwh: Float64Array;
  /** MWh by corridor, in the order of `dispatchCorridors`. */
  readonly corridorMwh: Float64Array;
  readonly outside: readonly OutsideFlow[];
  /** Generation behind the line from Shaanxi, MWh by fuel. */
  readonly importedMwh: Readonly<Partial<Record<ScenarioFuel, number>>>;
}

export const dispatchZones: readonly string[] = zones;
export const dispatchCorridors: readonly (readonly [string, string])[] = network.corridors.map(([a, b]) => [
  zones[a]!,
  zones[b]!,
]);
export const IMPORT_ZONE = 'CN-SN';

/** The hour that starts at `startMs` (UTC ms): generation + imports - exports = load in every prefecture. */
export function dispatchHour(seed: number, startMs: number): DispatchHour {
  const { month, hour, weekday } = civilTime(startMs);
  const position = Math.floor(startMs / HOUR_MS);
  const demand = profile.loadOfHour[Math.floor(hour)]! * (weekday === 0 || weekday === 6 ? 0.96 : 1.016);
  const loadMwh = Float64Array.from(zones, (zone) => {
    const share = profile.loadShare[codeOf(zone)]! / loadWhole;
    const mean = sichuanTotals.meanLoadMw.value * profile.load[month]! * share;
    return rounded(mean * demand * (1 + 0.03 * noise(seed, `load ${zone}`, position, 8)));
  });
  const outside = outsideFlows(month, demand);
  const wind = spread('wind', (at) => {
    const gust = noise(seed, `wind ${zones[at]}`, position, 6);
    return Math.min(0.95, Math.max(0.01, profile.windUse[month]! * (1 + 0.8 * gust)));
  });
  const solar = spread('solar', (at) => {
    const cloud = 0.85 + 0.15 * noise(seed, `cloud ${zones[at]}`, position, 4);
    return Math.min(0.95, (profile.solarUse[month]! / MEAN_CLEARNESS) * sunAt(hour + 0.5) * cloud);
  });
  const gas = spread('gas', () => profile.gasUse[month]! * demand);
  const biomass = spread('biomass', () => profile.biomassUse[month]!);
  const outMwh = outside.reduce((total, flow) => total + flow.netMwh, 0);
  const need = sum(loadMwh) + outMwh - sum(wind) - sum(solar) - sum(gas) - sum(biomass);
  const coalMwh = coalOf(month, need);
  const coal = spread('coal', () => coalMwh / totalMw.coal);
  const hydro = hydroOf(seed, position, need - sum(coal));
  const generationMwh = { hydro, coal, gas, wind, solar, biomass };
  return {
    startMs,
    generationMwh,
    loadMwh,
    corridorMwh: corridorFlows(network, injections(generationMwh, loadMwh, outside)).map(rounded),
    outside,
    importedMwh: importedFuels(outside),
  };
}

const MEAN_CLEARNESS = 0.85;

/** Height of the sun over western Sichuan (solar noon near 13:12 civil time) with a mean of 1 over the day. */
export function sunAt(hour: number): number {
  const arc = Math.sin((Math.PI * (hour - 6.95)) / 12.5);
  return hour > 6.95 && hour < 19.45 ? arc / ((12.5 / 24) * (2 / Math.PI)) : 0;
}

function outsideFlows(month: number, demand: number): OutsideFlow[] {
  const flows = new Map<string, OutsideFlow>();
  for (const line of sichuanLines) {
    const brings = line.use === 'both' ? profile.importUse[month]! : 0;
    const use = brings > 0 ? -brings : profile.exportUse[month]! * (0.4 + 0.6 * demand);
    const key = `${line.fromZone}>${line.toZone}`;
    const before = flows.get(key);
    flows.set(key, {
      from: line.fromZone,
      to: line.toZone,
      netMwh: rounded((before?.netMwh ?? 0) + line.capacityMw * use),
      capacityMw: (before?.capacityMw ?? 0) + line.capacityMw,
    });
  }
  return [...flows.values()];
}

/** Coal covers what hydro cannot on the month's mean, and follows a small share of the hour's difference from it. */
function coalOf(month: number, need: number): number {
  const lines = outsideFlows(month, 1).reduce((total, flow) => total + flow.netMwh, 0);
  const meanNeed =
    sichuanTotals.meanLoadMw.value * profile.load[month]! +
    lines -
    totalMw.wind * profile.windUse[month]! -
    totalMw.solar * profile.solarUse[month]! -
    totalMw.gas * profile.gasUse[month]! -
    totalMw.biomass * profile.biomassUse[month]!;
  const mean = meanNeed - totalMw.hydro * profile.hydroUse[month]!;
  const wanted = mean + profile.coalFollows * (need - meanNeed);
  return Math.min(Math.max(wanted, totalMw.coal * profile.coalLowest), totalMw.coal * profile.coalHighest);
}

/** Hydro meets the rest exactly, spread by capacity with slow local differences of inflow. */
function hydroOf(seed: number, position: number, need: number): Float64Array {
  const weights = Float64Array.from(
    zones,
    (zone, at) => capacityMw.hydro[at]! * (1 + 0.1 * noise(seed, `inflow ${zone}`, position, 72)),
  );
  const whole = sum(weights);
  const result = weights.map((weight) => rounded((need * weight) / whole));
  // Rounding of 21 prefectures is put where most hydro stands, so that the province closes too.
  const largest = indexOf.get('CN-SC-5134')!;
  result[largest] = rounded(result[largest]! + need - sum(result));
  return result;
}

function injections(
  generation: Readonly<Record<ScenarioFuel, Float64Array>>,
  loadMwh: Float64Array,
  outside: readonly OutsideFlow[],
): Float64Array {
  const injection = loadMwh.map((load, at) =>
    SCENARIO_FUELS.reduce((total, fuel) => total + generation[fuel][at]!, -load),
  );
  for (const { from, netMwh } of outside) injection[indexOf.get(from)!]! -= netMwh;
  return injection;
}

function importedFuels(outside: readonly OutsideFlow[]) {
  const line = outside.find((flow) => flow.to === IMPORT_ZONE);
  const importedMwh = Math.max(0, -(line?.netMwh ?? 0));
  const wind = rounded((importedMwh * shaanxiMixPpm.wind) / 1e6);
  const solar = rounded((importedMwh * shaanxiMixPpm.solar) / 1e6);
  return { coal: rounded(importedMwh - wind - solar), wind, solar };
}

const spread = (fuel: ScenarioFuel, use: (at: number) => number) =>
  capacityMw[fuel].map((mw, at) => rounded(mw * (mw > 0 ? use(at) : 0)));

/** To 1e-8 MWh: short in JSON, and 50 of them still close a balance to 1e-6. */
function rounded(mwh: number): number {
  return Math.round(mwh * 1e8) / 1e8;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
