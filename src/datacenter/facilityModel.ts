/** A facility as the engine takes it: its tree, where its IT energy is taken, and how much it can draw. */
import { Refusal } from '../../schemas/refusal.ts';
import type { NodeClass } from '../../schemas/streams/registryAssets.ts';
import { type MeterTree, placeKey } from './meterTree.ts';
import { isAntichain } from './nodeTotals.ts';

export type ItBoundary = 'ups' | 'pdu' | 'rack';

export interface FacilityModel {
  readonly id: string;
  readonly tree: MeterTree;
  /** Places whose totals add up to the IT energy. */
  readonly itPlaces: readonly number[];
  /** 1: IT energy at the UPS output, 2: at the PDU output, 3: at the IT input; null where the nodes do not say. */
  readonly pueCategory: 1 | 2 | 3 | null;
  /** Places of purpose `cooling`, by which CER is judged. */
  readonly coolingPlaces: readonly number[];
  /** Largest power that the connection allows, for bounds. */
  readonly capacityW: number | undefined;
}

const CATEGORY: Partial<Record<NodeClass, 1 | 2 | 3>> = { ups: 1, rectifier: 1, pdu: 2, rack: 3, outlet: 3 };
const BOUNDARY_CLASSES: Record<ItBoundary, readonly NodeClass[]> = {
  ups: ['ups', 'rectifier'],
  pdu: ['pdu'],
  rack: ['rack', 'outlet'],
};

export interface FacilitySetting {
  readonly id: string;
  readonly tree: MeterTree;
  readonly itBoundary?: ItBoundary;
  readonly capacityW?: number;
}

/**
 * @throws Refusal E_IT_BOUNDARY where nodes of purpose `it` stand above each other and no boundary is chosen
 */
export function facilityModel({ id, tree, itBoundary, capacityW }: FacilitySetting): FacilityModel {
  const classes = itBoundary === undefined ? undefined : BOUNDARY_CLASSES[itBoundary];
  const itNodes = nodesOfPurpose(tree, 'it').filter(
    ({ nodeClass }) => classes === undefined || (nodeClass !== undefined && classes.includes(nodeClass)),
  );
  const itPlaces = itNodes.map(({ id: node }) => placeOfNode(tree, node));
  const points = itPlaces.flatMap((place) =>
    tree.places[place]!.flows.flatMap(({ primary }) => (primary === undefined ? [] : [primary])),
  );
  if (!isAntichain(tree, points)) {
    throw new Refusal(`IT meters stand above each other: ${itNodes.map((node) => node.id).join(', ')}`, {
      code: 'E_IT_BOUNDARY',
      place: id,
      remedy: 'itBoundary of the facility: ups, pdu or rack',
    });
  }
  const categories = new Set(itNodes.map(({ nodeClass }) => nodeClass && CATEGORY[nodeClass]));
  const [category] = categories;
  return {
    id,
    tree,
    itPlaces,
    pueCategory: categories.size === 1 ? (category ?? null) : null,
    coolingPlaces: nodesOfPurpose(tree, 'cooling').map((node) => placeOfNode(tree, node.id)),
    capacityW,
  };
}

function nodesOfPurpose(tree: MeterTree, purpose: string) {
  return [...tree.nodes.values()].filter((node) => node.purpose === purpose);
}

/** The output of a node that is measured there (UPS, PDU), else its intake. */
function placeOfNode(tree: MeterTree, node: string): number {
  const out = tree.placeOf.get(placeKey(node, 'out'))!;
  const into = tree.placeOf.get(placeKey(node, 'in'))!;
  return tree.places[out]!.flows.length > 0 ? out : into;
}
