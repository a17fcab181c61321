import { describe, expect, test } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { goldenBalance, goldenDir, goldenIntensities, goldenModeSeries } from './goldenGrid.ts';

describe.skipIf(!goldenDir)('flow tracing of the golden hours', () => {
  test('masses from modes and factors give every golden intensity to three digits', () => {
    const balance = goldenBalance();
    const golden = goldenIntensities(balance);
    const traced = traceSeries(balance.topology, goldenModeSeries(balance));
    const ours = traced.families[0]!.consumptionKgPerMwh;
    expect(golden).toHaveLength(1440);
    const different = [...ours].filter((value, cell) => Number(value.toPrecision(3)) !== golden[cell]);
    expect(different).toEqual([]);
    expect(Math.max(...traced.conservationError)).toBeLessThan(1e-12);
  });

  test('the rounded masses of the file give them within 1 %', () => {
    const balance = goldenBalance();
    const golden = goldenIntensities(balance);
    const ours = traceSeries(balance.topology, balance.series).families[0]!.consumptionKgPerMwh;
    const worst = [...ours].reduce(
      (most, value, cell) => Math.max(most, Math.abs(value / golden[cell]! - 1)),
      0,
    );
    expect(balance.notes).toEqual([]);
    expect(worst).toBeLessThan(0.01);
    expect(worst).toBeGreaterThan(0.001);
  });
});
