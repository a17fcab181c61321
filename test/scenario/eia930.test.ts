import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { readWideTable } from '../../src/grid/wideFile.ts';
import { readColumn } from '../../src/grid/wideTable.ts';
import { readEia930 } from '../../src/scenario/eia930.ts';
import { GOLDEN_FACTOR_SET, realScenario } from '../../src/scenario/realData.ts';
import { dataDir } from '../sharedData.ts';
import { traceReadings } from './tracedReadings.ts';

const how = { quality: 'measured', revision: 0 } as const;
const HEADER = 'period,E_A_NG,E_A_COL,E_A_SUN,E_A_D,E_B_NG,E_B_WAT,E_B_D,E_B-A_ID,E_A-B_ID';
const read = (text: string) => readEia930({ name: 'x.csv', text }, how);

describe('EIA-930 hours in the wide form', () => {
  const hours = read(
    `${HEADER}\n2021-07-10 00:00:00,7,5,2,4,1,1,4,-3,3\n2021-07-10 01:00:00,,,-2,4,1,1,4,,\n`,
  );

  test('are labelled by their end and start an hour before', () => {
    expect(hours.generation[0]).toEqual({
      zone: 'A',
      fuel: 'coal',
      start: '2021-07-09T23:00:00Z',
      durationS: 3600,
      energyMwh: 5,
      ...how,
    });
    expect(new Date(hours.span.endMs).toISOString()).toBe('2021-07-10T01:00:00.000Z');
  });

  test('give each exchange once, positive where it leaves the first zone', () => {
    expect(hours.exchange).toHaveLength(2);
    expect(hours.exchange[0]).toMatchObject({ fromZone: 'A', toZone: 'B', netEnergyMwh: 3 });
  });

  test('turn the sign where only the other direction is reported', () => {
    const one = read('period,E_A_NG,E_A_COL,E_B_NG,E_B-A_ID\n2021-07-10 00:00:00,5,5,0,-3\n');
    expect(one.exchange).toEqual([expect.objectContaining({ fromZone: 'A', toZone: 'B', netEnergyMwh: 3 })]);
  });

  test('keep what is unknown unknown, and a negative reading as it is', () => {
    const second = hours.generation.filter(({ start }) => start === '2021-07-10T00:00:00Z');
    expect(second.map(({ fuel, energyMwh }) => [fuel, energyMwh])).toEqual([
      ['coal', null],
      ['solar', -2],
      ['hydro', 1],
    ]);
    expect(hours.exchange[1]).toMatchObject({ netEnergyMwh: null });
  });

  test.each([
    ['period,E_A_NG,E_A_COL,E_A-B_ID\nyesterday,1,1,1\n', 'TL_EIA930_PERIOD', 'x.csv row 2, column period'],
    [
      'period,E_A_NG,E_A_COL,E_A-B_ID\n2021-07-10 00:00:00,1,1,1\n2021-07-10 02:00:00,1,1,1\n',
      'TL_EIA930_PERIOD',
      'x.csv row 3, column period',
    ],
    [
      'period,E_A_NG,E_A_COL,E_A-B_ID\n2021-07-10 00:00:00,1,one,1\n',
      'TL_WIDE_NUMBER',
      'x.csv row 2, column E_A_COL',
    ],
    ['period,a,b\n2021-07-10 00:00:00,1,2\n', 'TL_EIA930_COLUMNS', 'x.csv row 1'],
    [
      'period,E_A_NG,E_A_OTH,E_A_UNK,E_A-B_ID\n2021-07-10 00:00:00,2,1,1,1\n',
      'TL_EIA930_COLUMNS',
      'x.csv row 1, column E_A_UNK',
    ],
    ['a,b\n1,2\n', 'TL_WIDE_HEADER', 'x.csv row 1'],
  ])('refuse another file and say where: %s', (text, code, place) => {
    expect(() => read(text)).toThrow(Refusal);
    expect(() => read(text)).toThrow(expect.objectContaining({ code, place }));
  });
});

describe.skipIf(!dataDir)('the EIA-930 hours of July 2021', () => {
  const file = (name: string) => {
    const path = join(dataDir!, 'grid/gridemissions', `${name}_2021-07-10_2021-07-20.csv`);
    return { name, text: readFileSync(path, 'utf8') };
  };

  test('as readings trace to the golden intensities, all 1,440 of them', async () => {
    const scenario = await realScenario(dataDir!);
    const { zoneIds, starts, traced } = traceReadings(scenario, modeFactors(GOLDEN_FACTOR_SET));
    const golden = readWideTable('CO2i', file('CO2i').text);
    const values = traced.families[0]!.consumptionKgPerMwh;
    let equal = 0;
    for (const [zone, id] of zoneIds.entries()) {
      readColumn(golden, `CO2i_${id}_D`, (row, value) => {
        const label = golden.rows[row]![golden.periodColumn]!;
        const startMs = Date.parse(`${label.replace(' ', 'T')}Z`) - 3_600_000;
        const step = starts.indexOf(new Date(startMs).toISOString().replace('.000Z', 'Z'));
        if (Number(values[step * zoneIds.length + zone]!.toPrecision(3)) === value) equal++;
      });
    }
    expect(equal).toBe(1440);
  });

  test('have the sun over Texas highest near its noon: the label is the end of the hour', () => {
    const { generation } = readEia930(file('E_basic'), how);
    let [sine, cosine] = [0, 0];
    for (const { zone, fuel, start, energyMwh } of generation) {
      if (zone !== 'ERCO' || fuel !== 'solar') continue;
      const middle = (2 * Math.PI * (new Date(String(start)).getUTCHours() + 0.5)) / 24;
      sine += Number(energyMwh) * Math.sin(middle);
      cosine += Number(energyMwh) * Math.cos(middle);
    }
    const centreUtc = ((Math.atan2(sine, cosine) * 24) / (2 * Math.PI) + 24) % 24;
    // Solar noon at 100.5° W (western Texas) in mid July: 12 + 100.5/15 h + 6 min. Read as starts it would be 20.0.
    expect(Math.abs(centreUtc - 18.8)).toBeLessThan(0.4);
  });
});
