/** A line of a statement: who pays whom how much, and for what. */
import { compareUtf8 } from '../byteOrder.ts';
import { amountFen } from './amount.ts';

export interface MoneyLine {
  /** `green_energy:peak`, `environment`, `tnd_capacity` …. */
  readonly component: string;
  readonly payer: string;
  readonly payee: string;
  /** >= 0: a negative product swaps payer and payee. */
  readonly amountFen: bigint;
  /** Contract id on contract lines. */
  readonly note?: string;
  /** Only on lines that are priced per Wh; after a swap both keep their signs. */
  readonly wh?: bigint;
  readonly priceMilliYuanPerMwh?: bigint;
}

/** A line from a signed amount. */
export function moneyLine(
  component: string,
  payer: string,
  payee: string,
  signedFen: bigint,
  note?: string,
): MoneyLine {
  const swapped = signedFen < 0n;
  return {
    component,
    payer: swapped ? payee : payer,
    payee: swapped ? payer : payee,
    amountFen: swapped ? -signedFen : signedFen,
    ...(note !== undefined && { note }),
  };
}

/** A line priced per Wh, rounded once. */
export function energyLine(
  component: string,
  payer: string,
  payee: string,
  energy: { wh: bigint; priceMilliYuanPerMwh: bigint },
  note?: string,
): MoneyLine {
  const signedFen = amountFen(energy.wh, energy.priceMilliYuanPerMwh);
  return { ...moneyLine(component, payer, payee, signedFen, note), ...energy };
}

/** Received less paid of every party on any line, zeros included, by id; adds up to 0. */
export function netByParty(
  lines: readonly Pick<MoneyLine, 'payer' | 'payee' | 'amountFen'>[],
): Map<string, bigint> {
  const net = new Map<string, bigint>();
  for (const line of lines) {
    net.set(line.payer, (net.get(line.payer) ?? 0n) - line.amountFen);
    net.set(line.payee, (net.get(line.payee) ?? 0n) + line.amountFen);
  }
  return new Map([...net].sort(([a], [b]) => compareUtf8(a, b)));
}
