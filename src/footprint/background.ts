/** What a footprint asks of a background database. The background engine fulfils it; a store of finished scores could too. */
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import type { BackgroundProductRef } from '../../schemas/documents/footprintInput.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';

export interface FootprintBackground {
  readonly identity: {
    readonly name: string;
    readonly version: string;
    readonly sourceSha256: string;
    readonly linkingPolicy: string;
    readonly flowMap: string;
  };
  readonly gwpSet: GwpSet;
  /** Undefined when the version has no such product. */
  find(ref: BackgroundProductRef): BackgroundProduct | undefined;
  /** Product inputs without a supplier: of these products' own processes, and of all processes upstream of them. */
  cutOffInputs(products: readonly BackgroundProduct[]): { readonly own: number; readonly upstream: number };
}

export interface BackgroundProduct {
  readonly ref: BackgroundProductRef;
  readonly name: string;
  readonly location: string;
  readonly referenceUnit: string;
  /** Reference units in one of each unit by which a quantity may be stated: the package's own factors. */
  readonly unitFactors: ReadonlyMap<string, number>;
  /** Score of one reference unit. */
  readonly scores: CategoryScores;
  readonly flags: readonly string[];
  readonly usable: boolean;
  /** Parts of one reference unit's score that add up to it; `product` is absent for own emissions. */
  firstTier(): readonly {
    readonly name: string;
    readonly product: BackgroundProductRef | undefined;
    readonly scores: CategoryScores;
  }[];
}
