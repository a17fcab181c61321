/** The footprint of one product: quantities times scores, divided by the declared units made (footprint.md §7). Pure; nothing is solved here. */
import { type CategoryScores, totalKgCo2e } from '../../schemas/documents/footprintCategories.ts';
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { Contributor, FootprintResult } from '../../schemas/documents/footprintResult.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { BackgroundProduct, FootprintBackground } from './background.ts';
import { type Contribution, contributionsOf } from './contributionsOf.ts';
import { identitiesOf } from './identities.ts';
import { addScores, NO_SCORES, scaleScores } from './scoreSums.ts';

const ENGINE = 'tanliu-footprint/1';

/** Limits of the document (footprint.md §7); a first tier beyond the listed parts is told as one remainder. */
const EXEMPTED_LIMIT_PERCENT = 5;
const TIER_PARTS_LISTED = 10;

/**
 * @param input a valid input document
 * @param background scored by the GWP set that the input names, if it names one
 * @throws Refusal `gwp_set` · `unknown_product` · `unit_mismatch` · `factor_family` · `factor_unknown` ·
 *   `unknown_species` · `electricity_counted_twice`, each with the place in the document
 */
export function computeFootprint(input: FootprintInput, background: FootprintBackground): FootprintResult {
  if (input.gwpSet !== undefined && input.gwpSet !== background.gwpSet.id) {
    throw new Refusal(`the background was scored by ${background.gwpSet.id}`, {
      code: 'gwp_set',
      place: 'gwpSet',
      remedy: `a background scored by ${input.gwpSet}`,
    });
  }
  const contributions = contributionsOf(input, background);
  const made = input.declaredUnitsMade;
  const period = contributions.reduce((sum, { scores }) => addScores(sum, scores), NO_SCORES);
  const perUnit = scaleScores(period, 1 / made);
  const contributors = contributions
    .map((contribution) => contributorOf(contribution, made, totalKgCo2e(period)))
    .sort((a, b) => Math.abs(b.kgCo2e) - Math.abs(a.kgCo2e) || (a.name < b.name ? -1 : 1));
  const used = contributions.flatMap(({ product }) => product ?? []);
  const cutOff = cutOffOf(input, background, used, totalKgCo2e(period));
  const { identity, gwpSet } = background;
  return {
    schema: 'tanliu.footprint/1',
    product: input.product,
    ...(input.company !== undefined && { company: input.company }),
    site: input.site,
    referencePeriod: input.referencePeriod,
    boundary: input.boundary,
    declaredUnit: input.declaredUnit,
    declaredUnitsMade: made,
    perDeclaredUnit: figuresOf(perUnit),
    forPeriod: figuresOf(period),
    contributors,
    ofWhich: {
      packagingKgCo2e: partOf(contributions, 'packaging') / made,
      outboundLogisticsKgCo2e: partOf(contributions, 'outbound_logistics') / made,
    },
    cutOff,
    primaryDataSharePercent: primaryDataShare(contributors),
    origin: originOf(contributions),
    warnings: warningsOf(contributions, cutOff.exemptedEmissionsPercent),
    versions: {
      engine: ENGINE,
      background: `${identity.name}@${identity.version}`,
      backgroundSha256: identity.sourceSha256,
      linkingPolicy: identity.linkingPolicy,
      gwpSet: gwpSet.id,
      flowMap: identity.flowMap,
      electricityFactors: [
        ...new Set(contributions.flatMap((c) => (c.kind === 'electricity' && !c.product ? c.factor : []))),
      ],
    },
    identities: identitiesOf(perUnit, contributors),
  };
}

function figuresOf(categories: CategoryScores) {
  const total = totalKgCo2e(categories);
  return {
    totalKgCo2e: total,
    includingBiogenicUptakeKgCo2e: total + categories.biogenic_co2_uptake,
    categories,
  };
}

function contributorOf(contribution: Contribution, made: number, periodKgCo2e: number): Contributor {
  const { name, kind, quantity, unit, scores, origin, primaryDataShare, factor, flags, evidence } =
    contribution;
  const kgCo2e = totalKgCo2e(scores);
  return {
    name,
    kind,
    quantity: quantity / made,
    unit,
    kgCo2e: kgCo2e / made,
    sharePercent: periodKgCo2e === 0 ? 0 : (100 * kgCo2e) / periodKgCo2e,
    categories: scaleScores(scores, 1 / made),
    origin,
    primaryDataShare,
    factor,
    flags: [...flags],
    ...(contribution.product && { firstTier: tierOf(contribution, contribution.product, made) }),
    evidence: [...evidence],
  };
}

/** Largest parts first; what is not listed stands as one remainder, so that the tier still adds up. */
function tierOf(contribution: Contribution, product: BackgroundProduct, made: number) {
  const factor = contribution.referenceAmount / made;
  const parts = product
    .firstTier()
    .map((part) => ({
      name: part.name,
      kgCo2e: totalKgCo2e(part.scores) * factor,
      ...(part.product && { product: part.product }),
    }))
    .filter((part) => part.kgCo2e !== 0)
    .sort((a, b) => Math.abs(b.kgCo2e) - Math.abs(a.kgCo2e) || (a.name < b.name ? -1 : 1));
  const rest = parts.slice(TIER_PARTS_LISTED);
  if (rest.length === 0) return parts;
  const kgCo2e = rest.reduce((sum, part) => sum + part.kgCo2e, 0);
  return [...parts.slice(0, TIER_PARTS_LISTED), { name: `${rest.length} more inputs`, kgCo2e }];
}

/** `left out / (left out + reported)`; inputs without a supplier are counted, their estimate is 0. */
function cutOffOf(
  input: FootprintInput,
  background: FootprintBackground,
  used: readonly BackgroundProduct[],
  periodKgCo2e: number,
): FootprintResult['cutOff'] {
  const { own, upstream } = background.cutOffInputs(used);
  const leftOutKgCo2e = input.leftOut.reduce((sum, item) => sum + item.estimateKgCo2e, 0);
  return {
    inputsOfUsedProducts: own,
    inputsUpstream: upstream,
    leftOut: input.leftOut,
    exemptedEmissionsPercent:
      leftOutKgCo2e === 0 ? 0 : (100 * leftOutKgCo2e) / (leftOutKgCo2e + Math.abs(periodKgCo2e)),
  };
}

/** `100 × sum |E_i| P_i / sum |E_i|` over the contributions. */
function primaryDataShare(contributors: readonly Contributor[]): number {
  let weighed = 0;
  let total = 0;
  for (const { kgCo2e, primaryDataShare: share } of contributors) {
    weighed += Math.abs(kgCo2e) * share;
    total += Math.abs(kgCo2e);
  }
  return total === 0 ? 0 : (100 * weighed) / total;
}

function originOf(contributions: readonly Contribution[]): FootprintResult['origin'] {
  const origins = new Set(contributions.map(({ origin }) => origin));
  if (origins.has('simulated')) return 'simulated';
  const [only] = origins;
  return origins.size === 1 && only !== undefined ? only : 'mixed';
}

function partOf(contributions: readonly Contribution[], part: Contribution['part']): number {
  return contributions.reduce((sum, c) => (c.part === part ? sum + totalKgCo2e(c.scores) : sum), 0);
}

function warningsOf(contributions: readonly Contribution[], exemptedPercent: number): string[] {
  const warnings = contributions.flatMap(({ name, flags, product }) =>
    product && !product.usable ? [`${name}: not usable (${flags.join(', ')})`] : [],
  );
  if (exemptedPercent > EXEMPTED_LIMIT_PERCENT) {
    warnings.push(`left out: ${exemptedPercent} % is above the limit of ${EXEMPTED_LIMIT_PERCENT} %`);
  }
  return warnings;
}
