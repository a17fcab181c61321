/** Exchange columns `E_<a>-<b>_ID` of the wide form: which zones they join, and one flow out of two reports. */
import { Refusal } from '../../schemas/refusal.ts';
import { type Exchange, OUTSIDE } from './topology.ts';
import { readColumn, type WideTable } from './wideTable.ts';

/** Two reports of one exchange are disputed when they differ by more than the larger of these. */
const DISPUTED_MWH = 5;
const DISPUTED_SHARE = 0.02;

/** The columns that report one exchange: along its direction, and against it. */
export interface ExchangeColumns {
  readonly along: string | undefined;
  readonly against: string | undefined;
}

/**
 * One exchange per pair of places. A name that is no zone of the file lies outside the model: what comes from
 * there is of unknown intensity, which is said in `notes`.
 */
export function parseExchangeColumns(
  table: WideTable,
  zoneIds: readonly string[],
  notes: string[],
): { exchanges: Exchange[]; columns: ExchangeColumns[] } {
  const indexOf = new Map(zoneIds.map((zoneId, index) => [zoneId, index]));
  const pairs = new Map<string, { first: string; second: string; along?: string; against?: string }>();
  for (const column of table.columnOf.keys()) {
    const name = /^E_(.+)_ID$/.exec(column)?.[1];
    if (name === undefined) continue;
    const [left, right] = splitPair(name, indexOf, table.name);
    const [first, second] = left < right ? [left, right] : [right, left];
    const key = JSON.stringify([first, second]);
    const pair = pairs.get(key) ?? { first, second };
    pair[left === first ? 'along' : 'against'] = column;
    pairs.set(key, pair);
  }
  const exchanges: Exchange[] = [];
  const columns: ExchangeColumns[] = [];
  const outside = new Set<string>();
  for (const { first, second, along, against } of pairs.values()) {
    const from = indexOf.get(first) ?? OUTSIDE;
    const to = indexOf.get(second) ?? OUTSIDE;
    if (from === OUTSIDE) outside.add(first);
    if (to === OUTSIDE) outside.add(second);
    exchanges.push({ from, to, capacityMw: Number.NaN });
    columns.push({ along, against });
  }
  for (const zoneId of outside) notes.push(`${zoneId} has no E_${zoneId}_NG: it lies outside the model`);
  return { exchanges, columns };
}

/** Splits `<a>-<b>`, where zone ids may hold hyphens themselves: the split that names most zones must be the only one. */
function splitPair(name: string, zones: ReadonlyMap<string, number>, file: string): [string, string] {
  const splits: Array<{ pair: [string, string]; known: number }> = [];
  for (let at = name.indexOf('-'); at !== -1; at = name.indexOf('-', at + 1)) {
    const pair: [string, string] = [name.slice(0, at), name.slice(at + 1)];
    if (pair[0] === '' || pair[1] === '' || pair[0] === pair[1]) continue;
    splits.push({ pair, known: pair.filter((id) => zones.has(id)).length });
  }
  const most = Math.max(0, ...splits.map(({ known }) => known));
  const best = splits.filter(({ known }) => known === most);
  if (most === 0 || best.length !== 1) {
    throw new Refusal(`E_${name}_ID does not name two zones`, {
      code: 'TL_WIDE_HEADER',
      place: `${file} row 1, column E_${name}_ID`,
      remedy: 'E_<zone>-<zone>_ID, each zone with its own E_<zone>_NG',
    });
  }
  return best[0]!.pair;
}

/** Net flows (MWh), steps x exchanges. Of two reports that differ the one along the sorted names is used and the dispute is noted. */
export function readFlowColumns(
  table: WideTable,
  columns: readonly ExchangeColumns[],
  notes: string[],
): Float64Array {
  const flows = new Float64Array(table.rows.length * columns.length).fill(Number.NaN);
  columns.forEach(({ along, against }, exchange) => {
    const place = (row: number) => row * columns.length + exchange;
    if (against !== undefined) {
      readColumn(table, against, (row, value) => {
        flows[place(row)] = 0 - value;
      });
    }
    if (along === undefined) return;
    readColumn(table, along, (row, value) => {
      if (Number.isNaN(value)) return;
      const other = flows[place(row)]!;
      const tolerance = Math.max(DISPUTED_MWH, DISPUTED_SHARE * Math.abs(value));
      if (Math.abs(other - value) > tolerance) {
        notes.push(
          `${table.name} row ${row + 2}: ${along} says ${value}, ${against} says ${-other}; disputed, ${along} is used`,
        );
      }
      flows[place(row)] = value;
    });
  });
  return flows;
}
