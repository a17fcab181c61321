/** The wide hourly form of a balance: one row a period, `E_<zone>_NG`, `E_<zone>_D`, `E_<a>-<b>_ID` (MWh) and `CO2_<zone>_NG` (kg). Strings in, strings out. */
import { parse } from 'csv-parse/sync';
import { Refusal } from '../../schemas/refusal.ts';
import type { GridTopology } from './topology.ts';
import type { TracedSeries, TracingSeries } from './tracingSeries.ts';
import { parseExchangeColumns, readFlowColumns } from './wideExchanges.ts';
import { readColumn, type WideTable } from './wideTable.ts';

export interface WideBalance {
  readonly periods: readonly string[];
  readonly topology: GridTopology;
  readonly series: TracingSeries;
  /** What was read otherwise than it stands, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads the two wide files into a series for `traceSeries`.
 * An empty cell is unknown; so is a zone without a `CO2_` column (unknown supply, not zero), and a negative
 * reading, which is named in `notes`. Without capacities a missing flow leaves both its zones without value.
 * @param balance text of the file with the `E_` columns; @param emissions text of the file with the `CO2_` columns
 * @throws Refusal with row and column: a missing or doubled column, a cell that is not a number, periods that do not meet, a mass without energy
 */
export function readWideBalance(
  balance: { readonly name: string; readonly text: string },
  emissions: { readonly name: string; readonly text: string },
): WideBalance {
  const energy = readWideTable(balance.name, balance.text);
  const mass = readWideTable(emissions.name, emissions.text);
  const massRow = matchPeriods(energy, mass);
  const zoneIds = zonesOf(energy, mass);
  const notes: string[] = [];

  const { exchanges, columns } = parseExchangeColumns(energy, zoneIds, notes);
  const steps = energy.rows.length;
  const cells = () => new Float64Array(steps * zoneIds.length).fill(Number.NaN);
  const productionMwh = cells();
  const demandMwh = cells();
  const producedKg = cells();
  zoneIds.forEach((zoneId, zone) => {
    const place = (step: number) => step * zoneIds.length + zone;
    readColumn(energy, `E_${zoneId}_NG`, (step, value) => {
      productionMwh[place(step)] = notNegative(value, energy, `E_${zoneId}_NG`, step, notes);
    });
    readColumn(energy, `E_${zoneId}_D`, (step, value) => {
      demandMwh[place(step)] = value;
    });
    const column = `CO2_${zoneId}_NG`;
    if (!mass.columnOf.has(column))
      notes.push(`${mass.name} has no ${column}: its supply is of unknown intensity`);
    readColumn(mass, column, (row, value) => {
      const step = massRow[row]!;
      producedKg[place(step)] = notNegative(value, mass, column, row, notes);
      if (value > 0 && productionMwh[place(step)] === 0) {
        throw new Refusal(`${value} kg from a production of 0 MWh`, {
          code: 'TL_WIDE_MASS',
          place: `${mass.name} row ${row + 2}, column ${column}`,
          remedy: `0 kg, or the production in E_${zoneId}_NG`,
        });
      }
    });
  });
  const series: TracingSeries = {
    steps,
    stepHours: 1,
    productionMwh,
    demandMwh,
    flowMwh: readFlowColumns(energy, columns, notes),
    families: [{ name: 'CO2', producedKg }],
  };
  return {
    periods: energy.rows.map((row) => row[energy.periodColumn]!),
    topology: { zoneIds, exchanges },
    series,
    notes,
  };
}

/** Text of the result: `period` and `CO2i_<zone>_D` (kg/MWh) at full precision, empty where unknown. */
export function writeWideIntensity(
  periods: readonly string[],
  zoneIds: readonly string[],
  traced: TracedSeries,
): string {
  const values = traced.families[0]!.consumptionKgPerMwh;
  const lines = [['period', ...zoneIds.map((zoneId) => `CO2i_${zoneId}_D`)].map(quoted).join(',')];
  periods.forEach((period, step) => {
    const cells = zoneIds.map((_zoneId, zone) => {
      const value = values[step * zoneIds.length + zone]!;
      return Number.isNaN(value) ? '' : String(value);
    });
    lines.push([quoted(period), ...cells].join(','));
  });
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of a wide CSV with its header indexed. Throws `Refusal`. */
export function readWideTable(name: string, text: string): WideTable {
  const records = parseCsv(name, text);
  const header = records[0];
  if (header === undefined) {
    throw new Refusal('the file is empty', { code: 'TL_WIDE_HEADER', place: name, remedy: 'a header row' });
  }
  const columnOf = new Map<string, number>();
  header.forEach((column, index) => {
    if (columnOf.has(column)) {
      throw new Refusal(`the column ${column} stands twice`, {
        code: 'TL_WIDE_HEADER',
        place: `${name} row 1, column ${index + 1}`,
      });
    }
    columnOf.set(column, index);
  });
  const periodColumn = columnOf.get('period');
  if (periodColumn === undefined) {
    throw new Refusal('the column period is missing', { code: 'TL_WIDE_HEADER', place: `${name} row 1` });
  }
  return { name, columnOf, periodColumn, rows: records.slice(1) };
}

function parseCsv(name: string, text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new Refusal(`not readable as CSV: ${(error as Error).message}`, {
      code: 'TL_WIDE_CSV',
      place: name,
      remedy: 'comma-separated values, every row as long as the header',
    });
  }
}

/** Step of each row of the mass file; both files must hold the same periods, each once. */
function matchPeriods(energy: WideTable, mass: WideTable): Int32Array {
  const stepOf = periodIndex(energy);
  const massPeriods = periodIndex(mass);
  for (const [period, row] of stepOf) {
    if (!massPeriods.has(period)) refusePeriod(energy, row, period, mass);
  }
  for (const [period, row] of massPeriods) if (!stepOf.has(period)) refusePeriod(mass, row, period, energy);
  return Int32Array.from(mass.rows, (row) => stepOf.get(row[mass.periodColumn]!)!);
}

function periodIndex(table: WideTable): Map<string, number> {
  const index = new Map<string, number>();
  table.rows.forEach((row, at) => {
    const period = row[table.periodColumn]!;
    const place = `${table.name} row ${at + 2}, column period`;
    if (period === '') throw new Refusal('a row without period', { code: 'TL_WIDE_PERIOD', place });
    if (index.has(period)) {
      throw new Refusal(`the period ${period} stands twice`, { code: 'TL_WIDE_PERIOD', place });
    }
    index.set(period, at);
  });
  if (index.size === 0) {
    throw new Refusal('no rows', {
      code: 'TL_WIDE_PERIOD',
      place: table.name,
      remedy: 'at least one period',
    });
  }
  return index;
}

function refusePeriod(table: WideTable, row: number, period: string, other: WideTable): never {
  throw new Refusal(`the periods do not meet: ${other.name} has no row for ${period}`, {
    code: 'TL_WIDE_PERIOD',
    place: `${table.name} row ${row + 2}, column period`,
    remedy: 'the same periods, written alike, in both files',
  });
}

/** Zones in the order of the balance file. A zone that is only demanded or only emits lacks its production column. */
function zonesOf(energy: WideTable, mass: WideTable): string[] {
  const named = (table: WideTable, pattern: RegExp) =>
    [...table.columnOf.keys()].flatMap((column) => pattern.exec(column)?.[1] ?? []);
  const zoneIds = named(energy, /^E_(.+)_NG$/);
  const known = new Set(zoneIds);
  for (const zoneId of [...named(energy, /^E_(.+)_D$/), ...named(mass, /^CO2_(.+)_NG$/)]) {
    if (known.has(zoneId)) continue;
    throw new Refusal(`the column E_${zoneId}_NG is missing`, {
      code: 'TL_WIDE_HEADER',
      place: `${energy.name} row 1`,
      remedy: `E_${zoneId}_NG, with empty cells where the production is not known`,
    });
  }
  if (zoneIds.length === 0) {
    throw new Refusal('no zone: a column E_<zone>_NG is missing', {
      code: 'TL_WIDE_HEADER',
      place: `${energy.name} row 1`,
    });
  }
  return zoneIds;
}

/** A negative production or mass is no reading: it counts as missing and is named. */
function notNegative(value: number, table: WideTable, column: string, row: number, notes: string[]): number {
  if (!(value < 0)) return value;
  notes.push(`${table.name} row ${row + 2}, column ${column}: ${value} is negative and counts as missing`);
  return Number.NaN;
}
