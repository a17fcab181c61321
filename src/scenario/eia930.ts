/**
 * EIA-930 hours in the wide form of gridemissions (`E_<zone>_<FUEL>`, `E_<zone>_D`, `E_<a>-<b>_ID`, MWh) as readings of
 * the grid streams. Text in, readings out.
 *
 * Labels: EIA-930 names an hour by its END in UTC ("UTC Time at End of Hour"), and gridemissions keeps that as `period`
 * (src/gridemissions/eia_bulk_grid_monitor.py); the sun over Texas in these files agrees. So start = period - 1 hour.
 */
import { eia930Modes } from '../../schemas/reference/fuelFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { readWideTable } from '../grid/wideFile.ts';
import { readColumn, type WideTable } from '../grid/wideTable.ts';
import { HOUR_MS, instantText, type Span } from './civilTime.ts';
import type { Reading } from './scenario.ts';

export interface Eia930Hours {
  readonly zones: readonly string[];
  /** From the start of the first hour to the end of the last. */
  readonly span: Span;
  readonly generation: readonly Reading[];
  readonly exchange: readonly Reading[];
  readonly load: readonly Reading[];
}

const LABEL = /^(\d{4}-\d\d-\d\d)[ T](\d\d):00:00$/;

/**
 * @param file name for messages and the text of the CSV
 * @param how quality and revision of the readings; cells that are empty become `null` (unknown), negative ones stay
 * @throws Refusal TL_WIDE_* (row and column) for a file that is no wide table, `TL_EIA930_PERIOD` and
 * `TL_EIA930_COLUMNS` for one that is not of this kind
 */
export function readEia930(
  file: { readonly name: string; readonly text: string },
  how: { readonly quality: 'measured' | 'estimated'; readonly revision: number },
): Eia930Hours {
  const table = readWideTable(file.name, file.text);
  const starts = hourStarts(table);
  const columns = columnsOf(table);
  const hours = starts.map((startMs) => ({ start: instantText(startMs), durationS: 3600 }));
  const hour = (row: number) => hours[row]!;
  const cells = (column: string, sign: 1 | -1 = 1) => {
    const values: (number | null)[] = [];
    readColumn(table, column, (_row, value) => values.push(Number.isNaN(value) ? null : 0 + sign * value));
    return values;
  };

  const generation = columns.modes.flatMap(({ zone, fuel, column }) =>
    cells(column).map((energyMwh, row) => ({ zone, fuel, ...hour(row), energyMwh, ...how })),
  );
  const exchange = columns.pairs.flatMap(({ fromZone, toZone, column, sign }) =>
    cells(column, sign).map((netEnergyMwh, row) => ({
      fromZone,
      toZone,
      ...hour(row),
      netEnergyMwh,
      ...how,
    })),
  );
  const load = columns.zones.flatMap((zone) =>
    cells(`E_${zone}_D`).map((energyMwh, row) => ({ zone, ...hour(row), energyMwh, ...how })),
  );
  return {
    zones: columns.zones,
    span: { startMs: starts[0]!, endMs: starts.at(-1)! + HOUR_MS },
    generation,
    exchange,
    load,
  };
}

function hourStarts(table: WideTable): number[] {
  const starts = table.rows.map((cells, row) => {
    const label = cells[table.periodColumn] ?? '';
    const found = LABEL.exec(label);
    const endMs = found ? Date.parse(`${found[1]}T${found[2]}:00:00Z`) : Number.NaN;
    if (Number.isNaN(endMs)) refusePeriod(table, row, `"${label}" is no hour`);
    return endMs - HOUR_MS;
  });
  if (starts.length === 0) refusePeriod(table, 0, 'the file has no hours');
  starts.forEach((ms, row) => {
    if (row > 0 && ms !== starts[row - 1]! + HOUR_MS) refusePeriod(table, row, 'the hours do not follow on');
  });
  return starts;
}

interface Columns {
  readonly zones: readonly string[];
  readonly modes: readonly { readonly zone: string; readonly fuel: string; readonly column: string }[];
  readonly pairs: readonly {
    readonly fromZone: string;
    readonly toZone: string;
    readonly column: string;
    readonly sign: 1 | -1;
  }[];
}

/** Zones are those with a `_NG` column; of two columns of one exchange the one along the sorted names is read. */
function columnsOf(table: WideTable): Columns {
  const names = [...table.columnOf.keys()];
  const zones = names.flatMap((name) => /^E_([A-Z0-9]+)_NG$/.exec(name)?.[1] ?? []);
  const known = new Set(zones);
  const modes = names.flatMap((column) => {
    const [, zone, code] = /^E_([A-Z0-9]+)_([A-Z]{3})$/.exec(column) ?? [];
    const fuel = code === undefined ? undefined : eia930Modes[code];
    return zone !== undefined && fuel !== undefined && known.has(zone) ? [{ zone, fuel, column }] : [];
  });
  const pairs = new Map<string, Columns['pairs'][number]>();
  for (const column of names) {
    const [, left, right] = /^E_([A-Z0-9]+)-([A-Z0-9]+)_ID$/.exec(column) ?? [];
    if (left === undefined || right === undefined) continue;
    const along = left < right;
    const [fromZone, toZone] = along ? [left, right] : [right, left];
    const key = `${fromZone}-${toZone}`;
    if (along || !pairs.has(key)) pairs.set(key, { fromZone, toZone, column, sign: along ? 1 : -1 });
  }
  if (modes.length === 0 || pairs.size === 0) {
    throw new Refusal('no columns of generation by fuel or of exchange', {
      code: 'TL_EIA930_COLUMNS',
      place: `${table.name} row 1`,
      remedy:
        'columns E_<zone>_NG, E_<zone>_<FUEL> (COL, GAS, …) and E_<zone>-<zone>_ID, as E_opt_*.csv has them',
    });
  }
  return { zones, modes: oneRowAMode(table.name, modes), pairs: [...pairs.values()] };
}

/** `OTH` and `UNK` are one mode: a zone that had both would get two readings under one identity. */
function oneRowAMode<M extends { zone: string; fuel: string; column: string }>(
  file: string,
  modes: M[],
): M[] {
  const seen = new Map<string, string>();
  for (const { zone, fuel, column } of modes) {
    const before = seen.get(`${zone} ${fuel}`);
    if (before !== undefined) {
      throw new Refusal(`${before} and ${column} are the same mode`, {
        code: 'TL_EIA930_COLUMNS',
        place: `${file} row 1, column ${column}`,
        remedy: `one column for ${fuel} of ${zone}`,
      });
    }
    seen.set(`${zone} ${fuel}`, column);
  }
  return modes;
}

function refusePeriod(table: WideTable, row: number, problem: string): never {
  throw new Refusal(problem, {
    code: 'TL_EIA930_PERIOD',
    place: `${table.name} row ${row + 2}, column period`,
    remedy: 'full hours in UTC, each one after the other, e.g. 2021-07-10 00:00:00',
  });
}
