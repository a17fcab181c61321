import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  averageCo2Factor,
  type Co2Factor,
  co2Factors,
  type FootprintFactor,
  footprintFactors,
  mixFootprintFactor,
} from '../../../schemas/reference/electricityFactors.ts';
import { zoneOf } from '../../../schemas/reference/zones.ts';
import { dataDir } from '../../sharedData.ts';

const records = (file: string): Record<string, string>[] =>
  parse(readFileSync(join(dataDir!, 'grid', file)), { columns: true, bom: true });

const KIND = {
  cn_co2_average: 'average',
  cn_co2_excl_traded_nonfossil: 'excl_market_traded_non_fossil',
  cn_co2_fossil: 'fossil_power',
  cn_lifecycle: 'lifecycle_footprint',
} as const;

/** A row of ours in the words of the shared table. */
function cells(factor: Co2Factor | FootprintFactor): Record<string, string> {
  const zone = zoneOf(factor.zone)!;
  const value = factor.family === 'cn_lifecycle' ? factor.intensityKgCo2ePerKwh : factor.intensityKgCo2PerKwh;
  return {
    scope: factor.family === 'cn_lifecycle' ? 'national' : factor.scope,
    zone: factor.zone,
    gbt2260: zone.divisionCode ?? '',
    name_zh: zone.nameZh,
    year: String(factor.year),
    kind: KIND[factor.family],
    value: value.toFixed(4),
    unit: factor.unit,
    published: factor.published,
    document: factor.document,
    confidence: factor.confidence,
    source_note: factor.source,
  };
}

describe.skipIf(!dataDir)('electricity factors beside the shared table', () => {
  test('every cell agrees, and neither side has a row more', () => {
    const theirs = records('cn-electricity-factors.csv');
    const mixes = footprintFactors.filter(({ supply }) => supply === 'mix');
    const ours = [...co2Factors, ...mixes].map(cells);
    const key = (row: Record<string, string>) => `${row.zone} ${row.year} ${row.kind}`;
    const sorted = (rows: Record<string, string>[]) => rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(theirs).toHaveLength(122);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });

  test('the life-cycle factors by kind of generation agree', () => {
    const bySource = footprintFactors.filter(({ supply }) => supply !== 'mix');
    const ours = bySource.map((row) => [row.supply, row.intensityKgCo2ePerKwh, row.confidence, row.document]);
    const names: Record<string, string> = { solar_pv: 'solar' };
    const theirs = records('cn-lifecycle-by-source.csv').map((row) => [
      names[row.source_type!] ?? row.source_type,
      Number(row.value),
      row.confidence,
      row.document,
    ]);
    expect(ours.sort()).toEqual(theirs.sort());
  });
});

describe('the factor in use', () => {
  test('is the newest one announced by the day', () => {
    const year = (day: string) => averageCo2Factor('CN-SC', day)?.factor.year;
    expect(year('2024-04-11')).toBeUndefined();
    expect(year('2024-04-12')).toBe(2021);
    expect(year('2025-12-30')).toBe(2022);
    expect(year('2026-03-01')).toBe(2023);
    expect(averageCo2Factor('CN-SC', '2026-03-01')!.factor.intensityKgCo2PerKwh).toBe(0.1564);
  });

  test('of a zone without its own is that of its region, and says so', () => {
    const xizang = averageCo2Factor('CN-XZ', '2026-03-01')!;
    expect(xizang.inheritedFromScope).toBe(true);
    expect(xizang.factor.zone).toBe('CN-REG-SOUTHWEST');
    expect(averageCo2Factor('CN-SC-5101', '2026-03-01')).toMatchObject({
      inheritedFromScope: true,
      factor: { zone: 'CN-SC' },
    });
    expect(averageCo2Factor('US-NY', '2026-03-01')).toBeUndefined();
  });

  test('for products is of the life-cycle family, and there is none before the first announcement', () => {
    expect(mixFootprintFactor('2025-01-16')).toBeUndefined();
    expect(mixFootprintFactor('2025-09-27')!.intensityKgCo2ePerKwh).toBe(0.6205);
    expect(mixFootprintFactor('2026-03-01')!).toMatchObject({
      intensityKgCo2ePerKwh: 0.5777,
      unit: 'kgCO2e/kWh',
    });
  });

  test('no row belongs to both families', () => {
    for (const row of co2Factors) expect(row.unit).toBe('kgCO2/kWh');
    for (const row of footprintFactors) expect(row.unit).toBe('kgCO2e/kWh');
    // A function that takes one family does not type-check with a row of the other.
    const massKg = (factor: FootprintFactor) => factor.intensityKgCo2ePerKwh;
    // @ts-expect-error a direct CO2 factor is no footprint factor
    expect(massKg(co2Factors[0]!)).toBeUndefined();
  });
});
