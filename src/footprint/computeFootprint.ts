/** The footprint of one product: quantities times scores, divided by the declared units made. Pure; nothing is solved here. */
import { type CategoryScores, totalKgCo2e } from '../../schemas/documents/footprintCategories.ts';
import { CARBON_ACCOUNTS, type FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { Contributor, FootprintResult } from '../../schemas/documents/footprintResult.ts';
import {
  DATA_QUALITY_RULES,
  EXEMPTED_LIMIT_PERCENT,
  NOT_USABLE_FOR,
} from '../../schemas/reference/dataQualityRules.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { BackgroundProduct, FootprintBackground } from './background.ts';
import { type Contribution, contributionKgCo2e, contributionsOf } from './contributionsOf.ts';
import { identitiesOf } from './identities.ts';
import { productModel } from './productModel.ts';
import { addScores, NO_SCORES, scaleScores } from './scoreSums.ts';

const ENGINE = 'tanliu-footprint/2';

/** A first tier beyond the listed parts is told as one remainder. */
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
  const accounts = accountsOf(contributions);
  const periodKgCo2e = totalOf(period, accounts);
  const figures = figuresOf(perUnit, scaleAccounts(accounts, 1 / made));
  const contributors = contributions
    .map((contribution) => contributorOf(contribution, made, periodKgCo2e))
    .sort((a, b) => Math.abs(b.kgCo2e) - Math.abs(a.kgCo2e) || (a.name < b.name ? -1 : 1));
  const used = contributions.flatMap(({ product }) => product ?? []);
  const cutOff = cutOffOf(input, background, used, periodKgCo2e);
  const { identity, gwpSet } = background;
  return {
    schema: 'tanliu.footprint/1',
    product: input.product,
    ...(input.company !== undefined && { company: input.company }),
    site: input.site,
    ...(input.installation !== undefined && { installation: input.installation }),
    ...(input.place !== undefined && { place: input.place }),
    example: input.example,
    use: input.use,
    referencePeriod: input.referencePeriod,
    boundary: input.boundary,
    declaredUnit: input.declaredUnit,
    declaredUnitsMade: made,
    perDeclaredUnit: figures,
    forPeriod: figuresOf(period, accounts),
    contributors,
    ofWhich: {
      packagingKgCo2e: sumWhere(contributions, ({ part }) => part === 'packaging') / made,
      outboundLogisticsKgCo2e: sumWhere(contributions, ({ part }) => part === 'outbound_logistics') / made,
      aircraftKgCo2e: sumWhere(contributions, ({ mode }) => mode === 'air') / made,
      byTransportModeKgCo2e: sumsBy(
        contributions.filter(({ kind }) => kind === 'transport'),
        ({ mode }) => mode,
        made,
      ),
      byProcessKgCo2e: sumsBy(contributions, ({ process }) => process, made),
    },
    electricity: electricityOf(input, background, figures.totalKgCo2e),
    allocation: allocationOf(input),
    dataQuality: dataQualityOf(contributors),
    cutOff,
    assumptions: input.assumptions,
    notUsableFor: [...NOT_USABLE_FOR],
    primaryDataSharePercent: primaryDataShare(contributors),
    origin: originOf(contributions),
    warnings: warningsOf(input, contributions, cutOff.exemptedEmissionsPercent),
    versions: {
      engine: ENGINE,
      dataQuality: DATA_QUALITY_RULES.id,
      background: `${identity.name}@${identity.version}`,
      backgroundSha256: identity.sourceSha256,
      linkingPolicy: identity.linkingPolicy,
      gwpSet: gwpSet.id,
      flowMap: identity.flowMap,
      electricityFactors: [
        ...new Set(contributions.flatMap((c) => (c.kind === 'electricity' && !c.product ? c.factor : []))),
      ],
    },
    identities: identitiesOf(figures, contributors),
  };
}

type Accounts = FootprintResult['perDeclaredUnit']['accounts'];

function accountsOf(contributions: readonly Contribution[]): Accounts {
  const sums = CARBON_ACCOUNTS.map((name): [string, number] => [
    name,
    contributions.reduce((sum, { account }) => (account?.name === name ? sum + account.massKg : sum), 0),
  ]);
  return Object.fromEntries(sums) as Accounts;
}

const scaleAccounts = (accounts: Accounts, factor: number): Accounts =>
  Object.fromEntries(Object.entries(accounts).map(([name, kg]) => [name, kg * factor + 0])) as Accounts;

const totalOf = (categories: CategoryScores, accounts: Accounts): number =>
  CARBON_ACCOUNTS.reduce((sum, name) => sum + accounts[name], totalKgCo2e(categories));

function figuresOf(categories: CategoryScores, accounts: Accounts) {
  const total = totalOf(categories, accounts);
  return {
    totalKgCo2e: total,
    includingBiogenicUptakeKgCo2e: total + categories.biogenic_co2_uptake,
    categories,
    accounts,
  };
}

function contributorOf(contribution: Contribution, made: number, periodKgCo2e: number): Contributor {
  const { name, kind, part, process, quantity, unit, scores, origin, primaryDataShare } = contribution;
  const { factor, flags, evidence, dataQuality } = contribution;
  const kgCo2e = contributionKgCo2e(contribution);
  return {
    name,
    kind,
    part,
    ...(process !== undefined && { process }),
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
    dataQuality,
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
    limitPercent: EXEMPTED_LIMIT_PERCENT,
  };
}

/** `100 × sum |E_i| P_i / sum |E_i|` over the contributions. */
const primaryDataShare = (contributors: readonly Contributor[]): number =>
  100 * (weighedMean(contributors, ({ primaryDataShare: share }) => share) ?? 0);

function dataQualityOf(contributors: readonly Contributor[]): FootprintResult['dataQuality'] {
  return {
    technologicalDqr: weighedMean(contributors, ({ dataQuality }) => dataQuality.technological),
    geographicalDqr: weighedMean(contributors, ({ dataQuality }) => dataQuality.geographical),
    temporalDqr: weighedMean(contributors, ({ dataQuality }) => dataQuality.temporal),
  };
}

/** By the magnitude of each contribution; null where there is none. */
function weighedMean(
  contributors: readonly Contributor[],
  value: (contributor: Contributor) => number,
): number | null {
  let weighed = 0;
  let total = 0;
  for (const contributor of contributors) {
    weighed += Math.abs(contributor.kgCo2e) * value(contributor);
    total += Math.abs(contributor.kgCo2e);
  }
  return total === 0 ? null : weighed / total;
}

/** The total by both rules, whichever the document names, and with traced values as a memo. */
function electricityOf(
  input: FootprintInput,
  background: FootprintBackground,
  ownKgCo2e: number,
): FootprintResult['electricity'] {
  const totalBy = (rule: FootprintInput['electricityRule']) =>
    rule === input.electricityRule
      ? ownKgCo2e
      : contributionsOf(input, background, rule).reduce((sum, one) => sum + contributionKgCo2e(one), 0) /
        input.declaredUnitsMade;
  const energyKwh = input.electricity.reduce((sum, use) => sum + use.energyKwh, 0);
  const contractedKwh = input.electricity
    .flatMap(({ contracts }) => contracts)
    .reduce((sum, contract) => sum + contract.energyKwh, 0);
  const hasMemo = input.electricity.some(({ tracedMemo }) => tracedMemo !== undefined);
  return {
    rule: input.electricityRule,
    locationBasedTotalKgCo2e: totalBy('location_based'),
    marketBasedTotalKgCo2e: totalBy('market_based'),
    energyKwh: energyKwh / input.declaredUnitsMade,
    contractedKwh: contractedKwh / input.declaredUnitsMade,
    tracedMemoTotalKgCo2e: hasMemo ? totalBy('traced_hourly') : null,
  };
}

function allocationOf(input: FootprintInput): FootprintResult['allocation'] {
  if (!input.allocation) return null;
  const { method, reason } = input.allocation;
  const { productShare, coProducts } = productModel(input).allocation;
  return { method, reason, productShare, coProducts: [...coProducts] };
}

function originOf(contributions: readonly Contribution[]): FootprintResult['origin'] {
  const origins = new Set(contributions.map(({ origin }) => origin));
  if (origins.has('simulated')) return 'simulated';
  const [only] = origins;
  return origins.size === 1 && only !== undefined ? only : 'mixed';
}

function sumWhere(contributions: readonly Contribution[], holds: (one: Contribution) => boolean): number {
  return contributions.reduce((sum, one) => (holds(one) ? sum + contributionKgCo2e(one) : sum), 0);
}

function sumsBy(
  contributions: readonly Contribution[],
  key: (one: Contribution) => string | undefined,
  made: number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of contributions) {
    const name = key(one);
    if (name !== undefined) sums[name] = (sums[name] ?? 0) + contributionKgCo2e(one) / made;
  }
  return sums;
}

function warningsOf(
  input: FootprintInput,
  contributions: readonly Contribution[],
  exemptedPercent: number,
): string[] {
  const warnings = contributions.flatMap(({ name, flags, product }) =>
    product && !product.usable ? [`${name}: not usable (${flags.join(', ')})`] : [],
  );
  if (exemptedPercent > EXEMPTED_LIMIT_PERCENT) {
    warnings.push(`left out: ${exemptedPercent} % is above the limit of ${EXEMPTED_LIMIT_PERCENT} %`);
  }
  const negative = contributions.filter(({ kind, quantity }) => kind === 'material' && quantity < 0);
  for (const { name } of negative) warnings.push(`${name}: a credit lowers the footprint`);
  if (input.electricityRule === 'traced_hourly')
    warnings.push('electricity by hourly traced values: not the announced factor');
  return warnings;
}
