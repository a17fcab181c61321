/**
 * The journal lines of a settled month: every money line of the statements, and the Wh of the
 * quarter-hour match folded by local day. The environmental value is paid on its own settled quantity, a money line.
 */
import { Refusal } from '../../../schemas/refusal.ts';
import type { MoneyLine } from '../money/moneyLine.ts';
import type { MonthSettlement } from '../monthSettlement.ts';
import { localTime, QUARTER_MS } from '../settlementCalendar.ts';
import type { JournalLine } from './journal.ts';
import { UNIT_FEN, UNIT_WH } from './runLines.ts';

const QUARTERS_PER_DAY = 96;

/** All lines of the month; zero amounts are left out. @throws Refusal E_ACCOUNT_UNKNOWN for a party without an account */
export function monthLines({ statements, sorted, daily }: MonthSettlement): JournalLine[] {
  const money = statements.flatMap(({ dataCenter, lines }) =>
    lines.flatMap((line) => moneyJournalLine(line as MoneyLine, dataCenter)),
  );
  return [...energyLines(sorted, daily), ...money];
}

/** Lines between the same parties of one contract or site have one key, whichever way they go. */
function moneyJournalLine(line: MoneyLine, dataCenter: string): JournalLine[] {
  const { component, note, payer, payee, amountFen } = line;
  if (amountFen === 0n) return [];
  const isContractLine = CONTRACT_COMPONENTS.has(component.split(':', 1)[0]!);
  const key =
    isContractLine && note !== undefined
      ? `${note}|${component}`
      : [dataCenter, ...(note !== undefined && component !== 'power_factor' ? [note] : []), component].join(
          '|',
        );
  const [debit, credit] = [accountOf(payer, component), accountOf(payee, component)];
  return [{ key, unit: UNIT_FEN, debit, credit, amount: amountFen }];
}

const CONTRACT_COMPONENTS = new Set([
  'green_energy',
  'environment',
  'deviation',
  'agg_fee_user',
  'agg_fee_plant',
]);

/** Accounts are named from the party's side. */
const PARTY_ACCOUNTS: readonly (readonly [prefix: string, account: string])[] = [
  ['plant/', 'receivable'],
  ['dc/', 'payable'],
  ['agg/', 'fee'],
];

const GRID_ACCOUNTS: Readonly<Record<string, string>> = {
  line_loss: 'grid/loss',
  system_operation: 'grid/sysop',
  power_factor: 'grid/power_factor',
  adjustment: 'grid/adjustment',
  vat: 'grid/vat',
};

function accountOf(party: string, component: string): string {
  if (party === 'grid') return GRID_ACCOUNTS[component.split(':', 1)[0]!] ?? 'grid/tnd';
  if (party === 'government') return 'government/funds';
  if (party === 'market') return 'market/energy';
  const known = PARTY_ACCOUNTS.find(([prefix]) => party.startsWith(prefix));
  if (known === undefined) {
    throw new Refusal(`"${party}" has no account in the journal`, {
      code: 'E_ACCOUNT_UNKNOWN',
      place: component,
      remedy: 'plant/… | dc/… | agg/… | grid | government | market',
    });
  }
  return `${party}/${known[1]}`;
}

function energyLines(sorted: MonthSettlement['sorted'], daily: MonthSettlement['daily']): JournalLine[] {
  const lines: JournalLine[] = [];
  const push = (key: string, debit: string, credit: string, wh: number) => {
    if (wh !== 0) lines.push({ key, unit: UNIT_WH, debit, credit, amount: BigInt(wh) });
  };
  const { contracts, plants, users, month } = sorted;
  for (let day = 0; day < daily.days; day++) {
    const { date } = localTime(month.firstMs + day * QUARTERS_PER_DAY * QUARTER_MS);
    contracts.forEach(({ id, plant, user }, k) => {
      const wh = daily.matchedWh[day * contracts.length + k]!;
      push(`${date}|${id}|gen`, `match/${id}`, `${plants[plant]!.id}/generated`, wh);
      push(`${date}|${id}|use`, `${users[user]!.id}/consumed`, `match/${id}`, wh);
    });
    plants.forEach(({ id }, i) => {
      const wh = daily.surplusWh[day * plants.length + i]!;
      push(`${date}|${id}|surplus`, `${id}/surplus`, `${id}/generated`, wh);
    });
    users.forEach(({ id }, j) => {
      const wh = daily.residualWh[day * users.length + j]!;
      push(`${date}|${id}|residual`, `${id}/consumed`, `${id}/grid_residual`, wh);
    });
  }
  return lines;
}
