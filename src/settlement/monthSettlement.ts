/**
 * Settles one market month: the environmental value by its own rule, the quarter-hour match for
 * analysis, and from both every data centre's statement. Pure: meters, contracts, rules and prices in, statements out.
 */
import type { SettlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { touCalendar } from './money/touCalendar.ts';
import { type DailyEnergy, type DataCenterEnergy, type EnergyByBand, tallyEnergy } from './monthEnergy.ts';
import { type MonthMarket, type SortedMonth, sortMonth } from './monthMarket.ts';
import { statementOf } from './monthStatement.ts';
import { matchPeriod, type PeriodMatch } from './periodMatch.ts';
import { instantText, QUARTER_MS } from './settlementCalendar.ts';

export interface PlantMonth {
  readonly plant: string;
  /** Quarters with a reading only. */
  readonly generatedWh: bigint;
  /** By the quarter-hour match. */
  readonly matchedWh: bigint;
  readonly missingQuarters: number;
}

export interface MonthSettlement {
  /** By data centre id. */
  readonly statements: readonly SettlementStatement[];
  /** By plant id. */
  readonly plants: readonly PlantMonth[];
  /** Closing tails of the environmental value by contract; they open the next month. */
  readonly tailsOutWh: ReadonlyMap<string, bigint>;
  /** Received less paid of every party over all statements; adds up to 0. */
  readonly netFen: ReadonlyMap<string, bigint>;
  /** The month as it was sorted, and its quarter-hour match by local day: what the journal's Wh lines are made of. */
  readonly sorted: SortedMonth;
  readonly daily: DailyEnergy;
}

/** Everything that the statements of a month are written from. */
export interface SettledMonth {
  readonly sorted: SortedMonth;
  readonly environment: PeriodMatch;
  readonly analysis: PeriodMatch;
  readonly energy: EnergyByBand;
}

/**
 * Settles the month.
 * @param options.perInterval adds every data centre's use and matched Wh of each quarter hour to its statement
 * @throws Refusal with the codes of `sortMonth`, E_TOU_CALENDAR, E_PRICE_MISSING, E_WH_TOO_LARGE
 */
export function settleMonth(
  input: MonthMarket,
  options: { readonly perInterval?: boolean } = {},
): MonthSettlement {
  const sorted = sortMonth(input);
  const opening = sorted.terms.map(({ id }) => input.tailsInWh?.get(id) ?? 0n);
  const environment = matchPeriod(sorted, input.ruleSet.environment, opening);
  const bandOf = touCalendar(input.tariff.calendar.seasons);
  const bands = Array.from({ length: sorted.month.count }, (_, at) =>
    bandOf(sorted.month.firstMs + at * QUARTER_MS),
  );
  const { energy, analysis, plantMatchedWh, daily } = tallyEnergy(sorted, bands);
  const settled: SettledMonth = { sorted, environment, analysis, energy };
  const statements = sorted.dataCenters.map((_, user) => {
    const statement = statementOf(settled, user);
    if (options.perInterval !== true) return statement;
    return { ...statement, perInterval: quarters(sorted, energy.dataCenters[user]!, user) };
  });
  const tailsOutWh = new Map(input.tailsInWh ?? []);
  sorted.terms.forEach(({ id }, k) => {
    tailsOutWh.set(id, environment.contracts[k]!.tailOutWh);
  });
  return {
    statements,
    plants: plantMonths(sorted, plantMatchedWh),
    tailsOutWh,
    netFen: netOf(statements),
    sorted,
    daily,
  };
}

function quarters(sorted: SortedMonth, energy: DataCenterEnergy, user: number) {
  const { wh, missing } = sorted.users[user]!;
  return {
    firstStart: instantText(sorted.month.firstMs),
    quarterMinutes: 15 as const,
    useWh: Array.from(wh, (value, at) => (missing[at] === 1 ? null : value)),
    matchedWh: Array.from(energy.matchedWh),
  };
}

function plantMonths({ plants }: SortedMonth, matchedWh: Float64Array): PlantMonth[] {
  return plants.map(({ id, wh, missing }, at) => ({
    plant: id,
    generatedWh: BigInt(wh.reduce((sum, value) => sum + value, 0)),
    matchedWh: BigInt(matchedWh[at]!),
    missingQuarters: missing.reduce((sum, flag) => sum + flag, 0),
  }));
}

function netOf(statements: readonly SettlementStatement[]): Map<string, bigint> {
  const net = new Map<string, bigint>();
  for (const { totals } of statements) {
    for (const [party, fen] of Object.entries(totals.netFen)) net.set(party, (net.get(party) ?? 0n) + fen);
  }
  return net;
}
