import { LuDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { readColumn } from '../../src/grid/wideTable.ts';
import { goldenBalance, goldenDir, goldenIntensities, goldenModeSeries, goldenTable } from './goldenGrid.ts';

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

  test('the optimised hours balance, and both sides of every exchange report the same', () => {
    const table = goldenTable('E_opt');
    const columnOf = (name: string) => {
      const values: number[] = [];
      readColumn(table, name, (_row, value) => values.push(value));
      return values;
    };
    const { topology, series, notes } = goldenBalance();
    for (const zone of topology.zoneIds) {
      const [demand, interchange, generation] = ['D', 'TI', 'NG'].map((kind) =>
        columnOf(`E_${zone}_${kind}`),
      );
      generation!.forEach((value, row) => {
        expect(Math.abs(demand![row]! + interchange![row]! - value)).toBeLessThanOrEqual(4e-6);
      });
    }
    for (const { from, to } of topology.exchanges) {
      const [there, back] = [columnOf, columnOf].map((read, side) =>
        read(`E_${topology.zoneIds[side ? to : from]}-${topology.zoneIds[side ? from : to]}_ID`),
      );
      there!.forEach((value, row) => {
        expect(Math.abs(value + back![row]!)).toBeLessThanOrEqual(1e-8);
      });
    }
    // The residual of our own balance adds up the exchanges one by one.
    const { balanceResidualMwh } = traceSeries(topology, series);
    expect(balanceResidualMwh.some(Number.isNaN)).toBe(false);
    expect(Math.max(...balanceResidualMwh.map(Math.abs))).toBeLessThanOrEqual(1e-5);
    expect(notes).toEqual([]);
  });
});
