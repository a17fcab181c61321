/** An ILCD package (XML, eILCD, or TIDAS JSON), file by file, into an Inventory. Bytes in, records out; no file is opened here. */
import type {
  Inventory,
  InventoryFlow,
  InventoryFlowProperty,
  InventoryMethod,
  InventoryProcess,
  InventoryUnit,
  InventoryUnitGroup,
} from '../inventory.ts';
import { byId, duplicate, emptyPackage, notSchema, type PackageReader } from '../packageReader.ts';
import { childOf, type XmlElement } from '../xmlRecords.ts';
import {
  anyLanguage,
  categoryPathOf,
  childrenOf,
  type IlcdRoot,
  languagesOf,
  readIlcdDocument,
  textOf,
} from './ilcdDocument.ts';
import { ilcdProcess } from './processRecord.ts';

const FOLDERS = ['processes', 'flows', 'flowproperties', 'unitgroups', 'lciamethods'];

/** A record and the version of its dataset: of two versions in a package the later counts. */
interface Versioned<T> {
  readonly version: string;
  readonly record: T;
}

/** @param notation decides which files are wanted and what the version says of its source */
export function createIlcdReader(notation: 'xml' | 'json'): PackageReader {
  const processes = new Map<string, Versioned<InventoryProcess>>();
  const flows = new Map<string, Versioned<InventoryFlow>>();
  const flowProperties = new Map<string, Versioned<InventoryFlowProperty>>();
  const unitGroups = new Map<string, Versioned<InventoryUnitGroup>>();
  const methods = new Map<string, Versioned<InventoryMethod>>();
  const take: Record<IlcdRoot, (file: string, element: XmlElement) => void> = {
    processDataSet: (file, element) => keepLatest(processes, file, element, ilcdProcess(element, idOf)),
    flowDataSet: (file, element) => keepLatest(flows, file, element, flowOf(element)),
    flowPropertyDataSet: (file, element) => keepLatest(flowProperties, file, element, propertyOf(element)),
    unitGroupDataSet: (file, element) => keepLatest(unitGroups, file, element, unitGroupOf(element)),
    LCIAMethodDataSet: (file, element) => {
      const method = methodOf(element);
      if (method) keepLatest(methods, file, element, method);
    },
  };
  return {
    wants: (name) => FOLDERS.includes(name.split('/').at(-2) ?? '') && name.endsWith(`.${notation}`),
    accept(name, bytes) {
      const { root, element } = readIlcdDocument(name, bytes);
      take[root](name, element);
    },
    finish(): Inventory {
      if (processes.size === 0) {
        throw emptyPackage('processes/', `an ILCD package with at least one file processes/<id>.${notation}`);
      }
      const [method] = byId(recordsOf(methods).values());
      return {
        format: notation === 'xml' ? 'ilcd-xml' : 'ilcd-json',
        ...(method && { method }),
        unitGroups: recordsOf(unitGroups),
        flowProperties: recordsOf(flowProperties),
        flows: recordsOf(flows),
        processes: byId(recordsOf(processes).values()),
      };
    },
  };
}

function recordsOf<T>(versions: ReadonlyMap<string, Versioned<T>>): Map<string, T> {
  return new Map([...versions].map(([id, { record }]) => [id, record]));
}

function keepLatest<T extends { readonly id: string }>(
  into: Map<string, Versioned<T>>,
  file: string,
  element: XmlElement,
  record: T,
): void {
  if (record.id === '') throw notSchema('the dataset has no UUID', file, 'common:UUID in dataSetInformation');
  const version =
    textOf(element, 'administrativeInformation', 'publicationAndOwnership', 'dataSetVersion') ?? '';
  const before = into.get(record.id);
  // Versions are written 00.00.000: their text orders them.
  if (before && before.version === version) throw duplicate(`${record.id} version ${version}`, file);
  if (!before || before.version < version) into.set(record.id, { version, record });
}

function informationOf(element: XmlElement): XmlElement | undefined {
  const information = element.children.find(
    ({ name }) => name.endsWith('Information') && /^[a-zL]/.test(name),
  );
  return childOf(information, 'dataSetInformation') && information;
}

function idOf(element: XmlElement): string {
  return textOf(informationOf(element), 'dataSetInformation', 'UUID') ?? '';
}

function flowOf(element: XmlElement): InventoryFlow {
  const information = informationOf(element);
  const data = childOf(information, 'dataSetInformation');
  const names = languagesOf(childOf(data, 'name'), 'baseName');
  const reference = textOf(information, 'quantitativeReference', 'referenceToReferenceFlowProperty');
  const rows = childrenOf(childOf(element, 'flowProperties'), 'flowProperty');
  const propertyFactors = new Map<string, number>();
  let referencePropertyId = '';
  for (const row of rows) {
    const id = childOf(row, 'referenceToFlowPropertyDataSet')?.attributes.refObjectId ?? '';
    const isReference = row.attributes.dataSetInternalID === reference;
    if (isReference) referencePropertyId = id;
    // Exchanges are stated in the reference property, whose own factor is 1 by the format.
    if (isReference) propertyFactors.set(id, 1);
    else if (!propertyFactors.has(id))
      propertyFactors.set(id, Number(textOf(row, 'meanValue') ?? Number.NaN));
  }
  const type = textOf(element, 'modellingAndValidation', 'LCIMethod', 'typeOfDataSet') ?? '';
  return {
    id: idOf(element),
    name: anyLanguage(names),
    names,
    kind: /^elementary/i.test(type) ? 'elementary' : /^waste/i.test(type) ? 'waste' : 'product',
    cas: textOf(data, 'CASNumber'),
    categoryPath: categoryPathOf(data),
    referencePropertyId,
    propertyFactors,
  };
}

function propertyOf(element: XmlElement): InventoryFlowProperty {
  const information = informationOf(element);
  const data = childOf(information, 'dataSetInformation');
  const group = childOf(information, 'quantitativeReference', 'referenceToReferenceUnitGroup');
  const name = anyLanguage(languagesOf(data, 'name'));
  return {
    id: idOf(element),
    name,
    unitGroupId: group?.attributes.refObjectId ?? '',
    kind: /market value|price/i.test(name) ? 'economic' : 'physical',
  };
}

function unitGroupOf(element: XmlElement): InventoryUnitGroup {
  const information = informationOf(element);
  const reference = textOf(information, 'quantitativeReference', 'referenceToReferenceUnit');
  const units = new Map<string, InventoryUnit>();
  let referenceUnit = '';
  for (const unit of childrenOf(childOf(element, 'units'), 'unit')) {
    const id = unit.attributes.dataSetInternalID ?? '';
    const name = textOf(unit, 'name') ?? '';
    units.set(id, { id, name, factor: Number(textOf(unit, 'meanValue') ?? Number.NaN) });
    if (id === reference) referenceUnit = name;
  }
  const name = anyLanguage(languagesOf(childOf(information, 'dataSetInformation'), 'name'));
  return { id: idOf(element), name, referenceUnit, units };
}

/** Only a method that weighs climate change: another category's factors are not kgCO2e. */
function methodOf(element: XmlElement): InventoryMethod | undefined {
  const data = childOf(informationOf(element), 'dataSetInformation');
  const name = anyLanguage(languagesOf(data, 'name'));
  if (!/climate change/i.test(`${name} ${textOf(data, 'impactCategory') ?? ''}`)) return undefined;
  const rows = childrenOf(childOf(element, 'characterisationFactors'), 'factor');
  return {
    id: idOf(element),
    name,
    factors: rows.flatMap((row) => {
      const flow = childOf(row, 'referenceToFlowDataSet');
      const value = Number(textOf(row, 'meanValue') ?? Number.NaN);
      // A factor for one place only would be applied everywhere.
      if (!flow || !Number.isFinite(value) || textOf(row, 'location')) return [];
      return {
        flowId: flow.attributes.refObjectId ?? '',
        flowName: anyLanguage(languagesOf(flow, 'shortDescription')),
        isInput: /^input/i.test(textOf(row, 'exchangeDirection') ?? ''),
        value,
      };
    }),
  };
}
