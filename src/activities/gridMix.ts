/** Who produced and consumed what in an hour, by mode and neighbour: rows of `grid_mix`. Pure. */
import type { HourGrid } from './gridModel.ts';
import type { IntensityRow, WindowSet } from './gridRows.ts';
import { type Column, compare } from './gridSeries.ts';

/** One zone of an hour or quarter hour; null is unknown, and of a mode's production: the zone does not report it. */
export interface MixRow {
  readonly start: number;
  readonly duration_s: number;
  readonly zone: string;
  readonly modes: readonly string[];
  readonly mode_production_mwh: readonly (number | null)[];
  readonly mode_consumption_mwh: readonly (number | null)[];
  readonly neighbours: readonly string[];
  readonly import_mwh: readonly (number | null)[];
  readonly export_mwh: readonly (number | null)[];
  readonly production_mwh: number | null;
  readonly consumption_mwh: number | null;
  readonly is_estimated: boolean;
  readonly estimation_method: string;
  readonly origin: string;
}

/** Consumption of unknown origin. */
const UNTRACED = 'untraced';

/**
 * Mixes of all nodes and areas of a set of windows, beside the rows of one family, whose totals they repeat.
 * @param origins modes whose families stand in the trace from `firstOrigin` on
 */
export function mixOf(
  grid: HourGrid,
  set: WindowSet,
  rows: readonly IntensityRow[],
  { origins, firstOrigin }: { readonly origins: readonly string[]; readonly firstOrigin: number },
): MixRow[] {
  const areas = new Map(grid.levels.areas.map(({ zone, parts }) => [zone, parts]));
  const hourMs = rows[0]?.start ?? 0;
  return rows.flatMap((row) => {
    const nodes = areas.get(row.zone) ?? [row.zone];
    if (!nodes.every((node) => set.nodes.includes(node))) return [];
    const window = (row.start - hourMs) / (set.durationS * 1_000);
    const produced = producedModes(grid, set, nodes, window);
    const consumed = consumedModes(grid, set, nodes, window, origins, firstOrigin);
    const modes = [...new Set([...produced.keys(), ...consumed.keys()])].sort(compare);
    const flows = flowsOf(grid, set, nodes, window);
    const neighbours = [...flows.keys()].sort(compare);
    const {
      start,
      duration_s,
      zone,
      production_mwh,
      consumption_mwh,
      is_estimated,
      estimation_method,
      origin,
    } = row;
    return [
      {
        start,
        duration_s,
        zone,
        modes,
        mode_production_mwh: modes.map((mode) => orNull(produced.get(mode))),
        mode_consumption_mwh: modes.map((mode) => orNull(consumed.get(mode))),
        neighbours,
        import_mwh: neighbours.map((name) => orNull(flows.get(name)!.importMwh)),
        export_mwh: neighbours.map((name) => orNull(flows.get(name)!.exportMwh)),
        production_mwh,
        consumption_mwh,
        is_estimated,
        estimation_method,
        origin,
      },
    ];
  });
}

const orNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function sumWindow({ energyMwh }: Column, { windows }: WindowSet, window: number): number {
  let sum = 0;
  for (let step = window * windows.stepsPerWindow; step < (window + 1) * windows.stepsPerWindow; step++)
    sum += energyMwh[step]!;
  return sum;
}

function producedModes(
  { generation }: HourGrid,
  set: WindowSet,
  nodes: readonly string[],
  window: number,
): Map<string, number> {
  const modes = new Map<string, number>();
  for (const column of generation) {
    const [zone, mode] = column.identity as [string, string];
    if (nodes.includes(zone)) modes.set(mode, (modes.get(mode) ?? 0) + sumWindow(column, set, window));
  }
  return modes;
}

/** By origin, from the traced shares; what has none is `untraced`. All are unknown where the energy is. */
function consumedModes(
  { topology }: HourGrid,
  { windows: { windowed } }: WindowSet,
  nodes: readonly string[],
  window: number,
  origins: readonly string[],
  firstOrigin: number,
): Map<string, number> {
  const modes = new Map<string, number>([...origins, UNTRACED].map((mode) => [mode, 0]));
  for (const node of nodes) {
    const cell = window * windowed.zoneCount + topology.zoneIds.indexOf(node);
    const known = windowed.energyUnknownSteps[cell] === 0;
    const consumed = windowed.consumedMwh[cell]!;
    origins.forEach((mode, at) => {
      const energy = windowed.families[firstOrigin + at]!.knownConsumedKg[cell]!;
      modes.set(mode, modes.get(mode)! + (known ? energy : Number.NaN));
    });
    const untraced = consumed > 0 ? consumed * windowed.unknownShare[cell]! : 0;
    modes.set(UNTRACED, modes.get(UNTRACED)! + (known ? untraced : Number.NaN));
  }
  return modes;
}

interface NeighbourFlow {
  importMwh: number;
  exportMwh: number;
}

/** Flows over the border of the nodes; those between two of them are inside. */
function flowsOf(
  { exchange }: HourGrid,
  { windows: { stepsPerWindow } }: WindowSet,
  nodes: readonly string[],
  window: number,
): Map<string, NeighbourFlow> {
  const flows = new Map<string, NeighbourFlow>();
  for (const { identity, energyMwh } of exchange) {
    const [first, second] = identity as [string, string];
    const inside = [nodes.includes(first), nodes.includes(second)];
    if (inside[0] === inside[1]) continue;
    const neighbour = inside[0] ? second : first;
    const flow = flows.get(neighbour) ?? { importMwh: 0, exportMwh: 0 };
    flows.set(neighbour, flow);
    for (let step = window * stepsPerWindow; step < (window + 1) * stepsPerWindow; step++) {
      const out = inside[0] ? energyMwh[step]! : 0 - energyMwh[step]!;
      flow.exportMwh += Number.isNaN(out) ? out : Math.max(0, out);
      flow.importMwh += Number.isNaN(out) ? out : Math.max(0, 0 - out);
    }
  }
  return flows;
}
