/** Random networks and single-step series for the laws of flow tracing. */
import fc from 'fast-check';
import type { Exchange, GridTopology } from '../../src/grid/topology.ts';
import type { TracedSeries, TracingSeries } from '../../src/grid/tracingSeries.ts';

export interface GridCase {
  readonly topology: GridTopology;
  readonly series: TracingSeries;
}

const EMISSION_RANGE = { minKgPerMwh: 0, maxKgPerMwh: 1000 };

export interface CaseOptions {
  /** Whether some zones may produce nothing, so that groups without source can arise. */
  readonly idleZones?: boolean;
  /** Whether production of unknown intensity, missing flows and missing meters may occur. */
  readonly gaps?: boolean;
}

interface RawExchange {
  readonly from: number;
  readonly step: number;
  readonly flow: number;
  readonly capacity: number;
  readonly missing: boolean;
}

/** Energies as meters give them, in whole watt-hours. */
function energyMwh(minWh: number, maxMwh: number): fc.Arbitrary<number> {
  return fc.integer({ min: minWh, max: maxMwh * 1_000_000 }).map((energyWh) => energyWh / 1_000_000);
}

/** One step of a network of 2 to 12 zones. */
export function gridCase({ idleZones = false, gaps = false }: CaseOptions = {}): fc.Arbitrary<GridCase> {
  const zone = fc.record({
    production: energyMwh(1, 50_000),
    intensity: fc.integer({ min: 0, max: 1000 }),
    idle: idleZones ? fc.boolean() : fc.constant(false),
    unknown: gaps ? fc.constantFrom(0, 0, 0, 0.1, 1) : fc.constant(0),
    missing: gaps ? fc.constantFrom(false, false, false, false, true) : fc.constant(false),
  });
  const exchange: fc.Arbitrary<RawExchange> = fc.record({
    from: fc.nat(),
    step: fc.nat(),
    flow: energyMwh(-20_000_000_000, 20_000),
    capacity: energyMwh(1, 20_000),
    missing: gaps ? fc.constantFrom(false, false, false, false, true) : fc.constant(false),
  });
  return fc
    .record({
      zones: fc.array(zone, { minLength: 2, maxLength: 12 }),
      lines: fc.array(exchange, { maxLength: 24 }),
    })
    .map(({ zones, lines }) => {
      const exchanges = lines.map(({ from, step, capacity }): Exchange => {
        const first = from % zones.length;
        return {
          from: first,
          to: (first + 1 + (step % (zones.length - 1))) % zones.length,
          capacityMw: capacity,
        };
      });
      const produced = zones.map(({ production, idle }) => (idle ? 0 : production));
      return {
        topology: { zoneIds: zones.map((_zone, index) => `Z${index}`), exchanges },
        series: {
          steps: 1,
          stepHours: 1,
          productionMwh: Float64Array.from(produced, (value, index) =>
            zones[index]!.missing ? Number.NaN : value,
          ),
          unknownProductionMwh: Float64Array.from(produced, (value, index) => value * zones[index]!.unknown),
          flowMwh: Float64Array.from(lines, ({ flow, missing }) => (missing ? Number.NaN : flow)),
          families: [
            {
              name: 'CO2',
              producedKg: Float64Array.from(
                produced,
                (value, index) => value * (1 - zones[index]!.unknown) * zones[index]!.intensity,
              ),
              sourceRange: EMISSION_RANGE,
            },
          ],
        },
      };
    });
}

export function intensities(traced: TracedSeries): number[] {
  return [...traced.families[0]!.consumptionKgPerMwh];
}

/** Largest relative difference; zones unknown in one must be unknown in the other. */
export function relativeDifference(ours: readonly number[], theirs: readonly number[]): number {
  return ours.reduce((worst, value, index) => {
    const other = theirs[index]!;
    if (Number.isNaN(value) && Number.isNaN(other)) return worst;
    if (value === other) return worst;
    const difference = Math.abs(value - other) / Math.max(Math.abs(value), Math.abs(other));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}

/** Times a property runs: few in the quick tests, more in `test:full`. */
export const propertyRuns = process.env.TANLIU_TEST_FULL ? 2000 : 200;
