import { fc, test as property } from '@fast-check/vitest';
import { LuDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../schemas/refusal.ts';
import { createTracer, traceSeries } from '../../src/grid/flowTracing.ts';
import { BoundsError } from '../../src/grid/publication.ts';
import { type GridTopology, OUTSIDE } from '../../src/grid/topology.ts';
import { type TracingSeries, zoneStatus } from '../../src/grid/tracingSeries.ts';
import { type GridCase, gridCase, intensities, propertyRuns, relativeDifference } from './randomGrid.ts';

const options = { numRuns: propertyRuns };

/** The same system set up densely and solved by another library. */
function denseSolution({ topology, series }: GridCase): number[] {
  const size = topology.zoneIds.length;
  const matrix = Matrix.zeros(size, size);
  const diagonal = [...series.productionMwh];
  topology.exchanges.forEach(({ from, to }, exchange) => {
    const flow = series.flowMwh[exchange]!;
    const [source, sink] = flow >= 0 ? [from, to] : [to, from];
    diagonal[sink]! += Math.abs(flow);
    matrix.set(sink, source, matrix.get(sink, source) - Math.abs(flow));
  });
  diagonal.forEach((value, zone) => {
    matrix.set(zone, zone, value);
  });
  const masses = Matrix.columnVector([...series.families[0]!.producedKg]);
  return new LuDecomposition(matrix).solve(masses).to1DArray();
}

function single(
  zones: ReadonlyArray<readonly [production: number, mass: number]>,
  exchanges: ReadonlyArray<readonly [from: number, to: number, flow: number, capacityMw?: number]>,
  demand?: readonly number[],
): GridCase {
  const topology: GridTopology = {
    zoneIds: zones.map((_zone, index) => `Z${index}`),
    exchanges: exchanges.map(([from, to, , capacityMw = Number.NaN]) => ({ from, to, capacityMw })),
  };
  const series: TracingSeries = {
    steps: 1,
    stepHours: 1,
    productionMwh: Float64Array.from(zones, ([production]) => production),
    ...(demand && { demandMwh: Float64Array.from(demand) }),
    flowMwh: Float64Array.from(exchanges, ([, , flow]) => flow),
    families: [
      {
        name: 'CO2',
        producedKg: Float64Array.from(zones, ([, mass]) => mass),
        sourceRange: { minKgPerMwh: 0, maxKgPerMwh: 1000 },
      },
    ],
  };
  return { topology, series };
}

const run = ({ topology, series }: GridCase) => traceSeries(topology, series);
const words = (grid: GridCase) => [...run(grid).status].map(zoneStatus);

describe('laws of flow tracing', () => {
  property.prop([gridCase()], options)('agrees with a dense solve by another library', (grid) => {
    // The plain solve loses digits where flows dwarf production; the comparison keeps to what it can hold.
    const throughput = grid.series.flowMwh.reduce((sum, flow) => sum + Math.abs(flow), 0);
    const dilution = throughput / Math.min(...grid.series.productionMwh);
    fc.pre(dilution < 1e5);
    const tolerance = Math.max(1e-9, 100 * Number.EPSILON * dilution);
    const theirs = denseSolution(grid);
    const largest = Math.max(...theirs);
    intensities(run(grid)).forEach((value, zone) => {
      // A plain solve gives 1e-14 where the answer is 0: what counts is the difference beside the largest value.
      expect(Math.abs(value - theirs[zone]!)).toBeLessThanOrEqual(tolerance * largest);
    });
  });

  property.prop([gridCase({ idleZones: true, gaps: true })], options)(
    'mass is conserved and no intensity is negative or beyond its sources',
    (grid) => {
      const traced = run(grid);
      expect(traced.conservationError[0]).toBeLessThanOrEqual(1e-9);
      for (const value of intensities(traced)) {
        if (Number.isNaN(value)) continue;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1000 * (1 + 1e-12));
      }
    },
  );

  property.prop([gridCase({ idleZones: true, gaps: true }), fc.nat()], options)(
    'the order of zones and exchanges does not matter',
    (grid, seed) => {
      const { topology, series } = grid;
      const size = topology.zoneIds.length;
      const newPlace = topology.zoneIds.map((_id, zone) => (zone + seed) % size).reverse();
      const reordered = (values: Float64Array) => {
        const moved = new Float64Array(size);
        newPlace.forEach((place, zone) => {
          moved[place] = values[zone]!;
        });
        return moved;
      };
      const other = traceSeries(
        {
          zoneIds: newPlace.map((_place, zone) => `Y${zone}`),
          exchanges: topology.exchanges
            .map(({ from, to, capacityMw }) => ({ from: newPlace[from]!, to: newPlace[to]!, capacityMw }))
            .reverse(),
        },
        {
          ...series,
          productionMwh: reordered(series.productionMwh),
          unknownProductionMwh: reordered(series.unknownProductionMwh!),
          flowMwh: series.flowMwh.slice().reverse(),
          families: [{ ...series.families[0]!, producedKg: reordered(series.families[0]!.producedKg) }],
        },
      );
      const known = (traced: typeof other, zone: number) => traced.families[0]!.knownKgPerMwh[zone]!;
      const here = run(grid);
      const pairs = newPlace.map((place, zone) => [known(here, zone), known(other, place)] as const);
      expect(
        relativeDifference(
          pairs.map(([ours]) => ours),
          pairs.map(([, theirs]) => theirs),
        ),
      ).toBeLessThan(1e-12);
    },
  );

  property.prop([gridCase({ idleZones: true }), fc.constantFrom(1e-6, 0.25, 3, 1e6)], options)(
    'all energies and masses times k leave every intensity as it is',
    ({ topology, series }, k) => {
      const times = (values: Float64Array) => values.map((value) => value * k);
      const scaled = traceSeries(topology, {
        ...series,
        productionMwh: times(series.productionMwh),
        unknownProductionMwh: times(series.unknownProductionMwh!),
        flowMwh: times(series.flowMwh),
        families: [{ ...series.families[0]!, producedKg: times(series.families[0]!.producedKg) }],
      });
      expect(
        relativeDifference(intensities(scaled), intensities(traceSeries(topology, series))),
      ).toBeLessThan(1e-12);
    },
  );

  property.prop([gridCase()], options)('a zone split into two equal halves keeps its intensity', (grid) => {
    const { topology, series } = grid;
    const size = topology.zoneIds.length;
    const halved = (values: Float64Array) =>
      Float64Array.from([values[0]! / 2, ...values.slice(1), values[0]! / 2]);
    const lines = topology.exchanges.flatMap(({ from, to }, exchange) => {
      const flow = series.flowMwh[exchange]!;
      const mirrored = from === 0 ? [size, to] : to === 0 ? [from, size] : undefined;
      if (mirrored === undefined) return [{ from, to, flow }];
      return [
        { from, to, flow: flow / 2 },
        { from: mirrored[0]!, to: mirrored[1]!, flow: flow / 2 },
      ];
    });
    const split = traceSeries(
      {
        zoneIds: [...topology.zoneIds, 'other half'],
        exchanges: lines.map(({ from, to }) => ({ from, to, capacityMw: 0 })),
      },
      {
        ...series,
        productionMwh: halved(series.productionMwh),
        unknownProductionMwh: new Float64Array(size + 1),
        flowMwh: Float64Array.from(lines, ({ flow }) => flow),
        families: [{ ...series.families[0]!, producedKg: halved(series.families[0]!.producedKg) }],
      },
    );
    const whole = intensities(run(grid));
    expect(relativeDifference(intensities(split), [...whole, whole[0]!])).toBeLessThan(1e-12);
  });

  test('a source a trillion times smaller than the flows through its zone is still exact', () => {
    const grid = single(
      [
        [1e-6, 5e-4],
        [0, 0],
      ],
      [
        [0, 1, 1e6],
        [1, 0, 1e6 - 1e-6],
      ],
    );
    expect(traceSeriesWithoutCheck(grid)).toBeCloseTo(500, 9);
  });
});

/** The loop's own rounding makes the meters' sums inexact, so only the solve is looked at. */
function traceSeriesWithoutCheck({ topology, series }: GridCase): number {
  return traceSeries(topology, series).families[0]!.knownKgPerMwh[1]!;
}

describe('zones that cannot be traced', () => {
  test('a zone with neither production nor imports has no supply', () => {
    expect(
      words(
        single(
          [
            [10, 100],
            [0, 0],
          ],
          [],
        ),
      ),
    ).toEqual(['value', 'no_supply']);
  });

  test('a loop without any production has no source and harms no other zone', () => {
    const grid = single(
      [
        [0, 0],
        [0, 0],
        [10, 100],
      ],
      [
        [0, 1, 5],
        [1, 0, 5],
      ],
    );
    expect(words(grid)).toEqual(['no_source', 'no_source', 'value']);
    expect(intensities(run(grid))).toEqual([Number.NaN, Number.NaN, 10]);
  });

  test('a loop without source that feeds a producing zone counts there as unknown supply', () => {
    const grid = single(
      [
        [0, 0],
        [0, 0],
        [10, 100],
      ],
      [
        [0, 1, 5],
        [1, 0, 5],
        [1, 2, 10],
      ],
    );
    const traced = run(grid);
    expect([...traced.status].map(zoneStatus)).toEqual(['no_source', 'no_source', 'unknown_share']);
    expect(traced.unknownShare[2]).toBe(0.5);
    expect(traced.families[0]!.lowerKgPerMwh[2]).toBe(5);
    expect(traced.families[0]!.upperKgPerMwh[2]).toBe(505);
  });

  test('a fully imported zone is known', () => {
    const grid = single(
      [
        [10, 5000],
        [0, 0],
      ],
      [[0, 1, 4]],
    );
    expect(intensities(run(grid))).toEqual([500, 500]);
    expect(run(grid).families[0]!.productionKgPerMwh[1]).toBeNaN();
  });

  test('production- and consumption-based intensity are told apart', () => {
    const traced = run(
      single(
        [
          [100, 80_000],
          [100, 0],
        ],
        [[0, 1, 50]],
      ),
    );
    expect([...traced.families[0]!.productionKgPerMwh]).toEqual([800, 0]);
    expect(intensities(traced)[1]).toBeCloseTo((50 * 800) / 150, 12);
    expect([...traced.consumedMwh]).toEqual([50, 150]);
  });
});

describe('unknown is propagated', () => {
  test('missing production is demand less net imports where these are measured, marked as estimated', () => {
    const traced = run(
      single(
        [
          [Number.NaN, Number.NaN],
          [100, 50_000],
        ],
        [[1, 0, 60]],
        [100, 40],
      ),
    );
    expect(traced.productionMwh[0]).toBe(40);
    expect([...traced.productionEstimated]).toEqual([1, 0]);
    expect(traced.unknownShare[0]).toBe(0.4);
    expect([...traced.status].map(zoneStatus)).toEqual(['unknown_share', 'value']);
    expect(traced.families[0]!.lowerKgPerMwh[0]).toBe(300);
    expect(traced.families[0]!.upperKgPerMwh[0]).toBe(700);
  });

  test('a zone without production and demand is directly unknown and an outside source to its neighbours', () => {
    const traced = run(
      single(
        [
          [Number.NaN, 0],
          [99, 9900],
          [50, 0],
        ],
        [
          [0, 1, 1],
          [1, 2, 10],
        ],
      ),
    );
    expect([...traced.status].map(zoneStatus)).toEqual(['direct_unknown', 'estimated', 'value']);
    expect(traced.unknownShare[1]).toBe(0.01);
    expect(traced.families[0]!.consumptionKgPerMwh[1]).toBeCloseTo(100, 12);
    expect(traced.families[0]!.upperKgPerMwh[0]).toBe(1000);
  });

  test('an import from outside the model is unknown supply', () => {
    const traced = run(single([[75, 7500]], [[OUTSIDE, 0, 25]]));
    expect(traced.unknownShare[0]).toBe(0.25);
    expect(intensities(traced)).toEqual([Number.NaN]);
  });

  test('a missing flow adds its capacity as unknown supply on both sides', () => {
    const traced = run(
      single(
        [
          [90, 9000],
          [990, 0],
        ],
        [[0, 1, Number.NaN, 10]],
      ),
    );
    expect([...traced.unknownShare]).toEqual([0.1, 0.01]);
    expect(traced.consumedMwh[0]).toBeNaN();
  });

  test('a missing flow without a known capacity leaves both ends unknown', () => {
    const traced = run(
      single(
        [
          [90, 9000],
          [990, 0],
          [10, 0],
        ],
        [
          [0, 1, Number.NaN],
          [1, 2, 40],
        ],
      ),
    );
    expect([...traced.status].map(zoneStatus)).toEqual(['direct_unknown', 'direct_unknown', 'unknown_share']);
    expect(traced.families[0]!.productionKgPerMwh[0]).toBe(100);
  });

  test('a missing flow on a line out of service changes nothing', () => {
    expect(
      words(
        single(
          [
            [90, 9000],
            [990, 0],
          ],
          [[0, 1, Number.NaN, 0]],
        ),
      ),
    ).toEqual(['value', 'value']);
  });

  property.prop([gridCase(), fc.nat()], options)(
    'a zone without meter touches exactly the zones that its supply reaches',
    ({ topology, series }, pick) => {
      const gap = pick % topology.zoneIds.length;
      const productionMwh = series.productionMwh.slice();
      productionMwh[gap] = Number.NaN;
      const traced = traceSeries(topology, { ...series, productionMwh });
      const reached = downstream(topology, series, gap);
      topology.zoneIds.forEach((_id, zone) => {
        expect(traced.unknownShare[zone]! > 0).toBe(reached.has(zone));
      });
    },
  );
});

function downstream(topology: GridTopology, series: TracingSeries, start: number): Set<number> {
  const reached = new Set([start]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    topology.exchanges.forEach(({ from, to }, exchange) => {
      const flow = series.flowMwh[exchange]!;
      if (flow > 0 && reached.has(from)) reached.add(to);
      if (flow < 0 && reached.has(to)) reached.add(from);
    });
  }
  return reached;
}

describe('what is refused', () => {
  test.each([
    ['negative production', single([[-1, 0]], [])],
    ['negative mass', single([[1, -1]], [])],
    ['mass without production', single([[0, 5]], [])],
    [
      'infinite flow',
      single(
        [
          [1, 1],
          [1, 1],
        ],
        [[0, 1, Number.POSITIVE_INFINITY]],
      ),
    ],
    ['an exchange of a zone with itself', single([[1, 1]], [[0, 0, 1]])],
  ])('%s', (_name, grid) => {
    expect(() => run(grid)).toThrow(Refusal);
  });

  test('a source beyond the stated range of sources is an error, not a figure', () => {
    expect(() => run(single([[1, 1001]], []))).toThrow(BoundsError);
  });

  test('a column of the wrong length', () => {
    const { topology, series } = single([[1, 1]], []);
    expect(() => traceSeries(topology, { ...series, demandMwh: new Float64Array(3) })).toThrow(/demandMwh/);
  });
});

property.prop([fc.array(gridCase({ gaps: true }), { minLength: 2, maxLength: 2 })], { numRuns: 50 })(
  'a tracer used again gives the bytes of a fresh one',
  ([first]) => {
    const tracer = createTracer(first!.topology, 1);
    const once = tracer.trace(first!.series);
    expect(tracer.trace(first!.series)).toEqual(once);
    expect(traceSeries(first!.topology, first!.series)).toEqual(once);
  },
);
