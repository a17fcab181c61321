/** Vectors of storages: the linear bound of a horizon, and walks of the integer state rule. */
import { type StorageInstanceVector, storageVector } from '../../../schemas/documents/settlementVectors.ts';
import type { LinearSolver } from '../optimiser/linearSolver.ts';
import type { StorageMarket } from '../optimiser/storageMarket.ts';
import { planStorage } from '../optimiser/storagePlan.ts';
import { walkStorage } from '../optimiser/storageWalk.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';

export const answerStorage =
  (solve: LinearSolver): CaseAnswer =>
  (input, name) => {
    const vector = readInput(storageVector, input, name);
    if ('schedule' in vector) return walkVector(vector);
    const plan = planStorage(storageMarketOf(vector), solve);
    if (plan.deliveredWh > plan.boundWh || plan.deliveredWh + BigInt(plan.allowanceWh) < plan.boundWh) {
      throw new Error(`${name}: ${plan.deliveredWh} Wh delivered, the proved bound is ${plan.boundWh}`);
    }
    return {
      delivered_lp_wh: Number(plan.linear.deliveredWh.toFixed(3)),
      min_charge_wh: Number(plan.linear.chargedWh.toFixed(3)),
    };
  };

/** An instance of the vectors as the optimiser reads it. */
function storageMarketOf(vector: StorageInstanceVector): StorageMarket {
  return {
    intervals: vector.intervals,
    plants: vector.plants,
    users: vector.users,
    edges: vector.edges.map(({ plant, user, cap_wh }) => ({ plant, user, capWh: cap_wh })),
    storages: vector.storages.map((one) => ({
      id: one.id,
      energyWh: one.energy_wh,
      chargeWh: one.charge_wh,
      dischargeWh: one.discharge_wh,
      etaChargePpm: one.eta_c_ppm,
      etaDischargePpm: one.eta_d_ppm,
      keepPpm: one.keep_ppm,
      initialWh: one.initial_wh,
      finalMinWh: one.final_min_wh ?? one.initial_wh,
    })),
    linksIn: vector.links_in,
    linksOut: vector.links_out,
  };
}

function walkVector(vector: {
  instance: StorageInstanceVector;
  schedule: readonly {
    t: number;
    storage: string;
    charge_wh?: number | undefined;
    discharge_wh?: number | undefined;
  }[];
}) {
  const { storages, intervals } = storageMarketOf(vector.instance);
  const walked = walkStorage(
    storages,
    intervals,
    vector.schedule.map(({ t, storage, charge_wh, discharge_wh }) => ({
      t,
      storage,
      chargeWh: charge_wh ?? 0,
      dischargeWh: discharge_wh ?? 0,
    })),
  );
  if ('refused' in walked) return walked;
  return {
    steps: walked.steps.map((step) => ({
      t: step.t,
      storage: step.storage,
      soc_before_wh: step.socBeforeWh,
      charge_wh: step.chargeWh,
      discharge_wh: step.dischargeWh,
      loss_wh: step.lossWh,
      soc_after_wh: step.socAfterWh,
    })),
    final_soc_wh: Object.fromEntries(walked.finalSocWh),
    loss_total_wh: walked.lossTotalWh,
  };
}
