/**
 * The sub-ledger of green electricity certificates 绿证: issue with carried tails, 划转, 核销,
 * expiry, and Wh claims inside cancelled certificates. Operations apply in order; a refused one changes nothing.
 */

import { changeRange, type GecLot, type GecState, lotsInRange } from './gecLots.ts';
import { type ClaimCode, type ClaimRequest, WhClaims } from './whClaims.ts';

/** 1 GEC = 1,000 kWh (国能发新能规〔2024〕67号). */
const GEC_WH = 1_000_000n;

/** Validity is rule data: months counting the production month, and the last month of older vintages. */
export interface GecRules {
  readonly validMonths: number;
  /** Vintages before this month are valid to `legacyLastMonth`. */
  readonly legacyBefore: string;
  readonly legacyLastMonth: string;
}

export type GecCode =
  | 'ok'
  | 'E_UNKNOWN_PLANT'
  | 'E_WH_NEGATIVE'
  | 'E_ALREADY_ISSUED'
  | 'E_ISSUE_ORDER'
  | 'E_RANGE'
  | 'E_NO_SUCH_GEC'
  | 'E_STATE_CANCELLED'
  | 'E_STATE_EXPIRED'
  | 'E_NOT_OWNER'
  | 'E_NOT_TRADABLE'
  | 'E_EXPIRED'
  | 'E_METER_BELOW_CLAIMS'
  | ClaimCode;

/** A range of numbers of one plant and vintage; `owner` must own all of it, `month` is when it happens. */
export interface GecRange {
  readonly plant: string;
  readonly vintage: string;
  readonly from: number;
  readonly to: number;
  readonly owner: string;
  readonly month: string;
}

interface PlantAccount {
  readonly account: string;
  readonly tradable: boolean;
  tailWh: bigint;
  lastIssued: string | undefined;
  /** Vintages in order of issue; one that issued nothing has no lots. */
  readonly vintages: Map<string, GecLot[]>;
}

export class GecLedger {
  readonly #rules: GecRules;
  readonly #plants = new Map<string, PlantAccount>();
  readonly #claims = new WhClaims();

  constructor(rules: GecRules) {
    this.#rules = rules;
  }

  /** Registers a plant; a later registration changes account and flag for later operations only. */
  registerPlant(plant: string, entry: { account: string; tradable: boolean }): GecCode {
    const known = this.#plants.get(plant);
    this.#plants.set(plant, {
      tailWh: 0n,
      lastIssued: undefined,
      vintages: new Map(),
      ...known,
      ...entry,
    });
    return 'ok';
  }

  /** Issues `floor((tail + wh) / 1 MWh)` certificates numbered 1..n of the month's vintage; the rest is the tail. */
  issue(plant: string, month: string, wh: bigint): GecCode {
    const account = this.#plants.get(plant);
    if (account === undefined) return 'E_UNKNOWN_PLANT';
    if (wh < 0n) return 'E_WH_NEGATIVE';
    if (account.vintages.has(month)) return 'E_ALREADY_ISSUED';
    if (account.lastIssued !== undefined && month < account.lastIssued) return 'E_ISSUE_ORDER';
    const available = account.tailWh + wh;
    const count = Number(available / GEC_WH);
    account.tailWh = available % GEC_WH;
    account.lastIssued = month;
    const lot: GecLot = { from: 1, to: count, owner: account.account, state: 'active' };
    account.vintages.set(month, count > 0 ? [lot] : []);
    return 'ok';
  }

  /** 划转: moves a range to another account under the same numbers. */
  transfer(range: GecRange, toAccount: string): GecCode {
    const code = this.#usable(range, { mustBeTradable: true });
    if (code === 'ok') this.#change(range, (lot) => ({ ...lot, owner: toAccount }));
    return code;
  }

  /** 核销: cancels a range for a beneficiary and a month of use; final. */
  cancel(range: GecRange, purpose: { beneficiary: string; purposeMonth: string }): GecCode {
    const code = this.#usable(range, { mustBeTradable: false });
    if (code === 'ok') this.#change(range, (lot) => ({ ...lot, state: 'cancelled', ...purpose }));
    return code;
  }

  /** Expires every active lot whose last valid month lies before `month`. */
  expire(month: string): GecCode {
    for (const { vintages } of this.#plants.values()) {
      for (const [vintage, lots] of vintages) {
        if (lastValidMonth(vintage, this.#rules) >= month) continue;
        const expired = lots.map(
          (lot): GecLot => (lot.state === 'active' ? { ...lot, state: 'expired' } : lot),
        );
        vintages.set(vintage, expired);
      }
    }
    return 'ok';
  }

  /** Metered use of a data centre in an interval, latest revision; never below what is claimed there. */
  meter(dataCenter: string, interval: string, wh: bigint): GecCode {
    return wh < 0n ? 'E_WH_NEGATIVE' : this.#claims.meter(dataCenter, interval, wh);
  }

  /** Claims a Wh range inside one cancelled certificate for one interval of its beneficiary. */
  claim(request: ClaimRequest): GecCode {
    const lot = this.#lotOf(request);
    if (lot === undefined) return 'E_NO_SUCH_GEC';
    if (lot.state !== 'cancelled') return 'E_GEC_NOT_CANCELLED';
    if (lot.beneficiary !== request.dataCenter) return 'E_NOT_BENEFICIARY';
    return this.#claims.claim(request);
  }

  /** Withdraws exactly that claim; the old version stays readable in `claims.history`. */
  release(request: ClaimRequest): GecCode {
    return this.#claims.release(request);
  }

  get claims(): WhClaims {
    return this.#claims;
  }

  /** Tails of plants with at least one accepted issue. */
  tails(): Map<string, bigint> {
    const issued = [...this.#plants].filter(([, { lastIssued }]) => lastIssued !== undefined);
    return new Map(issued.map(([plant, { tailWh }]) => [plant, tailWh]));
  }

  /** All lots, in no stated order of plants and vintages; within a vintage ascending. */
  lots(): ({ plant: string; vintage: string } & GecLot)[] {
    return [...this.#plants].flatMap(([plant, { vintages }]) =>
      [...vintages].flatMap(([vintage, lots]) => lots.map((lot) => ({ plant, vintage, ...lot }))),
    );
  }

  /** Certificates (not lots) by state; states without any are absent. */
  countByState(): Map<GecState, number> {
    const counts = new Map<GecState, number>();
    for (const { state, from, to } of this.lots())
      counts.set(state, (counts.get(state) ?? 0) + to - from + 1);
    return counts;
  }

  #usable(range: GecRange, { mustBeTradable }: { mustBeTradable: boolean }): GecCode {
    if (range.from > range.to) return 'E_RANGE';
    const plant = this.#plants.get(range.plant);
    const lots = plant?.vintages.get(range.vintage) ?? [];
    if (plant === undefined || range.from < 1 || range.to > (lots.at(-1)?.to ?? 0)) return 'E_NO_SUCH_GEC';
    for (const lot of lotsInRange(lots, range.from, range.to)) {
      if (lot.state === 'cancelled') return 'E_STATE_CANCELLED';
      if (lot.state === 'expired') return 'E_STATE_EXPIRED';
      if (lot.owner !== range.owner) return 'E_NOT_OWNER';
    }
    if (mustBeTradable && !plant.tradable) return 'E_NOT_TRADABLE';
    return range.month > lastValidMonth(range.vintage, this.#rules) ? 'E_EXPIRED' : 'ok';
  }

  #change(range: GecRange, change: (lot: GecLot) => GecLot): void {
    const vintages = this.#plants.get(range.plant)!.vintages;
    vintages.set(range.vintage, changeRange(vintages.get(range.vintage)!, range.from, range.to, change));
  }

  #lotOf({ plant, vintage, number }: ClaimRequest): GecLot | undefined {
    return this.#plants
      .get(plant)
      ?.vintages.get(vintage)
      ?.find(({ from, to }) => from <= number && number <= to);
  }
}

/** Last month in which a certificate of that vintage may move or be cancelled. */
export function lastValidMonth(vintage: string, rules: GecRules): string {
  if (vintage < rules.legacyBefore) return rules.legacyLastMonth;
  const months = Number(vintage.slice(0, 4)) * 12 + Number(vintage.slice(5, 7)) - 1 + rules.validMonths - 1;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}
