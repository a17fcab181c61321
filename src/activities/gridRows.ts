/** The answer of an hour as rows of `grid_intensity`: of nodes, of areas as sums over them, and of zones that inherit. Pure. */

import { connectedComponents } from '../grid/topology.ts';
import {
  type TracingSeries,
  type TracingSettings,
  ZONE_STATUS,
  type ZoneStatus,
  zoneStatus,
} from '../grid/tracingSeries.ts';
import { explainUnknowns } from '../grid/unknownOrigins.ts';
import { sumFigures, type TracedWindows, type ZoneFigure, zoneFigure } from '../grid/zoneFigure.ts';
import type { GridFamily, HourGrid } from './gridModel.ts';
import type { RowFlag } from './gridNotes.ts';
import { compare, greatestCommonDivisor } from './gridSeries.ts';

export type GridOrigin = 'measured' | 'estimated' | 'inherited' | 'simulated';

/** One zone and family of an hour or quarter hour, as `grid_intensity` keeps it; null is unknown. */
export interface IntensityRow {
  /** Start of the interval, ms since 1970. */
  readonly start: number;
  readonly duration_s: number;
  readonly zone: string;
  readonly family: string;
  readonly production_mwh: number | null;
  readonly production_co2_kg: number | null;
  readonly production_intensity_kg_per_mwh: number | null;
  readonly consumption_mwh: number | null;
  readonly consumption_co2_kg: number | null;
  readonly consumption_intensity_kg_per_mwh: number | null;
  readonly known_co2_kg: number | null;
  readonly estimated_co2_kg: number | null;
  readonly unknown_share: number | null;
  readonly lower_kg_per_mwh: number | null;
  readonly upper_kg_per_mwh: number | null;
  readonly balance_residual_mwh: number | null;
  readonly is_estimated: boolean;
  readonly estimation_method: string;
  readonly reason: '' | ZoneStatus;
  readonly flags: readonly RowFlag[];
  readonly corrected_modes: readonly string[];
  readonly causes: readonly string[];
  readonly origin: GridOrigin;
}

/** The windows of one length that an hour is told in. */
export interface WindowSet {
  readonly durationS: number;
  readonly windows: TracedWindows;
  /** Nodes that have readings this fine; the others are told by the hour only. */
  readonly nodes: readonly string[];
}

export interface RowContext {
  readonly hourMs: number;
  readonly grid: HourGrid;
  readonly series: TracingSeries;
  readonly families: readonly GridFamily[];
  readonly settings: TracingSettings;
  readonly origins: ReadonlyMap<string, GridOrigin>;
}

/** Shortest step (s) of any reading in each node's connected component: what it can be told at. */
export function nativeSteps({ topology, generation, exchange, load }: HourGrid): number[] {
  const component = connectedComponents(topology);
  const indexOf = new Map(topology.zoneIds.map((zone, index) => [zone, index]));
  const steps = new Map<number, number>();
  for (const { identity, shortestS } of [...generation, ...exchange, ...load]) {
    const zone = identity.find((name) => indexOf.has(name));
    if (zone === undefined) continue;
    const at = component[indexOf.get(zone)!]!;
    steps.set(at, greatestCommonDivisor(steps.get(at) ?? 3_600, shortestS));
  }
  return topology.zoneIds.map((_zone, index) => steps.get(component[index]!) ?? 3_600);
}

/** Marks the nodes of components in which a coarser series was split into finer steps. */
export function flagResampled(grid: HourGrid): void {
  const native = nativeSteps(grid);
  const component = connectedComponents(grid.topology);
  const indexOf = new Map(grid.topology.zoneIds.map((zone, index) => [zone, index]));
  const split = new Set<number>();
  for (const { identity, shortestS } of [...grid.generation, ...grid.exchange, ...grid.load]) {
    const at = indexOf.get(identity.find((name) => indexOf.has(name)) ?? '');
    if (at !== undefined && shortestS > native[at]!) split.add(component[at]!);
  }
  grid.notes.flag(
    grid.topology.zoneIds.filter((_zone, index) => split.has(component[index]!)),
    'resampled',
  );
}

/** Rows of one set of windows, sorted by start, family as given, and zone. */
export function rowsOf(context: RowContext, set: WindowSet): IntensityRow[] {
  const { grid, families, hourMs } = context;
  const rows: IntensityRow[] = [];
  for (let window = 0; window < 3_600 / set.durationS; window++) {
    const start = hourMs + window * set.durationS * 1_000;
    const causes = causesOf(context, set, window);
    families.forEach(({ name }, family) => {
      const figures = new Map(
        set.nodes.map((zone) => [
          zone,
          zoneFigure(set.windows, window, grid.topology.zoneIds.indexOf(zone), family),
        ]),
      );
      const head = { start, duration_s: set.durationS, family: name };
      const found = [...figures].map(([zone, figure]) => ({
        ...head,
        ...nodeRow(context, zone, figure, causes.get(zone) ?? []),
      }));
      found.push(...areaRows(context, figures, found, head));
      found.push(...inheritedRows(context, found));
      rows.push(...found.sort((a, b) => compare(a.zone, b.zone)));
    });
  }
  return rows;
}

type Head = Pick<IntensityRow, 'start' | 'duration_s' | 'family'>;

function nodeRow(
  { grid: { notes }, origins }: RowContext,
  zone: string,
  figure: ZoneFigure,
  causes: readonly string[],
): Omit<IntensityRow, keyof Head> {
  return {
    zone,
    ...valuesOf(figure),
    flags: notes.flagsOf(zone),
    corrected_modes: notes.correctedModesOf(zone),
    causes,
    origin: figure.productionEstimated ? worse('estimated', origins.get(zone)!) : origins.get(zone)!,
  };
}

/** An area is as sure as its worst part, and says where some of its parts have no meters. */
function areaRows(
  { grid: { levels }, settings }: RowContext,
  figures: ReadonlyMap<string, ZoneFigure>,
  rows: readonly IntensityRow[],
  head: Head,
): IntensityRow[] {
  return levels.areas.flatMap(({ zone, parts, of }) => {
    if (!parts.every((part) => figures.has(part))) return [];
    const own = rows.filter((row) => parts.includes(row.zone));
    const union = <T extends string>(lists: readonly (readonly T[])[]) =>
      [...new Set(lists.flat())].sort(compare);
    const flags = union<RowFlag>(own.map((row) => row.flags));
    return [
      {
        ...head,
        zone,
        ...valuesOf(
          sumFigures(
            parts.map((part) => figures.get(part)!),
            settings,
          ),
        ),
        flags: parts.length < of ? union<RowFlag>([flags, ['partial_sum']]) : flags,
        corrected_modes: union(own.map((row) => row.corrected_modes)),
        causes: union(own.map((row) => row.causes)),
        origin: own.map(({ origin }) => origin).reduce(worse),
      },
    ];
  });
}

/** The intensities of the zone that contains it; its energies are not known. */
function inheritedRows({ grid: { levels } }: RowContext, rows: readonly IntensityRow[]): IntensityRow[] {
  const byZone = new Map(rows.map((row) => [row.zone, row]));
  return levels.inherited.flatMap(({ zone, from }) => {
    const row = byZone.get(from);
    if (row === undefined) return [];
    return [
      {
        ...row,
        zone,
        production_mwh: null,
        production_co2_kg: null,
        production_intensity_kg_per_mwh: null,
        consumption_mwh: null,
        consumption_co2_kg: null,
        known_co2_kg: null,
        estimated_co2_kg: null,
        balance_residual_mwh: null,
        flags: [...new Set<RowFlag>([...row.flags, 'inherited'])].sort(compare),
        corrected_modes: [],
        origin: worse('inherited', row.origin),
      },
    ];
  });
}

function valuesOf(figure: ZoneFigure) {
  const { status, consumedMwh, consumptionKgPerMwh, unknownShare } = figure;
  const known = status === ZONE_STATUS.value || status === ZONE_STATUS.estimated;
  // Up to the first threshold a value counts as known, though what little is unknown was filled all the same.
  const filled = known && unknownShare > 0;
  const methods = [...(figure.productionEstimated ? ['BALANCE'] : []), ...(filled ? ['KNOWN_SHARE'] : [])];
  return {
    production_mwh: orNull(figure.productionMwh),
    production_co2_kg: orNull(figure.producedKg),
    production_intensity_kg_per_mwh: orNull(figure.productionKgPerMwh),
    consumption_mwh: orNull(consumedMwh),
    consumption_co2_kg: orNull(consumedMwh * consumptionKgPerMwh),
    consumption_intensity_kg_per_mwh: orNull(consumptionKgPerMwh),
    known_co2_kg: orNull(figure.knownConsumedKg),
    estimated_co2_kg: orNull(consumedMwh * consumptionKgPerMwh - figure.knownConsumedKg),
    unknown_share: orNull(unknownShare),
    lower_kg_per_mwh: orNull(figure.lowerKgPerMwh),
    upper_kg_per_mwh: orNull(figure.upperKgPerMwh),
    balance_residual_mwh: orNull(figure.balanceResidualMwh),
    is_estimated: status === ZONE_STATUS.estimated || figure.productionEstimated,
    estimation_method: methods.join(' '),
    reason: known ? ('' as const) : zoneStatus(status),
  };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Gaps behind the nodes of a window whose value is estimated or unknown, named as the zone or the exchange. */
function causesOf(
  { grid, series }: RowContext,
  { windows, nodes }: WindowSet,
  window: number,
): Map<string, string[]> {
  const { stepsPerWindow, traced } = windows;
  const found = new Map<string, Set<string>>();
  for (let step = window * stepsPerWindow; step < (window + 1) * stepsPerWindow; step++) {
    const unknown = nodes
      .map((zone) => ({ zone, index: grid.topology.zoneIds.indexOf(zone) }))
      .filter(
        ({ index }) => traced.unknownShare[step * traced.zoneCount + index]! > traced.settings.knownUpToShare,
      );
    if (unknown.length === 0) continue;
    const indices = unknown.map(({ index }) => index);
    explainUnknowns(grid.topology, series, step, indices).forEach(({ origins }, at) => {
      const { zone } = unknown[at]!;
      const names = found.get(zone) ?? new Set();
      for (const { exchange, zoneId } of origins)
        names.add(exchange === undefined ? zoneId : grid.exchange[exchange]!.identity.join('->'));
      found.set(zone, names);
    });
  }
  return new Map([...found].map(([zone, names]) => [zone, [...names].sort(compare)]));
}

const ORIGINS: readonly GridOrigin[] = ['measured', 'estimated', 'inherited', 'simulated'];

const worse = (a: GridOrigin, b: GridOrigin): GridOrigin => (ORIGINS.indexOf(a) > ORIGINS.indexOf(b) ? a : b);

/** Of each node: the worst quality of any reading in its connected component, since all of them bear on it. */
export function originsOf({ topology, generation, exchange, load }: HourGrid): Map<string, GridOrigin> {
  const component = connectedComponents(topology);
  const indexOf = new Map(topology.zoneIds.map((zone, index) => [zone, index]));
  const worstOf = new Map<number, GridOrigin>();
  for (const column of [...generation, ...exchange, ...load]) {
    const zone = column.identity.find((name) => indexOf.has(name));
    if (zone === undefined) continue;
    const at = component[indexOf.get(zone)!]!;
    for (const quality of column.qualities)
      worstOf.set(at, worse(worstOf.get(at) ?? 'measured', originOf(quality)));
  }
  return new Map(topology.zoneIds.map((zone, index) => [zone, worstOf.get(component[index]!) ?? 'measured']));
}

const originOf = (quality: string): GridOrigin =>
  quality === 'simulated' ? 'simulated' : quality === 'measured' ? 'measured' : 'estimated';

/** The worst of all rows. */
export const worstOrigin = (origins: Iterable<GridOrigin>): GridOrigin =>
  [...origins].reduce(worse, 'measured');
