/** What the product model says about a line before any factor: its yield, and the share of it that the product bears. */
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';

interface ModelLine {
  readonly process?: string | undefined;
  readonly basis: 'used' | 'in_output';
}

export interface ProductModel {
  /** What was used for each unit of a line's stated quantity: 1, or one by the yields from its process to the last. */
  usedPerStated(line: ModelLine): number;
  /** Share that the product bears of a line. Packaging and outbound transport are the product's own. */
  productShare(line: ModelLine, ownToProduct: boolean): number;
  readonly allocation: {
    readonly productShare: number;
    readonly coProducts: readonly { readonly name: string; readonly share: number }[];
  };
}

export function productModel({ processes, coProducts, allocation }: FootprintInput): ProductModel {
  const processOf = new Map(processes.map((process) => [process.id, process]));
  const amount = allocation?.productAmount ?? 1;
  const all = coProducts.reduce((sum, product) => sum + product.amount, amount);
  const productShare = amount / all;
  return {
    usedPerStated({ process, basis }) {
      if (basis === 'used') return 1;
      let yields = 1;
      for (let at = process; at !== undefined; at = processOf.get(at)?.feeds)
        yields *= processOf.get(at)?.yieldFraction ?? 1;
      return 1 / yields;
    },
    productShare({ process }, ownToProduct) {
      const own = ownToProduct || (process !== undefined && processOf.get(process)?.ownToProduct === true);
      return own ? 1 : productShare;
    },
    allocation: {
      productShare,
      coProducts: coProducts.map(({ name, amount: part }) => ({ name, share: part / all })),
    },
  };
}
