/** The lines of one green contract in a data centre's statement: energy, environment, deviation, aggregator's fee. */
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { aggregatorFee, type FeeRule } from './aggregatorFee.ts';
import { amountFen } from './amount.ts';
import { type DeviationTerms, deviationLine } from './deviation.ts';
import { energyLine, type MoneyLine, moneyLine } from './moneyLine.ts';
import { type SpotEnergy, spotLine } from './spotEnergy.ts';

/** Wh by price band of a period. */
export type WhByBand = ReadonlyMap<string, bigint>;
/** One price for all hours, or one a band; milli-yuan/MWh. */
export type EnergyPrice = { readonly single: bigint } | { readonly byBand: ReadonlyMap<string, bigint> };

export interface ContractPosition {
  readonly contract: string;
  readonly plant: string;
  /** Energy to be paid under the market's energy basis. */
  readonly energyWhByBand: WhByBand;
  readonly energyPrice: EnergyPrice;
  /** Energy priced quarter by quarter, in place of bands. */
  readonly spot?: SpotEnergy;
  /** Settled environmental value; its price knows no bands. Absent while the contract is held. */
  readonly environment?: { readonly wh: bigint; readonly priceMilliYuanPerMwh: bigint };
  readonly deviation?: DeviationTerms;
  readonly fee?: { readonly aggregator: string; readonly qWh: bigint; readonly rule: FeeRule };
}

/** Lines in the order energy (bands by name), environment, deviation, agg_fee_user, agg_fee_plant. */
export function contractLines(position: ContractPosition, dataCenter: string): MoneyLine[] {
  const { contract, plant, environment } = position;
  const lines = energyLines(position, dataCenter);
  if (environment !== undefined) {
    lines.push(energyLine('environment', dataCenter, plant, environment, contract));
  }
  if (position.deviation !== undefined) {
    const deviation = deviationLine(position.deviation, { plant, user: dataCenter }, contract);
    if (deviation !== undefined) lines.push(deviation);
  }
  if (position.fee !== undefined) {
    const environmentFen =
      environment === undefined ? 0n : amountFen(environment.wh, environment.priceMilliYuanPerMwh);
    const { aggregator, qWh, rule } = position.fee;
    const { userFen, plantFen } = aggregatorFee(rule, qWh, environmentFen);
    lines.push(moneyLine('agg_fee_user', dataCenter, aggregator, userFen, contract));
    lines.push(moneyLine('agg_fee_plant', plant, aggregator, plantFen, contract));
  }
  return lines;
}

function energyLines(position: ContractPosition, dataCenter: string): MoneyLine[] {
  const { contract, plant, energyWhByBand, energyPrice, spot } = position;
  if (spot !== undefined) return spotLine('green_energy', dataCenter, plant, spot, contract);
  if ('single' in energyPrice) {
    let wh = 0n;
    for (const part of energyWhByBand.values()) wh += part;
    const energy = { wh, priceMilliYuanPerMwh: energyPrice.single };
    return [energyLine('green_energy', dataCenter, plant, energy, contract)];
  }
  return bandLines('green_energy', dataCenter, plant, energyWhByBand, energyPrice.byBand, contract);
}

/** One line a band by name; bands without energy have none. @throws Refusal E_PRICE_MISSING */
export function bandLines(
  component: string,
  payer: string,
  payee: string,
  whByBand: WhByBand,
  priceByBand: ReadonlyMap<string, bigint>,
  note?: string,
): MoneyLine[] {
  const used = [...whByBand].filter(([, wh]) => wh !== 0n).sort(([a], [b]) => compareUtf8(a, b));
  return used.map(([band, wh]) => {
    const priceMilliYuanPerMwh = priceByBand.get(band);
    if (priceMilliYuanPerMwh === undefined) {
      throw new Refusal(`${component} has no price for the band "${band}"`, {
        code: 'E_PRICE_MISSING',
        place: note ?? component,
      });
    }
    return energyLine(`${component}:${band}`, payer, payee, { wh, priceMilliYuanPerMwh }, note);
  });
}
