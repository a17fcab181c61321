/** Scratch of one timestamp, made once and used again for every step of a run. */
import { type EliminationOrder, planElimination } from './eliminationOrder.ts';
import { createStorageRun, type StorageRun } from './storageRun.ts';
import { checkTopology, connectedComponents, type GridTopology } from './topology.ts';
import { ZONE_STATUS } from './tracingSeries.ts';

export interface StepState {
  readonly topology: GridTopology;
  readonly zoneCount: number;
  readonly plan: EliminationOrder;
  /** End zones of the exchanges, as columns. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly component: Int32Array;
  readonly componentCount: number;
  readonly familyCount: number;
  /** P of this step (MWh), with the balance estimate filled in; 0 where it is missing. */
  readonly productionMwh: Float64Array;
  /** The part of P whose intensity is unknown (MWh). */
  readonly unknownProductionMwh: Float64Array;
  /** Known mass produced (kg), `[zone * familyCount + family]`. */
  readonly producedKg: Float64Array;
  /** Net flow (MWh) with 0 for a missing one, and the most a missing one can have been (MWh, else 0). */
  readonly flowMwh: Float64Array;
  readonly missingCapacityMwh: Float64Array;
  /** Sum of flows in and out (MWh), known ones only. */
  readonly importMwh: Float64Array;
  readonly exportMwh: Float64Array;
  /** 1 where a flow of the zone is missing. */
  readonly flowMissing: Uint8Array;
  /** 1 where production is the balance estimate, or missing altogether. */
  readonly productionEstimated: Uint8Array;
  readonly productionMissing: Uint8Array;
  /** `ZONE_STATUS` code; `value` until publication decides. */
  readonly status: Uint8Array;
  readonly inSolve: Uint8Array;
  /** c_i: what missing flows add to the diagonal (MWh). */
  readonly addedMwh: Float64Array;
  /** U_i: supply of unknown origin (MWh). */
  readonly unknownSupplyMwh: Float64Array;
  /** v_i: the part of the diagonal that is not an import from a zone of the solve (MWh). */
  readonly surplusMwh: Float64Array;
  /** Matrix entries, then factors. */
  readonly entries: Float64Array;
  readonly pivot: Float64Array;
  /** Right-hand sides, then solutions: `[zone * (familyCount + 1) + column]`; the last column is U, then q. */
  readonly solution: Float64Array;
  /** Stocks of the zones' storage, carried from step to step. */
  readonly storage: StorageRun;
}

/** Plans the elimination of a topology and allocates what its steps need. */
export function createStepState(topology: GridTopology, familyCount: number): StepState {
  checkTopology(topology);
  const zoneCount = topology.zoneIds.length;
  const exchangeCount = topology.exchanges.length;
  const plan = planElimination(topology);
  const component = connectedComponents(topology);
  const zones = () => new Float64Array(zoneCount);
  return {
    topology,
    zoneCount,
    plan,
    from: Int32Array.from(topology.exchanges, (exchange) => exchange.from),
    to: Int32Array.from(topology.exchanges, (exchange) => exchange.to),
    component,
    componentCount: component.reduce((most, number) => Math.max(most, number + 1), 0),
    familyCount,
    productionMwh: zones(),
    unknownProductionMwh: zones(),
    producedKg: new Float64Array(zoneCount * familyCount),
    flowMwh: new Float64Array(exchangeCount),
    missingCapacityMwh: new Float64Array(exchangeCount),
    importMwh: zones(),
    exportMwh: zones(),
    flowMissing: new Uint8Array(zoneCount),
    productionEstimated: new Uint8Array(zoneCount),
    productionMissing: new Uint8Array(zoneCount),
    status: new Uint8Array(zoneCount),
    inSolve: new Uint8Array(zoneCount),
    addedMwh: zones(),
    unknownSupplyMwh: zones(),
    surplusMwh: zones(),
    entries: new Float64Array(plan.entryCount),
    pivot: zones(),
    solution: new Float64Array(zoneCount * (familyCount + 1)),
    storage: createStorageRun(zoneCount, familyCount),
  };
}

/** Clears what accumulates over a step. */
export function resetStep(state: StepState): void {
  state.importMwh.fill(0);
  state.exportMwh.fill(0);
  state.flowMissing.fill(0);
  state.productionEstimated.fill(0);
  state.productionMissing.fill(0);
  state.status.fill(ZONE_STATUS.value);
  state.addedMwh.fill(0);
  state.entries.fill(0);
}
