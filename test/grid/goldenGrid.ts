/** The golden hours (EIA-930, July 2021) as a tracing series with masses from modes and factors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eia930Modes, modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { massOfModes, sourceRangeOf } from '../../src/grid/modeMass.ts';
import type { TracingSeries } from '../../src/grid/tracingSeries.ts';
import { readWideBalance, readWideTable, type WideBalance } from '../../src/grid/wideFile.ts';
import { readWideModes } from '../../src/grid/wideModes.ts';
import { readColumn, type WideTable } from '../../src/grid/wideTable.ts';
import { dataDir } from '../sharedData.ts';

export const goldenDir = dataDir && join(dataDir, 'grid/gridemissions');
const span = '2021-07-10_2021-07-20.csv';

function goldenFile(kind: string): { name: string; text: string } {
  const name = `${kind}_${span}`;
  return { name, text: readFileSync(join(goldenDir!, name), 'utf8') };
}

/** A file of the golden data as a table. */
export const goldenTable = (kind: string): WideTable => readWideTable(kind, goldenFile(kind).text);

/** Rounded masses, as the command reads them. */
export function goldenBalance(): WideBalance {
  return readWideBalance(goldenFile('E_opt'), goldenFile('CO2'));
}

/** Masses from the mode columns, one family a factor set. */
export function goldenModeSeries(
  balance: WideBalance,
  factorSetIds: readonly string[] = ['gridemissions-2021-eia930'],
): TracingSeries {
  const table = goldenTable('E_opt');
  const modes = readWideModes(table, balance.topology.zoneIds, eia930Modes);
  const families = factorSetIds.map((id) => ({
    name: id,
    producedKg: massOfModes(modes, modeFactors(id)),
    sourceRange: sourceRangeOf(modeFactors(id)),
  }));
  return { ...balance.series, families };
}

/** Golden intensities, steps x zones in the balance's order (kg/MWh, three significant digits). */
export function goldenIntensities(balance: WideBalance): Float64Array {
  const table = goldenTable('CO2i');
  const { zoneIds } = balance.topology;
  const values = new Float64Array(balance.periods.length * zoneIds.length).fill(Number.NaN);
  zoneIds.forEach((zoneId, zone) => {
    readColumn(table, `CO2i_${zoneId}_D`, (step, value) => {
      values[step * zoneIds.length + zone] = value;
    });
  });
  return values;
}
