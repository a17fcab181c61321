/**
 * Everyday products and where the literature has them: a background whose grid mix or cement lies elsewhere is wrong somewhere.
 * Bands are wide on purpose (technology, province, year); each names where its figures are from.
 */
export interface EverydayProduct {
  readonly id: string;
  readonly name: { readonly en: string; readonly zh: string };
  /** Names of the product's flow, in either language. */
  readonly flow: RegExp;
  /** Names of datasets that count; undefined: all that make the flow. */
  readonly process?: RegExp;
  readonly referenceUnit: string;
  readonly leastKgCo2e: number;
  readonly mostKgCo2e: number;
  readonly source: string;
}

export const EVERYDAY_PRODUCTS: readonly EverydayProduct[] = [
  {
    id: 'grid-mix',
    name: { en: 'electricity, grid mix of a province or of China', zh: '省级或全国电网电力' },
    flow: /^electricity$/i,
    process: /electricity mix/i,
    referenceUnit: 'MJ',
    leastKgCo2e: 0.02,
    mostKgCo2e: 0.31,
    source:
      'MEE/NBS electricity footprint factors: national 0.6205 (2023) and 0.5777 kgCO2e/kWh (2024); provinces from hydropower (Yunnan, Sichuan, Qinghai about 0.1) to coal (Inner Mongolia, Hebei about 0.9 to 1.1)',
  },
  {
    id: 'thermal-power',
    name: { en: 'electricity from thermal power', zh: '火力发电' },
    flow: /^electricity for thermal power$/i,
    referenceUnit: 'MJ',
    leastKgCo2e: 0.1,
    mostKgCo2e: 0.34,
    source: 'IPCC AR5 WG3 annex III: gas 0.41 to 0.65, coal 0.74 to 0.91 (up to 1.2 old plants) kgCO2e/kWh',
  },
  {
    id: 'cement',
    name: { en: 'cement', zh: '水泥' },
    flow: /^cement\b/i,
    referenceUnit: 'kg',
    leastKgCo2e: 0.4,
    mostKgCo2e: 1.05,
    source: 'GCCA Getting the Numbers Right: 0.55 to 0.95 kgCO2/kg by clinker share; Chinese mean about 0.6',
  },
  {
    id: 'clinker',
    name: { en: 'cement clinker', zh: '水泥熟料' },
    flow: /^clinker\b/i,
    referenceUnit: 'kg',
    leastKgCo2e: 0.7,
    mostKgCo2e: 1.15,
    source:
      'GCCA Getting the Numbers Right: gross 0.83 to 0.87 kgCO2/kg, older kilns up to 1.1; calcination alone 0.52',
  },
  {
    id: 'primary-aluminium',
    name: { en: 'primary aluminium', zh: '电解铝' },
    flow: /^(primary )?alumini?um( ingot)?$/i,
    referenceUnit: 'kg',
    leastKgCo2e: 4,
    mostKgCo2e: 25,
    source:
      'International Aluminium Institute: 5 (hydropower) to 20 (coal power) kgCO2e/kg, world mean about 15',
  },
  {
    id: 'steel',
    name: { en: 'crude or rolled steel', zh: '粗钢或钢材' },
    flow: /^(crude |hot[- ]rolled )?steel( products?| billet| coil)?$/i,
    referenceUnit: 'kg',
    leastKgCo2e: 0.3,
    mostKgCo2e: 3.5,
    source: 'worldsteel: electric arc 0.7, blast furnace 2.3 kgCO2e/kg, mean 1.9',
  },
];
