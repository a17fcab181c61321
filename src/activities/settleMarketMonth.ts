/** Settles one month of the green-power market from what stands in the store: meters, contracts, sites. */
import type { SettlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { sichuanRuleSet } from '../../schemas/reference/settlementRules.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import { compareUtf8 } from '../settlement/byteOrder.ts';
import { type MonthSettlement, settleMonth } from '../settlement/monthSettlement.ts';
import type { Store } from '../store/port.ts';
import { CODE_VERSION } from './codeVersion.ts';
import {
  canonicalSha256,
  type InputRows,
  originOf,
  recordComputation,
  snapshotInputs,
  versionOf,
} from './lineage.ts';
import { type MarketMonth, readMarket, spanOf } from './readMarketMonth.ts';

export interface SettledMarketMonth {
  readonly computation: string;
  readonly version: number;
  readonly existed: boolean;
  readonly origin: string;
  readonly statements: readonly SettlementStatement[];
  readonly settlement: MonthSettlement;
  /** SHA-256 over what was read: meters with revisions and qualities, contracts, opening tails. */
  readonly inputHash: string;
  readonly ruleVersion: string;
}

/**
 * Reads the month, settles it and writes statements and lineage. The same inputs give the version that exists.
 * @throws Refusal E_MARKET_EMPTY where there are no contracts, and the engine's own codes.
 */
export async function settleMarketMonth(
  store: Store,
  month: MarketMonth,
  clock: () => Date,
): Promise<SettledMarketMonth> {
  const span = spanOf(month.period);
  const { start, end } = span;
  const inputs = await snapshotInputs(store, inputRows(start, end));
  const market = await readMarket(store, month, span);
  const settlement = settleMonth(market, { perInterval: true });
  const { statements } = settlement;
  const tailsIn = [...(market.tailsInWh ?? [])].sort(([a], [b]) => compareUtf8(a, b));
  const draft = {
    kind: 'settlement_month',
    subject: month.market,
    start,
    end,
    origin: originOf(inputs),
    inputs,
    factorSet: '',
    ruleSet: `${sichuanRuleSet.id} ${sichuanRuleSet.version}; ${sichuanTariff.id}`,
    parameters: { useMeters: month.useMeters ?? null, tailsIn: canonicalSha256(tailsIn) },
    codeVersion: CODE_VERSION,
    resultSha256: canonicalSha256(statements),
  } as const;
  const { id, version, cause, existed } = await versionOf(store, draft);
  if (!existed) {
    await store.insertRows(
      'settlement_statements',
      statements.map((statement) => statementRow(statement, { id, version, origin: draft.origin })),
      `statements:${id}`,
    );
    await recordComputation(store, { ...draft, id, version, cause, computedAt: clock().toISOString() });
  }
  return {
    computation: id,
    version,
    existed,
    origin: draft.origin,
    statements,
    settlement,
    inputHash: canonicalSha256({
      read: inputs.map(({ table, rows, sha256 }) => ({ table, rows, sha256 })),
      parameters: draft.parameters,
    }),
    ruleVersion: draft.ruleSet,
  };
}

function inputRows(start: string, end: string): InputRows[] {
  const params = { start, end };
  const within =
    "start >= parseDateTime64BestEffort({start:String}, 3, 'UTC') AND start < parseDateTime64BestEffort({end:String}, 3, 'UTC')";
  const valid =
    "valid_from < parseDateTime64BestEffort({end:String}, 3, 'UTC') AND (valid_to IS NULL OR valid_to > parseDateTime64BestEffort({start:String}, 3, 'UTC'))";
  return [
    {
      table: 'plant_generation_current',
      where: within,
      params,
      order: ['plant', 'meter', 'start', 'source'],
    },
    {
      table: 'datacenter_power_current',
      where: within,
      params,
      order: ['facility', 'meter', 'start', 'source'],
    },
    {
      table: 'market_contracts_current',
      where: valid,
      params,
      order: ['kind', 'id', 'valid_from', 'source'],
    },
  ];
}

function statementRow(
  statement: SettlementStatement,
  { id, version, origin }: { id: string; version: number; origin: string },
) {
  return {
    computation: id,
    market: statement.market,
    period: statement.period,
    party: statement.dataCenter,
    version,
    use_wh: statement.useWh,
    matched_wh: statement.matchedWh,
    amount_fen: statement.totals.dataCenterPaysFen,
    origin,
    document: JSON.stringify(statement, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
  };
}
