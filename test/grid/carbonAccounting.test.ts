import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { addMasses, type FamilyMass, oneFamily } from '../../src/grid/familyMass.ts';
import {
  averageFactorOfYear,
  locationBasedAnnual,
  locationBasedHourly,
  residualFactorOfYear,
} from '../../src/grid/locationBased.ts';
import { marketBased } from '../../src/grid/marketBased.ts';

const refused = (code: string) => expect.objectContaining({ name: 'Refusal', code });

test('masses of two families do not meet in one sum', () => {
  const direct: FamilyMass<'mode_direct'> = { family: 'mode_direct', massKg: 10 };
  const lifecycle: FamilyMass<'mode_lifecycle'> = { family: 'mode_lifecycle', massKg: 12 };
  expect(addMasses('mode_direct', [direct, direct])).toEqual({ family: 'mode_direct', massKg: 20 });
  // @ts-expect-error the types refuse it before it runs
  expect(() => addMasses('mode_direct', [direct, lifecycle])).toThrow(refused('E_FACTOR_FAMILY'));
  expect(() => oneFamily('cn_co2_average', 'cn_lifecycle')).toThrow(/do not add up/);
  expect(addMasses('mode_direct', [direct, { family: 'mode_direct', massKg: null }]).massKg).toBeNull();
});

test('hourly: mass is the sum of load and intensity, and what is unknown is counted, filled or refused', () => {
  const step = (energyWh: number | null, intensityKgPerMwh: number | null) => ({
    energyWh,
    intensityKgPerMwh,
  });
  expect(locationBasedHourly('mode_direct', [step(1_000_000, 500), step(3_000_000, 100)])).toMatchObject({
    massKg: 800,
    unknownShare: 0,
    isEstimated: false,
    lowerKg: 800,
    upperKg: 800,
  });
  const filled = locationBasedHourly('mode_direct', [
    step(9_000_000, 100),
    { ...step(1_000_000, null), lowerKgPerMwh: 0, upperKgPerMwh: 760 },
  ]);
  expect(filled).toMatchObject({ massKg: 1_000, isEstimated: true, lowerKg: 900, upperKg: 1_660 });
  expect(locationBasedHourly('mode_direct', [step(1_000_000, 100), step(1_000_000, null)])).toMatchObject({
    massKg: null,
    unknownWh: 1_000_000,
    lowerKg: null,
  });
  expect(locationBasedHourly('mode_direct', [step(1_000_000, 100), step(null, 100)])).toMatchObject({
    massKg: null,
    unmeteredSteps: 1,
  });
});

test('annual: the newest factor announced by the day serves later years and says its year', () => {
  const at = (zone: string, year: number, civilDate: string) =>
    locationBasedAnnual(10_000_000, { zone, year, civilDate });
  expect(at('CN-SC', 2023, '2026-03-01')).toMatchObject({ massKg: 1_564, factorYear: 2023, year: 2023 });
  expect(at('CN-SC', 2025, '2026-03-01')).toMatchObject({ massKg: 1_564, factorYear: 2023, year: 2025 });
  // The factors of 2023 were announced at the end of 2025.
  expect(at('CN-SC', 2025, '2025-06-30')).toMatchObject({ massKg: 1_404, factorYear: 2022 });
  expect(at('CN-SC', 2021, '2026-03-01')).toMatchObject({ massKg: 1_255, factorYear: 2021 });
  expect(averageFactorOfYear({ zone: 'CN-XZ', year: 2023, civilDate: '2026-03-01' })).toMatchObject({
    inheritedFromScope: true,
    factor: { zone: 'CN-REG-SOUTHWEST', intensityKgCo2PerKwh: 0.2472 },
  });
  expect(averageFactorOfYear({ zone: 'CN-SC-5101', year: 2023, civilDate: '2026-03-01' })).toMatchObject({
    inheritedFromScope: true,
    factor: { zone: 'CN-SC' },
  });
  expect(() => at('CN-SC', 2020, '2026-03-01')).toThrow(refused('E_NO_FACTOR'));
});

const residual = residualFactorOfYear('cn_co2_excl_traded_nonfossil', 2023, '2026-03-01');
const wind = (id: string, energyWh: number) => ({
  id,
  energyWh,
  intensityKgPerMwh: 0,
  family: 'mode_direct' as const,
});

test('market-based: green energy once, within its period, the rest by the residual factor', () => {
  const result = marketBased(
    [{ period: '2026-03', loadWh: 10_000_000, green: [wind('g1', 4_000_000)] }],
    residual,
  );
  expect(result).toMatchObject({
    greenWh: 4_000_000n,
    restWh: 6_000_000n,
    family: 'cn_co2_excl_traded_nonfossil',
  });
  expect(result.massKg).toBeCloseTo(6_000 * 0.6096, 9);
  const twice = [
    { period: '2026-03', loadWh: 10_000_000, green: [wind('g1', 1)] },
    { period: '2026-04', loadWh: 10_000_000, green: [wind('g1', 1)] },
  ];
  expect(() => marketBased(twice, residual)).toThrow(refused('E_GREEN_TWICE'));
  // A surplus in one period does not cover another.
  const surplus = [
    { period: '2026-03', loadWh: 1_000, green: [wind('g1', 2_000)] },
    { period: '2026-04', loadWh: 9_000, green: [] },
  ];
  expect(() => marketBased(surplus, residual)).toThrow(refused('E_GREEN_EXCEEDS_LOAD'));
  const lifecycle = [{ ...wind('g1', 1), family: 'mode_lifecycle' as const }];
  expect(() => marketBased([{ period: '2026-03', loadWh: 10, green: lifecycle }], residual)).toThrow(
    refused('E_FACTOR_FAMILY'),
  );
});

property.prop([fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), { maxLength: 12 })])(
  'green and rest are the load, and more green never means more carbon',
  (periods) => {
    const market = (share: number) =>
      marketBased(
        periods.map(([loadWh, greenWh], at) => ({
          period: String(at),
          loadWh,
          green: [wind(`g${at}`, Math.floor(Math.min(loadWh, greenWh) * share))],
        })),
        residual,
      );
    const half = market(0.5);
    const loadWh = periods.reduce((sum, [load]) => sum + BigInt(load), 0n);
    expect(half.greenWh + half.restWh).toBe(loadWh);
    expect(market(1).massKg).toBeLessThanOrEqual(half.massKg);
  },
);
