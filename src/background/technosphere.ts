/** From an inventory to the linked system: activities, technosphere A, biosphere B, and a record of every link and finding. */
import { Refusal } from '../../schemas/refusal.ts';
import { type Allocation, allocate } from './allocation.ts';
import type { Finding, Inventory, StatedUncertainty } from './inventory.ts';
import { chooseSuppliers, type Link, type Supplier } from './linking.ts';
import { type NormalisedProcess, normalise, type ReferenceExchange } from './normalise.ts';
import { fromEntries, type SparseColumns } from './solver/sparseColumns.ts';

/** One (process, product): a column of A, and the row of its product. */
export interface Activity {
  readonly processId: string;
  readonly processName: string;
  readonly location: string;
  readonly flowId: string;
  readonly flowName: string;
  /** The unit in which the dataset states this product, and what one of it is in the reference unit. */
  readonly unit: string;
  readonly unitInReferenceUnits: number;
  readonly referenceUnit: string;
  readonly unitGroupId: string;
  readonly isReference: boolean;
  readonly isTreatment: boolean;
  /** Output of one run, reference units, before own use is taken off. */
  readonly output: number;
  readonly allocationRule: string;
  readonly allocationShare: number;
}

/** An elementary flow: a row of B. */
export interface NatureFlow {
  readonly id: string;
  readonly name: string;
  readonly cas: string;
  readonly categoryPath: string;
  readonly unit: string;
}

/** What became of one product input or waste output. */
export interface LinkRecord extends Link {
  readonly processId: string;
  readonly exchangeId: string;
  readonly flowId: string;
  readonly kind: 'use' | 'waste';
  /** Reference units of the flow; negative for a credit. */
  readonly amount: number;
}

/** One exchange of the inventory as it was used: the row that every matrix entry walks back to. */
export interface ExchangeRecord {
  readonly processId: string;
  readonly exchangeId: string;
  readonly flowId: string;
  readonly role: 'product' | 'use' | 'waste' | 'nature';
  readonly statedAmount: number;
  readonly unit: string;
  /** Signed by its role, reference units. */
  readonly amount: number;
  readonly uncertainty: StatedUncertainty | undefined;
  readonly pedigree: string;
}

export interface UnitRecord {
  readonly groupId: string;
  readonly unit: string;
  /** Reference units of the group in one such unit. */
  readonly factor: number;
}

export interface BackgroundSystem {
  readonly activities: readonly Activity[];
  readonly natureFlows: readonly NatureFlow[];
  /** n×n, product units a run: made > 0, used < 0. */
  readonly technosphere: SparseColumns;
  /** m×n, flow units a run: emission > 0, uptake < 0. */
  readonly biosphere: SparseColumns;
  readonly links: readonly LinkRecord[];
  readonly findings: readonly Finding[];
  /** Units of the activities' products, with the package's own factors. */
  readonly units: readonly UnitRecord[];
}

export interface BuiltBackground {
  readonly system: BackgroundSystem;
  readonly exchanges: readonly ExchangeRecord[];
}

interface AllocatedProcess extends NormalisedProcess {
  readonly allocation: Allocation;
  /** Activity number of the first product; the others follow. */
  readonly firstActivity: number;
}

/**
 * Normalises, allocates and links. Activities are ordered by process id, then by the dataset's order of products, so
 * the order of files in a package changes nothing.
 * @throws Refusal `E_NO_ACTIVITY` when not one process makes a product
 */
export function buildBackground(inventory: Inventory): BuiltBackground {
  const findings: Finding[] = [];
  const processes = allocatedProcesses(inventory, findings);
  const activities = processes.flatMap(activitiesOf);
  if (activities.length === 0) {
    throw new Refusal('no process of the package makes a product', {
      code: 'E_NO_ACTIVITY',
      place: findings[0] ? `process ${findings[0].processId}: ${findings[0].detail}` : 'processes/',
      remedy: 'at least one process with a product output above 0',
    });
  }
  const market = suppliersByFlow(processes, findings);
  const links: LinkRecord[] = [];
  const technosphere: [number, number, number][] = [];
  for (const process of processes) linkProcess(process, market, links, findings, technosphere);
  const system = {
    activities,
    technosphere: fromEntries(activities.length, activities.length, technosphere),
    ...natureOf(processes, activities.length),
    links,
    findings,
    units: unitsOf(activities, inventory),
  };
  return { system, exchanges: processes.flatMap(exchangesOf) };
}

function unitsOf(activities: readonly Activity[], inventory: Inventory): UnitRecord[] {
  const groups = [...new Set(activities.map((activity) => activity.unitGroupId))].sort();
  return groups.flatMap((groupId) => {
    const units = [...(inventory.unitGroups.get(groupId)?.units.values() ?? [])];
    return units.map(({ name, factor }) => ({ groupId, unit: name, factor }));
  });
}

function exchangesOf({ process, products, uses, wastes, nature }: NormalisedProcess): ExchangeRecord[] {
  const record = (role: ExchangeRecord['role']) => (exchange: ReferenceExchange) => ({
    processId: process.id,
    exchangeId: exchange.source.id,
    flowId: exchange.flow.id,
    role,
    statedAmount: exchange.source.amount,
    unit: exchange.unitName,
    amount: exchange.amount,
    uncertainty: exchange.source.uncertainty,
    pedigree: exchange.source.pedigree ?? '',
  });
  return [
    ...products.map(record('product')),
    ...uses.map(record('use')),
    ...wastes.map(record('waste')),
    ...nature.map(record('nature')),
  ];
}

function allocatedProcesses(inventory: Inventory, findings: Finding[]): AllocatedProcess[] {
  const processes: AllocatedProcess[] = [];
  let firstActivity = 0;
  for (const process of inventory.processes) {
    const normal = normalise(process, inventory, findings);
    if (!normal) continue;
    processes.push({ ...normal, allocation: allocate(normal, inventory, findings), firstActivity });
    firstActivity += normal.products.length;
  }
  return processes;
}

function activitiesOf({ process, products, allocation, isTreatment }: AllocatedProcess): Activity[] {
  return products.map((product, at) => ({
    processId: process.id,
    processName: process.name,
    location: process.location,
    flowId: product.flow.id,
    flowName: product.flow.name,
    unit: product.unitName,
    unitInReferenceUnits: product.unitFactor,
    referenceUnit: product.referenceUnitName,
    unitGroupId: product.unitGroupId,
    isReference: product.source.isReference,
    isTreatment,
    output: product.amount,
    allocationRule: allocation.rule,
    allocationShare: allocation.shares[at]!,
  }));
}

interface Market {
  readonly makers: ReadonlyMap<string, readonly Supplier[]>;
  readonly treatments: ReadonlyMap<string, readonly Supplier[]>;
}

/** A process that uses at least as much of a flow as it makes (a stage, e.g. lifting) supplies nobody with it. */
function suppliersByFlow(processes: readonly AllocatedProcess[], findings: Finding[]): Market {
  const makers = new Map<string, Supplier[]>();
  const treatments = new Map<string, Supplier[]>();
  for (const { process, products, uses, isTreatment, firstActivity } of processes) {
    products.forEach((product, at) => {
      const flowId = product.flow.id;
      const ownUse = uses.reduce((sum, use) => (use.flow.id === flowId ? sum + use.amount : sum), 0);
      if (!isTreatment && ownUse >= product.amount) {
        findings.push({
          code: 'stage_chain',
          processId: process.id,
          exchangeId: product.source.id,
          detail: `uses ${ownUse} and makes ${product.amount} of ${product.flow.name}`,
          action: 'kept',
        });
        return;
      }
      const into = isTreatment ? treatments : makers;
      const list = into.get(flowId) ?? [];
      list.push({
        activity: firstActivity + at,
        processId: process.id,
        location: process.location,
        annualVolume: process.annualVolumes.get(flowId),
      });
      into.set(flowId, list);
    });
  }
  return { makers, treatments };
}

function linkProcess(
  process: AllocatedProcess,
  market: Market,
  links: LinkRecord[],
  findings: Finding[],
  technosphere: [number, number, number][],
): void {
  process.products.forEach((product, at) => {
    technosphere.push([process.firstActivity + at, process.firstActivity + at, product.amount]);
  });
  const connect = (exchange: ReferenceExchange, kind: LinkRecord['kind']) => {
    const flowId = exchange.flow.id;
    const makers = market.makers.get(flowId) ?? [];
    // A treatment takes an output of its flow only where nobody makes that flow as a product.
    const candidates =
      kind === 'use' ? makers : makers.length > 0 ? [] : (market.treatments.get(flowId) ?? []);
    const link = chooseSuppliers(candidates, process.process.location, exchange.source.providerId);
    const { id: processId } = process.process;
    const exchangeId = exchange.source.id;
    links.push({ ...link, processId, exchangeId, flowId, kind, amount: exchange.amount });
    if (link.danglingProvider) {
      findings.push({
        code: 'dangling_provider',
        processId,
        exchangeId,
        detail: `provider ${exchange.source.providerId} is absent or does not make ${exchange.flow.name}`,
        action: 'kept',
      });
    }
    for (const { activity, share } of link.suppliers) {
      eachShare(process, exchange, (column, part) => {
        technosphere.push([activity, column, -exchange.amount * share * part]);
      });
    }
  };
  for (const use of process.uses) connect(use, 'use');
  for (const waste of process.wastes) connect(waste, 'waste');
}

/** Allocation weighs every input and every elementary exchange of the process. */
function eachShare(
  { allocation, products, firstActivity }: AllocatedProcess,
  exchange: ReferenceExchange,
  visit: (column: number, share: number) => void,
): void {
  const shares = allocation.exchangeShares.get(exchange.source.id) ?? allocation.shares;
  for (let at = 0; at < products.length; at++) visit(firstActivity + at, shares[at]!);
}

function natureOf(processes: readonly AllocatedProcess[], columns: number) {
  const flows = new Map<string, ReferenceExchange>();
  for (const { nature } of processes) for (const exchange of nature) flows.set(exchange.flow.id, exchange);
  const ids = [...flows.keys()].sort();
  const row = new Map(ids.map((id, at) => [id, at]));
  const entries: [number, number, number][] = [];
  for (const process of processes) {
    for (const exchange of process.nature) {
      eachShare(process, exchange, (column, share) => {
        entries.push([row.get(exchange.flow.id)!, column, exchange.amount * share]);
      });
    }
  }
  const natureFlows: NatureFlow[] = ids.map((id) => {
    const { flow, referenceUnitName } = flows.get(id)!;
    const { name, cas = '', categoryPath } = flow;
    return { id, name, cas, categoryPath, unit: referenceUnitName };
  });
  return { natureFlows, biosphere: fromEntries(ids.length, columns, entries) };
}
