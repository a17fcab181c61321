import { describe, expect, test } from 'vitest';
import { Refusal } from '../../schemas/refusal.ts';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { readWideBalance, writeWideIntensity } from '../../src/grid/wideFile.ts';

const read = (balance: string, emissions: string) =>
  readWideBalance({ name: 'E.csv', text: balance }, { name: 'CO2.csv', text: emissions });

const balance = 'period,E_A_NG,E_B_NG,E_A_D,E_A-B_ID,E_B-A_ID\n2021-07-10T00Z,100,100,50,50,-50\n';
const emissions = 'period,CO2_A_NG,CO2_B_NG\n2021-07-10T00Z,80000,0\n';

describe('the wide form', () => {
  test('goes from balance and masses to intensities at full precision', () => {
    const { periods, topology, series } = read(balance, emissions);
    const text = writeWideIntensity(periods, topology.zoneIds, traceSeries(topology, series));
    expect(text).toBe('period,CO2i_A_D,CO2i_B_D\n2021-07-10T00Z,800,266.6666666666667\n');
  });

  test('one report of an exchange is enough, in either direction', () => {
    const along = read('period,E_A_NG,E_B_NG,E_A-B_ID\n1,100,100,50\n', 'period\n1\n');
    const against = read('period,E_A_NG,E_B_NG,E_B-A_ID\n1,100,100,-50\n', 'period\n1\n');
    expect([...along.series.flowMwh]).toEqual([50]);
    expect([...against.series.flowMwh]).toEqual([50]);
  });

  test('two reports that differ too much are disputed and said so', () => {
    const { series, notes } = read(balance.replace('-50', '-60'), emissions);
    expect([...series.flowMwh]).toEqual([50]);
    expect(notes).toEqual(['E.csv row 2: E_A-B_ID says 50, E_B-A_ID says -60; disputed, E_A-B_ID is used']);
  });

  test('a zone without mass column is unknown, not zero', () => {
    const { periods, topology, series, notes } = read(balance, 'period,CO2_B_NG\n2021-07-10T00Z,5\n');
    const traced = traceSeries(topology, series);
    expect(traced.unknownShare[0]).toBe(1);
    expect(writeWideIntensity(periods, topology.zoneIds, traced)).toContain('2021-07-10T00Z,,');
    expect(notes).toEqual(['CO2.csv has no CO2_A_NG: its supply is of unknown intensity']);
  });

  test('an empty cell is unknown and a negative one counts as missing', () => {
    const { series, notes } = read(balance.replace('100,100', ',-3'), emissions);
    expect([...series.productionMwh]).toEqual([Number.NaN, Number.NaN]);
    expect(notes).toEqual(['E.csv row 2, column E_B_NG: -3 is negative and counts as missing']);
  });

  test('zone ids may hold hyphens; a place without production column lies outside', () => {
    const { topology, notes } = read('period,E_CN-SC-5101_NG,E_CN-SC-5101-CN-CQ_ID\n1,1,1\n', 'period\n1\n');
    expect(topology.exchanges).toEqual([{ from: -1, to: 0, capacityMw: Number.NaN }]);
    expect(notes[0]).toBe('CN-CQ has no E_CN-CQ_NG: it lies outside the model');
  });

  test('rows of the two files are matched by period, not by place', () => {
    const { series } = read('period,E_A_NG\nx,1\ny,2\n', 'period,CO2_A_NG\ny,20\nx,10\n');
    expect([...series.families[0]!.producedKg]).toEqual([10, 20]);
  });
});

describe('refused with row and column', () => {
  test.each([
    ['a number that is none', balance.replace(',50,', ',5O,'), emissions, 'E.csv row 2, column E_A_D'],
    [
      'a number with a thousands comma',
      balance,
      emissions.replace('80000', '"80,000"'),
      'CO2.csv row 2, column CO2_A_NG',
    ],
    [
      'not-a-number spelled out',
      balance,
      emissions.replace('80000', 'NaN'),
      'CO2.csv row 2, column CO2_A_NG',
    ],
    ['a missing period column', balance.replace('period', 'time'), emissions, 'E.csv row 1'],
    ['a missing production column', balance.replace('E_B_NG', 'E_B_D'), emissions, 'E.csv row 1'],
    ['no zone at all', 'period,E_A-B_ID\n1,2\n', 'period\n1\n', 'E.csv row 1'],
    ['a doubled column', balance.replace('E_B_NG', 'E_A_NG'), emissions, 'E.csv row 1, column 3'],
    [
      'an exchange that names no zone',
      balance.replace('E_A-B_ID', 'E_X-Y_ID'),
      emissions,
      'E.csv row 1, column E_X-Y_ID',
    ],
    ['periods that do not meet', balance, emissions.replace('00Z', '01Z'), 'E.csv row 2, column period'],
    [
      'a period too much in the masses',
      balance,
      `${emissions}2021-07-10T01Z,1,1\n`,
      'CO2.csv row 3, column period',
    ],
    [
      'a period that stands twice',
      `${balance}2021-07-10T00Z,1,1,1,1,1\n`,
      emissions,
      'E.csv row 3, column period',
    ],
    [
      'mass from no production',
      balance.replace('100,100', '0,100'),
      emissions,
      'CO2.csv row 2, column CO2_A_NG',
    ],
    ['a ragged row', `${balance}2021-07-10T01Z,1\n`, emissions, 'E.csv'],
    ['an empty file', '', emissions, 'E.csv'],
    ['a file without rows', 'period,E_A_NG\n', 'period\n', 'E.csv'],
  ])('%s', (_name, balanceText, emissionsText, place) => {
    let caught: unknown;
    try {
      read(balanceText, emissionsText);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Refusal);
    expect((caught as Refusal).place).toBe(place);
  });
});
