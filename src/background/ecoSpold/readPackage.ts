/** ecoSpold 1 and 2 packages into an Inventory. Which of the two a file is, its datasets say; its name is not believed. */
import { Refusal } from '../../../schemas/refusal.ts';
import type {
  Inventory,
  InventoryFlow,
  InventoryFlowProperty,
  InventoryProcess,
  InventoryUnitGroup,
} from '../inventory.ts';
import { byId, duplicate, emptyPackage, notSchema, type PackageReader } from '../packageReader.ts';
import { readXmlRecords, type XmlElement } from '../xmlRecords.ts';
import { ecoSpold1Dataset } from './ecoSpold1.ts';
import { ecoSpold2Dataset } from './ecoSpold2.ts';

const RECORDS = new Set(['dataset', 'activityDataset', 'childActivityDataset']);

/** What one dataset brings along: its process, and the flows that it names (the format has no flow files). */
export interface EcoSpoldDataset {
  readonly process: InventoryProcess;
  /** The activity that other datasets name as provider, and the product that they get from it. */
  readonly activityId: string;
  readonly productFlowId: string;
  readonly flows: readonly EcoSpoldFlow[];
  /** Flows that this dataset treats: stated as a negative reference output. */
  readonly treats: readonly string[];
}

export interface EcoSpoldFlow {
  readonly id: string;
  readonly name: string;
  readonly names: ReadonlyMap<string, string>;
  readonly kind: InventoryFlow['kind'];
  readonly cas: string | undefined;
  readonly categoryPath: string;
  readonly unit: string;
}

export function createEcoSpoldReader(): PackageReader {
  const datasets: { readonly file: string; readonly dataset: EcoSpoldDataset }[] = [];
  const flows = new Map<string, EcoSpoldFlow>();
  let format: Inventory['format'] | undefined;
  const take = (file: string, record: XmlElement) => {
    const found = record.name === 'dataset' ? 'ecospold-1' : 'ecospold-2';
    if (format !== undefined && format !== found) {
      throw new Refusal(`${found} among ${format}`, {
        code: 'E_PACKAGE_SCHEMA',
        place: file,
        remedy: 'one version of ecoSpold a package',
      });
    }
    format = found;
    const dataset = found === 'ecospold-1' ? ecoSpold1Dataset(file, record) : ecoSpold2Dataset(file, record);
    datasets.push({ file, dataset });
    for (const flow of dataset.flows) if (!flows.has(flow.id)) flows.set(flow.id, flow);
  };
  return {
    wants: (name) => /\.(spold|xml)$/i.test(name) && !/(^|\/)MasterData\//i.test(name),
    accept(file, bytes) {
      const before = datasets.length;
      readXmlRecords(file, bytes, RECORDS, (record) => take(file, record));
      if (datasets.length === before) {
        throw notSchema('no ecoSpold dataset', file, `an element ${[...RECORDS].join(', ')}`);
      }
    },
    finish() {
      if (datasets.length === 0) throw emptyPackage('', 'at least one ecoSpold dataset');
      const units = new Set([...flows.values()].map(({ unit }) => unit));
      const treated = new Set(datasets.flatMap(({ dataset }) => dataset.treats));
      return {
        format: format!,
        unitGroups: new Map([...units].map((unit) => [unit, unitGroup(unit)])),
        flowProperties: new Map([...units].map((unit) => [unit, flowProperty(unit)])),
        flows: new Map([...flows].map(([id, flow]) => [id, flowRecord(flow, treated.has(id))])),
        processes: processesOf(datasets, treated),
      };
    },
  };
}

/** ecoSpold knows units by their name alone and converts none: each is a group of its own. */
function unitGroup(unit: string): InventoryUnitGroup {
  return {
    id: unit,
    name: unit,
    referenceUnit: unit,
    units: new Map([[unit, { id: unit, name: unit, factor: 1 }]]),
  };
}

function flowProperty(unit: string): InventoryFlowProperty {
  const isMonetary = /^(EUR|USD|CHF|CNY)\d*$/i.test(unit);
  return {
    id: unit,
    name: unit === 'kg' ? 'Mass' : unit,
    unitGroupId: unit,
    kind: isMonetary ? 'economic' : 'physical',
  };
}

function flowRecord({ unit, ...flow }: EcoSpoldFlow, isTreated: boolean): InventoryFlow {
  return {
    ...flow,
    kind: isTreated ? 'waste' : flow.kind,
    referencePropertyId: unit,
    propertyFactors: new Map([[unit, 1]]),
  };
}

/** A linked database has one dataset a product of an activity: there the product is part of the process's id. */
function processesOf(
  datasets: readonly { readonly file: string; readonly dataset: EcoSpoldDataset }[],
  treated: ReadonlySet<string>,
): InventoryProcess[] {
  const count = Map.groupBy(datasets, ({ dataset }) => dataset.activityId);
  const idOf = ({ activityId, productFlowId }: EcoSpoldDataset) =>
    count.get(activityId)!.length > 1 ? `${activityId}_${productFlowId}` : activityId;
  const providers = new Map<string, string>();
  const seen = new Set<string>();
  for (const { file, dataset } of datasets) {
    const id = idOf(dataset);
    if (seen.has(id)) throw duplicate(id, file);
    seen.add(id);
    providers.set(`${dataset.activityId} ${dataset.productFlowId}`, id);
  }
  const providerOf = (activityId: string | undefined, flowId: string) => {
    if (activityId === undefined) return undefined;
    return providers.get(`${activityId} ${flowId}`) ?? activityId;
  };
  return byId(
    datasets.map(({ dataset }) => ({
      ...dataset.process,
      id: idOf(dataset),
      exchanges: dataset.process.exchanges.map((exchange) => {
        const linked = { ...exchange, providerId: providerOf(exchange.providerId, exchange.flowId) };
        // What is used in a negative amount of a flow that somebody treats is given off to the treatment.
        const isGivenOff =
          treated.has(exchange.flowId) && exchange.isInput && !exchange.isReference && exchange.amount < 0;
        return isGivenOff ? { ...linked, isInput: false, amount: -exchange.amount } : linked;
      }),
    })),
  );
}
