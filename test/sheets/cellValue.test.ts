/** Cells as people fill them in: what is taken, and what is refused because it would have to be guessed. */
import { describe, expect, test } from 'vitest';
import { fileFor } from './fileFor.ts';
import { csv, HEADER, judge, RIGHT, withCell } from './judged.ts';

describe('cells', () => {
  test.each([
    ['zone', '', 'row 2 · column A zone 分区: empty, but required'],
    ['zone', 'CN SC', '"CN SC" is not an identifier'],
    [
      'start',
      '2026-03-01 00:00',
      'column B start 时段起点: "2026-03-01 00:00" does not say its UTC offset; would be right: 2026-03-01T00:00:00+08:00 as text, or state the zone of all such times: --time-zone Asia/Shanghai',
    ],
    ['start', '03/01/2026 00:00', '"03/01/2026 00:00" is not a time'],
    ['start', '2026-02-30T00:00:00Z', '"2026-02-30T00:00:00Z" is not a time'],
    ['start', '2026-03-01 24:00:00+08:00', 'has an hour 24; would be right: 00:00 of the next day'],
    ['start', '1998-03-01T00:00:00Z', 'is not a time with offset between 2000 and 2099'],
    ['durationS', '15min', '"15min" is not a number; would be right: the number alone'],
    ['durationS', '900.5', '900.5 is not a whole number'],
    ['durationS', '0', '0 is too small; would be right: a whole number [s] from 1 to 31622400'],
    ['durationS', '9E+02', 'has been shortened to powers of ten'],
    ['energyMwh', '"1,234.5"', 'would be right: 1234.5 without thousands separators'],
    [
      'energyMwh',
      '"1,234"',
      'would be right: 1234 without thousands separators, or 1.234 if the comma is decimal',
    ],
    ['energyMwh', '"12,5"', 'would be right: 12.5 with a decimal point'],
    ['energyMwh', '—', 'leave the cell empty where the value is unknown'],
    ['energyMwh', 'NaN', 'leave the cell empty where the value is unknown'],
    ['energyMwh', '1e300', '1e+300 is too large'],
    ['quality', 'Mesured', 'did you mean measured? one of measured, estimated'],
  ])('%s = %s: %s', async (column, text, words) => {
    const { lines, accepted } = await judge(fileFor('a.csv', withCell(column, text)));
    expect(lines).toEqual([expect.stringContaining(words)]);
    expect(accepted).toBe(0);
  });

  test.each([
    ['energyMwh', '', undefined],
    ['energyMwh', '１２．５', 12.5],
    ['energyMwh', '−3', -3],
    ['energyMwh', '1.25E-2', 0.0125],
    ['durationS', '900.0', 900],
    ['start', '2026-03-01 00:00:00+0800', '2026-02-28T16:00:00Z'],
    ['start', '2026/3/1 0:00+08:00', '2026-02-28T16:00:00Z'],
    ['start', '2026年3月1日 0:00 Z', '2026-03-01T00:00:00Z'],
    ['zone', ' 成都 ', '成都'],
  ])('%s = %s is taken as %s', async (column, text, value) => {
    const { values, lines } = await judge(fileFor('a.csv', withCell(column, text)));
    expect(lines).toEqual([]);
    expect(values[0]?.[column]).toBe(value);
  });

  test('all faults of all rows are named, the first 200 of them in full', async () => {
    const bad = Array.from({ length: 300 }, () => ['', 'x', 'y', 'z', 'w']);
    const { faults, refused } = await judge(fileFor('a.csv', csv(HEADER, ...bad)));
    expect(refused).toBe(300);
    expect(faults.total).toBe(1500);
    expect(faults.kept).toHaveLength(200);
    expect(faults.kept.slice(0, 5).map(({ row, column }) => `${row}${column?.letter}`)).toEqual([
      '2A',
      '2B',
      '2C',
      '2D',
      '2E',
    ]);
  });

  test('a time zone is applied to times without offset, and only to those', async () => {
    const path = fileFor(
      'a.csv',
      csv(
        HEADER,
        ['A', '2026-03-01 08:00', ...RIGHT.slice(2)],
        ['B', '2026-03-01T00:00:00Z', ...RIGHT.slice(2)],
      ),
    );
    for (const timeZone of ['Asia/Shanghai', '+08:00'])
      expect((await judge(path, 'grid.load', { timeZone })).values.map(({ start }) => start)).toEqual([
        '2026-03-01T00:00:00Z',
        '2026-03-01T00:00:00Z',
      ]);
  });

  test('an hour that the clocks skipped or showed twice is refused', async () => {
    const times = ['2026-03-29 02:30', '2026-10-25 02:30', '2026-10-25 03:30'];
    const path = fileFor('a.csv', csv(HEADER, ...times.map((time) => ['A', time, ...RIGHT.slice(2)])));
    const { lines, values } = await judge(path, 'grid.load', { timeZone: 'Europe/Copenhagen' });
    expect(lines).toEqual([
      expect.stringContaining('does not exist in Europe/Copenhagen'),
      expect.stringContaining('happened twice'),
    ]);
    expect(values.map(({ start }) => start)).toEqual(['2026-10-25T02:30:00Z']);
  });

  test('one identity with two contents is refused, with the same content it is not', async () => {
    const other = RIGHT.map((cell) => (cell === '12.5' ? '13' : cell));
    const { lines, accepted } = await judge(fileFor('a.csv', csv(HEADER, RIGHT, RIGHT, other)));
    expect(accepted).toBe(2);
    expect(lines).toEqual([
      expect.stringContaining('row 4: the same zone, start, revision as in a.csv · row 2, with other values'),
    ]);
  });
});
