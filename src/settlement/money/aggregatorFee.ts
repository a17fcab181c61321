/** 服务费 of the aggregator, divided between user and plant so that the parts add up to the rounded total. */
import { amountFen, ppmOf } from './amount.ts';

/** `userPpm` is the user's part of the total; the plant bears the rest. */
export type FeeRule =
  | { readonly mode: 'per_mwh'; readonly priceMilliYuanPerMwh: bigint; readonly userPpm: bigint }
  | { readonly mode: 'env_share'; readonly sharePpm: bigint; readonly userPpm: bigint };

/** Signed fen of both parts. @param environmentFen the rounded, signed environment amount of the contract */
export function aggregatorFee(
  fee: FeeRule,
  qWh: bigint,
  environmentFen: bigint,
): { userFen: bigint; plantFen: bigint } {
  const totalFen =
    fee.mode === 'per_mwh' ? amountFen(qWh, fee.priceMilliYuanPerMwh) : ppmOf(environmentFen, fee.sharePpm);
  const userFen = ppmOf(totalFen, fee.userPpm);
  return { userFen, plantFen: totalFen - userFen };
}
