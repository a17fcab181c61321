/** The records of one LCI package, whatever format it came in: what the parsers hand over and the rest of the engine reads. */

/** How far a unit is from the reference unit of its group: `reference amount = amount × factor`. */
export interface InventoryUnit {
  readonly id: string;
  readonly name: string;
  readonly factor: number;
}

export interface InventoryUnitGroup {
  readonly id: string;
  readonly name: string;
  readonly referenceUnit: string;
  readonly units: ReadonlyMap<string, InventoryUnit>;
}

export interface InventoryFlowProperty {
  readonly id: string;
  readonly name: string;
  readonly unitGroupId: string;
  readonly kind: 'physical' | 'economic';
}

export interface InventoryFlow {
  readonly id: string;
  readonly name: string;
  /** In every language that the package has, by language code; absent where it has one name only. */
  readonly names?: ReadonlyMap<string, string>;
  readonly kind: 'elementary' | 'product' | 'waste';
  readonly cas: string | undefined;
  /** Compartment or product class from the root down, joined by `/`. */
  readonly categoryPath: string;
  readonly referencePropertyId: string;
  /** Amount in that property per amount in the reference property. */
  readonly propertyFactors: ReadonlyMap<string, number>;
}

/** A distribution as the dataset states it; what is impossible is judged later, never here. */
export interface StatedUncertainty {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, number>>;
}

export interface InventoryExchange {
  /** Stable within the package; falls back to the position in the dataset. */
  readonly id: string;
  readonly flowId: string;
  readonly unitId: string | undefined;
  readonly propertyId: string | undefined;
  /** As stated, in `unitId`; NaN where the dataset has none. */
  readonly amount: number;
  readonly isInput: boolean;
  readonly isAvoided: boolean;
  readonly isReference: boolean;
  readonly providerId: string | undefined;
  /** Price of the stated amount and its currency, where given. */
  readonly price: number | undefined;
  readonly currencyId: string | undefined;
  readonly uncertainty: StatedUncertainty | undefined;
  readonly pedigree: string | undefined;
}

export type AllocationMethod = 'physical' | 'economic' | 'causal';

export interface InventoryAllocationFactor {
  readonly method: AllocationMethod;
  readonly productFlowId: string | undefined;
  /** Causal factors only: the exchange they weigh. */
  readonly exchangeId: string | undefined;
  readonly value: number;
}

export interface InventoryProcess {
  readonly id: string;
  readonly name: string;
  /** In every language that the package has, by language code; absent where it has one name only. */
  readonly names?: ReadonlyMap<string, string>;
  /** Only the quantitative reference is a product; other product outputs carry no burden (ILCD without allocation). */
  readonly onlyReferenceIsProduct?: boolean;
  /** Location code, empty where the dataset names none. */
  readonly location: string;
  readonly validFrom: string | undefined;
  readonly validUntil: string | undefined;
  readonly exchanges: readonly InventoryExchange[];
  readonly defaultAllocation: AllocationMethod | undefined;
  readonly allocationFactors: readonly InventoryAllocationFactor[];
  /** Annual production volume by product flow, in its reference unit, where the package has it. */
  readonly annualVolumes: ReadonlyMap<string, number>;
}

/** A climate method that a package brings along: factors by flow. */
export interface InventoryMethod {
  readonly id: string;
  readonly name: string;
  readonly factors: readonly {
    readonly flowId: string;
    /** Name as the method states it: compartment included. */
    readonly flowName: string;
    readonly isInput: boolean;
    /** kgCO2e per reference unit of the flow. */
    readonly value: number;
  }[];
}

export const INVENTORY_FORMATS = [
  'openlca-jsonld-1',
  'openlca-jsonld-2',
  'ilcd-xml',
  'ilcd-json',
  'ecospold-1',
  'ecospold-2',
] as const;
export type InventoryFormat = (typeof INVENTORY_FORMATS)[number];

export interface Inventory {
  readonly format: InventoryFormat;
  /** The package's own climate method, where it has one. */
  readonly method?: InventoryMethod;
  readonly unitGroups: ReadonlyMap<string, InventoryUnitGroup>;
  readonly flowProperties: ReadonlyMap<string, InventoryFlowProperty>;
  readonly flows: ReadonlyMap<string, InventoryFlow>;
  /** Sorted by id: the order of files in a package means nothing. */
  readonly processes: readonly InventoryProcess[];
}
