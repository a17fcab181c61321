/** An openLCA JSON-LD package (olca-schema 1.x or 2.x), file by file, into an Inventory. Bytes in, records out; no file is opened here. */
import type { z } from 'zod';
import { Refusal } from '../../../schemas/refusal.ts';
import type {
  InventoryFlow,
  InventoryFlowProperty,
  InventoryProcess,
  InventoryUnit,
  InventoryUnitGroup,
} from '../inventory.ts';
import { byId, emptyPackage, keepOnce, type PackageReader, parseJsonFile } from '../packageReader.ts';
import {
  olcaCategory,
  olcaFlow,
  olcaFlowProperty,
  olcaLocation,
  olcaProcess,
  olcaUnitGroup,
} from './olcaSchema.ts';
import { processRecord } from './processRecord.ts';

/** The folders of a package that matter; everything else (actors, sources, images) is passed over unread. */
const FOLDERS = ['categories', 'flow_properties', 'flows', 'locations', 'processes', 'unit_groups'] as const;
type Folder = (typeof FOLDERS)[number];

/** A reader that takes the package's files in any order. */
export function createOpenLcaReader(): PackageReader {
  const unitGroups = new Map<string, InventoryUnitGroup>();
  const flowProperties = new Map<string, InventoryFlowProperty>();
  const flows = new Map<string, z.infer<typeof olcaFlow>>();
  const categories = new Map<string, z.infer<typeof olcaCategory>>();
  const locations = new Map<string, string>();
  const processes = new Map<string, InventoryProcess>();
  let schemaVersion = 1;

  const takers: Record<Folder, (name: string, bytes: Uint8Array) => void> = {
    categories: (name, bytes) => {
      const category = read(olcaCategory, name, bytes);
      keepOnce(categories, category['@id'], name, category);
    },
    flow_properties: (name, bytes) => {
      const property = read(olcaFlowProperty, name, bytes);
      keepOnce(flowProperties, property['@id'], name, {
        id: property['@id'],
        name: property.name,
        unitGroupId: property.unitGroup?.['@id'] ?? '',
        kind: property.flowPropertyType?.startsWith('ECONOMIC') ? 'economic' : 'physical',
      });
    },
    flows: (name, bytes) => {
      const flow = read(olcaFlow, name, bytes);
      keepOnce(flows, flow['@id'], name, flow);
    },
    locations: (name, bytes) => {
      const location = read(olcaLocation, name, bytes);
      locations.set(location['@id'], location.code || location.name);
    },
    processes: (name, bytes) => {
      const process = processRecord(read(olcaProcess, name, bytes));
      keepOnce(processes, process.id, name, process);
    },
    unit_groups: (name, bytes) => {
      const group = read(olcaUnitGroup, name, bytes);
      keepOnce(unitGroups, group['@id'], name, unitGroupRecord(group));
    },
  };

  return {
    wants: (name) => name === 'olca-schema.json' || folderOf(name) !== undefined,
    accept(name, bytes) {
      const folder = folderOf(name);
      if (folder) takers[folder](name, bytes);
      else if (name === 'olca-schema.json') schemaVersion = statedVersion(parseJsonFile(name, bytes));
    },
    finish() {
      if (processes.size === 0) {
        throw emptyPackage(
          'processes/',
          'an openLCA JSON-LD export with at least one file processes/<id>.json',
        );
      }
      // Locations may come after the processes in the package, so their codes are put in here.
      const located = [...processes.values()].map((process) => ({
        ...process,
        location: locations.get(process.location) ?? process.location,
      }));
      return {
        format: schemaVersion >= 2 ? 'openlca-jsonld-2' : 'openlca-jsonld-1',
        unitGroups,
        flowProperties,
        flows: flowRecords(flows, categories),
        processes: byId(located),
      };
    },
  };
}

/** `processes/x.json` or `any/folder/processes/x.json`: some exports pack a root folder. */
function folderOf(name: string): Folder | undefined {
  if (!name.endsWith('.json')) return undefined;
  const parts = name.split('/');
  const folder = parts.at(-2);
  return FOLDERS.find((known) => known === folder);
}

function read<S extends z.ZodType>(schema: S, name: string, bytes: Uint8Array): z.infer<S> {
  const parsed = schema.safeParse(parseJsonFile(name, bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal(`not an olca-schema document: ${issue?.message ?? 'unknown fault'}`, {
    code: 'E_PACKAGE_SCHEMA',
    place: `${name} ${issue?.path.join('.') ?? ''}`.trim(),
    remedy: 'the shape of olca-schema 1.x or 2.x',
  });
}

function statedVersion(document: unknown): number {
  if (typeof document !== 'object' || document === null || !('version' in document)) return 1;
  return typeof document.version === 'number' ? document.version : 1;
}

function unitGroupRecord(group: z.infer<typeof olcaUnitGroup>): InventoryUnitGroup {
  const units = new Map<string, InventoryUnit>();
  let referenceUnit = '';
  for (const unit of group.units) {
    units.set(unit['@id'], { id: unit['@id'], name: unit.name, factor: unit.conversionFactor });
    if (unit.isRefUnit ?? unit.referenceUnit) referenceUnit = unit.name;
  }
  return { id: group['@id'], name: group.name, referenceUnit, units };
}

function flowRecords(
  flows: ReadonlyMap<string, z.infer<typeof olcaFlow>>,
  categories: ReadonlyMap<string, z.infer<typeof olcaCategory>>,
): Map<string, InventoryFlow> {
  const kinds = { ELEMENTARY_FLOW: 'elementary', PRODUCT_FLOW: 'product', WASTE_FLOW: 'waste' } as const;
  const records = new Map<string, InventoryFlow>();
  for (const flow of flows.values()) {
    const factors = new Map<string, number>();
    let reference = '';
    for (const entry of flow.flowProperties) {
      const id = entry.flowProperty['@id'];
      const isReference = entry.isRefFlowProperty ?? entry.referenceFlowProperty ?? false;
      // Some packages repeat the reference property without the flag: the flagged row decides.
      if (isReference || !factors.has(id)) factors.set(id, entry.conversionFactor);
      if (isReference) reference = id;
    }
    const only = flow.flowProperties.length === 1 ? flow.flowProperties[0] : undefined;
    records.set(flow['@id'], {
      id: flow['@id'],
      name: flow.name,
      kind: kinds[flow.flowType],
      cas: flow.cas ?? undefined,
      categoryPath: categoryPath(flow.category, categories),
      referencePropertyId: reference || (only?.flowProperty['@id'] ?? ''),
      propertyFactors: factors,
    });
  }
  return records;
}

/** olca-schema 2.x states the path as text, 1.x as a chain of category documents. */
function categoryPath(
  category: z.infer<typeof olcaFlow>['category'],
  categories: ReadonlyMap<string, z.infer<typeof olcaCategory>>,
): string {
  if (!category) return '';
  if (typeof category === 'string') return category;
  const names: string[] = [];
  const seen = new Set<string>();
  let at: z.infer<typeof olcaFlow>['category'] = category;
  while (at && typeof at !== 'string' && !seen.has(at['@id'])) {
    seen.add(at['@id']);
    const known: z.infer<typeof olcaCategory> | undefined = categories.get(at['@id']);
    names.unshift(known?.name ?? at.name ?? '');
    at = known?.category;
  }
  return (typeof at === 'string' ? [at, ...names] : names).join('/');
}
