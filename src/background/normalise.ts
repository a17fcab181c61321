/** Each process's exchanges sorted into products, product uses, waste and nature, in reference units; what cannot be used becomes a finding. */
import { type Facts, type Finding, finding } from './findings.ts';
import type { Inventory, InventoryExchange, InventoryFlow, InventoryProcess } from './inventory.ts';
import { conversionOf } from './unitConversion.ts';

/** An exchange in the reference unit of its flow. */
export interface ReferenceExchange {
  readonly source: InventoryExchange;
  readonly flow: InventoryFlow;
  /** Signed by its role: made or used or emitted > 0; an uptake from nature < 0. */
  readonly amount: number;
  readonly unitName: string;
  readonly referenceUnitName: string;
  readonly unitGroupId: string;
  /** Reference units per one stated unit. */
  readonly unitFactor: number;
}

export interface NormalisedProcess {
  readonly process: InventoryProcess;
  readonly products: readonly ReferenceExchange[];
  /** Product inputs; a negative amount is a credit and keeps its sign. */
  readonly uses: readonly ReferenceExchange[];
  /** Outputs that need a treatment. */
  readonly wastes: readonly ReferenceExchange[];
  readonly nature: readonly ReferenceExchange[];
  /** Product outputs beside the reference that bear nothing. */
  readonly burdenFree: readonly ReferenceExchange[];
  /** The products are a service: treating or using up the reference flow. */
  readonly isTreatment: boolean;
}

/** Codes that a reviewed override accepts for a process, so that the gate does not act on them. */
export type Accepted = (processId: string, code: Finding['code']) => boolean;

/** Outputs whose name begins so are declared by their package as nobody's product (USLCI). */
const CUT_OFF_PREFIX = 'CUTOFF ';

type Note = (exchange: InventoryExchange, code: Finding['code'], facts: Facts, kept?: boolean) => void;

/**
 * Sorts one process. Undefined when the process is quarantined (then a finding says so).
 * Outputs of product flows with amount > 0 are products; a product used as reference input makes a treatment service.
 */
export function normalise(
  process: InventoryProcess,
  inventory: Inventory,
  findings: Finding[],
  accepted: Accepted = () => false,
): NormalisedProcess | undefined {
  const products: ReferenceExchange[] = [];
  const uses: ReferenceExchange[] = [];
  const wastes: ReferenceExchange[] = [];
  const nature: ReferenceExchange[] = [];
  const burdenFree: ReferenceExchange[] = [];
  let isTreatment = false;
  // openLCA packages mean negative and returned elementary flows as credits (USLCI): there it is marked only.
  const hasSignedNature = inventory.format.startsWith('openlca');
  const note: Note = (exchange, code, facts, kept = false) => {
    const action = kept ? 'kept' : exchange.isReference ? 'quarantined' : 'exchange_dropped';
    findings.push(finding(code, process.id, exchange.id, action, facts));
  };
  if (quarantinedByAmount(process, inventory, findings, accepted)) return undefined;

  for (const exchange of process.exchanges) {
    const converted = inReferenceUnits(exchange, inventory, note);
    if (!converted) {
      if (exchange.isReference) return undefined;
      continue;
    }
    const { flow } = converted;
    if (flow.kind === 'elementary') {
      if (exchange.isReference) {
        note(exchange, 'reference_elementary', { flow: flow.name });
        return undefined;
      }
      const wrong = accepted(process.id, 'wrong_direction') ? undefined : wrongDirection(exchange, flow);
      if (wrong) note(exchange, 'wrong_direction', { flow: flow.name, ...wrong }, hasSignedNature);
      if (!wrong || hasSignedNature)
        nature.push(exchange.isInput ? { ...converted, amount: -converted.amount } : converted);
    } else if (exchange.isReference && exchange.isInput) {
      isTreatment = true;
      products.push(converted);
      note(exchange, 'treatment', { flow: flow.name }, true);
    } else if (exchange.isAvoided) {
      uses.push({ ...converted, amount: -converted.amount });
    } else if (exchange.isInput) {
      uses.push(converted);
    } else if (flow.kind === 'waste' && !exchange.isReference) {
      wastes.push(converted);
    } else if (flow.name.startsWith(CUT_OFF_PREFIX)) {
      note(exchange, 'coproduct_cut_off', { flow: flow.name });
    } else if (process.onlyReferenceIsProduct && !exchange.isReference) {
      burdenFree.push(converted);
    } else if (converted.amount > 0) {
      addProduct(products, converted);
    } else if (exchange.isReference) {
      note(exchange, 'zero_reference', { amount: exchange.amount });
      return undefined;
    } else if (converted.amount < 0) {
      note(exchange, 'bad_amount', { flow: `${flow.name} (a product output of ${exchange.amount})` });
    }
  }
  if (burdenFree.length > 0) {
    const names = new Set(burdenFree.map(({ flow }) => flow.name));
    const facts = { count: burdenFree.length, flows: [...names].slice(0, 10).join(', ') };
    findings.push(finding('coproduct_unallocated', process.id, '', 'kept', facts));
  }
  return withProducts({ process, products, uses, wastes, nature, burdenFree, isTreatment }, findings);
}

/** A missing amount quarantines its dataset: what is unknown is not 0. One finding a dataset, at its first bad exchange. */
function quarantinedByAmount(
  process: InventoryProcess,
  inventory: Inventory,
  findings: Finding[],
  accepted: Accepted,
): boolean {
  const bad = process.exchanges.filter(({ amount }) => !Number.isFinite(amount));
  const [first] = bad;
  if (!first || accepted(process.id, 'bad_amount')) return false;
  const name = inventory.flows.get(first.flowId)?.name ?? first.flowId;
  const flow = bad.length > 1 ? `${name} and ${bad.length - 1} more` : name;
  const code = first.isReference ? 'zero_reference' : 'bad_amount';
  findings.push(finding(code, process.id, first.id, 'quarantined', { flow, amount: 'not a number' }));
  return true;
}

/** An emission comes out and in a positive amount, a resource goes in: read from the compartment. */
function wrongDirection({ isInput, amount }: InventoryExchange, { categoryPath }: InventoryFlow) {
  const path = categoryPath.toLowerCase();
  if (/\bresources?\b/.test(path)) {
    return isInput ? undefined : { what: 'a resource as output', whatZh: '资源作为输出' };
  }
  if (!/\bemissions?\b|(^|\/)(air|water|soil)(\/|$)/.test(path)) return undefined;
  if (isInput) return { what: 'an emission as input', whatZh: '排放作为输入' };
  return amount < 0 ? { what: `an emission of ${amount}`, whatZh: `排放量为 ${amount}` } : undefined;
}

/** A treatment makes its service alone; what it gives off besides is burden-free and recorded. */
function withProducts(normal: NormalisedProcess, findings: Finding[]): NormalisedProcess | undefined {
  const { process, products, isTreatment } = normal;
  if (products.length === 0) {
    findings.push(finding('no_reference', process.id, '', 'quarantined', { process: process.name }));
    return undefined;
  }
  if (!isTreatment) return normal;
  const service = products.filter((product) => product.source.isReference);
  if ((service[0]?.amount ?? 0) > 0) return { ...normal, products: service };
  const amount = service[0]?.source.amount ?? Number.NaN;
  findings.push(
    finding('zero_reference', process.id, service[0]?.source.id ?? '', 'quarantined', { amount }),
  );
  return undefined;
}

function inReferenceUnits(
  exchange: InventoryExchange,
  inventory: Inventory,
  note: Note,
): ReferenceExchange | undefined {
  const flow = inventory.flows.get(exchange.flowId);
  if (!flow) {
    note(exchange, 'dangling_flow', { flow: exchange.flowId || '(none)' });
    return undefined;
  }
  if (!Number.isFinite(exchange.amount)) {
    note(exchange, 'bad_amount', { flow: flow.name });
    return undefined;
  }
  const conversion = conversionOf(exchange, flow, inventory);
  if ('fault' in conversion) {
    note(exchange, conversion.fault, { what: conversion.detail });
    return undefined;
  }
  return {
    source: exchange,
    flow,
    amount: exchange.amount * conversion.factor,
    unitName: conversion.unitName,
    referenceUnitName: conversion.referenceUnitName,
    unitGroupId: conversion.unitGroupId,
    unitFactor: conversion.factor,
  };
}

/** The same flow stated twice in a process is one product. */
function addProduct(products: ReferenceExchange[], product: ReferenceExchange): void {
  const at = products.findIndex((other) => other.flow.id === product.flow.id);
  const before = products[at];
  if (!before) products.push(product);
  else products[at] = { ...before, amount: before.amount + product.amount };
}
