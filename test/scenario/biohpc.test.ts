import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../schemas/refusal.ts';
import { hostReadings, missingHours, readHostFile } from '../../src/scenario/biohpc.ts';
import { monthSpan } from '../../src/scenario/civilTime.ts';
import { dataDir } from '../sharedData.ts';

const HEADER = 'timestamp,powerave,utilave';
const read = (...rows: string[]) =>
  readHostFile('h.csv', [HEADER, ...rows, ''].join('\n'), 'America/New_York');

describe('a host file', () => {
  test('becomes whole watt hours of UTC hours', () => {
    const file = read('2025-04-01 00:00:00.000,87.5125,3', '2025-04-01 01:00:00.000,86.2,3');
    const span = { startMs: Date.UTC(2025, 3, 1), endMs: Date.UTC(2025, 3, 2) };
    expect([...hostReadings({ facility: 'dc/x', name: 'h' }, file, span)]).toEqual([
      expect.objectContaining({
        meter: 'gpu-h',
        start: '2025-04-01T04:00:00Z',
        energyWh: 88,
        quality: 'measured',
      }),
      expect.objectContaining({ start: '2025-04-01T05:00:00Z', energyWh: 86 }),
    ]);
    expect(missingHours(file, span)).toHaveLength(22);
  });

  test('over the spring change has no gap where the clock jumps', () => {
    const file = read('2025-03-09 01:00:00,1,0', '2025-03-09 03:00:00,1,0');
    expect(file.flags).toEqual([]);
    expect(file.hours.map(({ startMs }) => startMs)).toEqual([
      Date.UTC(2025, 2, 9, 6),
      Date.UTC(2025, 2, 9, 7),
    ]);
  });

  test('with a time in the hour that spring skips has it flagged and left out', () => {
    const file = read('2025-03-09 01:00:00,1,0', '2025-03-09 02:00:00,1,0', '2025-03-09 03:00:00,1,0');
    expect(file.flags).toEqual([
      expect.objectContaining({ code: 'nonexistent_local_time', place: 'h.csv row 3' }),
    ]);
    expect(file.hours).toHaveLength(2);
  });

  test('over the autumn change has the repeated hour flagged and marked suspect', () => {
    const file = read('2024-11-03 00:00:00,1,0', '2024-11-03 01:00:00,5,0', '2024-11-03 02:00:00,1,0');
    expect(file.flags.map(({ code }) => code)).toEqual(['ambiguous_local_time', 'gap']);
    const span = { startMs: Date.UTC(2024, 10, 3), endMs: Date.UTC(2024, 10, 4) };
    const readings = [...hostReadings({ facility: 'dc/x', name: 'h' }, file, span)];
    expect(readings.map(({ quality }) => quality)).toEqual(['measured', 'suspect', 'measured']);
  });

  test.each([
    ['2025-04-01 00:00:00,-1,0', 'TL_BIOHPC_POWER', 'h.csv row 2, column powerave'],
    ['2025-04-01 00:00:00,much,0', 'TL_BIOHPC_POWER', 'h.csv row 2, column powerave'],
    ['2025-04-01 00:00:00,,0', 'TL_BIOHPC_POWER', 'h.csv row 2, column powerave'],
    ['2025-04-01 00:10:00,1,0', 'TL_BIOHPC_TIME', 'h.csv row 2, column timestamp'],
    ['2025-04-01 01:00:00,1,0\n2025-04-01 00:00:00,1,0', 'TL_BIOHPC_TIME', 'h.csv row 3, column timestamp'],
  ])('with the row %s is refused and says where', (row, code, place) => {
    expect(() => read(row)).toThrow(Refusal);
    expect(() => read(row)).toThrow(expect.objectContaining({ code, place }));
  });

  test('with other columns is refused', () => {
    expect(() => readHostFile('h.csv', 'a,b\n1,2\n', 'America/New_York')).toThrow(
      expect.objectContaining({ code: 'TL_BIOHPC_HEADER', place: 'h.csv row 1' }),
    );
  });
});

describe.skipIf(!dataDir)('the BioHPC hosts', () => {
  const host = (name: string) => {
    const path = join(dataDir!, 'datacenter/biohpc', `${name}_hourly.csv`);
    return readHostFile(name, readFileSync(path, 'utf8'), 'America/New_York');
  };

  test('cover April 2025 of Shanghai to the hour, and May not', () => {
    for (const name of ['cbsugpu08', 'cbsugpu09', 'cbsugpu10']) {
      const file = host(name);
      expect(missingHours(file, monthSpan('2025-04'))).toEqual([]);
      expect(missingHours(file, monthSpan('2025-05'))).toHaveLength(3);
    }
  });

  test('have their odd hours flagged: one repeated in autumn, and the gaps', () => {
    const { flags, hours } = host('cbsugpu08');
    expect(hours).toHaveLength(15_277);
    expect(flags.filter(({ code }) => code === 'ambiguous_local_time')).toEqual([
      expect.objectContaining({ place: 'cbsugpu08 row 6892' }),
    ]);
    expect(flags.filter(({ code }) => code === 'gap').length).toBeGreaterThan(20);
  });
});
