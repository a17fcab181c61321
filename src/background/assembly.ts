/** The linked system on its way through the gate: who supplies whom, as matrices, with a record of every link. */
import type { Allocation } from './allocation.ts';
import { type Finding, finding } from './findings.ts';
import type { Inventory, InventoryProcess } from './inventory.ts';
import { createMarket, exchangeKey, type GateDecisions, type Market, type NamedProviders } from './market.ts';
import type { NormalisedProcess, ReferenceExchange } from './normalise.ts';
import { fromEntries, type SparseColumns } from './solver/sparseColumns.ts';
import type {
  Activity,
  ExchangeRecord,
  LinkRecord,
  NameRecord,
  NatureFlow,
  UnitRecord,
} from './technosphere.ts';

export interface AllocatedProcess extends NormalisedProcess {
  readonly allocation: Allocation;
  /** Activity number of the first product; the others follow. */
  readonly firstActivity: number;
}

/** A linked system on its way through the gate. */
export interface Assembly {
  readonly processes: readonly AllocatedProcess[];
  readonly activities: readonly Activity[];
  readonly natureFlows: readonly NatureFlow[];
  readonly technosphere: SparseColumns;
  readonly biosphere: SparseColumns;
  readonly links: readonly LinkRecord[];
  /** Of linking alone; findings of the gate come beside them. */
  readonly findings: readonly Finding[];
  /** Every off-diagonal share of an exchange: entry (supplier row, column) and the link it comes from. */
  readonly shares: readonly ExchangeShare[];
  readonly market: Market;
}

export interface ExchangeShare {
  readonly row: number;
  readonly column: number;
  readonly value: number;
  readonly link: number;
}

/** Links what is not quarantined. Activities keep the order of the processes, then of their products. */
export function assemble(
  allocated: readonly AllocatedProcess[],
  decisions: GateDecisions,
  providers: NamedProviders,
): Assembly {
  const findings: Finding[] = [];
  const processes = numbered(allocated.filter(({ process }) => !decisions.quarantined.has(process.id)));
  const activities = processes.flatMap(activitiesOf);
  const market = createMarket(processes, decisions, providers, findings);
  const links: LinkRecord[] = [];
  const entries: [number, number, number][] = [];
  const shares: ExchangeShare[] = [];
  for (const process of processes) {
    process.products.forEach((product, at) => {
      entries.push([process.firstActivity + at, process.firstActivity + at, product.amount]);
    });
    const { id: processId, location } = process.process;
    const connect = (exchange: ReferenceExchange, kind: LinkRecord['kind']) => {
      const { id: exchangeId, providerId } = exchange.source;
      const flowId = exchange.flow.id;
      const link = market.link({ processId, location, exchangeId, flowId, providerId }, kind);
      links.push({ ...link, processId, exchangeId, flowId, kind, amount: exchange.amount });
      if (link.danglingProvider) {
        const facts = {
          provider: providers.get(exchangeKey(processId, exchangeId)) ?? providerId ?? '',
          flow: exchange.flow.name,
        };
        findings.push(finding('dangling_provider', processId, exchangeId, 'kept', facts));
      }
      for (const { activity, share } of link.suppliers) {
        eachShare(process, exchange, (column, part) => {
          const value = -exchange.amount * share * part;
          entries.push([activity, column, value]);
          shares.push({ row: activity, column, value, link: links.length - 1 });
        });
      }
    };
    for (const use of process.uses) connect(use, 'use');
    for (const waste of process.wastes) connect(waste, 'waste');
  }
  return {
    processes,
    activities,
    technosphere: fromEntries(activities.length, activities.length, entries),
    ...natureOf(processes, activities.length),
    links,
    findings,
    shares,
    market,
  };
}

function numbered(processes: readonly AllocatedProcess[]): AllocatedProcess[] {
  let firstActivity = 0;
  return processes.map((process) => {
    const placed = { ...process, firstActivity };
    firstActivity += process.products.length;
    return placed;
  });
}

/** Units of the groups that the activities' products come in. */
export function unitsOf(activities: readonly Activity[], inventory: Inventory): UnitRecord[] {
  const groups = [...new Set(activities.map((activity) => activity.unitGroupId))].sort();
  return groups.flatMap((groupId) => {
    const units = [...(inventory.unitGroups.get(groupId)?.units.values() ?? [])];
    return units.map(({ name, factor }) => ({ groupId, unit: name, factor }));
  });
}

/** Names in every language, of all processes of the package and of the flows that they exchange. */
export function namesOf(inventory: Inventory): NameRecord[] {
  const records: NameRecord[] = [];
  const add = (
    kind: NameRecord['kind'],
    id: string,
    { name, names }: Pick<InventoryProcess, 'name' | 'names'>,
  ) => {
    const all = names && names.size > 0 ? names : new Map([['', name]]);
    for (const [language, text] of all) records.push({ kind, id, language, name: text });
  };
  const used = new Set<string>();
  for (const process of inventory.processes) {
    add('process', process.id, process);
    for (const { flowId } of process.exchanges) used.add(flowId);
  }
  for (const id of [...used].sort()) {
    const flow = inventory.flows.get(id);
    if (flow) add('flow', id, flow);
  }
  return records;
}

/** The rows that matrix entries walk back to. */
export function exchangesOf({
  process,
  products,
  uses,
  wastes,
  nature,
}: NormalisedProcess): ExchangeRecord[] {
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

/** Allocation weighs every input and every elementary exchange of the process. */
export function eachShare(
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
