/** Each line of the input as a contribution in the reference period: its quantity, its factor, its scores. */
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import type {
  BackgroundProductRef,
  BillItem,
  DirectEmission,
  ElectricityUse,
  FootprintInput,
} from '../../schemas/documents/footprintInput.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { BackgroundProduct, FootprintBackground } from './background.ts';
import { refuseSharedMeters, suppliedFactor, undividedScores } from './electricity.ts';
import { NO_SCORES, scaleScores } from './scoreSums.ts';

export interface Contribution {
  readonly name: string;
  readonly kind: 'material' | 'electricity' | 'direct';
  readonly part: BillItem['part'];
  readonly quantity: number;
  readonly unit: string;
  /** Quantity in the reference unit of `product`; 0 where there is none. */
  readonly referenceAmount: number;
  readonly product: BackgroundProduct | undefined;
  /** Of the whole reference period. */
  readonly scores: CategoryScores;
  readonly origin: BillItem['origin'];
  /** P of footprint.md §7: a background product has no primary data; metered energy and measured emissions are primary. */
  readonly primaryDataShare: 0 | 1;
  readonly factor: string;
  readonly flags: readonly string[];
  readonly evidence: readonly string[];
}

/** In the order of the document. */
export function contributionsOf(input: FootprintInput, background: FootprintBackground): Contribution[] {
  refuseSharedMeters(input.electricity);
  return [
    ...input.billOfMaterials.map((item, at) => material(item, background, `billOfMaterials.${at}`)),
    ...input.electricity.map((use, at) => electricity(use, background, `electricity.${at}`)),
    ...input.directEmissions.map((emission, at) => direct(emission, background, `directEmissions.${at}`)),
  ];
}

function material(item: BillItem, background: FootprintBackground, place: string): Contribution {
  const { name, quantity, unit, part, origin, evidence } = item;
  const used = fromBackground(item.product, quantity, unit, background, place);
  return { name, kind: 'material', part, quantity, unit, origin, evidence, primaryDataShare: 0, ...used };
}

function electricity(use: ElectricityUse, background: FootprintBackground, place: string): Contribution {
  const { name, energyKwh: quantity, origin, evidence, factor } = use;
  const common = {
    name,
    kind: 'electricity',
    part: 'product',
    quantity,
    unit: 'kWh',
    origin,
    evidence,
  } as const;
  if (factor.kind === 'background') {
    const used = fromBackground(factor.product, quantity, 'kWh', background, `${place}.factor`);
    return { ...common, primaryDataShare: 0, ...used };
  }
  const supplied = suppliedFactor({ ...use, factor }, place);
  return {
    ...common,
    referenceAmount: 0,
    product: undefined,
    scores: undividedScores(quantity * supplied.kgCo2ePerKwh),
    primaryDataShare: origin === 'measured' ? 1 : 0,
    factor: supplied.label,
    flags: [],
  };
}

function direct(emission: DirectEmission, { gwpSet }: FootprintBackground, place: string): Contribution {
  const { name, category, species, massKg, origin, evidence } = emission;
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
    name,
    kind: 'direct',
    part: 'product',
    quantity: massKg,
    unit: 'kg',
    referenceAmount: 0,
    product: undefined,
    scores: { ...NO_SCORES, [category]: massKg * gwp.kgCo2ePerKg },
    origin,
    primaryDataShare: origin === 'measured' ? 1 : 0,
    factor: `${species} ${gwp.kgCo2ePerKg} kgCO2e/kg, ${gwpSet.id}`,
    flags: [],
    evidence,
  };
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
  };
}
