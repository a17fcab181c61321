/** The journal lines of a settled period: Wh by bucket from the legal match, money from matched energy and prices. */
import { Refusal } from '../../../schemas/refusal.ts';
import type { LegalMatchResult } from '../legalMatch.ts';
import { amountFen } from '../money/amount.ts';
import type { JournalLine } from './journal.ts';

export const UNIT_WH = 'WH';
export const UNIT_FEN = 'CNY_FEN';

/** Wh lines of every bucket: gen and use per contract, surplus per plant, residual per data centre. Zero amounts are left out. */
export function energyLines(match: LegalMatchResult): JournalLine[] {
  const lines: JournalLine[] = [];
  const push = (key: string, debit: string, credit: string, amount: bigint) => {
    if (amount !== 0n) lines.push({ key, unit: UNIT_WH, debit, credit, amount });
  };
  for (const { bucket, lines: settled, plants, users } of match.buckets) {
    for (const { contract, plant, user, qWh } of settled) {
      push(`${bucket}|${contract}|gen`, `match/${contract}`, `plant/${plant}/generated`, qWh);
      push(`${bucket}|${contract}|use`, `dc/${user}/consumed`, `match/${contract}`, qWh);
    }
    for (const [id, { leftWh }] of plants) {
      push(`${bucket}|${id}|surplus`, `plant/${id}/surplus`, `plant/${id}/generated`, leftWh ?? 0n);
    }
    for (const [id, { leftWh }] of users) {
      push(`${bucket}|${id}|residual`, `dc/${id}/consumed`, `dc/${id}/grid_residual`, leftWh ?? 0n);
    }
  }
  return lines;
}

export interface ContractPrices {
  readonly energyMilliYuanPerMwh: bigint;
  readonly environmentMilliYuanPerMwh: bigint;
}

/**
 * Money lines of the contracts: one energy and one environment line over all buckets given, each rounded once.
 * Zero amounts are left out; a negative one swaps debit and credit. @throws Refusal E_PRICE_MISSING
 */
export function contractMoneyLines(
  match: LegalMatchResult,
  pricesOf: ReadonlyMap<string, ContractPrices>,
): JournalLine[] {
  const totals = new Map<string, { plant: string; user: string; qWh: bigint; settledWh: bigint }>();
  for (const { lines } of match.buckets) {
    for (const { contract, plant, user, qWh, settledWh } of lines) {
      const sums = totals.get(contract) ?? { plant, user, qWh: 0n, settledWh: 0n };
      totals.set(contract, sums);
      sums.qWh += qWh;
      sums.settledWh += settledWh;
    }
  }
  return [...totals].flatMap(([contract, { plant, user, qWh, settledWh }]) => {
    const prices = pricesOf.get(contract);
    if (prices === undefined) {
      throw new Refusal('a contract has no prices', { code: 'E_PRICE_MISSING', place: contract });
    }
    const accounts: [string, string] = [`dc/${user}/payable`, `plant/${plant}/receivable`];
    return [
      ...moneyLines(`${contract}|energy`, accounts, amountFen(qWh, prices.energyMilliYuanPerMwh)),
      ...moneyLines(
        `${contract}|environment`,
        accounts,
        amountFen(settledWh, prices.environmentMilliYuanPerMwh),
      ),
    ];
  });
}

function moneyLines(key: string, [payer, payee]: [string, string], signedFen: bigint): JournalLine[] {
  if (signedFen === 0n) return [];
  return signedFen > 0n
    ? [{ key, unit: UNIT_FEN, debit: payer, credit: payee, amount: signedFen }]
    : [{ key, unit: UNIT_FEN, debit: payee, credit: payer, amount: -signedFen }];
}
