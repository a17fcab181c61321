/**
 * Storage certificates: a discharge consumes charge records of green energy from before it, first
 * in first out or last in first out, and retires the round-trip loss with them. A charged Wh is consumed once.
 */

export type StorageCode =
  | 'ok'
  | 'E_DUP_RECORD'
  | 'E_WH_NEGATIVE'
  | 'E_CHARGE_NOT_GREEN'
  | 'E_DOUBLE_CLAIM'
  | 'E_RECORD_ORDER'
  | 'E_NOT_ENOUGH_CHARGE';

/** `t` orders records; `greenClaim` is the claim under which green energy was charged, null for grid energy. */
export interface ChargeRecord {
  readonly id: string;
  readonly t: number;
  readonly wh: bigint;
  readonly greenClaim: string | null;
}

export interface DischargeRecord {
  readonly id: string;
  readonly t: number;
  readonly wh: bigint;
}

/** Exactly the discharged Wh; `consumed` in order of consumption, `lossWh` retired with it. */
export interface StorageCertificate {
  readonly id: string;
  readonly t: number;
  readonly wh: bigint;
  readonly consumed: readonly { readonly charge: string; readonly wh: bigint }[];
  readonly lossWh: bigint;
}

const PPM = 1_000_000n;

export class StorageCertificates {
  readonly certificates: StorageCertificate[] = [];
  readonly #order: 'fifo' | 'lifo';
  readonly #roundTripPpm: bigint;
  readonly #charges: { id: string; t: number; leftWh: bigint }[] = [];
  readonly #ids = new Set<string>();
  readonly #usedClaims = new Set<string>();
  #lastT = Number.NEGATIVE_INFINITY;

  /** @param rule order and round-trip efficiency are fixed per storage; efficiency in (0, 10^6] ppm */
  constructor(rule: { order: 'fifo' | 'lifo'; roundTripPpm: bigint }) {
    if (rule.roundTripPpm <= 0n || rule.roundTripPpm > PPM) {
      throw new RangeError(`a round trip of ${rule.roundTripPpm} ppm is not an efficiency`);
    }
    this.#order = rule.order;
    this.#roundTripPpm = rule.roundTripPpm;
  }

  charge({ id, t, wh, greenClaim }: ChargeRecord): StorageCode {
    if (this.#ids.has(id)) return 'E_DUP_RECORD';
    if (wh <= 0n) return 'E_WH_NEGATIVE';
    if (greenClaim === null) return 'E_CHARGE_NOT_GREEN';
    if (this.#usedClaims.has(greenClaim)) return 'E_DOUBLE_CLAIM';
    if (t < this.#lastT) return 'E_RECORD_ORDER';
    this.#accept(id, t);
    this.#usedClaims.add(greenClaim);
    this.#charges.push({ id, t, leftWh: wh });
    return 'ok';
  }

  /** `need = ceil(wh * 10^6 / round trip)` is taken from charges of earlier intervals. */
  discharge({ id, t, wh }: DischargeRecord): StorageCode {
    if (this.#ids.has(id)) return 'E_DUP_RECORD';
    if (wh <= 0n) return 'E_WH_NEGATIVE';
    if (t < this.#lastT) return 'E_RECORD_ORDER';
    const needWh = (wh * PPM + this.#roundTripPpm - 1n) / this.#roundTripPpm;
    const earlier = this.#charges.filter((charge) => charge.t < t && charge.leftWh > 0n);
    if (earlier.reduce((sum, { leftWh }) => sum + leftWh, 0n) < needWh) return 'E_NOT_ENOUGH_CHARGE';
    this.#accept(id, t);
    if (this.#order === 'lifo') earlier.reverse();
    const consumed: { charge: string; wh: bigint }[] = [];
    let openWh = needWh;
    for (const charge of earlier) {
      if (openWh === 0n) break;
      const takenWh = charge.leftWh < openWh ? charge.leftWh : openWh;
      charge.leftWh -= takenWh;
      openWh -= takenWh;
      consumed.push({ charge: charge.id, wh: takenWh });
    }
    this.certificates.push({ id, t, wh, consumed, lossWh: needWh - wh });
    return 'ok';
  }

  /** What is left of every accepted charge, zeros included, in order of acceptance. */
  chargeLeft(): Map<string, bigint> {
    return new Map(this.#charges.map(({ id, leftWh }) => [id, leftWh]));
  }

  #accept(id: string, t: number): void {
    this.#ids.add(id);
    this.#lastT = t;
  }
}
