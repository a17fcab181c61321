import { describe, expect, test } from 'vitest';
import { exampleContracts, examplePlants } from '../../../schemas/reference/exampleMarket.ts';
import { exampleMicroContracts, exampleMicroPlants } from '../../../schemas/reference/openDataSites.ts';
import { sichuanLines, sichuanStations, sichuanTotals } from '../../../schemas/reference/sichuanPower.ts';
import { sichuanProfile } from '../../../schemas/reference/sichuanProfile.ts';
import { sichuanPrefectures, zoneOf } from '../../../schemas/reference/zones.ts';

const prefectures = new Set(sichuanPrefectures.map(({ id }) => id));

describe('public figures of Sichuan', () => {
  test('every row names a source, and an assumption says that it is one', () => {
    for (const row of [...sichuanStations, ...sichuanLines, ...Object.values(sichuanTotals)]) {
      expect(row.source.length).toBeGreaterThan(8);
      if (row.confidence === 'assumed') expect(row.source).toMatch(/^assumed/);
      else expect(row.source).not.toMatch(/^assumed/);
    }
  });

  test('known hydro plants stay below the total of the province', () => {
    const hydro = sichuanStations.filter(({ fuel }) => fuel === 'hydro');
    const knownMw = hydro.reduce((sum, row) => sum + (row.capacityMw * row.sichuanSidePpm) / 1e6, 0);
    expect(knownMw).toBeGreaterThan(50_000);
    expect(knownMw).toBeLessThan(sichuanTotals.hydroCapacityMw.value);
    expect(sichuanTotals.windCapacityMw.value + sichuanTotals.solarCapacityMw.value).toBe(
      sichuanTotals.newEnergyCapacityMw.value,
    );
  });

  test('plants and lines stand in prefectures that exist', () => {
    for (const { zone } of sichuanStations) expect(prefectures).toContain(zone);
    for (const { fromZone, toZone } of sichuanLines) {
      expect(prefectures).toContain(fromZone);
      expect(zoneOf(toZone)?.kind).toBe('province');
    }
  });

  test('shares name prefectures that exist, and load has one for each', () => {
    const { smallHydroShare, windShare, solarShare, biomassShare, loadShare } = sichuanProfile;
    for (const shares of [smallHydroShare, windShare, solarShare, biomassShare, loadShare]) {
      for (const code of Object.keys(shares)) expect(prefectures).toContain(`CN-SC-${code}`);
    }
    expect(Object.keys(loadShare)).toHaveLength(21);
  });

  test('a day of load has its mean at 1, within a hundredth', () => {
    const { loadOfHour } = sichuanProfile;
    expect(loadOfHour.reduce((sum, share) => sum + share, 0) / 24).toBeCloseTo(1, 1);
    expect(Math.abs(loadOfHour.reduce((sum, share) => sum + share, 0) / 24 - 1)).toBeLessThan(0.015);
  });

  test('contracts name plants that exist', () => {
    const plants = new Set([...examplePlants, ...exampleMicroPlants].map(({ id }) => id));
    expect(plants.size).toBe(15);
    for (const { plant } of [...exampleContracts, ...exampleMicroContracts]) expect(plants).toContain(plant);
  });
});
