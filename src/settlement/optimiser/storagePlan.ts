/**
 * Shifts green energy in time by storages: most Wh delivered over the horizon, then least charging.
 *
 * The linear optimum is the bound and is proved by its multipliers. The schedule is whole watt-hours: link flows of the
 * linear optimum rounded down and walked by the integer state rule, mended where rounding made a state too low or too
 * high, then direct delivery at its maximum in every interval. Rounding costs at most one Wh a link and interval and
 * three a storage and interval, so the schedule is at most `(links + 3 x storages) x intervals` Wh below the bound.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import type { LinearSolver } from './linearSolver.ts';
import { maxFlow } from './maxFlow.ts';
import { type BoundCertificate, certificateOf, certifiedBoundWh } from './storageBound.ts';
import { checkStorageMarket, type StorageMarket } from './storageMarket.ts';
import { storageProgram, toLinearProgram } from './storageProgram.ts';
import { roundSchedule } from './storageRounding.ts';
import { type StorageStep, walkStorage } from './storageWalk.ts';

export interface StoragePlan {
  /** The linear optimum: most delivered, and the least charging that delivers it. */
  readonly linear: { readonly deliveredWh: number; readonly chargedWh: number };
  /** No schedule delivers more, by the certificate. */
  readonly boundWh: bigint;
  readonly certificate: BoundCertificate;
  /** Whole Wh by interval and position in the market's list. */
  readonly directWh: readonly (readonly number[])[];
  readonly linkInWh: readonly (readonly number[])[];
  readonly linkOutWh: readonly (readonly number[])[];
  readonly steps: readonly StorageStep[];
  readonly deliveredWh: bigint;
  readonly chargedWh: bigint;
  /** What the rounding may cost. */
  readonly allowanceWh: number;
}

/**
 * Plans a horizon. @param solve a linear solver; its answer is proved, not trusted
 * @throws Refusal with the codes of `checkStorageMarket`, E_STORAGE_FINAL where the least last state cannot be reached
 */
export function planStorage(market: StorageMarket, solve: LinearSolver): StoragePlan {
  checkStorageMarket(market);
  const program = storageProgram(market);
  const most = solve(toLinearProgram(program));
  if (most === undefined) {
    throw new Refusal('no schedule reaches the least last state', {
      code: 'E_STORAGE_FINAL',
      place: market.storages.map(({ id }) => id).join(', '),
    });
  }
  const certificate = certificateOf(program, most.rowDuals);
  const boundWh = certifiedBoundWh(market, certificate);
  // A hair below the optimum, which the solver itself reached only within its tolerance.
  const least = solve(toLinearProgram(program, most.objective - 1e-6)) ?? most;
  const part = (first: number, width: number, t: number) =>
    Array.from({ length: width }, (_, at) => least.columns[first + t * width + at]!);
  const wanted = Array.from({ length: market.intervals }, (_, t) => ({
    linkIn: part(program.first.linkIn, market.linksIn.length, t),
    linkOut: part(program.first.linkOut, market.linksOut.length, t),
  }));
  const { linkInWh, linkOutWh } = roundSchedule(market, wanted);
  const directWh = linkInWh.map((charged, t) => directDelivery(market, t, charged, linkOutWh[t]!));
  const walked = walkStorage(market.storages, market.intervals, scheduleOf(market, linkInWh, linkOutWh));
  if ('refused' in walked) throw new Error(`the rounded schedule breaks ${walked.refused} at ${walked.t}`);
  const chargedWh = total(linkInWh);
  return {
    linear: { deliveredWh: most.objective, chargedWh: sumOf(wanted.flatMap(({ linkIn }) => linkIn)) },
    boundWh,
    certificate,
    directWh,
    linkInWh,
    linkOutWh,
    steps: walked.steps,
    deliveredWh: total(directWh) + total(linkOutWh),
    chargedWh,
    allowanceWh:
      (market.linksIn.length + market.linksOut.length + 3 * market.storages.length) * market.intervals,
  };
}

function scheduleOf(market: StorageMarket, linkInWh: readonly number[][], linkOutWh: readonly number[][]) {
  return linkInWh.flatMap((charged, t) => [
    ...market.linksIn.map(({ storage }, at) => ({ t, storage, chargeWh: charged[at]! })),
    ...market.linksOut.map(({ storage }, at) => ({ t, storage, dischargeWh: linkOutWh[t]![at]! })),
  ]);
}

/** The most that goes directly in one interval beside the storages' links. */
function directDelivery(
  market: StorageMarket,
  t: number,
  chargedWh: readonly number[],
  dischargedWh: readonly number[],
): number[] {
  const plantAt = new Map(market.plants.map(({ id }, at) => [id, at]));
  const userAt = new Map(market.users.map(({ id }, at) => [id, at]));
  const plantWh = Float64Array.from(market.plants, ({ wh }) => wh[t]!);
  const userWh = Float64Array.from(market.users, ({ wh }) => wh[t]!);
  market.linksIn.forEach(({ plant }, at) => {
    plantWh[plantAt.get(plant)!]! -= chargedWh[at]!;
  });
  market.linksOut.forEach(({ user }, at) => {
    userWh[userAt.get(user)!]! -= dischargedWh[at]!;
  });
  const { flowWh } = maxFlow({
    plantWh,
    userWh,
    edgePlant: Int32Array.from(market.edges, ({ plant }) => plantAt.get(plant)!),
    edgeUser: Int32Array.from(market.edges, ({ user }) => userAt.get(user)!),
    edgeCapWh: Float64Array.from(market.edges, ({ capWh }) => capWh[t]!),
  });
  return Array.from(flowWh);
}

function total(rows: readonly (readonly number[])[]): bigint {
  return rows.reduce((sum, row) => row.reduce((inner, wh) => inner + BigInt(wh), sum), 0n);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
