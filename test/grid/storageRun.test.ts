import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { emptyStock } from '../../src/grid/storageStock.ts';
import type { GridTopology } from '../../src/grid/topology.ts';
import type { TracingSeries } from '../../src/grid/tracingSeries.ts';
import { propertyRuns } from './randomGrid.ts';

const STEPS = 6;
const ZONES = 3;
const topology: GridTopology = {
  zoneIds: ['A', 'B', 'C'],
  exchanges: [
    { from: 0, to: 1, capacityMw: Number.NaN },
    { from: 1, to: 2, capacityMw: Number.NaN },
    { from: 2, to: 0, capacityMw: Number.NaN },
  ],
};
const sourceRange = { minKgPerMwh: 0, maxKgPerMwh: 1000 };

const column = (length: number, max: number, min = 0) =>
  fc.array(fc.double({ min, max, noNaN: true }), { minLength: length, maxLength: length });

/** Six steps of three zones in a ring, with a storage in A that never delivers more than it holds. */
const storageCase = fc
  .record({
    production: column(STEPS * ZONES, 1000, 1),
    intensity: column(STEPS * ZONES, 1000),
    flow: column(STEPS * 3, 300, -300),
    // Whole watt-hours, as meters give them.
    charged: fc
      .array(fc.nat(100_000_000), { minLength: STEPS, maxLength: STEPS })
      .map((wh) => wh.map((each) => each / 1e6)),
    deliveredShare: column(STEPS, 0.95),
    charge: fc.double({ min: 0.6, max: 1, noNaN: true }),
    discharge: fc.double({ min: 0.6, max: 1, noNaN: true }),
    extra: fc.boolean(),
  })
  .map(({ production, intensity, flow, charged, deliveredShare, charge, discharge, extra }) => {
    let storedMwh = 0;
    const delivered = charged.map((energy, step) => {
      const taken = storedMwh * deliveredShare[step]!;
      storedMwh += charge * energy - taken;
      return taken * discharge;
    });
    const productionMwh = Float64Array.from(production);
    const families = [
      {
        name: 'CO2',
        producedKg: productionMwh.map((energy, cell) => energy * intensity[cell]!),
        sourceRange,
      },
    ];
    const series: TracingSeries = {
      steps: STEPS,
      stepHours: 1,
      productionMwh,
      flowMwh: Float64Array.from(flow),
      families: extra
        ? [
            ...families,
            { name: 'origin', producedKg: productionMwh, sourceRange: { minKgPerMwh: 0, maxKgPerMwh: 1 } },
          ]
        : families,
      storages: [
        {
          zone: 0,
          chargedMwh: Float64Array.from(charged),
          dischargedMwh: Float64Array.from(delivered),
          efficiency: { charge, discharge },
          opening: emptyStock(1),
          ...(extra && { originFamily: 1 }),
        },
      ],
    };
    return series;
  });

describe('storage in a trace', () => {
  property.prop([storageCase], { numRuns: propertyRuns })(
    'mass goes in and comes out, and every step is conserved',
    (series) => {
      const traced = traceSeries(topology, series);
      expect(Math.max(...traced.conservationError)).toBeLessThanOrEqual(1e-9);
      const { chargedMwh, dischargedMwh, efficiency } = series.storages![0]!;
      const { knownKgPerMwh, producedKg } = traced.families[0]!;
      let chargedKg = 0;
      let deliveredKg = 0;
      let storedMwh = 0;
      for (let step = 0; step < STEPS; step++) {
        chargedKg += chargedMwh[step]! * knownKgPerMwh[step * ZONES]!;
        deliveredKg += producedKg[step * ZONES]! - series.families[0]!.producedKg[step * ZONES]!;
        storedMwh += efficiency.charge * chargedMwh[step]! - dischargedMwh[step]! / efficiency.discharge;
        expect(traced.productionMwh[step * ZONES]).toBeCloseTo(
          series.productionMwh[step * ZONES]! + dischargedMwh[step]!,
          9,
        );
        // The storage is an origin of its own: shares add up to the whole.
        if (series.families[1]) expect(traced.families[1]!.knownKgPerMwh[step * ZONES]).toBeCloseTo(1, 9);
      }
      const [closing] = traced.closingStocks;
      expect(closing!.storedMwh).toBeCloseTo(storedMwh, 6);
      expect(Math.abs(chargedKg - deliveredKg - closing!.storedKg[0]!)).toBeLessThanOrEqual(
        1e-6 * chargedKg + 1e-6,
      );
      expect(traced.stockAssumed.every((each) => each === 0)).toBe(true);
    },
  );

  property.prop([storageCase, fc.nat(), fc.double({ min: 0.01, max: 1, noNaN: true })], {
    numRuns: propertyRuns,
  })(
    'bounds hold the true value in all steps when what was charged in one had no known origin',
    (series, pick, share) => {
      const truth = traceSeries(topology, series).families[0]!.knownKgPerMwh;
      const cell = pick % series.productionMwh.length;
      const unknownProductionMwh = new Float64Array(series.productionMwh.length);
      unknownProductionMwh[cell] = series.productionMwh[cell]! * share;
      const family = series.families[0]!;
      const producedKg = family.producedKg.slice();
      producedKg[cell] =
        unknownProductionMwh[cell] === series.productionMwh[cell] ? 0 : producedKg[cell]! * (1 - share);
      const [{ originFamily: _none, ...storage }] = series.storages! as [
        NonNullable<TracingSeries['storages']>[number],
      ];
      const traced = traceSeries(topology, {
        ...series,
        unknownProductionMwh,
        families: [{ ...family, producedKg }],
        storages: [storage],
      });
      const { lowerKgPerMwh, upperKgPerMwh } = traced.families[0]!;
      truth.forEach((value, at) => {
        expect(value).toBeGreaterThanOrEqual(lowerKgPerMwh[at]! - 1e-7);
        expect(value).toBeLessThanOrEqual(upperKgPerMwh[at]! + 1e-7);
      });
    },
  );

  property.prop([storageCase, fc.integer({ min: 1, max: STEPS - 1 })], { numRuns: 50 })(
    'a trace in two parts that hands the stock over is the trace of the whole, to the bit',
    (series, cut) => {
      const part = (from: number, to: number, opening = emptyStock(1)): TracingSeries => ({
        ...series,
        steps: to - from,
        productionMwh: series.productionMwh.slice(from * ZONES, to * ZONES),
        flowMwh: series.flowMwh.slice(from * 3, to * 3),
        families: series.families.map((family) => ({
          ...family,
          producedKg: family.producedKg.slice(from * ZONES, to * ZONES),
        })),
        storages: series.storages!.map((storage) => ({
          ...storage,
          chargedMwh: storage.chargedMwh.slice(from, to),
          dischargedMwh: storage.dischargedMwh.slice(from, to),
          opening,
        })),
      });
      const whole = traceSeries(topology, series);
      const first = traceSeries(topology, part(0, cut));
      const second = traceSeries(topology, part(cut, STEPS, first.closingStocks[0]));
      expect(second.closingStocks).toEqual(whole.closingStocks);
      expect(second.families[0]!.consumptionKgPerMwh).toEqual(
        whole.families[0]!.consumptionKgPerMwh.slice(cut * ZONES),
      );
    },
  );

  test('losses concentrate the mass: what is delivered may lie above every factor, and the bounds follow', () => {
    const traced = traceSeries(
      { zoneIds: ['A'], exchanges: [] },
      {
        steps: 2,
        stepHours: 1,
        productionMwh: Float64Array.of(100, 0),
        flowMwh: new Float64Array(0),
        families: [{ name: 'CO2', producedKg: Float64Array.of(100_000, 0), sourceRange }],
        storages: [
          {
            zone: 0,
            chargedMwh: Float64Array.of(50, 0),
            dischargedMwh: Float64Array.of(0, 20),
            efficiency: { charge: 0.8, discharge: 1 },
            opening: emptyStock(1),
          },
        ],
      },
    );
    expect([...traced.families[0]!.consumptionKgPerMwh]).toEqual([1000, 1250]);
  });

  test('a discharge that is not metered leaves the zone to its balance, and the stock of unknown origin', () => {
    const traced = traceSeries(
      { zoneIds: ['A'], exchanges: [] },
      {
        steps: 3,
        stepHours: 1,
        productionMwh: Float64Array.of(100, 100, 80),
        demandMwh: Float64Array.of(100, 110, 90),
        flowMwh: new Float64Array(0),
        families: [{ name: 'CO2', producedKg: Float64Array.of(50_000, 50_000, 40_000), sourceRange }],
        storages: [
          {
            zone: 0,
            chargedMwh: Float64Array.of(50, 0, 0),
            dischargedMwh: Float64Array.of(0, Number.NaN, 10),
            efficiency: { charge: 1, discharge: 1 },
            opening: emptyStock(1),
          },
        ],
      },
    );
    // 10 MWh over what was metered came from somewhere; a tenth of the last step comes out of the unknown stock.
    expect([...traced.unknownShare]).toEqual([0, expect.closeTo(10 / 110, 12), expect.closeTo(10 / 90, 12)]);
    expect([...traced.productionEstimated]).toEqual([0, 1, 0]);
    expect(traced.closingStocks[0]).toMatchObject({ storedMwh: 40, unknownShare: 1 });
  });
});
