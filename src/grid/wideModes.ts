/** Production by mode out of the wide form: columns `E_<zone>_<suffix>` (MWh), one suffix a mode. */
import type { ProductionMode } from '../../schemas/reference/fuelFactors.ts';
import type { ModeProduction } from './modeMass.ts';
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
