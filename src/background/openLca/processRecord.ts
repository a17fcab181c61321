/** One olca-schema process document as an inventory record. */
import type {
  AllocationMethod,
  InventoryExchange,
  InventoryProcess,
  StatedUncertainty,
} from '../inventory.ts';
import type { OlcaExchange, OlcaProcess } from './olcaSchema.ts';

/** A parsed process document, olca-schema 1.x or 2.x, as a record whose `location` is still the location's id. */
export function processRecord(process: OlcaProcess): InventoryProcess {
  const { location, processDocumentation: documentation } = process;
  return {
    id: process['@id'],
    name: process.name,
    location: location?.['@id'] ?? '',
    validFrom: documentation?.validFrom ?? undefined,
    validUntil: documentation?.validUntil ?? undefined,
    exchanges: process.exchanges.map(exchangeRecord),
    defaultAllocation: allocationMethod(process.defaultAllocationMethod),
    allocationFactors: (process.allocationFactors ?? []).flatMap((factor) => {
      const method = allocationMethod(factor.allocationType);
      if (!method || factor.value == null) return [];
      return {
        method,
        productFlowId: factor.product?.['@id'],
        exchangeId: factor.exchange ? exchangeId(factor.exchange) : undefined,
        value: factor.value,
      };
    }),
    annualVolumes: new Map(),
  };
}

function exchangeRecord(exchange: OlcaExchange, position: number): InventoryExchange {
  return {
    id: exchangeId(exchange) ?? `#${position}`,
    flowId: exchange.flow?.['@id'] ?? '',
    unitId: exchange.unit?.['@id'],
    propertyId: exchange.flowProperty?.['@id'],
    amount: exchange.amount ?? Number.NaN,
    isInput: exchange.isInput ?? exchange.input ?? false,
    isAvoided: exchange.isAvoidedProduct ?? exchange.avoidedProduct ?? false,
    isReference: exchange.isQuantitativeReference ?? exchange.quantitativeReference ?? false,
    providerId: exchange.defaultProvider?.['@id'],
    price: exchange.costValue ?? undefined,
    currencyId: exchange.currency?.['@id'],
    uncertainty: statedUncertainty(exchange.uncertainty),
    pedigree: exchange.pedigreeUncertainty ?? exchange.dqEntry ?? undefined,
  };
}

function exchangeId(exchange: {
  '@id'?: string | null | undefined;
  internalId?: number | null | undefined;
}): string | undefined {
  return exchange['@id'] ?? (exchange.internalId == null ? undefined : String(exchange.internalId));
}

function allocationMethod(name: string | null | undefined): AllocationMethod | undefined {
  switch (name) {
    case 'PHYSICAL_ALLOCATION':
      return 'physical';
    case 'ECONOMIC_ALLOCATION':
      return 'economic';
    case 'CAUSAL_ALLOCATION':
      return 'causal';
    default:
      return undefined;
  }
}

function statedUncertainty(raw: OlcaExchange['uncertainty']): StatedUncertainty | undefined {
  if (!raw) return undefined;
  const parameters: Record<string, number> = {};
  for (const [name, value] of Object.entries(raw)) if (typeof value === 'number') parameters[name] = value;
  return { kind: raw.distributionType, parameters };
}
