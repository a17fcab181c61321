/** Finds the GWP species and class of elementary flows by CAS number, refrigerant number or name, where no map is given. */

import type { Category } from '../../schemas/documents/footprintCategories.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';
import { CONTRADICTORY_NAMES, SPECIES_BY_CODE, SPECIES_BY_NAME } from '../../schemas/reference/gwpNames.ts';
import type { FlowMapRow } from './characterisation.ts';
import type { NatureFlow } from './technosphere.ts';

/** Identity of these rules in a method: a change of rule is a new number. */
export const FLOW_MATCHING = 'cas-code-name/1';

/** CAS 74-82-8 names methane of either origin: the name decides, never the number. */
const METHANE_CAS = '74-82-8';
const CODE = /\b(?:h?cfc|hfc|pfc|fc|hcc|r|halon)[- ]?(\d+[a-z]*)\b/;

/**
 * Emissions to air and CO2 taken from air; other compartments have no climate effect of their own.
 * @returns rows for the flows that are recognised; the rest is not guessed at
 */
export function matchFlows(flows: readonly NatureFlow[], gwpSet: GwpSet): FlowMapRow[] {
  const byCas = new Map<string, string>();
  for (const factor of gwpSet.factors.values()) {
    if (factor.cas !== '' && factor.cas !== METHANE_CAS) byCas.set(factor.cas, factor.species);
  }
  return flows.flatMap((flow) => {
    const species = speciesOf(flow, byCas, gwpSet);
    const matched = species && classOf(species, flow);
    return matched ? [{ flow_uuid: flow.id, ...matched }] : [];
  });
}

function speciesOf(flow: NatureFlow, byCas: ReadonlyMap<string, string>, set: GwpSet): string | undefined {
  const cas = flow.cas.replace(/^0+/, '');
  const name = cleaned(flow.name);
  if (CONTRADICTORY_NAMES.has(name)) return undefined;
  if (cas === METHANE_CAS) return 'CH4';
  return byCas.get(cas) ?? SPECIES_BY_NAME[baseName(name)] ?? SPECIES_BY_NAME[name] ?? byCode(name, set);
}

function cleaned(name: string): string {
  return name
    .toLowerCase()
    .replace(/\[[^\]]*\]|\([^)]*\)/g, '')
    .trim()
    .replace(/-$/, '');
}

/** `carbon dioxide, fossil` → `carbon dioxide`: origin is judged apart; substituents after a comma stay. */
function baseName(name: string): string {
  return name.replace(
    /, (?:fossil|non-fossil|biogenic|land transformation|land use change|in air|from soil or biomass stock|to soil or biomass stock)$/,
    '',
  );
}

function byCode(name: string, set: GwpSet): string | undefined {
  const found = CODE.exec(name);
  if (!found) return undefined;
  const [text, number = ''] = found;
  if (text.startsWith('halon')) {
    return SPECIES_BY_CODE[`halon ${number}`] ?? known(`Halon${number}`, set);
  }
  const named = SPECIES_BY_CODE[number];
  if (named) return named;
  const families = text.startsWith('r')
    ? ['CFC', 'HCFC', 'HFC']
    : [text.replace(/[- ]?\d.*$/, '').toUpperCase()];
  return families.map((family) => known(`${family}${number}`, set)).find((species) => species !== undefined);
}

const known = (species: string, set: GwpSet) => (set.factors.has(species) ? species : undefined);

function classOf(species: string, flow: NatureFlow): { species: string; class: Category } | undefined {
  const name = flow.name.toLowerCase();
  const path = flow.categoryPath.toLowerCase();
  const biogenic = /biogenic|non-fossil/.test(name);
  const landUse = /land transformation|land use change|from soil or biomass stock/.test(name);
  // Carbon going into soil is a removal that its own rule will have to admit.
  if (name.includes('to soil or biomass stock')) return undefined;
  if (/\bresources?\b/.test(path)) {
    return species === 'CO2' ? { species, class: 'biogenic_co2_uptake' } : undefined;
  }
  // A bare root says nothing of the compartment; then the name must say the origin.
  const toAir = /\bair\b/.test(path) || (!path.includes('/') && biogenic);
  if (!toAir) return undefined;
  if (species === 'CH4') {
    if (landUse) return { species: 'CH4-nonfossil', class: 'land_use' };
    if (biogenic) return { species: 'CH4-nonfossil', class: 'biogenic_non_co2' };
    return { species: 'CH4-fossil', class: 'fossil' };
  }
  if (species !== 'CO2') return { species, class: 'fossil' };
  if (landUse) return { species, class: 'land_use' };
  return { species, class: biogenic ? 'biogenic_co2_emission' : 'fossil' };
}
