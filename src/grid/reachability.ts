/** Which zones any source reaches along the flows: the others would make the system singular and leave it. */
import type { StepState } from './stepState.ts';
import { OUTSIDE } from './topology.ts';
import { ZONE_STATUS } from './tracingSeries.ts';

/**
 * Marks `inSolve` and gives the zones without source their reason: `no_supply` (nothing produced, nothing
 * imported) or `no_source` (flows arrive, but no production anywhere upstream).
 * A source is production, an import from outside or from a directly unknown zone, or a flow that may have been.
 */
export function markReached(state: StepState): void {
  const { inSolve, status, from, to, flowMwh } = state;
  if (everyZoneProduces(state)) {
    inSolve.fill(1);
    return;
  }
  inSolve.fill(0);
  const reach = (zone: number): void => {
    if (zone === OUTSIDE || inSolve[zone] === 1 || status[zone] !== ZONE_STATUS.value) return;
    inSolve[zone] = 1;
  };

  for (let zone = 0; zone < state.zoneCount; zone++) if (state.productionMwh[zone]! > 0) reach(zone);
  for (let exchange = 0; exchange < from.length; exchange++) {
    if (state.missingCapacityMwh[exchange]! > 0) {
      reach(from[exchange]!);
      reach(to[exchange]!);
    }
    const flow = flowMwh[exchange]!;
    if (flow === 0) continue;
    const source = flow > 0 ? from[exchange]! : to[exchange]!;
    const outsideSource = source === OUTSIDE || status[source] === ZONE_STATUS.direct_unknown;
    if (outsideSource) reach(flow > 0 ? to[exchange]! : from[exchange]!);
  }
  spread(state, reach);

  for (let zone = 0; zone < state.zoneCount; zone++) {
    if (inSolve[zone] === 1 || status[zone] !== ZONE_STATUS.value) continue;
    status[zone] = state.importMwh[zone]! > 0 ? ZONE_STATUS.no_source : ZONE_STATUS.no_supply;
  }
}

/** Nearly every step: each zone is a source itself, and there is nothing to follow. */
function everyZoneProduces({ productionMwh, status, zoneCount }: StepState): boolean {
  for (let zone = 0; zone < zoneCount; zone++) {
    if (!(productionMwh[zone]! > 0) || status[zone] !== ZONE_STATUS.value) return false;
  }
  return true;
}

/** Follows the flows downstream, sweep by sweep: production is nearly everywhere, so one sweep mostly does and an index of the flows would not pay. */
function spread(state: StepState, reach: (zone: number) => void): void {
  const { inSolve, from, to, flowMwh } = state;
  for (let changed = true; changed; ) {
    changed = false;
    for (let exchange = 0; exchange < from.length; exchange++) {
      const flow = flowMwh[exchange]!;
      if (flow === 0) continue;
      const source = flow > 0 ? from[exchange]! : to[exchange]!;
      const sink = flow > 0 ? to[exchange]! : from[exchange]!;
      if (source === OUTSIDE || sink === OUTSIDE || inSolve[source] === 0 || inSolve[sink] === 1) continue;
      reach(sink);
      if (inSolve[sink] === 1) changed = true;
    }
  }
}
