/** Each process's exchanges sorted into products, product uses, waste and nature, in reference units; what cannot be used becomes a finding. */
import type { Finding, Inventory, InventoryExchange, InventoryFlow, InventoryProcess } from './inventory.ts';
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
  /** The products are a service: treating or using up the reference flow. */
  readonly isTreatment: boolean;
}

/** Outputs whose name begins so are declared by their package as nobody's product (USLCI). */
const CUT_OFF_PREFIX = 'CUTOFF ';

/**
 * Sorts one process. Undefined when the process has no product (then a finding says so).
 * Outputs of product flows with amount > 0 are products; a product used as reference input makes a treatment service.
 */
export function normalise(
  process: InventoryProcess,
  inventory: Inventory,
  findings: Finding[],
): NormalisedProcess | undefined {
  const products: ReferenceExchange[] = [];
  const uses: ReferenceExchange[] = [];
  const wastes: ReferenceExchange[] = [];
  const nature: ReferenceExchange[] = [];
  let isTreatment = false;
  const note = (exchange: InventoryExchange, code: Finding['code'], detail: string, kept = false) =>
    findings.push({
      code,
      processId: process.id,
      exchangeId: exchange.id,
      detail,
      action: kept ? 'kept' : exchange.isReference ? 'quarantined' : 'exchange_dropped',
    });

  for (const exchange of process.exchanges) {
    const converted = inReferenceUnits(exchange, inventory, note);
    if (!converted) {
      if (exchange.isReference) return undefined;
      continue;
    }
    const { flow } = converted;
    if (flow.kind === 'elementary') {
      nature.push(exchange.isInput ? { ...converted, amount: -converted.amount } : converted);
    } else if (exchange.isReference && exchange.isInput) {
      isTreatment = true;
      products.push(converted);
      note(exchange, 'treatment', `treats or uses up ${flow.name}`, true);
    } else if (exchange.isAvoided) {
      uses.push({ ...converted, amount: -converted.amount });
    } else if (exchange.isInput) {
      uses.push(converted);
    } else if (flow.kind === 'waste') {
      wastes.push(converted);
    } else if (flow.name.startsWith(CUT_OFF_PREFIX)) {
      note(exchange, 'coproduct_cut_off', `${flow.name} is declared cut off by its package`);
    } else if (converted.amount > 0) {
      addProduct(products, converted);
    } else if (exchange.isReference) {
      note(exchange, 'zero_reference', `the reference amount is ${exchange.amount}`);
      return undefined;
    } else if (converted.amount < 0) {
      note(exchange, 'bad_amount', `a product output of ${exchange.amount}`);
    }
  }
  return withProducts({ process, products, uses, wastes, nature, isTreatment }, findings);
}

/** A treatment makes its service alone; what it gives off besides is burden-free and recorded. */
function withProducts(normal: NormalisedProcess, findings: Finding[]): NormalisedProcess | undefined {
  const { process, products, isTreatment } = normal;
  if (products.length === 0) {
    findings.push({
      code: 'no_reference',
      processId: process.id,
      exchangeId: '',
      detail: `${process.name} makes no product`,
      action: 'quarantined',
    });
    return undefined;
  }
  if (!isTreatment) return normal;
  const service = products.filter((product) => product.source.isReference);
  if ((service[0]?.amount ?? 0) > 0) return { ...normal, products: service };
  findings.push({
    code: 'zero_reference',
    processId: process.id,
    exchangeId: service[0]?.source.id ?? '',
    detail: `the reference amount is ${service[0]?.source.amount}`,
    action: 'quarantined',
  });
  return undefined;
}

function inReferenceUnits(
  exchange: InventoryExchange,
  inventory: Inventory,
  note: (exchange: InventoryExchange, code: Finding['code'], detail: string) => void,
): ReferenceExchange | undefined {
  const flow = inventory.flows.get(exchange.flowId);
  if (!flow) {
    note(exchange, 'dangling_flow', `flow ${exchange.flowId || '(none)'} is not in the package`);
    return undefined;
  }
  if (!Number.isFinite(exchange.amount)) {
    note(exchange, 'bad_amount', 'the amount is missing or not finite');
    return undefined;
  }
  const conversion = conversionOf(exchange, flow, inventory);
  if ('fault' in conversion) {
    note(exchange, conversion.fault, conversion.detail);
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
