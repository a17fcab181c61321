/** Why a zone's value is estimated or missing: every gap upstream with its part of the zone's unknown share. */

import { solveStep } from './flowTracing.ts';
import { solveTransposed } from './luFactorisation.ts';
import { createStepState, type StepState } from './stepState.ts';
import { openStocks } from './storageRun.ts';
import { type GridTopology, OUTSIDE } from './topology.ts';
import { type TracingSeries, ZONE_STATUS, type ZoneStatus, zoneStatus } from './tracingSeries.ts';

export type OriginKind =
  | 'unknown_production'
  | 'missing_production'
  | 'missing_flow'
  | 'outside_import'
  | 'unknown_neighbour'
  | 'sourceless_neighbour';

export interface UnknownOrigin {
  readonly kind: OriginKind;
  /** The zone with the gap, or the zone (or `outside`) from which the unknown energy came. */
  readonly zoneId: string;
  /** Index of the exchange, where the gap is one or came over one. */
  readonly exchange?: number;
  /** Part of the zone's supply that this gap makes unknown (0..1); all parts together are q. */
  readonly share: number;
}

export interface UnknownExplanation {
  readonly status: ZoneStatus;
  readonly unknownShare: number;
  /** Largest first. */
  readonly origins: readonly UnknownOrigin[];
}

/**
 * Solves one step again and, with the transposed factors, says how much of the supply of each of `zones` every gap
 * upstream made unknown. For a zone outside the solve, the gaps at the zone itself are named with share 1.
 */
export function explainUnknowns(
  topology: GridTopology,
  series: TracingSeries,
  step: number,
  zones: readonly number[],
): UnknownExplanation[] {
  const state = createStepState(topology, series.families.length);
  openStocks(state.storage, series);
  // Storage delivers what the steps before have charged.
  for (let before = series.storages === undefined ? step : 0; before < step; before++)
    solveStep(state, series, before);
  solveStep(state, series, step);
  return zones.map((zone) =>
    state.inSolve[zone] === 0 ? explainUnsolved(state, series, step, zone) : explainSolved(state, zone),
  );
}

function explainSolved(state: StepState, zone: number): UnknownExplanation {
  const weight = new Float64Array(state.zoneCount);
  weight[zone] = 1;
  solveTransposed(state.plan, state.entries, state.pivot, weight);
  const origins = [...productionOrigins(state, weight), ...exchangeOrigins(state, weight)].sort(
    (a, b) => b.share - a.share,
  );
  const unknownShare = state.solution[zone * (state.familyCount + 1) + state.familyCount]!;
  return { status: zoneStatus(state.status[zone]!), unknownShare, origins };
}

function* productionOrigins(state: StepState, weight: Float64Array): Generator<UnknownOrigin> {
  for (let zone = 0; zone < state.zoneCount; zone++) {
    const share = weight[zone]! * state.unknownProductionMwh[zone]!;
    if (share > 0 && state.inSolve[zone] === 1) {
      yield { kind: 'unknown_production', zoneId: state.topology.zoneIds[zone]!, share };
    }
  }
}

function* exchangeOrigins(state: StepState, weight: Float64Array): Generator<UnknownOrigin> {
  for (let exchange = 0; exchange < state.from.length; exchange++) {
    const from = state.from[exchange]!;
    const to = state.to[exchange]!;
    const capacity = state.missingCapacityMwh[exchange]!;
    if (capacity > 0) {
      const share = capacity * (weightAt(state, weight, from) + weightAt(state, weight, to));
      if (share > 0) yield { kind: 'missing_flow', zoneId: nameOf(state, from), exchange, share };
      continue;
    }
    const flow = state.flowMwh[exchange]!;
    const source = flow > 0 ? from : to;
    const sink = flow > 0 ? to : from;
    if (source !== OUTSIDE && state.inSolve[source] === 1) continue;
    const share = Math.abs(flow) * weightAt(state, weight, sink);
    if (share > 0) yield { kind: kindOf(state, source), zoneId: nameOf(state, source), exchange, share };
  }
}

function kindOf(state: StepState, source: number): OriginKind {
  if (source === OUTSIDE) return 'outside_import';
  return state.status[source] === ZONE_STATUS.direct_unknown ? 'unknown_neighbour' : 'sourceless_neighbour';
}

function explainUnsolved(
  state: StepState,
  series: TracingSeries,
  step: number,
  zone: number,
): UnknownExplanation {
  const status = zoneStatus(state.status[zone]!);
  const zoneId = state.topology.zoneIds[zone]!;
  const origins: UnknownOrigin[] = [];
  if (state.productionMissing[zone] === 1) origins.push({ kind: 'missing_production', zoneId, share: 1 });
  for (let exchange = 0; exchange < state.from.length; exchange++) {
    const from = state.from[exchange]!;
    const to = state.to[exchange]!;
    if (from !== zone && to !== zone) continue;
    const other = from === zone ? to : from;
    if (Number.isNaN(series.flowMwh[step * state.from.length + exchange]!)) {
      origins.push({ kind: 'missing_flow', zoneId: nameOf(state, other), exchange, share: 1 });
    } else if (status === 'no_source' && importsOver(state, exchange, zone)) {
      origins.push({ kind: 'sourceless_neighbour', zoneId: nameOf(state, other), exchange, share: 1 });
    }
  }
  return { status, unknownShare: status === 'no_supply' ? Number.NaN : 1, origins };
}

function importsOver(state: StepState, exchange: number, zone: number): boolean {
  const flow = state.flowMwh[exchange]!;
  return flow > 0 ? state.to[exchange] === zone : flow < 0 && state.from[exchange] === zone;
}

function weightAt(state: StepState, weight: Float64Array, zone: number): number {
  return zone === OUTSIDE || state.inSolve[zone] === 0 ? 0 : weight[zone]!;
}

function nameOf(state: StepState, zone: number): string {
  return zone === OUTSIDE ? 'outside' : state.topology.zoneIds[zone]!;
}
