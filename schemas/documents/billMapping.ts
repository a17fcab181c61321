/** How an issuer's bill is read: which column is what, in which unit, and what its items are called here. */
import { z } from 'zod';

const name = z.string().trim().min(1);

/** Factors to Wh, to milli-yuan/MWh and to fen, as fractions of whole numbers. */
export const ENERGY_UNITS = { Wh: 1n, kWh: 1_000n, MWh: 1_000_000n, 万kWh: 10_000_000n } as const;
export const PRICE_UNITS = { 'yuan/kWh': 1_000_000n, 'fen/kWh': 10_000n, 'yuan/MWh': 1_000n } as const;
export const AMOUNT_UNITS = { fen: 1n, yuan: 100n, 万元: 1_000_000n } as const;

const unitOf = <T extends Record<string, bigint>>(units: T) =>
  z.enum(Object.keys(units) as [keyof T & string, ...(keyof T & string)[]]);

export const billMapping = z.strictObject({
  /** Names the file under which the mapping is kept. */
  issuer: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and hyphens'),
  /** 电费账单 of the grid company or 结算单 of the exchange. */
  document: z.enum(['grid_bill', 'exchange_statement']),
  /** Sheet of a workbook; the first visible one where absent. */
  sheet: name.optional(),
  columns: z.strictObject({
    component: name,
    note: name.optional(),
    energy: z.strictObject({ name, unit: unitOf(ENERGY_UNITS) }).optional(),
    price: z.strictObject({ name, unit: unitOf(PRICE_UNITS) }).optional(),
    amount: z.strictObject({ name, unit: unitOf(AMOUNT_UNITS) }),
  }),
  /** The issuer's item to our component, e.g. 峰段电量电费 to `grid_energy:peak`. */
  components: z.record(name, name),
  /** Items that repeat others, such as 合计. */
  ignore: z.array(name).default([]),
  /** Our components that this document bills; a name covers everything after its colon. */
  covers: z.array(name).min(1),
});
export type BillMapping = z.output<typeof billMapping>;
