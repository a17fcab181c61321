/** Money of an energy: whole fen, one rounding a line. */
import { roundHalfAway } from '../integerDivision.ts';

/** Wh x milli-yuan/MWh to fen: 10^6 Wh a MWh, 10 milli-yuan a fen. */
const WH_MILLI_YUAN_PER_MWH_PER_FEN = 10_000_000n;
export const PPM = 1_000_000n;

/** `roundHalfAway(wh * price / 10^7)` in fen; negative where one of the two is. */
export function amountFen(wh: bigint, priceMilliYuanPerMwh: bigint): bigint {
  return roundHalfAway(wh * priceMilliYuanPerMwh, WH_MILLI_YUAN_PER_MWH_PER_FEN);
}

/** A share in ppm of an amount, rounded half away from zero. */
export function ppmOf(amount: bigint, ppm: bigint): bigint {
  return roundHalfAway(amount * ppm, PPM);
}

/** Price of a time band: base x ratio (ppm), rounded to milli-yuan. */
export function bandPrice(baseMilliYuanPerMwh: bigint, ratioPpm: bigint): bigint {
  return ppmOf(baseMilliYuanPerMwh, ratioPpm);
}
