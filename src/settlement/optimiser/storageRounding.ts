/** Brings the link flows of a linear optimum to whole watt-hours that the integer state rule accepts. */
import { Refusal } from '../../../schemas/refusal.ts';
import { PPM, type Storage, type StorageMarket } from './storageMarket.ts';
import { drawnWh, keptWh, storedWh } from './storageWalk.ts';

interface LinkFlows {
  readonly linkIn: readonly number[];
  readonly linkOut: readonly number[];
}

export interface RoundedSchedule {
  readonly linkInWh: number[][];
  readonly linkOutWh: number[][];
}

/** The solver's numbers are exact to about this many Wh: 299.9999999 means 300. */
const SOLVER_SLACK = 1e-5;

/** @throws Refusal E_STORAGE_FINAL where no whole schedule near the optimum ends with the least last state */
export function roundSchedule(market: StorageMarket, wanted: readonly LinkFlows[]): RoundedSchedule {
  const linkInWh = new CarriedRounding(market, 'in').round(wanted.map(({ linkIn }) => linkIn));
  const linkOutWh = new CarriedRounding(market, 'out').round(wanted.map(({ linkOut }) => linkOut));
  const schedule: RoundedSchedule = { linkInWh, linkOutWh };
  for (const storage of market.storages) new StorageRounding(market, storage, schedule).mend();
  return schedule;
}

/**
 * Rounds a link's flows down and carries the rest to its next interval, so that a horizon loses less than one Wh a
 * link, within the limits of the storage and of the plant or user at the link's other end.
 */
class CarriedRounding {
  readonly #links: readonly { readonly storage: string; readonly other: string }[];
  readonly #limitWh: ReadonlyMap<string, number>;
  readonly #pointWh: ReadonlyMap<string, readonly number[]>;

  constructor(market: StorageMarket, side: 'in' | 'out') {
    this.#links =
      side === 'in'
        ? market.linksIn.map(({ storage, plant }) => ({ storage, other: plant }))
        : market.linksOut.map(({ storage, user }) => ({ storage, other: user }));
    this.#limitWh = new Map(
      market.storages.map(({ id, chargeWh, dischargeWh }) => [id, side === 'in' ? chargeWh : dischargeWh]),
    );
    this.#pointWh = new Map((side === 'in' ? market.plants : market.users).map(({ id, wh }) => [id, wh]));
  }

  round(wanted: readonly (readonly number[])[]): number[][] {
    const carried = this.#links.map(() => 0);
    return wanted.map((flows, t) => {
      const storageLeft = new Map(this.#limitWh);
      const pointLeft = new Map([...this.#pointWh].map(([id, wh]) => [id, wh[t]!]));
      return this.#links.map(({ storage, other }, at) => {
        const exact = flows[at]! + carried[at]!;
        const room = Math.min(storageLeft.get(storage)!, pointLeft.get(other)!);
        const wh = Math.max(0, Math.min(room, Math.floor(exact + SOLVER_SLACK)));
        carried[at] = Math.min(1, exact - wh);
        storageLeft.set(storage, storageLeft.get(storage)! - wh);
        pointLeft.set(other, pointLeft.get(other)! - wh);
        return wh;
      });
    });
  }
}

/** One storage's part of the schedule. */
class StorageRounding {
  readonly #market: StorageMarket;
  readonly #storage: Storage;
  readonly #schedule: RoundedSchedule;
  readonly #linksIn: readonly number[];
  readonly #linksOut: readonly number[];

  constructor(market: StorageMarket, storage: Storage, schedule: RoundedSchedule) {
    const own = (links: readonly { readonly storage: string }[]) =>
      links.flatMap((link, at) => (link.storage === storage.id ? [at] : []));
    this.#market = market;
    this.#storage = storage;
    this.#schedule = schedule;
    this.#linksIn = own(market.linksIn);
    this.#linksOut = own(market.linksOut);
  }

  /** Walks and mends until the last state is high enough: less discharge, latest first, then more charge. */
  mend(): void {
    const { finalMinWh } = this.#storage;
    let short = finalMinWh - this.#walk();
    for (let t = this.#market.intervals - 1; t >= 0 && short > 0; t--) {
      while (short > 0 && this.#dischargeWh(t) > 0) {
        // One Wh less of discharge leaves at least as much more in the store.
        this.#lessDischarge(t, Math.min(short, this.#dischargeWh(t)));
        short = finalMinWh - this.#walk();
      }
    }
    for (let t = this.#market.intervals - 1; t >= 0 && short > 0; t--) {
      while (short > 0 && this.#moreCharge(t, short)) short = finalMinWh - this.#walk();
    }
    if (short > 0) {
      throw new Refusal(`the last state stays ${short} Wh below the least one`, {
        code: 'E_STORAGE_FINAL',
        place: `storage ${this.#storage.id}`,
      });
    }
  }

  /** Follows the state; takes discharge back that it cannot give and charge that it cannot hold. @returns the last state */
  #walk(): number {
    const storage = this.#storage;
    let socWh = storage.initialWh;
    for (let t = 0; t < this.#market.intervals; t++) {
      const kept = keptWh(storage, socWh);
      const available = kept + storedWh(storage, this.#chargeWh(t));
      if (drawnWh(storage, this.#dischargeWh(t)) > available) {
        this.#lessDischarge(t, this.#dischargeWh(t) - mostDischargeWh(storage, available));
      }
      const room = storage.energyWh - kept + drawnWh(storage, this.#dischargeWh(t));
      if (storedWh(storage, this.#chargeWh(t)) > room) {
        this.#lessCharge(t, this.#chargeWh(t) - mostChargeWh(storage, room));
      }
      socWh = kept + storedWh(storage, this.#chargeWh(t)) - drawnWh(storage, this.#dischargeWh(t));
    }
    return socWh;
  }

  #chargeWh(t: number): number {
    return this.#linksIn.reduce((sum, at) => sum + this.#schedule.linkInWh[t]![at]!, 0);
  }

  #dischargeWh(t: number): number {
    return this.#linksOut.reduce((sum, at) => sum + this.#schedule.linkOutWh[t]![at]!, 0);
  }

  #lessDischarge(t: number, wh: number): void {
    takeAway(this.#schedule.linkOutWh[t]!, this.#linksOut, wh);
  }

  #lessCharge(t: number, wh: number): void {
    takeAway(this.#schedule.linkInWh[t]!, this.#linksIn, wh);
  }

  /** Charges more where the storage's limit and a plant leave room. @returns whether it could */
  #moreCharge(t: number, wh: number): boolean {
    const { linksIn, plants } = this.#market;
    const flows = this.#schedule.linkInWh[t]!;
    const limit = this.#storage.chargeWh - this.#chargeWh(t);
    for (const at of this.#linksIn) {
      const { plant } = linksIn[at]!;
      const taken = linksIn.reduce((sum, link, one) => (link.plant === plant ? sum + flows[one]! : sum), 0);
      const free = plants.find(({ id }) => id === plant)!.wh[t]! - taken;
      const more = Math.min(limit, free, Math.ceil((wh * PPM) / this.#storage.etaChargePpm));
      const before = this.#chargeWh(t);
      if (more <= 0) continue;
      flows[at]! += more;
      this.#walk();
      if (this.#chargeWh(t) > before) return true;
    }
    return false;
  }
}

/** `floor(charge*eta_c) <= room`. */
function mostChargeWh({ etaChargePpm }: Storage, room: number): number {
  const eta = BigInt(etaChargePpm);
  return Number(((BigInt(room) + 1n) * BigInt(PPM) - 1n) / eta);
}

/** `ceil(discharge/eta_d) <= available`. */
function mostDischargeWh({ etaDischargePpm }: Storage, available: number): number {
  return Number((BigInt(available) * BigInt(etaDischargePpm)) / BigInt(PPM));
}

function takeAway(flows: number[], links: readonly number[], wh: number): void {
  let left = wh;
  for (const at of [...links].reverse()) {
    const part = Math.min(left, flows[at]!);
    flows[at]! -= part;
    left -= part;
  }
}
