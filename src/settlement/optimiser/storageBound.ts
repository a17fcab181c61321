/**
 * The bound on what a market with storages can deliver, by a certificate that anyone can check: any multipliers of the
 * rows (those of limits not negative) bound the optimum from above (weak duality), whoever found them. The check is
 * exact, in whole multiples of 10^-9 for multipliers and 10^-27 Wh for the bound.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import type { StorageMarket } from './storageMarket.ts';
import { type StorageProgram, storageProgram } from './storageProgram.ts';

/** Multipliers in 10^-9, one a row of `storageProgram`; those of balances are in 10^-9 Wh per Wh of the row. */
export type BoundCertificate = readonly bigint[];

const MULTIPLIER = 10n ** 9n;
const BALANCE_UNIT = 10n ** 18n;
const ONE_WH = MULTIPLIER * BALANCE_UNIT;

/** A solver's multipliers as a certificate: rounded, and never negative on a limit. */
export function certificateOf(program: StorageProgram, duals: Float64Array): BoundCertificate {
  return program.rows.map(({ kind }, row) => {
    const whole = BigInt(Math.round((duals[row] ?? 0) * 1e9));
    return kind === 'limit' && whole < 0n ? 0n : whole;
  });
}

/**
 * The largest whole number of Wh that the certificate allows; no schedule delivers more.
 * @throws Refusal E_CERTIFICATE_FORM where a multiplier is missing or a limit's is negative
 */
export function certifiedBoundWh(market: StorageMarket, certificate: BoundCertificate): bigint {
  const { columns, rows } = storageProgram(market);
  if (certificate.length !== rows.length) {
    throw new Refusal(`${certificate.length} multipliers for ${rows.length} rows`, {
      code: 'E_CERTIFICATE_FORM',
    });
  }
  let total = 0n;
  rows.forEach(({ kind, bound }, row) => {
    const multiplier = certificate[row]!;
    if (kind === 'limit' && multiplier < 0n) {
      throw new Refusal('the multiplier of a limit is negative', {
        code: 'E_CERTIFICATE_FORM',
        place: `row ${row}`,
      });
    }
    total += multiplier * bound * (kind === 'limit' ? BALANCE_UNIT : 1n);
  });
  for (const { delivered, lowerWh, upperWh, entries } of columns) {
    let worth = delivered === 1 ? ONE_WH : 0n;
    for (const [row, value] of entries) {
      worth -= certificate[row]! * value * (rows[row]!.kind === 'limit' ? BALANCE_UNIT : 1n);
    }
    total += worth * BigInt(worth > 0n ? upperWh : lowerWh);
  }
  return total >= 0n ? total / ONE_WH : -((-total + ONE_WH - 1n) / ONE_WH);
}
