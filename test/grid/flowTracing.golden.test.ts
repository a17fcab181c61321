import { LuDecomposition, Matrix } from 'ml-matrix';
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

  test('every golden hour agrees with a dense solve by another library within 1e-9 of each value', () => {
    const balance = goldenBalance();
    const series = goldenModeSeries(balance, ['gridemissions-2021-eia930', 'electricitymaps-b354f28-direct']);
    const traced = traceSeries(balance.topology, series);
    const { zoneIds, exchanges } = balance.topology;
    let worst = 0;
    for (let step = 0; step < series.steps; step++) {
      const matrix = Matrix.diag([
        ...series.productionMwh.slice(step * zoneIds.length, (step + 1) * zoneIds.length),
      ]);
      exchanges.forEach(({ from, to }, exchange) => {
        const flow = series.flowMwh[step * exchanges.length + exchange]!;
        const [source, sink] = flow >= 0 ? [from, to] : [to, from];
        matrix.set(sink, sink, matrix.get(sink, sink) + Math.abs(flow));
        matrix.set(sink, source, matrix.get(sink, source) - Math.abs(flow));
      });
      const lu = new LuDecomposition(matrix);
      series.families.forEach(({ producedKg }, family) => {
        const mass = producedKg.slice(step * zoneIds.length, (step + 1) * zoneIds.length);
        const theirs = lu.solve(Matrix.columnVector([...mass])).to1DArray();
        theirs.forEach((value, zone) => {
          const ours = traced.families[family]!.consumptionKgPerMwh[step * zoneIds.length + zone]!;
          worst = Math.max(worst, Math.abs(ours - value) / Math.max(Math.abs(value), 1e-6));
        });
      });
    }
    expect(worst).toBeLessThan(1e-9);
  });
});
