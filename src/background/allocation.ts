/** Allocation 分配: how the burdens of a process with several products are shared among them. */
import { type Finding, finding } from './findings.ts';
import type { Inventory, InventoryAllocationFactor, InventoryProcess } from './inventory.ts';
import type { NormalisedProcess, ReferenceExchange } from './normalise.ts';

export interface Allocation {
  /** `none`, `dataset`, `causal`, `mass`, `physical:<property>`, `economic` or `equal`. */
  readonly rule: string;
  /** One share a product, in the order of the products. */
  readonly shares: readonly number[];
  /** Causal factors by exchange id: shares that hold for that exchange alone. */
  readonly exchangeShares: ReadonlyMap<string, readonly number[]>;
}

const NO_EXCEPTIONS: ReadonlyMap<string, readonly number[]> = new Map();

/** The mass property shared by ILCD and openLCA reference data; matched by id, else by name with a kg group. */
const MASS_PROPERTY_ID = '93a60a56-a3c8-11da-a746-0800200b9a66';

/**
 * Shares of a process's products. In this order: the dataset's own factors of its declared method, or, where none is
 * declared, its physical factors that name a product; mass; one shared physical property; price; equal shares (marked).
 */
export function allocate(normal: NormalisedProcess, inventory: Inventory, findings: Finding[]): Allocation {
  const { products, process } = normal;
  if (products.length === 1) return { rule: 'none', shares: [1], exchangeShares: NO_EXCEPTIONS };
  const chosen = byDataset(process, products) ?? byProperty(products, inventory) ?? byPrice(products);
  if (chosen) return chosen;
  findings.push(finding('allocation_undetermined', process.id, '', 'kept', { count: products.length }));
  return {
    rule: 'equal',
    shares: products.map(() => 1 / products.length),
    exchangeShares: NO_EXCEPTIONS,
  };
}

function byDataset(
  process: InventoryProcess,
  products: readonly ReferenceExchange[],
): Allocation | undefined {
  const method = process.defaultAllocation ?? 'physical';
  const stated = process.allocationFactors.filter((factor) => factor.method === method);
  const shares = sharesNamed(
    stated.filter((factor) => factor.exchangeId === undefined),
    products,
  );
  if (method !== 'causal') {
    return shares && { rule: 'dataset', shares, exchangeShares: NO_EXCEPTIONS };
  }
  const exchangeShares = new Map<string, readonly number[]>();
  for (const [id, factors] of Map.groupBy(stated, (factor) => factor.exchangeId)) {
    const own = id === undefined ? undefined : sharesNamed(factors, products);
    if (id !== undefined && own) exchangeShares.set(id, own);
  }
  if (exchangeShares.size === 0) return undefined;
  // An exchange without a causal factor of its own belongs to the reference product.
  const rest = shares ?? products.map((product) => (product.source.isReference ? 1 : 0));
  return { rule: 'causal', shares: rest, exchangeShares };
}

/** A co-product not named gets 0; a reference product not named takes 1 minus the rest. */
function sharesNamed(
  factors: readonly InventoryAllocationFactor[],
  products: readonly ReferenceExchange[],
): number[] | undefined {
  const named = new Map<string, number>();
  for (const { productFlowId, value } of factors) {
    if (productFlowId !== undefined && products.some((product) => product.flow.id === productFlowId)) {
      named.set(productFlowId, value);
    }
  }
  if (named.size === 0) return undefined;
  const shares = products.map((product) => named.get(product.flow.id) ?? 0);
  const reference = products.findIndex((product) => product.source.isReference);
  if (reference >= 0 && !named.has(products[reference]!.flow.id)) {
    shares[reference] = 1 - shares.reduce((sum, share) => sum + share, 0);
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return Math.abs(total - 1) < 1e-3 ? shares : undefined;
}

function byProperty(products: readonly ReferenceExchange[], inventory: Inventory): Allocation | undefined {
  const propertyId = products[0]!.flow.referencePropertyId;
  if (products.some((product) => product.flow.referencePropertyId !== propertyId)) return undefined;
  const property = inventory.flowProperties.get(propertyId);
  if (property?.kind !== 'physical') return undefined;
  const isMass =
    property.id === MASS_PROPERTY_ID ||
    (property.name === 'Mass' && inventory.unitGroups.get(property.unitGroupId)?.referenceUnit === 'kg');
  return {
    rule: isMass ? 'mass' : `physical:${property.name}`,
    shares: proportional(products.map((product) => product.amount)),
    exchangeShares: NO_EXCEPTIONS,
  };
}

function byPrice(products: readonly ReferenceExchange[]): Allocation | undefined {
  const currency = products[0]!.source.currencyId;
  const prices = products.map((product) => product.source.price ?? Number.NaN);
  const comparable = products.every((product) => product.source.currencyId === currency);
  if (!comparable || !prices.every((price) => price > 0)) return undefined;
  return { rule: 'economic', shares: proportional(prices), exchangeShares: NO_EXCEPTIONS };
}

function proportional(amounts: readonly number[]): number[] {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return amounts.map((amount) => amount / total);
}
