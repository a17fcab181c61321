/** The Danish scenarios of Energinet as our engines read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type AreaPoint, settleArea } from '../../src/settlement/meterSettlement.ts';
import { dataDir } from '../sharedData.ts';

export type Row = Record<string, string>;
export const folder = join(dataDir ?? '', 'settlement', 'dk');
export const rowsOf = (path: string): Row[] =>
  parse(readFileSync(join(folder, path)), { delimiter: ';', columns: true, skip_empty_lines: true });

/** kWh with up to three decimals to Wh. */
export function whOf(kwh: string): bigint {
  const [whole, decimals = ''] = kwh.replace('-', '').split('.');
  const wh = BigInt(`${whole}${decimals.padEnd(3, '0')}`);
  return kwh.startsWith('-') ? -wh : wh;
}

export const KINDS: Record<string, AreaPoint['kind']> = {
  E17D01: 'profiled_consumption',
  E17E02: 'consumption',
  E18: 'production',
  E20: 'exchange',
};

export function settleScenario(scenario: string, resultBy: 'quarter' | 'hour') {
  const { startMs, endMs } = spanOfScenario(scenario);
  const points = rowsOf(`${scenario}/when/metering_point_periods.csv`).flatMap((row): AreaPoint[] => {
    const kind = KINDS[`${row.type}${row.settlement_method}`];
    if (kind === undefined) return [];
    return [
      {
        id: row.metering_point_id!,
        kind,
        area: row.grid_area_code!,
        fromArea: row.from_grid_area_code!,
        toArea: row.to_grid_area_code!,
        supplier: row.energy_supplier_id!,
        balanceParty: row.balance_responsible_party_id!,
        readBy: row.resolution === 'PT1H' ? 'hour' : 'quarter',
      },
    ];
  });
  return settleArea({
    area: '800',
    startMs,
    endMs,
    resultBy,
    points,
    readings: rowsOf(`${scenario}/when/time_series_points.csv`).map((row) => ({
      point: row.metering_point_id!,
      startMs: Date.parse(row.observation_time!),
      wh: row.quantity === '' ? null : whOf(row.quantity!),
      quality: row.quality!,
    })),
    lossPoints: rowsOf(`${scenario}/when/grid_loss_metering_points.csv`).map((row) => row.metering_point_id!),
  });
}

export function spanOfScenario(scenario: string): { startMs: number; endMs: number } {
  const text = readFileSync(join(folder, scenario, 'when/calculation_arguments.yml'), 'utf8');
  const instant = (name: string) =>
    Date.parse(`${new RegExp(`${name}: "(.*)"`).exec(text)![1]!.replace(' ', 'T')}Z`);
  return { startMs: instant('period-start-datetime'), endMs: instant('period-end-datetime') };
}
