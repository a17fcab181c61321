import { describe, expect, test } from 'vitest';
import {
  statedChanges,
  statedProvincialDirections,
} from '../../../schemas/reference/electricityFactorStatements.ts';
import { co2Factors, footprintFactors } from '../../../schemas/reference/electricityFactors.ts';
import { ZONES } from '../../../schemas/reference/zones.ts';

const factorOf = (family: string, zone: string, year: number): number => {
  const mix = footprintFactors.find(
    (row) => row.family === family && row.supply === 'mix' && row.year === year,
  );
  const direct = co2Factors.find((row) => row.family === family && row.zone === zone && row.year === year);
  return mix?.intensityKgCo2ePerKwh ?? direct?.intensityKgCo2PerKwh ?? Number.NaN;
};

const years = [2021, 2022, 2023];

describe('the announced factors hold what the announcements say of them', () => {
  test.each(statedChanges.map((change) => [`${change.family} ${change.year}`, change] as const))(
    'the stated change of %s comes out to its last digit',
    (_name, { family, zone, year, changePercent }) => {
      const change = (factorOf(family, zone, year) / factorOf(family, zone, year - 1) - 1) * 100;
      expect(Number(change.toFixed(1))).toBe(changePercent);
    },
  );

  test.each(statedProvincialDirections)(
    'in $year $down provinces go down and $up up',
    ({ family, year, down, up }) => {
      const provinces = co2Factors.filter(
        (row) => row.family === family && row.scope === 'provincial' && row.year === year,
      );
      const changes = provinces.map((row) => row.intensityKgCo2PerKwh - factorOf(family, row.zone, year - 1));
      expect(changes.filter((change) => change < 0)).toHaveLength(down);
      expect(changes.filter((change) => change > 0)).toHaveLength(up);
    },
  );

  test('every province but 西藏 and every region has its average of each year', () => {
    const scopes = ZONES.filter(
      ({ kind, id }) => (kind === 'province' && id !== 'CN-XZ') || kind === 'factor_scope',
    );
    for (const { id } of [...scopes, { id: 'CN' }])
      for (const year of years)
        expect(factorOf('cn_co2_average', id, year), `${id} ${year}`).toBeGreaterThan(0);
    expect(factorOf('cn_co2_average', 'CN-XZ', 2023)).toBeNaN();
  });

  test('what is left without traded non-fossil power lies between the average and fossil power alone', () => {
    for (const year of years) {
      const rest = factorOf('cn_co2_excl_traded_nonfossil', 'CN', year);
      expect(rest).toBeGreaterThan(factorOf('cn_co2_average', 'CN', year));
      expect(rest).toBeLessThan(factorOf('cn_co2_fossil', 'CN', year));
    }
  });

  test('the country lies between its regions', () => {
    for (const year of years) {
      const regions = ZONES.filter(({ kind }) => kind === 'factor_scope').map(({ id }) =>
        factorOf('cn_co2_average', id, year),
      );
      expect(factorOf('cn_co2_average', 'CN', year)).toBeGreaterThan(Math.min(...regions));
      expect(factorOf('cn_co2_average', 'CN', year)).toBeLessThan(Math.max(...regions));
    }
  });
});
