/**
 * What is told of a grid figure: its row, factors, thresholds, gaps and stocks, the readings of its zone with their
 * offsets, and whose production it consumed.
 */
import { modeFactors } from '../../schemas/reference/fuelFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { supplyOrigins } from '../grid/supplyOrigins.ts';
import type { Store } from '../store/port.ts';
import { gridOf } from './gridModel.ts';
import type { IntensityRow } from './gridRows.ts';
import { storedResults } from './gridTables.ts';
import { seriesOf } from './gridTracingSeries.ts';
import { readParameters } from './gridVersions.ts';
import type { Computation, TableSnapshot } from './lineage.ts';
import { inputsOfThen, recomputeGridWindow } from './recomputeGridWindow.ts';
import type { Difference, Recomputation, ResultKind } from './resultKinds.ts';

/** `grid/<zone>/<start>/<family>[/15_minutes][@v<version>]`. */
export interface GridFigureId {
  readonly zone: string;
  readonly startMs: number;
  readonly family: string;
  readonly durationS: number;
  readonly version: number | undefined;
}

const PATTERN = /^grid\/([^/]+)\/([^/]+)\/([^/@]+)(\/15_minutes)?(?:@v(\d+))?$/;

/** The parts of a figure's id; undefined where the id is of another kind. Throws `Refusal` TL_NO_FIGURE. */
function parseFigureId(id: string): GridFigureId | undefined {
  if (!id.startsWith('grid/')) return undefined;
  const parts = PATTERN.exec(id);
  const startMs = Date.parse(parts?.[2] ?? '');
  if (!parts || Number.isNaN(startMs) || !/(Z|[+-]\d\d:\d\d)$/.test(parts[2]!)) {
    throw new Refusal(`${id} names no figure of the grid`, {
      code: 'TL_NO_FIGURE',
      place: id,
      remedy: 'grid/<zone>/<start with offset>/<family>[/15_minutes][@v<version>]',
    });
  }
  return {
    zone: parts[1]!,
    startMs,
    family: parts[3]!,
    durationS: parts[4] ? 900 : 3_600,
    version: parts[5] === undefined ? undefined : Number(parts[5]),
  };
}

export const gridWindowResults: ResultKind = {
  async computationOf(store, id) {
    const figure = parseFigureId(id);
    if (!figure) return undefined;
    const { zone, startMs, family, durationS, version } = figure;
    const [row] = await store.query<{ computation: string }>(
      `SELECT computation FROM grid_intensity WHERE zone = {zone:String} AND family = {family:String} AND duration_s = {durationS:UInt32}
         AND start = fromUnixTimestamp64Milli({startMs:Int64})${version === undefined ? '' : ' AND version = {version:UInt32}'} ORDER BY version DESC, computation LIMIT 1`,
      { zone, family, durationS, startMs, ...(version !== undefined && { version }) },
    );
    return row?.computation ?? id;
  },

  async details(store, computation, id) {
    const rules = readParameters(JSON.stringify(computation.parameters));
    const { families, settings, gaps, opening, openedFrom, closing, checks } = rules;
    const figure = parseFigureId(id);
    return {
      ...(figure && { figure: await figureOf(store, computation, figure) }),
      factors: families.map(({ name, factorSet }) => ({ name, ...modeFactors(factorSet) })),
      thresholds: settings,
      gaps,
      checks,
      stocks: { opening, openedFrom: openedFrom ?? null, closing },
    };
  },

  async recompute(store, computation): Promise<Omit<Recomputation, 'id'>> {
    const { rows, ...result } = await recomputeGridWindow(store, computation);
    const kept = await storedResults(store, computation, familiesOf(rows));
    return { ...result, differences: result.same ? [] : differencesOf(kept.rows, rows) };
  },
};

const familiesOf = (rows: readonly IntensityRow[]) =>
  [...new Set(rows.map(({ family }) => family))].map((name) => ({ name }));

const MOST_DIFFERENCES = 100;

function differencesOf(stored: readonly IntensityRow[], recomputed: readonly IntensityRow[]): Difference[] {
  const nameOf = ({ zone, start, family, duration_s }: IntensityRow) =>
    `grid/${zone}/${new Date(start).toISOString()}/${family}${duration_s === 900 ? '/15_minutes' : ''}`;
  const byName = new Map(recomputed.map((row) => [nameOf(row), row]));
  const names = new Set([...stored.map(nameOf), ...byName.keys()]);
  const storedByName = new Map(stored.map((row) => [nameOf(row), row]));
  const found: Difference[] = [];
  for (const name of names) {
    const then = storedByName.get(name);
    const now = byName.get(name);
    for (const column of Object.keys(then ?? now ?? {}) as (keyof IntensityRow)[]) {
      const [before, after] = [then?.[column] ?? null, now?.[column] ?? null];
      if (JSON.stringify(before) !== JSON.stringify(after))
        found.push({ figure: `${name} ${column}`, stored: before, recomputed: after });
      if (found.length === MOST_DIFFERENCES) return found;
    }
  }
  return found;
}

async function figureOf(store: Store, computation: Computation, figure: GridFigureId) {
  const { zone, startMs, family, durationS } = figure;
  const rules = readParameters(JSON.stringify(computation.parameters));
  const kept = await storedResults(store, computation.id, rules.families);
  const row = kept.rows.find(
    (each) =>
      each.zone === zone && each.family === family && each.duration_s === durationS && each.start === startMs,
  );
  if (!row) {
    throw new Refusal(`${computation.id} has no such figure`, { code: 'TL_NO_FIGURE', place: zone });
  }
  const hourMs = Date.parse(computation.start);
  const inputs = await inputsOfThen(store, {
    startMs: hourMs,
    computedMs: Date.parse(`${computation.computedAt.replace(' ', 'T')}Z`),
    snapshots: computation.inputs,
  });
  const grid = gridOf(inputs, rules.gaps, rules.model);
  const { levels } = grid;
  const from = levels.inherited.find((each) => each.zone === zone)?.from ?? zone;
  const nodes = levels.areas.find((area) => area.zone === from)?.parts ?? [from];
  const { series } = seriesOf(grid, rules.families, rules.opening);
  const steps = Array.from(
    { length: durationS / grid.stepS },
    (_step, at) => (startMs - hourMs) / 1_000 / grid.stepS + at,
  );
  return {
    row,
    nodes,
    supply: supplyOrigins(
      grid.topology,
      series,
      steps,
      nodes.map((node) => grid.topology.zoneIds.indexOf(node)),
    ),
    readings: await readingsOf(store, computation, nodes),
  };
}

/** Readings of the nodes in force then, with the message that each came in. */
async function readingsOf(store: Store, { start, inputs }: Computation, nodes: readonly string[]) {
  const found = await Promise.all(inputs.map((input) => readingsIn(store, input, start, nodes)));
  return found.flat();
}

const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  grid_generation: ['zone', 'fuel'],
  grid_exchange: ['from_zone', 'to_zone'],
  grid_load: ['zone'],
};

async function readingsIn(
  store: Store,
  { table, offsets }: TableSnapshot,
  start: string,
  nodes: readonly string[],
) {
  const identity = IDENTITY[table];
  if (!identity) return [];
  const zones = identity.filter((column) => column.endsWith('zone'));
  const among = zones.map((column) => `${column} IN {nodes:Array(String)}`).join(' OR ');
  const rows = await store.query<Record<string, unknown>>(
    `SELECT * EXCEPT (contract), concat(toString(_generation), ':', toString(_partition), ':', toString(_offset), ':', toString(_row)) AS message
     FROM ${table} AS r WHERE toStartOfHour(r.start) = parseDateTimeBestEffort({start:String}, 'UTC') AND (${among})
       AND _offset <= transform(concat(toString(_generation), ':', toString(_partition)), {places:Array(String)}, {lasts:Array(Int64)}, toInt64(-1))
     ORDER BY source, ${identity.join(', ')}, r.start, revision DESC, known_at, _partition, _offset, _row LIMIT 1 BY source, ${identity.join(', ')}, r.start`,
    {
      start,
      nodes,
      places: offsets.map(({ generation, partition }) => `${generation}:${partition}`),
      lasts: offsets.map(({ last }) => last),
    },
  );
  return rows.map((row) => ({ table, ...row }));
}
