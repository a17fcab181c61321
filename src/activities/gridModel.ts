/** The readings of one hour as the engine takes them: zones, exchanges with capacities, energies by mode. Pure. */
import {
  type Implausible,
  implausibleDemand,
  implausibleFlow,
  implausibleProduction,
} from '../grid/plausibility.ts';
import { type Exchange, type GridTopology, OUTSIDE } from '../grid/topology.ts';
import { type ZoneLevels, zoneLevels } from '../grid/zoneLevels.ts';
import type { Gaps } from './gridExpectation.ts';
import type { GridReading, GridTable, HourInputs } from './gridInputs.ts';
import { type HourNotes, hourNotes } from './gridNotes.ts';
import { type Cell, type Column, columnsOf, commonStepS, compare, isUsable } from './gridSeries.ts';

/** A factor family under the name that it has in results, with the set of factors behind it. */
export interface GridFamily {
  readonly name: string;
  /** Id in `schemas/reference/fuelFactors.ts`. */
  readonly factorSet: string;
}

/** What an hour's readings are judged by beside themselves. */
export interface ModelRules {
  /** Sources that come first where several report, in this order; the others follow by name. */
  readonly sourceOrder?: readonly string[];
  /** Installed capacity (MW) by zone and fuel, as registered; a mode that is not listed is not judged. */
  readonly installed?: readonly (readonly [zone: string, fuel: string, capacityMw: number])[];
}

/** A reading that cannot be: it is kept as it came, listed, and missing from the tracing. */
export interface QuarantinedReading {
  readonly table: GridTable;
  readonly identity: readonly string[];
  readonly source: string;
  readonly startMs: number;
  readonly energyMwh: number;
  readonly limitMwh: number;
  readonly reason: Implausible['reason'];
}

export interface HourGrid {
  readonly levels: ZoneLevels;
  readonly topology: GridTopology;
  readonly stepS: number;
  readonly steps: number;
  readonly generation: readonly Column[];
  readonly exchange: readonly Column[];
  readonly load: readonly Column[];
  readonly quarantined: readonly QuarantinedReading[];
  readonly notes: HourNotes;
}

/**
 * Nodes are all zones that generate or report a load and have no sub-zones that do; whatever else is named by an exchange
 * lies outside the model.
 */
export function gridOf({ readings }: HourInputs, gaps: Gaps, rules: ModelRules = {}): HourGrid {
  const { grid_generation, grid_exchange, grid_load } = readings;
  const notes = hourNotes();
  const quarantined: QuarantinedReading[] = [];
  const all = [...grid_generation, ...grid_exchange, ...grid_load];
  const usable = all.filter(isUsable);
  notes.counts.unusable = all.length - usable.length;
  const stepS = commonStepS(usable);
  const order = sourceRank(rules.sourceOrder ?? []);
  const judge = judgeOf(rules, quarantined, notes);
  const columns = (cells: readonly Cell[]) => columnsOf(cells, stepS, order, notes);
  const generation = [
    ...columns(grid_generation.filter(isUsable).map((reading) => judge.generation(reading))),
    ...gaps.generation.map((identity) => emptyColumn(identity, stepS)),
  ];
  const load = columns(grid_load.filter(isUsable).map((reading) => judge.load(reading)));
  const flows = [
    ...columns(grid_exchange.filter(isUsable).map((reading) => judge.exchange(reading))),
    ...gaps.exchange.map(([from, to]) => emptyColumn(sortedPair(from, to), stepS)),
  ];
  const levels = zoneLevels([...generation, ...load].map(({ identity }) => identity[0]!));
  const indexOf = new Map(levels.nodes.map((zone, index) => [zone, index]));
  const ofNodes = ({ identity }: Column) => identity.some((zone) => indexOf.has(zone));
  notes.counts.aboveNodes = [...generation, ...load].filter((column) => !ofNodes(column)).length;
  const capacities = capacitiesOf(grid_exchange, gaps);
  const exchange = flows.filter(ofNodes);
  const exchanges = exchange.map(
    ({ identity }): Exchange => ({
      from: indexOf.get(identity[0]!) ?? OUTSIDE,
      to: indexOf.get(identity[1]!) ?? OUTSIDE,
      capacityMw: capacities.get(identity.join('\t')) ?? Number.NaN,
    }),
  );
  return {
    levels,
    topology: { zoneIds: levels.nodes, exchanges },
    stepS,
    steps: 3_600 / stepS,
    generation: generation.filter(ofNodes),
    exchange,
    load: load.filter(ofNodes),
    quarantined,
    notes,
  };
}

const emptyColumn = (identity: readonly string[], stepS: number): Column => ({
  identity,
  energyMwh: new Float64Array(3_600 / stepS).fill(Number.NaN),
  qualities: new Set(),
  shortestS: 3_600,
});

/** Place of a source among those that report the same. */
function sourceRank(order: readonly string[]): (a: string, b: string) => number {
  const rank = new Map(order.map((source, at) => [source, at]));
  return (a, b) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length) || compare(a, b);
}

/** Reads the energy of a reading, NaN where it is unknown, negative production or not plausible. */
function judgeOf(rules: ModelRules, quarantined: QuarantinedReading[], notes: HourNotes) {
  const installed = new Map((rules.installed ?? []).map(([zone, fuel, mw]) => [`${zone}\t${fuel}`, mw]));
  const cell = (
    table: GridTable,
    reading: GridReading,
    identity: readonly string[],
    energyMwh: number,
    fault: Implausible | undefined,
  ): Cell => {
    if (fault === undefined) return { reading, identity, energyMwh };
    const { source, startMs } = reading;
    quarantined.push({ table, identity: reading.identity, source, startMs, energyMwh, ...fault });
    notes.counts.quarantined++;
    notes.flag(table === 'grid_exchange' ? identity : [identity[0]!], 'quarantined');
    return { reading, identity, energyMwh: Number.NaN };
  };
  return {
    generation(reading: GridReading): Cell {
      const { identity, durationS } = reading;
      const [energy, meanPowerMw] = reading.values;
      const energyMwh = energy ?? (meanPowerMw == null ? Number.NaN : (meanPowerMw * durationS) / 3_600);
      if (energyMwh < 0) {
        notes.counts.corrected++;
        notes.correct(identity[0]!, identity[1]!);
        return { reading, identity, energyMwh: Number.NaN };
      }
      const capacityMw = installed.get(identity.join('\t')) ?? null;
      const fault = implausibleProduction(energyMwh, capacityMw, durationS / 3_600);
      return cell('grid_generation', reading, identity, energyMwh, fault);
    },
    /** A flow from the zone that sorts first to the other, whichever way it was reported. */
    exchange(reading: GridReading): Cell {
      const [from, to] = reading.identity as [string, string];
      const [reported, capacityMw] = reading.values;
      const energyMwh = from < to ? (reported ?? Number.NaN) : 0 - (reported ?? Number.NaN);
      const fault = implausibleFlow(energyMwh, capacityMw ?? null, reading.durationS / 3_600);
      return cell('grid_exchange', reading, sortedPair(from, to), energyMwh, fault);
    },
    load(reading: GridReading): Cell {
      const energyMwh = reading.values[0] ?? Number.NaN;
      return cell('grid_load', reading, reading.identity, energyMwh, implausibleDemand(energyMwh));
    },
  };
}

const sortedPair = (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a]);

function capacitiesOf(readings: readonly GridReading[], gaps: Gaps): Map<string, number> {
  const reported = [
    ...gaps.exchange,
    ...readings.map(({ identity: [from, to], values }) => [from!, to!, values[1] ?? null] as const),
  ];
  const capacities = new Map<string, number>();
  for (const [from, to, capacityMw] of reported) {
    const key = sortedPair(from, to).join('\t');
    if (capacityMw !== null) capacities.set(key, Math.max(capacityMw, capacities.get(key) ?? 0));
  }
  return capacities;
}
