/** The worked products as input documents, and the background of stated figures that they stand on. Examples, never issued. */
import { type BackgroundProducts, backgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { gwpSet } from '../../schemas/reference/gwp.ts';
import {
  WORKED_PRODUCTS,
  type WorkedFigure,
  type WorkedProduct,
  workedBackgroundFigures,
} from '../../schemas/reference/workedProducts.ts';

/** 1,000 declared units are made, so that quantities read like a small batch. */
const MADE = 1000;

const refOf = (name: string) => ({ process: `worked-${name}`, flow: `worked-${name}` });
const evidenceOf = ({ source, confidence }: WorkedFigure) => [`${source} (${confidence})`];

export function workedInputs(): FootprintInput[] {
  return WORKED_PRODUCTS.map(inputOf);
}

function inputOf(product: WorkedProduct): FootprintInput {
  const item = (part: 'product' | 'packaging') => (entry: [string, WorkedFigure]) => {
    const [name, figure] = entry;
    return {
      name,
      quantity: figure.amount * MADE,
      unit: figure.unit,
      product: refOf(name),
      part,
      origin: 'estimated' as const,
      evidence: evidenceOf(figure),
    };
  };
  const { coProduct, emitted = [] } = product;
  return footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: `example:${product.id}`, name: `${product.name} (示例 example)` },
    company: '示例企业 Example company',
    site: 'example-site-sichuan',
    place: 'CN-SC',
    example: true,
    referencePeriod: { start: '2025-01-01T00:00:00+08:00', end: '2026-01-01T00:00:00+08:00' },
    declaredUnit: {
      amount: 1,
      unit: product.unit,
      massKg: product.unit === 'kilowatt hour' ? 0 : product.massKg,
    },
    declaredUnitsMade: MADE,
    gwpSet: 'ar6_100',
    billOfMaterials: [
      ...Object.entries(product.used).map(item('product')),
      ...Object.entries(product.packaging ?? {}).map(item('packaging')),
    ],
    electricity: [
      {
        name: '用电 electricity',
        energyKwh: product.electricityKwh.amount * MADE,
        factor: { kind: 'official', family: 'cn_lifecycle', zone: 'CN', year: 2024 },
        origin: 'estimated',
        evidence: evidenceOf(product.electricityKwh),
      },
    ],
    directEmissions: emitted.map(({ species, category, figure }) => ({
      name: `${species} ${category}`,
      species,
      category,
      massKg: figure.amount * MADE,
      origin: 'estimated',
      evidence: evidenceOf(figure),
    })),
    ...(coProduct && {
      coProducts: [
        {
          name: coProduct.name,
          amount: coProduct.other.amount * MADE,
          evidence: evidenceOf(coProduct.other),
        },
      ],
      allocation: {
        method: coProduct.method,
        unit: 'kg',
        productAmount: coProduct.product.amount * MADE,
        reason: coProduct.reason,
      },
    }),
    assumptions: figuresOf(product)
      .filter(([, { confidence }]) => confidence === 'assumed')
      .map(([name, { amount, unit, source }]) => `${name} ${amount} ${unit}: ${source}`),
  });
}

function figuresOf({
  used,
  packaging,
  electricityKwh,
  emitted = [],
}: WorkedProduct): [string, WorkedFigure][] {
  return [
    ...Object.entries(used),
    ...Object.entries(packaging ?? {}),
    ['electricity', electricityKwh],
    ...emitted.map(({ species, figure }): [string, WorkedFigure] => [species, figure]),
  ];
}

/** The stated figures as rows of a background; a real study takes a background database. */
export function workedBackground(): BackgroundProducts {
  const { id, title, horizonYears, factors } = gwpSet('ar6_100');
  return backgroundProducts.parse({
    schema: 'tanliu.background-products/1',
    identity: {
      name: 'example-worked',
      version: '1',
      sourceSha256: '0'.repeat(64),
      linkingPolicy: 'none: stated figures',
      flowMap: 'none',
    },
    gwpSet: { id, title, horizonYears, factors: [...factors.values()] },
    products: Object.entries(workedBackgroundFigures).map(([name, { amount, unit, source, confidence }]) => {
      const scores = {
        fossil: amount,
        land_use: 0,
        biogenic_non_co2: 0,
        biogenic_co2_emission: 0,
        biogenic_co2_uptake: 0,
      };
      return {
        ref: refOf(name),
        name: `${name} (example; ${source}; ${confidence})`,
        location: '',
        referenceUnit: unit,
        unitFactors: [[unit, 1]],
        scores,
        flags: [],
        usable: true,
        firstTier: [{ name: 'stated figure', scores }],
      };
    }),
    cutOffInputs: { own: 0, upstream: 0 },
  });
}
