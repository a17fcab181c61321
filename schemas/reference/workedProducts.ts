/**
 * Ten worked products of Sichuan's industries, from the kinds of product that the first certification pilot of product carbon
 * footprint labels names (锂电池、光伏、钢铁、电子电器、轮胎、水泥、电解铝、尿素、磷铵、木制品; list: unconfirmed). They show the
 * way and are no statement about real products: each is labelled an example, which is never issued. Every figure has
 * its source or says that it is assumed.
 */
import { z } from 'zod';
import { provenance } from './provenance.ts';

const figure = z.strictObject({
  amount: z.number(),
  unit: z.string(),
  ...provenance,
});
export type WorkedFigure = z.infer<typeof figure>;

const assumed = (amount: number, unit: string, why: string): WorkedFigure =>
  figure.parse({ amount, unit, source: `assumed: ${why}`, confidence: 'assumed' });
/** As recalled from the document named; not yet checked against it, hence unconfirmed. */
const recalled = (amount: number, unit: string, source: string): WorkedFigure =>
  figure.parse({ amount, unit, source, confidence: 'unconfirmed' });

const IPCC = (table: string) => `IPCC 2006 Guidelines vol. 3, ${table} (default value)`;
const COMBUSTION = 'IPCC 2006 Guidelines vol. 2, table 2.2 (default effective CO2 factor)';
const ORDER = 'order of magnitude, for showing the way only';

/** kgCO2e fossil per unit. A real study takes these from a background database. */
export const workedBackgroundFigures: Readonly<Record<string, WorkedFigure>> = {
  'coal heat': recalled(0.0946, 'MJ', COMBUSTION),
  'natural gas heat': recalled(0.0561, 'MJ', COMBUSTION),
  'truck transport': assumed(0.09, 't*km', ORDER),
  'rail transport': assumed(0.02, 't*km', ORDER),
  alumina: assumed(1.1, 'kg', ORDER),
  'carbon anode': assumed(1, 'kg', ORDER),
  'aluminium fluoride': assumed(1.6, 'kg', ORDER),
  'aluminium sheet': assumed(12, 'kg', ORDER),
  'iron ore, sintered': assumed(0.2, 'kg', ORDER),
  coke: assumed(0.5, 'kg', ORDER),
  'steel, basic oxygen': recalled(1.46, 'kg', IPCC('ch. 4, table 4.1')),
  limestone: assumed(0.005, 'kg', ORDER),
  gypsum: assumed(0.01, 'kg', ORDER),
  'solar silicon wafer': assumed(8, 'm2', ORDER),
  'float glass': assumed(1.1, 'kg', ORDER),
  polymer: assumed(2.5, 'kg', ORDER),
  copper: assumed(4, 'kg', ORDER),
  'LFP cathode': assumed(6, 'kg', ORDER),
  graphite: assumed(5, 'kg', ORDER),
  electrolyte: assumed(7, 'kg', ORDER),
  'printed circuit board, mounted': assumed(180, 'kg', ORDER),
  display: assumed(30, 'kg', ORDER),
  'natural rubber': assumed(0.7, 'kg', ORDER),
  'synthetic rubber': assumed(3, 'kg', ORDER),
  'carbon black': assumed(2.4, 'kg', ORDER),
  'steel cord': assumed(2.6, 'kg', ORDER),
  ammonia: assumed(2.9, 'kg', 'between gas and coal routes, order of magnitude'),
  'sulfuric acid': assumed(0.1, 'kg', ORDER),
  'phosphate rock': assumed(0.05, 'kg', ORDER),
  'urea resin': assumed(1.8, 'kg', ORDER),
  cardboard: assumed(0.9, 'kg', ORDER),
};

export interface WorkedProduct {
  readonly id: string;
  readonly name: string;
  readonly unit: 'kilogram' | 'piece' | 'square meter' | 'kilowatt hour';
  readonly massKg: number;
  /** Materials, heat and transport by their name in the background, per declared unit. */
  readonly used: Readonly<Record<string, WorkedFigure>>;
  readonly packaging?: Readonly<Record<string, WorkedFigure>>;
  readonly electricityKwh: WorkedFigure;
  /** Own emissions per declared unit. */
  readonly emitted?: readonly {
    readonly species: string;
    readonly category: 'fossil' | 'biogenic_co2_uptake';
    readonly figure: WorkedFigure;
  }[];
  readonly coProduct?: {
    readonly name: string;
    readonly method: 'mass' | 'energy';
    readonly product: WorkedFigure;
    readonly other: WorkedFigure;
    readonly reason: string;
  };
}

const a = (amount: number, unit: string) => assumed(amount, unit, 'a plausible recipe');

export const WORKED_PRODUCTS: readonly WorkedProduct[] = [
  {
    id: 'li-ion-cell',
    name: '磷酸铁锂电芯 LFP lithium-ion cell',
    unit: 'kilowatt hour',
    massKg: 6,
    used: {
      'LFP cathode': a(2.2, 'kg'),
      graphite: a(1.1, 'kg'),
      electrolyte: a(1, 'kg'),
      copper: a(0.6, 'kg'),
      'aluminium sheet': a(0.7, 'kg'),
      'natural gas heat': a(40, 'MJ'),
    },
    packaging: { cardboard: a(0.1, 'kg') },
    electricityKwh: assumed(30, 'kWh', 'cell making with dry rooms, order of magnitude'),
  },
  {
    id: 'pv-module',
    name: '光伏组件 photovoltaic module, monocrystalline',
    unit: 'square meter',
    massKg: 11,
    used: {
      'solar silicon wafer': a(0.93, 'm2'),
      'float glass': a(8, 'kg'),
      'aluminium sheet': a(1.2, 'kg'),
      polymer: a(1, 'kg'),
      copper: a(0.1, 'kg'),
      'truck transport': a(5, 't*km'),
    },
    packaging: { cardboard: a(0.5, 'kg') },
    electricityKwh: a(15, 'kWh'),
  },
  {
    id: 'aluminium',
    name: '电解铝 electrolytic aluminium, liquid metal',
    unit: 'kilogram',
    massKg: 1,
    used: {
      alumina: assumed(1.92, 'kg', 'the usual working figure; the IAI says about 2 t a tonne'),
      'carbon anode': a(0.45, 'kg'),
      'aluminium fluoride': a(0.016, 'kg'),
      'rail transport': a(2.3, 't*km'),
    },
    electricityKwh: recalled(
      13.6,
      'kWh',
      'aluminiumchina.com: 13,599 kWh/t comprehensive AC consumption in China, 2016',
    ),
    emitted: [
      { species: 'CO2', category: 'fossil', figure: recalled(1.6, 'kg', IPCC('ch. 4, table 4.10, prebake')) },
      { species: 'CF4', category: 'fossil', figure: recalled(0.0004, 'kg', IPCC('ch. 4, table 4.15')) },
      { species: 'C2F6', category: 'fossil', figure: recalled(0.00004, 'kg', IPCC('ch. 4, table 4.15')) },
    ],
  },
  {
    id: 'cement',
    name: '普通硅酸盐水泥 P·O 42.5 ordinary Portland cement',
    unit: 'kilogram',
    massKg: 1,
    used: {
      'coal heat': assumed(2.64, 'MJ', '0.8 kg clinker at 3.3 MJ/kg'),
      limestone: a(1.2, 'kg'),
      gypsum: a(0.05, 'kg'),
      'truck transport': a(0.05, 't*km'),
    },
    electricityKwh: assumed(0.085, 'kWh', 'a dry kiln with finish grinding'),
    emitted: [
      {
        species: 'CO2',
        category: 'fossil',
        figure: recalled(
          0.416,
          'kg',
          `${IPCC('ch. 2, eq. 2.4')}: 0.52 per kg clinker; 0.8 kg clinker assumed`,
        ),
      },
    ],
  },
  {
    id: 'laptop',
    name: '笔记本电脑 laptop computer',
    unit: 'piece',
    massKg: 1.5,
    used: {
      'printed circuit board, mounted': a(0.4, 'kg'),
      display: a(0.3, 'kg'),
      'aluminium sheet': a(0.5, 'kg'),
      polymer: a(0.3, 'kg'),
      'LFP cathode': a(0.1, 'kg'),
    },
    packaging: { cardboard: a(0.4, 'kg') },
    electricityKwh: a(4, 'kWh'),
  },
  {
    id: 'steel',
    name: '钢 crude steel, blast furnace and basic oxygen',
    unit: 'kilogram',
    massKg: 1,
    used: {
      'iron ore, sintered': a(1.5, 'kg'),
      coke: a(0.35, 'kg'),
      limestone: a(0.1, 'kg'),
      'rail transport': a(1, 't*km'),
    },
    electricityKwh: a(0.1, 'kWh'),
    emitted: [{ species: 'CO2', category: 'fossil', figure: recalled(1.46, 'kg', IPCC('ch. 4, table 4.1')) }],
    coProduct: {
      name: '高炉矿渣 blast-furnace slag',
      method: 'mass',
      product: assumed(1, 'kg', 'the declared unit itself'),
      other: assumed(0.3, 'kg', 'slag of a common burden'),
      reason:
        'one furnace makes both and cannot be subdivided; mass for the sake of the example, it favours steel',
    },
  },
  {
    id: 'tyre',
    name: '子午线轮胎 radial tyre',
    unit: 'piece',
    massKg: 10,
    used: {
      'natural rubber': a(2.2, 'kg'),
      'synthetic rubber': a(2.8, 'kg'),
      'carbon black': a(2.8, 'kg'),
      'steel cord': a(1.5, 'kg'),
      polymer: a(0.7, 'kg'),
      'natural gas heat': a(40, 'MJ'),
    },
    electricityKwh: a(8, 'kWh'),
  },
  {
    id: 'urea',
    name: '尿素 urea',
    unit: 'kilogram',
    massKg: 1,
    used: { ammonia: assumed(0.57, 'kg', 'stoichiometry: 34/60'), 'natural gas heat': a(3, 'MJ') },
    packaging: { polymer: a(0.002, 'kg') },
    electricityKwh: a(0.12, 'kWh'),
  },
  {
    id: 'dap',
    name: '磷酸二铵 diammonium phosphate',
    unit: 'kilogram',
    massKg: 1,
    used: {
      ammonia: a(0.23, 'kg'),
      'sulfuric acid': a(1.2, 'kg'),
      'phosphate rock': a(1.6, 'kg'),
      'truck transport': a(0.2, 't*km'),
    },
    packaging: { polymer: a(0.002, 'kg') },
    electricityKwh: a(0.1, 'kWh'),
  },
  {
    id: 'bamboo-board',
    name: '竹木板材 bamboo board',
    unit: 'kilogram',
    massKg: 1,
    used: { 'urea resin': a(0.1, 'kg'), 'truck transport': a(0.1, 't*km'), 'natural gas heat': a(2, 'MJ') },
    electricityKwh: a(0.3, 'kWh'),
    emitted: [
      {
        species: 'CO2',
        category: 'biogenic_co2_uptake',
        figure: assumed(-1.65, 'kg', 'half of 0.9 kg dry matter is carbon, times 44/12'),
      },
    ],
  },
];
