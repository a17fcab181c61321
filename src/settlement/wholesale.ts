/** Breaks the wholesale contracts of aggregators down to the contracts of their users, quarter hour by quarter hour. */
import type { SettlementMarketDocument } from '../../schemas/documents/settlementMarketDocument.ts';
import type { SettlementRuleSet } from '../../schemas/reference/settlementRules.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { splitToRetail } from './retailSplit.ts';

export type ContractDocument = Extract<SettlementMarketDocument, { kind: 'contract' }>;
type WholesaleDocument = Extract<SettlementMarketDocument, { kind: 'wholesale' }>;

export interface UnplacedWholesale {
  readonly wholesale: string;
  readonly aggregator: string;
  /** Of each quarter hour between 08:00 and 20:00, and of the others. */
  readonly dayWh: bigint;
  readonly nightWh: bigint;
}

/**
 * Contracts with a parent get their share of its quantity, by the signed quantity that they state (Shaanxi V2.0 9.5);
 * the others stay as they are. Day and night quantities are split apart, so that every quarter hour adds up.
 * @throws Refusal E_UNKNOWN_WHOLESALE, E_WHOLESALE_PLANT, and the codes of `splitToRetail`
 */
export function breakDownWholesale(
  documents: readonly SettlementMarketDocument[],
  method: SettlementRuleSet['retailSplit'],
): { contracts: ContractDocument[]; unplaced: UnplacedWholesale[] } {
  const wholesale = documents.filter((one): one is WholesaleDocument => one.kind === 'wholesale');
  const contracts = documents.filter((one): one is ContractDocument => one.kind === 'contract');
  const known = new Map(wholesale.map((one) => [one.id, one]));
  for (const { id, parent, plant } of contracts) {
    if (parent == null) continue;
    const above = known.get(parent);
    const place = `contract ${id}`;
    if (above === undefined) {
      throw new Refusal(`no wholesale contract ${parent}`, { code: 'E_UNKNOWN_WHOLESALE', place });
    }
    if (above.plant !== plant) {
      throw new Refusal(`${parent} is with ${above.plant}`, {
        code: 'E_WHOLESALE_PLANT',
        place,
        remedy: above.plant,
      });
    }
  }
  const placed = new Map<string, ContractDocument>();
  const unplaced = wholesale.map((above): UnplacedWholesale => {
    const members = contracts.filter(({ parent }) => parent === above.id);
    const split = (quantityWh: number, signedOf: (member: ContractDocument) => number) =>
      splitToRetail(
        BigInt(quantityWh),
        members.map((member) => ({
          id: member.id,
          signedWh: BigInt(signedOf(member)),
          envPriceMilliYuanPerMwh: BigInt(member.environmentPriceMilliYuanPerMwh),
        })),
        method,
      );
    const night = split(above.intervalWh, ({ intervalWh }) => intervalWh);
    const day = split(above.dayIntervalWh ?? above.intervalWh, (one) => one.dayIntervalWh ?? one.intervalWh);
    for (const member of members) {
      const intervalWh = Number(night.wh.get(member.id));
      placed.set(member.id, { ...member, intervalWh, dayIntervalWh: Number(day.wh.get(member.id)) });
    }
    return {
      wholesale: above.id,
      aggregator: above.aggregator,
      dayWh: day.unallocatedWh,
      nightWh: night.unallocatedWh,
    };
  });
  return { contracts: contracts.map((one) => placed.get(one.id) ?? one), unplaced };
}
