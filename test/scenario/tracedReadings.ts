/** Traces grid readings of a scenario directly, without log or store, so that a parser's output meets the engine. */
import { type ModeFactorSet, productionMode } from '../../schemas/reference/fuelFactors.ts';
import { traceSeries } from '../../src/grid/flowTracing.ts';
import { OUTSIDE } from '../../src/grid/topology.ts';
import type { TracedSeries } from '../../src/grid/tracingSeries.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export interface TracedReadings {
  readonly zoneIds: readonly string[];
  readonly starts: readonly string[];
  readonly traced: TracedSeries;
}

/** Zones are those with generation; whatever else an exchange names lies outside. One revision a key is expected. */
export function traceReadings(scenario: Scenario, factors: ModeFactorSet): TracedReadings {
  const generation = [...scenario.readings('grid.generation')];
  const exchange = [...scenario.readings('grid.exchange')];
  const zoneIds = [...new Set(generation.map(({ zone }) => String(zone)))];
  const starts = [...new Set(generation.map(({ start }) => String(start)))].sort();
  const zoneAt = new Map(zoneIds.map((id, at) => [id, at]));
  const stepAt = new Map(starts.map((start, at) => [start, at]));
  const pairs = [...new Set(exchange.map(({ fromZone, toZone }) => `${fromZone} ${toZone}`))];
  const pairAt = new Map(pairs.map((pair, at) => [pair, at]));

  const productionMwh = new Float64Array(starts.length * zoneIds.length);
  const producedKg = new Float64Array(starts.length * zoneIds.length);
  for (const { zone, fuel, start, energyMwh } of generation) {
    const cell = stepAt.get(String(start))! * zoneIds.length + zoneAt.get(String(zone))!;
    productionMwh[cell]! += Number(energyMwh);
    producedKg[cell]! += Number(energyMwh) * factors.intensityKgPerMwh[productionMode.parse(fuel)];
  }
  const flowMwh = new Float64Array(starts.length * pairs.length).fill(Number.NaN);
  for (const { fromZone, toZone, start, netEnergyMwh } of exchange) {
    const at = stepAt.get(String(start))! * pairs.length + pairAt.get(`${fromZone} ${toZone}`)!;
    flowMwh[at] = Number(netEnergyMwh);
  }
  const exchanges = pairs.map((pair) => {
    const [from, to] = pair.split(' ').map((id) => zoneAt.get(id) ?? OUTSIDE) as [number, number];
    return { from, to, capacityMw: Number.NaN };
  });
  const traced = traceSeries(
    { zoneIds, exchanges },
    {
      steps: starts.length,
      stepHours: 1,
      productionMwh,
      flowMwh,
      families: [{ name: factors.id, producedKg }],
    },
  );
  return { zoneIds, starts, traced };
}
