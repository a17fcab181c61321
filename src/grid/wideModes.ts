/** Production by mode out of the wide form: columns `E_<zone>_<suffix>` (MWh), one suffix a mode. */
import type { ModeFactorSet, ProductionMode } from '../../schemas/reference/fuelFactors.ts';
import { type ModeProduction, massOfModes, sourceRangeOf } from './modeMass.ts';
import { readWideBalance, readWideTable, type WideBalance } from './wideFile.ts';
import { readColumn, type WideTable } from './wideTable.ts';

/**
 * Reads the mode columns of every zone, steps x zones.
 * A zone without a mode's column has none of that mode (0); an empty cell of a column that is there is unknown.
 * @throws Refusal with row and column for a cell that is no number
 */
export function readWideModes(
  table: WideTable,
  zoneIds: readonly string[],
  modeOfSuffix: Readonly<Record<string, ProductionMode>>,
): ModeProduction[] {
  return Object.entries(modeOfSuffix).map(([suffix, mode]) => {
    const productionMwh = new Float64Array(table.rows.length * zoneIds.length);
    zoneIds.forEach((zoneId, zone) => {
      readColumn(table, `E_${zoneId}_${suffix}`, (step, value) => {
        productionMwh[step * zoneIds.length + zone] = value;
      });
    });
    return { mode, productionMwh };
  });
}

/**
 * A wide balance whose masses follow from production by mode and a factor set, one family of the set's id.
 * @throws Refusal as `readWideBalance`
 */
export function readWideModeBalance(
  file: { readonly name: string; readonly text: string },
  modeOfSuffix: Readonly<Record<string, ProductionMode>>,
  factors: ModeFactorSet,
): WideBalance {
  const table = readWideTable(file.name, file.text);
  const periods = table.rows.map((row) => `"${row[table.periodColumn]!.replaceAll('"', '""')}"`);
  const balance = readWideBalance(file, { name: file.name, text: ['period', ...periods].join('\n') });
  const modes = readWideModes(table, balance.topology.zoneIds, modeOfSuffix);
  const family = {
    name: factors.id,
    producedKg: usable(massOfModes(modes, factors), balance.series.productionMwh, modes),
    sourceRange: sourceRangeOf(factors),
  };
  return { ...balance, series: { ...balance.series, families: [family] } };
}

/** Masses where the modes make up the total; a negative mode, or modes that leave a part over, have none. */
function usable(
  massKg: Float64Array,
  productionMwh: Float64Array,
  modes: readonly ModeProduction[],
): Float64Array {
  return massKg.map((mass, cell) => {
    const total = productionMwh[cell]!;
    let sum = 0;
    for (const mode of modes) {
      if (mode.productionMwh[cell]! < 0) return Number.NaN;
      sum += mode.productionMwh[cell]!;
    }
    if (!(Math.abs(sum - total) <= MODES_APART * total)) return Number.NaN;
    // The mean intensity of the modes goes with the whole total.
    return sum === 0 ? 0 : (mass / sum) * total;
  });
}

/** Modes and total are metered apart; further from each other than this (of the total), the mix is not known. */
const MODES_APART = 0.001;
