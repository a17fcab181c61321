/** One ecoSpold 1 dataset: everything in attributes; flows are known by name, place or compartment, and unit. */
import type { InventoryAllocationFactor, InventoryExchange, StatedUncertainty } from '../inventory.ts';
import { notSchema } from '../packageReader.ts';
import { geomSdOf95, numberOf, statedUncertainty } from '../statedUncertainty.ts';
import { childOf, type XmlElement } from '../xmlRecords.ts';
import type { EcoSpoldDataset, EcoSpoldFlow } from './readPackage.ts';

/** Groups of the format. Inputs: 4 from nature, others from the technosphere. Outputs: 4 to nature, 0 reference, 1 avoided, 2 co-product, 3 waste. */
const NATURE = '4';
const REFERENCE = '0';
const AVOIDED = '1';
const WASTE = '3';

/** @throws Refusal `E_PACKAGE_SCHEMA` for a dataset without number or reference function */
export function ecoSpold1Dataset(file: string, dataset: XmlElement): EcoSpoldDataset {
  const information = childOf(dataset, 'metaInformation', 'processInformation');
  const reference = childOf(information, 'referenceFunction')?.attributes;
  const number = dataset.attributes.number;
  if (number === undefined || !reference?.name) {
    throw notSchema(
      'the dataset has no number or no reference function',
      file,
      'ecoSpold 1: dataset@number and referenceFunction@name',
    );
  }
  const location = childOf(information, 'geography')?.attributes.location ?? '';
  const rows = (childOf(dataset, 'flowData')?.children ?? []).filter(({ name }) => name === 'exchange');
  const read = rows.map((row, position) => exchangeOf(row, position, location));
  const flowByNumber = new Map(rows.map((row, at) => [row.attributes.number, read[at]!.flow.id]));
  const allocationFactors = (childOf(dataset, 'flowData')?.children ?? [])
    .filter(({ name }) => name === 'allocation')
    .flatMap((row) => allocationOf(row, flowByNumber));
  const names = new Map([['en', reference.name]]);
  if (reference.localName) names.set('local', reference.localName);
  const time = childOf(information, 'timePeriod');
  const product = read.find(({ exchange }) => exchange.isReference);
  return {
    process: {
      id: number,
      name: reference.name,
      names,
      location,
      validFrom: childOf(time, 'startYear')?.text ?? childOf(time, 'startDate')?.text,
      validUntil: childOf(time, 'endYear')?.text ?? childOf(time, 'endDate')?.text,
      exchanges: read.map(({ exchange }) => exchange),
      defaultAllocation: allocationFactors.length > 0 ? 'causal' : undefined,
      allocationFactors,
      annualVolumes: new Map(),
    },
    activityId: number,
    productFlowId: product?.flow.id ?? '',
    flows: read.map(({ flow }) => flow),
    treats: [],
  };
}

function exchangeOf(row: XmlElement, position: number, place: string) {
  const { attributes } = row;
  const input = childOf(row, 'inputGroup')?.text;
  const output = childOf(row, 'outputGroup')?.text;
  const isNature = input === NATURE || output === NATURE;
  const unit = attributes.unit ?? '';
  const name = attributes.name ?? '';
  const compartment = [attributes.category, attributes.subCategory].filter(Boolean).join('/');
  const where = isNature ? compartment : (attributes.location ?? place);
  const flow: EcoSpoldFlow = {
    id: [name, where, unit].join('|'),
    name,
    names: new Map([
      ['en', name],
      ...(attributes.localName ? [['local', attributes.localName] as const] : []),
    ]),
    kind: isNature ? 'elementary' : output === WASTE ? 'waste' : 'product',
    cas: attributes.CASNumber?.trim() || undefined,
    categoryPath: compartment,
    unit,
  };
  const amount = numberOf(attributes.meanValue) ?? Number.NaN;
  const exchange: InventoryExchange = {
    id: attributes.number ?? `#${position}`,
    flowId: flow.id,
    unitId: undefined,
    propertyId: undefined,
    amount,
    isInput: input !== undefined,
    isAvoided: output === AVOIDED,
    isReference: output === REFERENCE,
    // A product's number is that of the dataset that makes it; it links only within one database.
    providerId: undefined,
    price: undefined,
    currencyId: undefined,
    uncertainty: uncertaintyOf(attributes, amount),
    pedigree: /\(\s*(?:\d|na)(?:\s*,\s*(?:\d|na)){4,}[^)]*\)/.exec(attributes.generalComment ?? '')?.[0],
  };
  return { exchange, flow };
}

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  '1': 'lognormal',
  '2': 'normal',
  '3': 'triangular',
  '4': 'uniform',
};

/** `standardDeviation95` is exp(2 sigma) of a lognormal and 2 sigma of a normal. */
function uncertaintyOf(
  attributes: Readonly<Record<string, string>>,
  amount: number,
): StatedUncertainty | undefined {
  const kind = DISTRIBUTIONS[attributes.uncertaintyType ?? ''];
  if (kind === undefined) return undefined;
  const deviation = numberOf(attributes.standardDeviation95);
  return statedUncertainty(kind, {
    geomSd: geomSdOf95(deviation),
    sd: deviation === undefined ? undefined : deviation / 2,
    minimum: numberOf(attributes.minValue),
    mode: numberOf(attributes.mostLikelyValue) ?? amount,
    maximum: numberOf(attributes.maxValue),
  });
}

/** Fractions are percentages, of every exchange that the row lists. */
function allocationOf(
  row: XmlElement,
  flowByNumber: ReadonlyMap<string | undefined, string>,
): InventoryAllocationFactor[] {
  const productFlowId = flowByNumber.get(row.attributes.referenceToCoProduct);
  const value = Number(row.attributes.fraction) / 100;
  return row.children
    .filter(({ name }) => name === 'referenceToInputOutput')
    .map(({ text }) => ({ method: 'causal', productFlowId, exchangeId: text, value }));
}
