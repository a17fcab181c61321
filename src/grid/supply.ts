/** Reads one step's meters: flows, production, what is missing and what can be said in its place. */
import { Refusal } from '../../schemas/refusal.ts';
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';
import { type TracingSeries, ZONE_STATUS } from './tracingSeries.ts';

/** Rounding of the meters' own sums, relative to what flows through a zone; a balance within it counts as zero. */
const BALANCE_NOISE = 1e-9;

/** Flows of the step. A missing one counts as 0 with its capacity remembered; one without capacity makes both its zones directly unknown. */
export function readFlows(state: StepState, series: TracingSeries, step: number): void {
  const exchangeCount = state.from.length;
  for (let exchange = 0; exchange < exchangeCount; exchange++) {
    const from = state.from[exchange]!;
    const to = state.to[exchange]!;
    const flow = series.flowMwh[step * exchangeCount + exchange]!;
    if (Number.isNaN(flow)) {
      missFlow(state, exchange, from, to, series.stepHours);
      continue;
    }
    if (!Number.isFinite(flow)) refuse(state, step, from, 'a flow must be finite');
    state.flowMwh[exchange] = flow;
    state.missingCapacityMwh[exchange] = 0;
    const source = flow >= 0 ? from : to;
    const sink = flow >= 0 ? to : from;
    if (source !== OUTSIDE) state.exportMwh[source]! += Math.abs(flow);
    if (sink !== OUTSIDE) state.importMwh[sink]! += Math.abs(flow);
  }
}

function missFlow(state: StepState, exchange: number, from: number, to: number, stepHours: number): void {
  const capacityMwh = state.topology.exchanges[exchange]!.capacityMw * stepHours;
  const bounded = Number.isFinite(capacityMwh);
  state.flowMwh[exchange] = 0;
  state.missingCapacityMwh[exchange] = bounded ? capacityMwh : 0;
  if (capacityMwh === 0) return;
  for (const zone of [from, to]) {
    if (zone === OUTSIDE) continue;
    state.flowMissing[zone] = 1;
    if (!bounded) state.status[zone] = ZONE_STATUS.direct_unknown;
  }
}

/** Production and mass of the step; a missing production is demand less net imports where these are measured, else the zone is directly unknown. */
export function readProduction(state: StepState, series: TracingSeries, step: number): void {
  for (let zone = 0; zone < state.zoneCount; zone++) {
    const cell = step * state.zoneCount + zone;
    let production = series.productionMwh[cell]!;
    const stored = series.storages === undefined ? undefined : state.storage;
    const unmetered = stored?.missing[zone] === 1;
    let unseenMwh = 0;
    if (Number.isNaN(production) || unmetered) {
      const total = balanceEstimate(state, series.demandMwh?.[cell] ?? Number.NaN, zone);
      // The balance holds what storage delivered, too.
      const rest = Math.max(0, total - (stored?.dischargedMwh[zone] ?? 0));
      if (unmetered && production <= rest) unseenMwh = rest - production;
      else production = rest;
      if (Number.isNaN(total)) state.status[zone] = ZONE_STATUS.direct_unknown;
      else state.productionEstimated[zone] = 1;
    }
    if (production < 0 || production === Number.POSITIVE_INFINITY) {
      refuse(state, step, zone, 'production must be finite and not negative');
    }
    const missing = Number.isNaN(production);
    state.productionMissing[zone] = missing ? 1 : 0;
    state.productionMwh[zone] = missing ? 0 : production;
    readMass(state, series, step, zone);
    if (stored !== undefined && !missing) addDischarge(state, zone, unseenMwh);
  }
}

/** What storage delivered is production with the mass that came out of the stock. */
function addDischarge(state: StepState, zone: number, unseenMwh: number): void {
  const { storage, familyCount } = state;
  state.productionMwh[zone]! += storage.dischargedMwh[zone]! + unseenMwh;
  state.unknownProductionMwh[zone]! += storage.unknownMwh[zone]! + unseenMwh;
  for (let family = zone * familyCount; family < (zone + 1) * familyCount; family++)
    state.producedKg[family]! += storage.dischargedKg[family]!;
}

function balanceEstimate(state: StepState, demand: number, zone: number): number {
  if (Number.isNaN(demand) || state.flowMissing[zone] === 1) return Number.NaN;
  const production = demand + state.exportMwh[zone]! - state.importMwh[zone]!;
  const noise = BALANCE_NOISE * (Math.abs(demand) + state.exportMwh[zone]! + state.importMwh[zone]!);
  if (production >= 0) return production;
  return production >= -noise ? 0 : Number.NaN;
}

/** Mass of the known part. If one family has none, the zone's whole production is of unknown intensity: families share one q. */
function readMass(state: StepState, series: TracingSeries, step: number, zone: number): void {
  const first = zone * state.familyCount;
  state.unknownProductionMwh[zone] = 0;
  state.producedKg.fill(0, first, first + state.familyCount);
  if (state.productionMissing[zone] === 1) return;
  const cell = step * state.zoneCount + zone;
  const production = state.productionMwh[zone]!;
  let unknown = series.unknownProductionMwh?.[cell] ?? 0;
  // An estimated total can be smaller than the unmeasured part was said to be; it is then unknown as a whole.
  if (state.productionEstimated[zone] === 1) unknown = Math.min(unknown, production);
  if (!(unknown >= 0 && unknown <= production)) {
    refuse(state, step, zone, 'unknown production must lie between 0 and the production');
  }
  for (let family = 0; family < state.familyCount; family++) {
    const mass = series.families[family]!.producedKg[cell]!;
    if (Number.isNaN(mass)) {
      unknown = production;
      break;
    }
    if (mass < 0 || mass === Number.POSITIVE_INFINITY) {
      refuse(state, step, zone, 'a mass must be finite and not negative');
    }
    if (mass > 0 && unknown === production) {
      refuse(state, step, zone, 'a mass without known production that it could come from');
    }
    state.producedKg[first + family] = mass;
  }
  state.unknownProductionMwh[zone] = unknown;
  if (unknown === production) state.producedKg.fill(0, first, first + state.familyCount);
}

function refuse(state: StepState, step: number, zone: number, problem: string): never {
  throw new Refusal(problem, {
    code: 'TL_GRID_VALUE',
    place: `zone ${state.topology.zoneIds[zone] ?? 'outside'}, step ${step}`,
    remedy: 'NaN where a value is not known',
  });
}
