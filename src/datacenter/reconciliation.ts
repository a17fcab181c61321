/** A room's metered IT energy against what its hosts' utilisation says, and the energy of jobs that adds up to it. */
import { Refusal } from '../../schemas/refusal.ts';
import { modelPowerW, type PowerModel } from './powerModel.ts';

/** Deviation up to which a room is in order. */
const TOLERANCE = 0.05;

export interface HostClassUse {
  readonly hostClass: string;
  readonly model: Pick<PowerModel, 'knots'>;
  /** Mean utilisation of each host and interval. */
  readonly utilisations: readonly { readonly utilisation: number; readonly hours: number }[];
  /** What the class used by the model in the period before; for naming what moved. */
  readonly modelWhBefore?: number;
}

export interface Reconciliation {
  readonly modelWh: number;
  readonly measuredWh: number;
  /** (E_model - E_IT) / E_IT */
  readonly deviation: number;
  readonly ok: boolean;
  /** Classes by how much they moved since the period before, most first; empty where the room is in order. */
  readonly moved: readonly { readonly hostClass: string; readonly changeWh: number }[];
}

/** @throws Refusal E_NO_IT_ENERGY where nothing was metered */
export function reconcile(
  classes: readonly HostClassUse[],
  fixedGearWh: number,
  measuredWh: number,
): Reconciliation {
  if (!(measuredWh > 0))
    throw new Refusal('no IT energy was metered', { code: 'E_NO_IT_ENERGY', remedy: 'energy above 0 Wh' });
  const byClass = classes.map((each) => ({
    ...each,
    modelWh: each.utilisations.reduce(
      (sum, { utilisation, hours }) => sum + modelPowerW(each.model, utilisation) * hours,
      0,
    ),
  }));
  const modelWh = byClass.reduce((sum, each) => sum + each.modelWh, fixedGearWh);
  const deviation = (modelWh - measuredWh) / measuredWh;
  const ok = Math.abs(deviation) <= TOLERANCE;
  const moved = byClass
    .filter(({ modelWhBefore }) => modelWhBefore !== undefined)
    .map(({ hostClass, modelWh: now, modelWhBefore }) => ({ hostClass, changeWh: now - modelWhBefore! }))
    .sort((a, b) => Math.abs(b.changeWh) - Math.abs(a.changeWh));
  return { modelWh, measuredWh, deviation, ok, moved: ok ? [] : moved };
}

export interface JobShare {
  readonly job: string;
  /** Dynamic energy of the hosts that the job caused, by the model. */
  readonly dynamicWh: number;
  /** Idle energy of what the job had reserved. */
  readonly idleWh: number;
}

export interface JobEnergy {
  readonly job: string;
  readonly energyWh: bigint;
}

/**
 * Shares the metered energy among jobs: dynamic part and reserved idle, scaled to the meter. Whole Wh that add up to it
 * exactly; what rounding leaves goes to the largest remainders, ties to the job named first.
 * @throws Refusal E_JOB_SHARES where nothing can be scaled
 */
export function shareAmongJobs(
  jobs: readonly JobShare[],
  measuredWh: bigint,
): { readonly jobs: readonly JobEnergy[]; readonly scale: number } {
  const weights = jobs.map(({ dynamicWh, idleWh }) => dynamicWh + idleWh);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (!(sum > 0) || weights.some((weight) => !(weight >= 0)))
    throw new Refusal('no job has a share', {
      code: 'E_JOB_SHARES',
      remedy: 'energies that are not negative',
    });
  const scale = Number(measuredWh) / sum;
  const exact = weights.map((weight) => weight * scale);
  const whole = exact.map((wh) => BigInt(Math.floor(wh)));
  let left = measuredWh - whole.reduce((all, wh) => all + wh, 0n);
  const order = exact
    .map((wh, at) => ({ at, remainder: wh - Math.floor(wh) }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at);
  for (let next = 0; left !== 0n; next = (next + 1) % order.length) {
    const step = left > 0n ? 1n : -1n;
    whole[order[next]!.at]! += step;
    left -= step;
  }
  return { scale, jobs: jobs.map(({ job }, at) => ({ job, energyWh: whole[at]! })) };
}
