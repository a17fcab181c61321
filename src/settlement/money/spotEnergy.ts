/** Energy at prices of the interval (现货): summed exactly over the month, rounded once. */
import { Refusal } from '../../../schemas/refusal.ts';
import { roundHalfAway } from '../integerDivision.ts';
import { type MoneyLine, moneyLine } from './moneyLine.ts';

/** Wh x milli-yuan/MWh a fen. */
const WH_MILLI_YUAN_PER_MWH_PER_FEN = 10_000_000n;

export interface SpotEnergy {
  readonly wh: bigint;
  /** Sum of Wh x price over the intervals, exact. */
  readonly whMilliYuanPerMwh: bigint;
}

/** One line `component:spot` without a single price; none where nothing flowed. */
export function spotLine(
  component: string,
  payer: string,
  payee: string,
  { wh, whMilliYuanPerMwh }: SpotEnergy,
  note: string | undefined,
): MoneyLine[] {
  if (wh === 0n && whMilliYuanPerMwh === 0n) return [];
  const fen = roundHalfAway(whMilliYuanPerMwh, WH_MILLI_YUAN_PER_MWH_PER_FEN);
  return [{ ...moneyLine(`${component}:spot`, payer, payee, fen, note), wh }];
}

/** Spot prices of a month, `null` where none was published. */
export type SpotPrices = readonly (number | null)[];

/** Adds energy at the price of its interval. */
export class SpotTally {
  readonly #prices: SpotPrices;
  readonly #adder: bigint;
  #wh = 0n;
  #value = 0n;

  /** @param adderMilliYuanPerMwh what a contract adds to the spot price */
  constructor(prices: SpotPrices, adderMilliYuanPerMwh: bigint) {
    this.#prices = prices;
    this.#adder = adderMilliYuanPerMwh;
  }

  /** @throws Refusal E_PRICE_MISSING for energy in an interval without a price */
  add(interval: number, wh: number): void {
    if (wh === 0) return;
    const price = this.#prices[interval];
    if (price == null) {
      throw new Refusal('energy flowed in an interval without a spot price', {
        code: 'E_PRICE_MISSING',
        place: `interval ${interval}`,
      });
    }
    this.#wh += BigInt(wh);
    this.#value += BigInt(wh) * (BigInt(price) + this.#adder);
  }

  get energy(): SpotEnergy {
    return { wh: this.#wh, whMilliYuanPerMwh: this.#value };
  }
}
