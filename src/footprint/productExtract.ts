/** The rows of a background that one footprint looks up, as a document, and a background made of such a document. */
import type { BackgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import type { BackgroundProductRef, FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { BackgroundProduct, FootprintBackground } from './background.ts';
import { contributionsOf } from './contributionsOf.ts';

/** @throws Refusal of `contributionsOf` */
export function extractProducts(input: FootprintInput, background: FootprintBackground): BackgroundProducts {
  const used = contributionsOf(input, background).flatMap(({ product }) => product ?? []);
  const byKey = new Map(used.map((product) => [keyOf(product.ref), product]));
  return {
    schema: 'tanliu.background-products/1',
    identity: { ...identityOf(background) },
    gwpSet: usedFactors(input, background),
    products: [...byKey.keys()].sort().map((key) => {
      const product = byKey.get(key)!;
      return {
        ref: product.ref,
        name: product.name,
        location: product.location,
        referenceUnit: product.referenceUnit,
        unitFactors: [...product.unitFactors],
        scores: product.scores,
        flags: [...product.flags],
        usable: product.usable,
        firstTier: product
          .firstTier()
          .map(({ name, product: ref, scores }) => ({ name, ...(ref && { product: ref }), scores })),
      };
    }),
    cutOffInputs: background.cutOffInputs(used),
  };
}

function usedFactors({ directEmissions }: FootprintInput, { gwpSet }: FootprintBackground) {
  const species = [...new Set(directEmissions.map((emission) => emission.species))].sort();
  const { id, title, horizonYears, factors } = gwpSet;
  return { id, title, horizonYears, factors: species.flatMap((name) => factors.get(name) ?? []) };
}

function identityOf({ identity }: FootprintBackground): BackgroundProducts['identity'] {
  const { name, version, sourceSha256, linkingPolicy, flowMap } = identity;
  return { name, version, sourceSha256, linkingPolicy, flowMap };
}

/** A background that knows only what the document holds. */
export function backgroundOf(document: BackgroundProducts): FootprintBackground {
  const products = new Map<string, BackgroundProduct>(
    document.products.map(({ firstTier, unitFactors, ...product }) => [
      keyOf(product.ref),
      {
        ...product,
        unitFactors: new Map(unitFactors),
        firstTier: () => firstTier.map(({ name, product: ref, scores }) => ({ name, product: ref, scores })),
      },
    ]),
  );
  return {
    identity: document.identity,
    gwpSet: {
      ...document.gwpSet,
      factors: new Map(document.gwpSet.factors.map((factor) => [factor.species, factor])),
    },
    find: (ref) => products.get(keyOf(ref)),
    cutOffInputs: () => document.cutOffInputs,
  };
}

const keyOf = ({ process, flow }: BackgroundProductRef): string => `${process} ${flow}`;
