/**
 * Two levels of zones. A zone whose sub-zones are metered is no node of the tracing: its figures are sums over them. A
 * sub-zone without meters of its own is no node either: it inherits the figures of the zone that contains it.
 */
import { ZONES, type ZoneRow, zoneOf } from '../../schemas/reference/zones.ts';

export interface ZoneLevels {
  /** Zones that are traced, sorted. */
  readonly nodes: readonly string[];
  /** Zones whose figures are sums, with the nodes that they are summed over and how many sub-zones there are. */
  readonly areas: readonly {
    readonly zone: string;
    readonly parts: readonly string[];
    readonly of: number;
  }[];
  /** Zones without meters, with the zone whose figures they inherit. */
  readonly inherited: readonly { readonly zone: string; readonly from: string }[];
}

const TRACED: ReadonlySet<ZoneRow['kind']> = new Set(['province', 'prefecture']);

/** The zone that contains it where both can be traced; a factor scope and the country contain no nodes. */
function containing(zone: string): string | undefined {
  const parent = zoneOf(zone)?.parent;
  const kind = parent === undefined ? undefined : zoneOf(parent)?.kind;
  return kind !== undefined && TRACED.has(kind) ? parent : undefined;
}

/** Splits the zones that reported into nodes and areas, and names the zones that inherit. */
export function zoneLevels(reporting: Iterable<string>): ZoneLevels {
  const zones = new Set(reporting);
  const parts = new Map<string, string[]>();
  for (const zone of [...zones].sort(byCodeUnits)) {
    const area = containing(zone);
    if (area === undefined) continue;
    parts.set(area, [...(parts.get(area) ?? []), zone]);
  }
  const areas = [...parts].map(([zone, own]) => ({ zone, parts: own, of: subZones(zone).length }));
  const nodes = [...zones].filter((zone) => !parts.has(zone)).sort(byCodeUnits);
  const figured = new Set([...nodes, ...areas.map(({ zone }) => zone)]);
  const inherited = [...figured]
    .flatMap((from) => subZones(from).map((zone) => ({ zone, from })))
    .filter(({ zone }) => !figured.has(zone))
    .sort((a, b) => byCodeUnits(a.zone, b.zone));
  return { nodes, areas, inherited };
}

const subZones = (zone: string): readonly string[] =>
  ZONES.filter(({ parent, kind }) => parent === zone && TRACED.has(kind)).map(({ id }) => id);

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
