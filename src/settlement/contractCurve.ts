/** Contracted energy of every quarter hour of a month, from a contract's curve and its validity. */
import type { SettlementContract } from '../../schemas/documents/settlementContract.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { localTime, QUARTER_MS } from './settlementCalendar.ts';

const DAY_BEGINS_MINUTE = 8 * 60;
const DAY_ENDS_MINUTE = 20 * 60;

/** The quarter hours of a settled month. */
export interface MonthQuarters {
  readonly firstMs: number;
  readonly count: number;
}

/** A contract whose curve is stated quarter by quarter. */
interface StatedCurve {
  readonly contract: number;
  readonly wh: readonly number[];
}

/** A contract that begins or ends inside the month: effective in `[from, to)` by position of the quarter hour. */
interface PartialMonth {
  readonly contract: number;
  readonly from: number;
  readonly to: number;
}

/** Gives the contracted Wh of all contracts interval by interval, without holding contracts x intervals in memory. */
export class ContractCurves {
  readonly #day: Float64Array;
  readonly #night: Float64Array;
  readonly #stated: readonly StatedCurve[];
  readonly #partial: readonly PartialMonth[];
  readonly #month: MonthQuarters;

  /** @throws Refusal E_SERIES_LENGTH where a curve by quarters has another length than the month */
  constructor(contracts: readonly SettlementContract[], month: MonthQuarters) {
    this.#month = month;
    this.#day = Float64Array.from(contracts, ({ curve }) => plainWh(curve, 'dayQuarterWh'));
    this.#night = Float64Array.from(contracts, ({ curve }) => plainWh(curve, 'nightQuarterWh'));
    this.#stated = contracts.flatMap(({ id, curve }, contract) =>
      curve.kind === 'quarters' ? [statedCurve(id, contract, curve.wh, month)] : [],
    );
    this.#partial = contracts
      .map(({ effectiveFrom, effectiveTo }, contract) => ({
        contract,
        from: effectivePosition(effectiveFrom, month),
        to: effectiveTo === null ? month.count : effectivePosition(effectiveTo, month),
      }))
      .filter(({ from, to }) => from > 0 || to < month.count);
  }

  /** Writes the contracted Wh of one quarter hour (position in the month) of every contract. */
  fill(interval: number, contractWh: Float64Array): void {
    const { minuteOfDay } = localTime(this.#month.firstMs + interval * QUARTER_MS);
    const isDay = DAY_BEGINS_MINUTE <= minuteOfDay && minuteOfDay < DAY_ENDS_MINUTE;
    contractWh.set(isDay ? this.#day : this.#night);
    for (const { contract, wh } of this.#stated) contractWh[contract] = wh[interval]!;
    for (const { contract, from, to } of this.#partial) {
      if (interval < from || interval >= to) contractWh[contract] = 0;
    }
  }
}

function plainWh(curve: SettlementContract['curve'], part: 'dayQuarterWh' | 'nightQuarterWh'): number {
  if (curve.kind === 'flat') return curve.quarterWh;
  return curve.kind === 'day_night' ? curve[part] : 0;
}

function statedCurve(id: string, contract: number, wh: readonly number[], month: MonthQuarters): StatedCurve {
  if (wh.length !== month.count) {
    throw new Refusal(`${wh.length} values for ${month.count} quarter hours`, {
      code: 'E_SERIES_LENGTH',
      place: `contract ${id}`,
    });
  }
  return { contract, wh };
}

/** The first quarter hour that begins at or after an instant. */
function effectivePosition(instant: string, month: MonthQuarters): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - month.firstMs) / QUARTER_MS));
}
