/** Facilities, their meter trees and declared facts from `registry.assets`, as in force at an instant. */
import { type DataCenterTarget, NEW_SINCE } from '../../schemas/reference/dataCenterTargets.ts';
import type { MeterPurpose, NodeClass } from '../../schemas/streams/registryAssets.ts';
import { type FacilityModel, facilityModel, type ItBoundary } from '../datacenter/facilityModel.ts';
import { meterTree, type NodeDeclaration, type PointDeclaration } from '../datacenter/meterTree.ts';
import type { Store } from '../store/port.ts';

/** What the registry says of one facility; it stands in the lineage of its windows, so that they compute again. */
export interface FacilityDeclaration {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly zone: string;
  readonly park: string | null;
  readonly scale: string | null;
  readonly commissionedAt: string | null;
  readonly itBoundary: ItBoundary | null;
  readonly capacityW: number | null;
  readonly nodes: readonly NodeDeclaration[];
  readonly points: readonly PointDeclaration[];
  readonly declared: readonly DeclaredFact[];
  /** Highest `known_at` of the documents, and the worst quality among them. */
  readonly quality: string;
}

export interface DeclaredFact {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly document: string | null;
}

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly quality: string;
  readonly document: string;
}

type Fields = Readonly<Record<string, string | number | null | undefined>>;

/** Data centres and base stations with their documents in force at `atMs`, by id. */
export async function readFacilities(store: Store, atMs: number): Promise<Map<string, FacilityDeclaration>> {
  const rows = await store.query<Row>(
    `SELECT kind, id, quality, document FROM registry_assets_current
     WHERE kind IN ('facility', 'node', 'meter', 'declaration') AND valid_from <= fromUnixTimestamp64Milli({at:Int64})
       AND (valid_to IS NULL OR valid_to > fromUnixTimestamp64Milli({at:Int64}))
     ORDER BY kind, id, valid_from DESC, source LIMIT 1 BY kind, id`,
    { at: Math.floor(atMs) },
  );
  const parsed = rows.map((row) => ({ ...row, fields: JSON.parse(row.document) as Fields }));
  const parts = Map.groupBy(
    parsed.filter(({ kind }) => kind !== 'facility'),
    ({ fields }) => String(fields.facility),
  );
  const facilities = new Map<string, FacilityDeclaration>();
  for (const { kind, id, quality, fields } of parsed) {
    if (kind !== 'facility' || !(fields.type === 'datacenter' || fields.type === 'base_station')) continue;
    const own = parts.get(id) ?? [];
    facilities.set(id, {
      id,
      type: String(fields.type),
      name: String(fields.name),
      zone: String(fields.zone),
      park: textOr(fields.park),
      scale: textOr(fields.scale),
      commissionedAt: textOr(fields.commissionedAt),
      itBoundary: textOr(fields.itBoundary) as ItBoundary | null,
      capacityW: fields.capacityKva == null ? null : Number(fields.capacityKva) * 1_000,
      nodes: own.filter((row) => row.kind === 'node').map((row) => nodeOf(row.fields)),
      points: own.filter((row) => row.kind === 'meter').map((row) => pointOf(id, row.id, row.fields)),
      declared: own.filter((row) => row.kind === 'declaration').map((row) => factOf(row.fields)),
      quality: [quality, ...own.map((row) => row.quality)].includes('simulated') ? 'simulated' : 'manual',
    });
  }
  return facilities;
}

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const nodeOf = (fields: Fields): NodeDeclaration => ({
  node: String(fields.node),
  feeds: feedsOf(fields),
  ...(fields.nodeClass != null && { nodeClass: fields.nodeClass as NodeClass }),
  purpose: fields.purpose as MeterPurpose,
});

const feedsOf = (fields: Fields): string[] =>
  [fields.parent, fields.secondParent].filter((feed): feed is string => typeof feed === 'string');

/** A meter's document is named by the meter, alone or behind its facility. */
function pointOf(facility: string, id: string, fields: Fields): PointDeclaration {
  const { side, group, role, purpose, nodeClass, ratedPowerW, registerModulusWh } = fields;
  return {
    id: id.startsWith(`${facility}/`) ? id.slice(facility.length + 1) : id,
    node: String(fields.node),
    side: side as 'in' | 'out',
    feeds: feedsOf(fields),
    role: role as 'primary' | 'check',
    purpose: purpose as MeterPurpose,
    ...(typeof group === 'string' && { group }),
    ...(nodeClass != null && { nodeClass: nodeClass as NodeClass }),
    ...(typeof ratedPowerW === 'number' && { ratedPowerW }),
    ...(typeof registerModulusWh === 'number' && { registerModulusWh }),
  };
}

const factOf = ({ metric, value, unit, document }: Fields): DeclaredFact => ({
  metric: String(metric),
  value: Number(value),
  unit: String(unit),
  document: textOr(document),
});

/** @throws Refusal of the tree or of the IT boundary */
export function modelOf(declaration: FacilityDeclaration): FacilityModel {
  const { id, itBoundary, capacityW, nodes, points } = declaration;
  return facilityModel({
    id,
    tree: meterTree(id, nodes, points),
    ...(itBoundary !== null && { itBoundary }),
    ...(capacityW !== null && { capacityW }),
  });
}

/** The value of a declared fact; undefined where it is not declared. */
export const declaredValue = (declaration: FacilityDeclaration, metric: string): number | undefined =>
  declaration.declared.find((fact) => fact.metric === metric)?.value;

/**
 * Groups of published limits by what the registry states; the Tianfu cluster is a national hub node. What it does not
 * state (scale, when it was put into operation) puts a facility into no group, so that no limit is judged by a guess.
 */
export function targetGroups(facility: FacilityDeclaration): DataCenterTarget['appliesTo'][] {
  const { park, zone, type, scale, commissionedAt } = facility;
  if (type !== 'datacenter') return [];
  const hub = park === 'tianfu-cluster';
  const isNew = commissionedAt !== null && Date.parse(commissionedAt) >= Date.parse(NEW_SINCE.day);
  const groups: [DataCenterTarget['appliesTo'], boolean][] = [
    ['gb40879', scale !== null && scale !== 'edge'],
    ['hub_node', hub],
    ['hub_node_new', hub && isNew],
    ['new_large', isNew && (scale === 'large' || scale === 'super_large')],
    ['beijing', zone === 'CN-BJ' || zone.startsWith('CN-BJ-')],
  ];
  return groups.flatMap(([group, belongs]) => (belongs ? [group] : []));
}
