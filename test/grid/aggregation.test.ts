import { describe, expect, test } from 'vitest';
import { aggregateWindows } from '../../src/grid/aggregation.ts';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { zoneStatus } from '../../src/grid/tracingSeries.ts';

const sourceRange = { minKgPerMwh: 0, maxKgPerMwh: 1000 };

/** One zone over some steps, each [production MWh, mass kg]. */
function traceZone(steps: ReadonlyArray<readonly [number, number]>) {
  return traceSeries(
    { zoneIds: ['Z'], exchanges: [] },
    {
      steps: steps.length,
      stepHours: 1,
      productionMwh: Float64Array.from(steps, ([production]) => production),
      flowMwh: new Float64Array(0),
      families: [{ name: 'CO2', producedKg: Float64Array.from(steps, ([, mass]) => mass), sourceRange }],
    },
  );
}

describe('windows', () => {
  test('weigh every step by its energy', () => {
    const windows = aggregateWindows(
      traceZone([
        [100, 0],
        [300, 300_000],
        [7, 7],
      ]),
      Int32Array.of(0, 0, 1),
      2,
    );
    expect([...windows.families[0]!.consumptionKgPerMwh]).toEqual([750, 1]);
    expect([...windows.families[0]!.productionKgPerMwh]).toEqual([750, 1]);
    expect([...windows.families[0]!.knownConsumedKg]).toEqual([300_000, 7]);
  });

  test('leave out steps that belong to none, and have no value without consumption', () => {
    const windows = aggregateWindows(
      traceZone([
        [100, 0],
        [300, 300_000],
      ]),
      Int32Array.of(0, -1),
      2,
    );
    expect([...windows.consumedMwh]).toEqual([100, 0]);
    expect([...windows.status].map(zoneStatus)).toEqual(['value', 'no_supply']);
    expect(windows.families[0]!.consumptionKgPerMwh[1]).toBeNaN();
  });

  test('count an unknown step with its energy and stay inside the bounds', () => {
    const windows = aggregateWindows(
      traceZone([
        [90, 9000],
        [10, Number.NaN],
      ]),
      Int32Array.of(0, 0),
      1,
    );
    expect(windows.unknownShare[0]).toBeCloseTo(0.1, 15);
    expect(zoneStatus(windows.status[0]!)).toBe('estimated');
    expect(windows.families[0]!.consumptionKgPerMwh[0]).toBeCloseTo(100, 12);
    expect(windows.families[0]!.lowerKgPerMwh[0]).toBeCloseTo(90, 12);
    expect(windows.families[0]!.upperKgPerMwh[0]).toBeCloseTo(190, 12);
  });

  test('have bounds but no value where the energy of a step is not known', () => {
    const windows = aggregateWindows(
      traceZone([
        [90, 9000],
        [Number.NaN, 0],
      ]),
      Int32Array.of(0, 0),
      1,
    );
    expect(windows.energyUnknownSteps[0]).toBe(1);
    expect(zoneStatus(windows.status[0]!)).toBe('direct_unknown');
    expect(windows.families[0]!.consumptionKgPerMwh[0]).toBeNaN();
    expect(windows.families[0]!.lowerKgPerMwh[0]).toBe(0);
    expect(windows.families[0]!.upperKgPerMwh[0]).toBe(1000);
  });
});
