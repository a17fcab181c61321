import { describe, expect, it } from 'vitest';
import { balanceFigures } from '../../src/activities/reportBalance.ts';
import type { CarrierAmount } from '../../src/emissions/energyBalance.ts';

const ELECTRICITY: CarrierAmount = {
  carrier: 'electricity',
  unit: 'kWh',
  day: '2026-03-01',
  quantity: 1_000,
  direction: 'in',
  declared: false,
  co2TPerUnit: 0.0001564,
};

function scope1(lowerBound: boolean, amounts: readonly CarrierAmount[]) {
  const figures = balanceFigures({
    prefix: 'industry',
    amounts,
    origin: 'measured',
    lowerBound,
    sources: [],
    detailed: true,
  });
  return figures.find(({ key }) => key === 'industry.emissions.scope1')!;
}

describe('CO2 of what is burnt on site', () => {
  it('is unknown, with the reason, while months are missing and no fuel is known of', () => {
    expect(scope1(true, [ELECTRICITY])).toMatchObject({ value: null, lowerBound: false, origin: 'none' });
    expect(scope1(true, [ELECTRICITY]).reason).toContain('no month of a site with fuel is computed');
  });

  it('is zero where every month is there and none burns anything', () => {
    expect(scope1(false, [ELECTRICITY])).toMatchObject({ value: 0, lowerBound: false });
  });
});
