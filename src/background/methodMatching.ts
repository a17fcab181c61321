/** Lays the climate method that a package brings along over the package's own flows: by flow id, then by CAS number and compartment. */
import type { Category } from '../../schemas/documents/footprintCategories.ts';
import {
  DEFAULT_GWP_SET,
  type GwpFactor,
  type GwpSet,
  gwpSet,
  PACKAGE_GWP_SET,
} from '../../schemas/reference/gwp.ts';
import { matchFlows } from './flowMatching.ts';
import type { Inventory, InventoryFlow, InventoryMethod } from './inventory.ts';
import type { BackgroundSystem, FlowFactor } from './technosphere.ts';

export interface MatchedMethod {
  readonly id: string;
  readonly name: string;
  /** By flow id; in the memo categories 1 (kilograms of CO2). */
  readonly factors: readonly FlowFactor[];
  /** Flows of the method, as it names them, that no flow of the package was found for. */
  readonly unmatched: readonly string[];
}

interface Key {
  readonly name: string;
  readonly compartment: string;
}

/**
 * Method flows are named `substance (origin) (property, unit, compartment)`. Their CAS number is that of the package's
 * flow of the same id, else of a package flow with the same substance name; origin (fossil, biogenic, land use) must
 * agree too, since methane has one CAS number for three factors.
 */
export function matchMethod(method: InventoryMethod, { flows }: Inventory): MatchedMethod {
  const factors = new Map<string, FlowFactor>();
  const unmatched: string[] = [];
  const elementary = [...flows.values()].filter(({ kind }) => kind === 'elementary');
  const casOf = new Map(elementary.flatMap(({ name, cas }) => (cas ? [[substance(name), bare(cas)]] : [])));
  const byIdentity = new Map<string, InventoryFlow[]>();
  for (const flow of elementary) {
    if (!flow.cas) continue;
    const key = identity(bare(flow.cas), flow.name, flow.categoryPath.split('/').at(-1) ?? '');
    byIdentity.set(key, [...(byIdentity.get(key) ?? []), flow]);
  }
  const add = (flow: InventoryFlow, value: number, isInput: boolean, matchedBy: string) => {
    const { category, factor } = weigh(flow, value, isInput);
    if (factor !== 0 && !factors.has(flow.id)) {
      factors.set(flow.id, { flowId: flow.id, category, factor, matchedBy });
    }
  };
  const later: InventoryMethod['factors'][number][] = [];
  for (const row of method.factors) {
    const flow = flows.get(row.flowId);
    if (flow) add(flow, row.value, row.isInput, 'flow id');
    else later.push(row);
  }
  for (const row of later) {
    const { name, compartment } = parsed(row.flowName);
    const cas = casOf.get(substance(name));
    const found = cas === undefined ? [] : (byIdentity.get(identity(cas, name, compartment)) ?? []);
    if (found.length === 0) unmatched.push(row.flowName);
    for (const flow of found) add(flow, row.value, row.isInput, 'CAS number and compartment');
  }
  return {
    id: method.id,
    name: method.name,
    factors: [...factors.values()].sort((a, b) => (a.flowId < b.flowId ? -1 : 1)),
    unmatched: unmatched.sort(),
  };
}

const bare = (cas: string) => cas.replace(/^0+/, '');
const substance = (name: string) =>
  name
    .toLowerCase()
    .replace(/\s*\([^)]*\)/g, '')
    .trim();
const origin = (name: string) =>
  /biogenic/i.test(name) ? 'biogenic' : /land use/i.test(name) ? 'land use' : 'fossil';
const identity = (cas: string, name: string, compartment: string) =>
  [cas, origin(name), compartment.toLowerCase()].join('|');

/** `methane (fossil) (Mass, kg, Emissions to air, unspecified (long-term))`. */
function parsed(flowName: string): Key {
  const at = flowName.search(/\((?:[^()]|\([^()]*\))*\)$/);
  const inner = at < 0 ? '' : flowName.slice(at + 1, -1);
  return {
    name: at < 0 ? flowName : flowName.slice(0, at),
    compartment: inner.split(', ').slice(2).join(', '),
  };
}

/** Which category a method's factor belongs to. Biogenic CO2 is told in kilograms beside the total and never weighed. */
function weigh(
  { name }: InventoryFlow,
  value: number,
  isInput: boolean,
): { category: Category; factor: number } {
  const isCarbonDioxide = substance(name) === 'carbon dioxide';
  if (isInput) return { category: 'biogenic_co2_uptake', factor: isCarbonDioxide ? 1 : 0 };
  switch (origin(name)) {
    case 'biogenic':
      return isCarbonDioxide
        ? { category: 'biogenic_co2_emission', factor: 1 }
        : { category: 'biogenic_non_co2', factor: value };
    case 'land use':
      return { category: 'land_use', factor: value };
    default:
      return { category: 'fossil', factor: value };
  }
}

/** GWP of the species that direct emissions of a footprint may name, read from the package's own method. */
export function packageGwpSet(
  title: string,
  system: Pick<BackgroundSystem, 'natureFlows' | 'flowFactors'>,
): GwpSet {
  const flows = new Map(system.natureFlows.map((flow) => [flow.id, flow]));
  const known = matchFlows(system.natureFlows, gwpSet(DEFAULT_GWP_SET));
  const speciesOf = new Map(known.map((row) => [row.flow_uuid, row.species]));
  const factors = new Map<string, GwpFactor>();
  for (const { flowId, category, factor } of system.flowFactors) {
    const species = speciesOf.get(flowId);
    const weighed = category !== 'biogenic_co2_emission' && category !== 'biogenic_co2_uptake';
    if (!species || !weighed || factors.has(species)) continue;
    const cas = flows.get(flowId)?.cas ?? '';
    factors.set(species, { species, cas, kgCo2ePerKg: factor, source: title });
  }
  return { id: PACKAGE_GWP_SET, title, horizonYears: 100, factors };
}
