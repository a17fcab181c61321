/** Each line of the input as a contribution in the reference period: its quantity, its factor, its scores. */
import { type CategoryScores, totalKgCo2e } from '../../schemas/documents/footprintCategories.ts';
import type {
  BackgroundProductRef,
  BillItem,
  CarbonAccountEntry,
  DirectEmission,
  ElectricityFactor,
  ElectricityRule,
  ElectricityUse,
  FootprintInput,
  SupplierRef,
  TransportLeg,
} from '../../schemas/documents/footprintInput.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { BackgroundProduct, FootprintBackground } from './background.ts';
import { type Ratings, ratingsOf } from './dataQuality.ts';
import { refuseDoubleCounting, suppliedFactor, undividedScores } from './electricity.ts';
import { productModel } from './productModel.ts';
import { NO_SCORES, scaleScores } from './scoreSums.ts';
import { supplierProduct } from './supplierFootprint.ts';

export interface Contribution {
  readonly name: string;
  readonly kind: 'material' | 'transport' | 'electricity' | 'direct' | 'account';
  readonly part: BillItem['part'];
  readonly process: string | undefined;
  readonly mode: TransportLeg['mode'] | undefined;
  /** Borne by the product: after yields and allocation. */
  readonly quantity: number;
  readonly unit: string;
  /** Quantity in the reference unit of `product`; 0 where there is none. */
  readonly referenceAmount: number;
  readonly product: BackgroundProduct | undefined;
  /** Of the whole reference period. */
  readonly scores: CategoryScores;
  /** kg CO2 of an account beside the categories. */
  readonly account: { readonly name: CarbonAccountEntry['account']; readonly massKg: number } | undefined;
  readonly origin: BillItem['origin'];
  /** Share of primary data: a background product has no primary data; metered energy and measured emissions are primary. */
  readonly primaryDataShare: number;
  readonly factor: string;
  readonly flags: readonly string[];
  readonly dataQuality: Ratings;
  readonly evidence: readonly string[];
}

export const contributionKgCo2e = ({ scores, account }: Pick<Contribution, 'scores' | 'account'>): number =>
  totalKgCo2e(scores) + (account?.massKg ?? 0);

/** A line as stated, for one unit of what its quantity counts after the yields. */
type Stated = Omit<Contribution, 'process' | 'dataQuality' | 'part'> & {
  readonly part?: BillItem['part'];
  readonly location?: string;
};

/**
 * In the order of the document.
 * @param rule of the electricity, in place of the document's own
 * @throws Refusal `unknown_product` · `unit_mismatch` · `unknown_species` and those of the electricity
 */
export function contributionsOf(
  input: FootprintInput,
  background: FootprintBackground,
  rule: ElectricityRule = input.electricityRule,
): Contribution[] {
  refuseDoubleCounting(input.electricity);
  const model = productModel(input);
  const years = yearsOf(input);
  const done = (
    line: BillItem | TransportLeg | ElectricityUse | DirectEmission | CarbonAccountEntry,
    stated: Stated,
  ): Contribution => {
    const { location, part = 'product', ...rest } = stated;
    const borne = model.usedPerStated(line) * model.productShare(line, part !== 'product');
    const technology = line.technology;
    return {
      ...rest,
      part,
      process: line.process,
      quantity: rest.quantity * borne,
      referenceAmount: rest.referenceAmount * borne,
      scores: borne === 1 ? rest.scores : scaleScores(rest.scores, borne),
      account: rest.account && { ...rest.account, massKg: rest.account.massKg * borne },
      dataQuality: ratingsOf(
        { isPrimary: rest.primaryDataShare === 1, technology, location, dataYear: line.dataYear },
        input.place,
        years,
      ),
    };
  };
  return [
    ...input.billOfMaterials.map((item, at) =>
      done(item, material(item, background, input.referencePeriod, `billOfMaterials.${at}`)),
    ),
    ...input.transport.map((leg, at) => done(leg, transport(leg, background, `transport.${at}`))),
    ...input.electricity.flatMap((use, at) =>
      electricity(use, background, `electricity.${at}`, rule).map((stated) => done(use, stated)),
    ),
    ...input.directEmissions.map((emission, at) =>
      done(emission, direct(emission, background, `directEmissions.${at}`)),
    ),
    ...input.carbonAccounts.map((entry) => done(entry, account(entry))),
  ];
}

function material(
  item: BillItem,
  background: FootprintBackground,
  period: FootprintInput['referencePeriod'],
  place: string,
): Stated {
  const { name, quantity, unit, part, origin, evidence, product, supplier } = item;
  const used = product
    ? fromBackground(product, quantity, unit, background, place)
    : fromSupplier(supplier!, quantity, unit, background, period, place);
  return { ...NOTHING, name, kind: 'material', part, quantity, unit, origin, evidence, ...used };
}

/** Primary data by the supplier's own share of it. */
function fromSupplier(
  supplier: SupplierRef,
  quantity: number,
  unit: string,
  { gwpSet }: FootprintBackground,
  period: FootprintInput['referencePeriod'],
  place: string,
) {
  const product = supplierProduct(supplier, period, place);
  const factor = product.unitFactors.get(unit);
  if (factor === undefined) {
    throw new Refusal(`${product.label} is not measured in ${unit}`, {
      code: 'unit_mismatch',
      place: `${place}.unit`,
      remedy: `one of ${[...product.unitFactors.keys()].join(', ')}`,
    });
  }
  const sameGwp = product.characterisation.every((name) =>
    gwpSet.id.startsWith(name.toLowerCase().replace(' ', '')),
  );
  return {
    scores: scaleScores(product.scores, quantity * factor),
    primaryDataShare: product.primaryDataShare,
    factor: product.label,
    flags: sameGwp ? [] : ['supplier_gwp_differs'],
    ...(product.location !== undefined && { location: product.location }),
  };
}

function transport(leg: TransportLeg, background: FootprintBackground, place: string): Stated {
  const { name, mode, direction, massKg, distanceKm, unit, origin, evidence } = leg;
  const quantity = (massKg / 1000) * distanceKm;
  const used = fromBackground(leg.product, quantity, unit, background, place);
  const part = direction === 'outbound' ? 'outbound_logistics' : 'product';
  return { ...NOTHING, name, kind: 'transport', part, mode, quantity, unit, origin, evidence, ...used };
}

/** Under the market-based rule each contract, then the rest; else all by the entry's own factor or the traced one. */
function electricity(
  use: ElectricityUse,
  background: FootprintBackground,
  place: string,
  rule: ElectricityRule,
): Stated[] {
  const { name, energyKwh, origin, evidence, contracts, factor, tracedMemo } = use;
  const line = (
    what: string,
    quantity: number,
    by: ElectricityFactor,
    where: string,
    more: readonly string[],
  ) => ({
    ...NOTHING,
    name: what,
    kind: 'electricity' as const,
    quantity,
    unit: 'kWh',
    origin,
    evidence: [...evidence, ...more],
    ...energyScores(by, quantity, origin, background, where),
  });
  const rest: ElectricityFactor =
    rule === 'traced_hourly' && tracedMemo ? { kind: 'traced', ...tracedMemo } : factor;
  if (rule === 'location_based' || contracts.length === 0)
    return [line(name, energyKwh, rest, `${place}.factor`, [])];
  const covered = contracts.map((contract, at) => {
    const generated = contract.energyKwh * (1 + contract.deliveryLossFraction);
    return line(`${name}: ${contract.name}`, generated, contract.factor, `${place}.contracts.${at}.factor`, [
      contract.settlement,
      ...contract.certificates,
    ]);
  });
  const contracted = contracts.reduce((sum, contract) => sum + contract.energyKwh, 0);
  return [...covered, line(name, energyKwh - contracted, rest, `${place}.factor`, [])];
}

function energyScores(
  factor: ElectricityFactor,
  energyKwh: number,
  origin: ElectricityUse['origin'],
  background: FootprintBackground,
  place: string,
) {
  if (factor.kind === 'background')
    return fromBackground(factor.product, energyKwh, 'kWh', background, place);
  const supplied = suppliedFactor(factor, place.replace(/\.factor$/, ''));
  const primaryDataShare: 0 | 1 = origin === 'measured' ? 1 : 0;
  return {
    scores: undividedScores(energyKwh * supplied.kgCo2ePerKwh),
    primaryDataShare,
    factor: supplied.label,
    location: factor.zone,
  };
}

function direct(emission: DirectEmission, { gwpSet }: FootprintBackground, place: string): Stated {
  const { name, category, species, massKg, origin, evidence, aircraft } = emission;
  const memo = category === 'biogenic_co2_emission' || category === 'biogenic_co2_uptake';
  const gwp = gwpSet.factors.get(species);
  if (!gwp || (memo && species !== 'CO2')) {
    throw new Refusal(`${species} has no value in ${memo ? 'a CO2 memo category' : gwpSet.id}`, {
      code: 'unknown_species',
      place: `${place}.species`,
      remedy: memo ? 'CO2' : `a species of ${gwpSet.id}, such as CO2, CH4-fossil, CH4-nonfossil, N2O`,
    });
  }
  return {
    ...NOTHING,
    name,
    kind: 'direct',
    mode: aircraft ? 'air' : undefined,
    quantity: massKg,
    unit: 'kg',
    scores: { ...NO_SCORES, [category]: massKg * gwp.kgCo2ePerKg },
    origin,
    primaryDataShare: origin === 'measured' ? 1 : 0,
    factor: `${species} ${gwp.kgCo2ePerKg} kgCO2e/kg, ${gwpSet.id}`,
    evidence,
  };
}

function account(entry: CarbonAccountEntry): Stated {
  const { name, account: to, massKg, origin, evidence } = entry;
  return {
    ...NOTHING,
    name,
    kind: 'account',
    quantity: massKg,
    unit: 'kg',
    account: { name: to, massKg },
    origin,
    primaryDataShare: origin === 'measured' ? 1 : 0,
    factor: `CO2 1 kgCO2e/kg, account ${to}`,
    evidence,
  };
}

const NOTHING = {
  mode: undefined,
  referenceAmount: 0,
  product: undefined,
  scores: NO_SCORES,
  account: undefined,
  primaryDataShare: 0,
  flags: [],
} as const;

/** First and last civil year that the period lies in, by its own offsets. */
function yearsOf({ referencePeriod: { start, end } }: FootprintInput): [number, number] {
  const last = new Date(Date.parse(end) - 1 + 8 * 3_600_000).getUTCFullYear();
  return [Math.min(Number(start.slice(0, 4)), last), last];
}

function fromBackground(
  ref: BackgroundProductRef,
  quantity: number,
  unit: string,
  background: FootprintBackground,
  place: string,
) {
  const product = background.find(ref);
  const { name, version } = background.identity;
  if (!product) {
    throw new Refusal(`the background has no product (${ref.process}, ${ref.flow})`, {
      code: 'unknown_product',
      place: `${place}.product`,
      remedy: `a process and flow of ${name}@${version}, as 'tanliu background scores' lists them`,
    });
  }
  const factor = product.unitFactors.get(unit);
  if (factor === undefined) {
    throw new Refusal(`${product.name} is not measured in ${unit}`, {
      code: 'unit_mismatch',
      place: `${place}.unit`,
      remedy: `one of ${[...product.unitFactors.keys()].join(', ')}`,
    });
  }
  const referenceAmount = quantity * factor;
  return {
    product,
    referenceAmount,
    scores: scaleScores(product.scores, referenceAmount),
    factor: `${product.name}, ${product.location || 'no place'}, ${name}@${version}`,
    flags: product.flags,
    location: product.location,
  };
}
