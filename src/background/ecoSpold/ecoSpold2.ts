/** One ecoSpold 2 dataset, unlinked or from a linked system model. */
import { anyLanguage, languagesOf, textOf } from '../ilcd/ilcdDocument.ts';
import type { InventoryExchange, StatedUncertainty } from '../inventory.ts';
import { notSchema } from '../packageReader.ts';
import { numberOf, statedUncertainty } from '../statedUncertainty.ts';
import { childOf, type XmlElement } from '../xmlRecords.ts';
import type { EcoSpoldDataset, EcoSpoldFlow } from './readPackage.ts';

const NATURE = '4';
const REFERENCE = '0';
const BY_PRODUCT = '2';
const WASTE = '3';

/** @throws Refusal `E_PACKAGE_SCHEMA` for a dataset without an activity */
export function ecoSpold2Dataset(file: string, dataset: XmlElement): EcoSpoldDataset {
  const description = childOf(dataset, 'activityDescription');
  const activity = childOf(description, 'activity');
  const activityId = activity?.attributes.id;
  if (!activityId)
    throw notSchema('the dataset has no activity', file, 'ecoSpold 2: activityDescription/activity@id');
  const names = languagesOf(activity, 'activityName');
  const rows = (childOf(dataset, 'flowData')?.children ?? []).filter(({ name }) => name.endsWith('Exchange'));
  const read = rows.map((row, position) => exchangeOf(row, position));
  const products = read.filter(({ exchange }) => exchange.isReference);
  const volumes = new Map<string, number>();
  for (const { row, flow, exchange } of products) {
    const volume = numberOf(row.attributes.productionVolumeAmount);
    if (volume !== undefined && exchange.amount !== 0) volumes.set(flow.id, volume);
  }
  // In a linked system model the co-products of an activity are listed with an amount of 0.
  const exchanges = read
    .filter(
      ({ exchange, output }) => !(exchange.amount === 0 && (output === REFERENCE || output === BY_PRODUCT)),
    )
    .map(({ exchange }) => exchange);
  const product = products.find(({ exchange }) => exchange.amount !== 0) ?? products[0];
  const time = childOf(description, 'timePeriod')?.attributes;
  return {
    process: {
      id: activityId,
      name: anyLanguage(names),
      names,
      location: textOf(description, 'geography', 'shortname') ?? '',
      validFrom: time?.startDate,
      validUntil: time?.endDate,
      exchanges,
      defaultAllocation: undefined,
      allocationFactors: [],
      annualVolumes: volumes,
    },
    activityId,
    productFlowId: product?.flow.id ?? '',
    flows: read.map(({ flow }) => flow),
    treats: products.flatMap(({ flow, isTreatment }) => (isTreatment ? [flow.id] : [])),
  };
}

function exchangeOf(row: XmlElement, position: number) {
  const { attributes } = row;
  const input = textOf(row, 'inputGroup');
  const output = textOf(row, 'outputGroup');
  const isElementary = row.name === 'elementaryExchange' || input === NATURE || output === NATURE;
  const names = languagesOf(row, 'name');
  const compartment = childOf(row, 'compartment');
  const flow: EcoSpoldFlow = {
    id: (isElementary ? attributes.elementaryExchangeId : attributes.intermediateExchangeId) ?? '',
    name: anyLanguage(names),
    names,
    kind: isElementary ? 'elementary' : output === WASTE ? 'waste' : 'product',
    cas: attributes.casNumber?.trim() || undefined,
    categoryPath: [textOf(compartment, 'compartment'), textOf(compartment, 'subcompartment')]
      .filter(Boolean)
      .join('/'),
    unit: textOf(row, 'unitName') ?? '',
  };
  const stated = numberOf(attributes.amount) ?? Number.NaN;
  // A negative reference output is a treatment: the reference is what it takes in.
  const isTreatment = output === REFERENCE && stated < 0;
  const exchange: InventoryExchange = {
    id: attributes.id ?? `#${position}`,
    flowId: flow.id,
    unitId: undefined,
    propertyId: undefined,
    amount: isTreatment ? -stated : stated,
    isInput: input !== undefined || isTreatment,
    isAvoided: false,
    isReference: output === REFERENCE,
    providerId: attributes.activityLinkId,
    ...priceOf(row, stated),
    uncertainty: uncertaintyOf(row, stated),
    pedigree: pedigreeOf(row),
  };
  return { row, flow, exchange, output, isTreatment };
}

/** The property `price` is per unit of the flow. */
function priceOf(row: XmlElement, amount: number) {
  const price = row.children.find(
    (child) => child.name === 'property' && anyLanguage(languagesOf(child, 'name')) === 'price',
  );
  const value = numberOf(price?.attributes.amount);
  if (value === undefined) return { price: undefined, currencyId: undefined };
  return { price: value * amount, currencyId: textOf(price, 'unitName') };
}

/** Variances are of the logarithm for a lognormal; the one with the pedigree counts where both are there. */
function uncertaintyOf(row: XmlElement, amount: number): StatedUncertainty | undefined {
  const stated = childOf(row, 'uncertainty')?.children.find(({ name }) =>
    /^(lognormal|normal|triangular|uniform)$/.test(name),
  );
  if (!stated) return undefined;
  const { attributes } = stated;
  const variance = numberOf(attributes.varianceWithPedigreeUncertainty) ?? numberOf(attributes.variance);
  const deviation = variance === undefined ? undefined : Math.sqrt(variance);
  return statedUncertainty(stated.name, {
    geomSd: deviation === undefined ? undefined : Math.exp(deviation),
    sd: deviation,
    minimum: numberOf(attributes.minValue),
    mode: numberOf(attributes.mostLikelyValue) ?? amount,
    maximum: numberOf(attributes.maxValue),
  });
}

const PEDIGREE = [
  'reliability',
  'completeness',
  'temporalCorrelation',
  'geographicalCorrelation',
  'furtherTechnologyCorrelation',
];

function pedigreeOf(row: XmlElement): string | undefined {
  const matrix = childOf(row, 'uncertainty', 'pedigreeMatrix')?.attributes;
  if (!matrix) return undefined;
  return `(${PEDIGREE.map((name) => matrix[name] ?? 'na').join(';')})`;
}
