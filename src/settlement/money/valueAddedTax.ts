/** 增值税 of a data centre's bill: shown inside prices that hold it, or added as lines where they do not. */
import type { VatRule } from '../../../schemas/reference/billRules.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { roundHalfAway } from '../integerDivision.ts';
import { PPM, ppmOf } from './amount.ts';
import { type MoneyLine, moneyLine } from './moneyLine.ts';

/** What the data centre pays to (or, negative, receives from) one party at one rate. */
export interface TaxedAmount {
  readonly party: string;
  readonly ratePpm: bigint;
  readonly netFen: bigint;
  readonly taxFen: bigint;
  /** `net + tax`, to the fen. */
  readonly grossFen: bigint;
}

export interface BillTax {
  readonly amounts: readonly TaxedAmount[];
  /** Lines to be added to the statement; none where prices include the tax. */
  readonly lines: readonly MoneyLine[];
}

/**
 * Tax on the data centre's own lines; those between other parties are not its bill. One rounding a line, or one a party
 * and rate, as the rule says.
 */
export function billTax(lines: readonly MoneyLine[], rule: VatRule, dataCenter: string): BillTax {
  const groups = new Map<string, { party: string; ratePpm: bigint; statedFen: bigint; taxFen: bigint }>();
  const taxLines: MoneyLine[] = [];
  for (const line of lines) {
    if (line.payer !== dataCenter && line.payee !== dataCenter) continue;
    const pays = line.payer === dataCenter;
    const party = pays ? line.payee : line.payer;
    const statedFen = pays ? line.amountFen : -line.amountFen;
    const ratePpm = rateOf(line.component, rule);
    const key = JSON.stringify([party, String(ratePpm)]);
    const group = groups.get(key) ?? { party, ratePpm, statedFen: 0n, taxFen: 0n };
    groups.set(key, group);
    group.statedFen += statedFen;
    if (rule.roundedBy === 'bill') continue;
    const taxFen = taxOf(statedFen, ratePpm, rule);
    group.taxFen += taxFen;
    if (!rule.pricesIncludeTax && ratePpm !== 0n) {
      const note = line.note === undefined ? line.component : `${line.component} ${line.note}`;
      taxLines.push(moneyLine('vat', dataCenter, party, taxFen, note));
    }
  }
  const ordered = [...groups.values()].sort(
    (a, b) => compareUtf8(a.party, b.party) || Number(a.ratePpm - b.ratePpm),
  );
  const amounts = ordered.map(({ party, ratePpm, statedFen, taxFen: byLine }): TaxedAmount => {
    const taxFen = rule.roundedBy === 'bill' ? taxOf(statedFen, ratePpm, rule) : byLine;
    const netFen = rule.pricesIncludeTax ? statedFen - taxFen : statedFen;
    if (rule.roundedBy === 'bill' && !rule.pricesIncludeTax && ratePpm !== 0n) {
      taxLines.push(moneyLine('vat', dataCenter, party, taxFen, `${party} ${ratePpm} ppm`));
    }
    return { party, ratePpm, netFen, taxFen, grossFen: netFen + taxFen };
  });
  return { amounts, lines: taxLines };
}

function taxOf(statedFen: bigint, ratePpm: bigint, { pricesIncludeTax }: VatRule): bigint {
  return pricesIncludeTax ? roundHalfAway(statedFen * ratePpm, PPM + ratePpm) : ppmOf(statedFen, ratePpm);
}

function rateOf(component: string, { exceptions, ratePpm }: VatRule): bigint {
  const name = component.split(':', 1)[0];
  return BigInt(exceptions.find((one) => one.component === name)?.ratePpm ?? ratePpm);
}
