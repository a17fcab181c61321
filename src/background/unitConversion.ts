/** Amounts in the reference unit of the flow's reference property, with the package's own factors and no others. */
import type { Inventory, InventoryExchange, InventoryFlow } from './inventory.ts';

export interface Conversion {
  /** `amount × factor` is the amount in the flow's reference unit. */
  readonly factor: number;
  readonly unitName: string;
  readonly referenceUnitName: string;
  /** Group of the flow's reference property. */
  readonly unitGroupId: string;
}

export interface ConversionFault {
  readonly fault: 'dangling_unit' | 'unit_mismatch';
  readonly detail: string;
}

/**
 * Factor of an exchange: unit factor in its group divided by the factor of its property on the flow
 * (olca-schema: `FlowPropertyFactor.conversionFactor` is the amount in that property per reference amount).
 * An exchange that names no unit or property is in the flow's reference unit or property.
 */
export function conversionOf(
  exchange: InventoryExchange,
  flow: InventoryFlow,
  inventory: Inventory,
): Conversion | ConversionFault {
  const reference = groupOf(flow.referencePropertyId, inventory);
  if (!reference) return dangling(`flow ${flow.id} has no reference property with a unit group`);
  const propertyId = exchange.propertyId ?? flow.referencePropertyId;
  const group = groupOf(propertyId, inventory);
  if (!group) return dangling(`property ${propertyId} or its unit group is not in the package`);
  const onFlow = flow.propertyFactors.get(propertyId);
  if (onFlow === undefined || onFlow === 0) {
    return { fault: 'unit_mismatch', detail: `flow ${flow.id} has no factor for property ${propertyId}` };
  }
  if (exchange.unitId === undefined) {
    return {
      factor: 1 / onFlow,
      unitName: group.referenceUnit,
      referenceUnitName: reference.referenceUnit,
      unitGroupId: reference.id,
    };
  }
  const unit = group.units.get(exchange.unitId);
  if (!unit) {
    return { fault: 'unit_mismatch', detail: `unit ${exchange.unitId} is not in group ${group.name}` };
  }
  return {
    factor: unit.factor / onFlow,
    unitName: unit.name,
    referenceUnitName: reference.referenceUnit,
    unitGroupId: reference.id,
  };
}

function groupOf(propertyId: string, inventory: Inventory) {
  const property = inventory.flowProperties.get(propertyId);
  return property && inventory.unitGroups.get(property.unitGroupId);
}

function dangling(detail: string): ConversionFault {
  return { fault: 'dangling_unit', detail };
}
