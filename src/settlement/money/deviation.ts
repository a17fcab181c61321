/** 偏差补偿: what the side that fell short of a contract pays the other (Shaanxi V2.0 9.4). */
import { PPM } from './amount.ts';
import { energyLine, type MoneyLine } from './moneyLine.ts';

export interface DeviationTerms {
  readonly contractWh: bigint;
  /** What was matched of it. */
  readonly qWh: bigint;
  /** The side that held it down, as the legal matcher gave it. */
  readonly limit: 'contract' | 'generation' | 'use';
  readonly compPriceMilliYuanPerMwh: bigint;
  /** Part of the contract that may be missed without pay. */
  readonly freeBandPpm: bigint;
}

/** Chargeable deviation in Wh: `max(0, C - q - floor(C * free band))`. */
function chargeableDeviationWh({ contractWh, qWh, freeBandPpm }: DeviationTerms): bigint {
  const gapWh = contractWh - qWh - (contractWh * freeBandPpm) / PPM;
  return gapWh > 0n ? gapWh : 0n;
}

/** The deviation line, or none where the contract was met or the gap is inside the free band. */
export function deviationLine(
  terms: DeviationTerms,
  parties: { plant: string; user: string },
  note?: string,
): MoneyLine | undefined {
  const wh = chargeableDeviationWh(terms);
  if (terms.limit === 'contract' || wh === 0n) return undefined;
  const { plant, user } = parties;
  const [payer, payee] = terms.limit === 'generation' ? [plant, user] : [user, plant];
  return energyLine(
    'deviation',
    payer,
    payee,
    { wh, priceMilliYuanPerMwh: terms.compPriceMilliYuanPerMwh },
    note,
  );
}
