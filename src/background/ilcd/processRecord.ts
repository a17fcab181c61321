/** One ILCD process dataset as an inventory record. */
import type {
  InventoryAllocationFactor,
  InventoryExchange,
  InventoryProcess,
  StatedUncertainty,
} from '../inventory.ts';
import { geomSdOf95, numberOf, statedUncertainty } from '../statedUncertainty.ts';
import { childOf, type XmlElement } from '../xmlRecords.ts';
import { anyLanguage, childrenOf, languagesOf, textOf } from './ilcdDocument.ts';

/** Of several quantitative references the first counts. Without stated allocation only it is a product. */
export function ilcdProcess(element: XmlElement, idOf: (element: XmlElement) => string): InventoryProcess {
  const information = childOf(element, 'processInformation');
  const names = languagesOf(childOf(information, 'dataSetInformation', 'name'), 'baseName');
  const reference = textOf(information, 'quantitativeReference', 'referenceToReferenceFlow');
  const place = childOf(information, 'geography', 'locationOfOperationSupplyOrProduction');
  const rows = childrenOf(childOf(element, 'exchanges'), 'exchange');
  const flowOf = new Map(rows.map((row) => [row.attributes.dataSetInternalID, flowIdOf(row)]));
  const allocationFactors = rows.flatMap((row) => allocationsOf(row, flowOf));
  return {
    id: idOf(element),
    name: anyLanguage(names),
    names,
    location: place?.attributes.location ?? '',
    validFrom: textOf(information, 'time', 'referenceYear'),
    validUntil: textOf(information, 'time', 'dataSetValidUntil'),
    exchanges: rows.map((row, position) => exchangeOf(row, position, reference)),
    defaultAllocation: allocationFactors.length > 0 ? 'causal' : undefined,
    allocationFactors,
    onlyReferenceIsProduct: allocationFactors.length === 0,
    annualVolumes: new Map(),
  };
}

const flowIdOf = (row: XmlElement) => childOf(row, 'referenceToFlowDataSet')?.attributes.refObjectId ?? '';

function exchangeOf(row: XmlElement, position: number, reference: string | undefined): InventoryExchange {
  const id = row.attributes.dataSetInternalID;
  const stated = textOf(row, 'resultingAmount') ?? textOf(row, 'meanAmount');
  const amount = numberOf(stated) ?? Number.NaN;
  return {
    id: id ?? `#${position}`,
    flowId: flowIdOf(row),
    unitId: undefined,
    propertyId: undefined,
    amount,
    isInput: /^input/i.test(textOf(row, 'exchangeDirection') ?? ''),
    isAvoided: false,
    isReference: id !== undefined && id === reference,
    // eILCD lets an exchange name the process that supplies it.
    providerId: childOf(row, 'referenceToPrecedingDataSet')?.attributes.refObjectId,
    price: undefined,
    currencyId: undefined,
    uncertainty: uncertaintyOf(row, amount),
    pedigree: undefined,
  };
}

/** `relativeStandardDeviation95In` is exp(2 sigma) of a lognormal, and for a normal twice the deviation in percent. */
function uncertaintyOf(row: XmlElement, amount: number): StatedUncertainty | undefined {
  const kind = textOf(row, 'uncertaintyDistributionType');
  if (kind === undefined || kind === 'undefined') return undefined;
  const deviation = numberOf(textOf(row, 'relativeStandardDeviation95In'));
  return statedUncertainty(kind, {
    geomSd: geomSdOf95(deviation),
    sd: deviation === undefined ? undefined : (Math.abs(amount) * deviation) / 200,
    minimum: numberOf(textOf(row, 'minimumAmount')),
    mode: amount,
    maximum: numberOf(textOf(row, 'maximumAmount')),
  });
}

/** Percentages of this exchange that a co-product bears. */
function allocationsOf(
  row: XmlElement,
  flowOf: ReadonlyMap<string | undefined, string>,
): InventoryAllocationFactor[] {
  return childrenOf(childOf(row, 'allocations'), 'allocation').map(({ attributes }) => ({
    method: 'causal',
    productFlowId: flowOf.get(attributes.internalReferenceToCoProduct),
    exchangeId: row.attributes.dataSetInternalID,
    value: Number(attributes.allocatedFraction) / 100,
  }));
}
