/** The statement of a data centre for one market month: quantities, every line of money, and by which rules. */
import { z } from 'zod';
import { RULE_STATUSES } from '../reference/settlementRules.ts';
import { wholeAmount, wholeNumber } from './wholeNumber.ts';

const statementLine = z.strictObject({
  component: z.string(),
  /** Contract id on contract lines. */
  note: z.string().optional(),
  wh: wholeNumber.optional(),
  priceMilliYuanPerMwh: wholeNumber.optional(),
  payer: z.string(),
  payee: z.string(),
  amountFen: wholeAmount,
});

const contractQuantities = z.strictObject({
  contract: z.string(),
  plant: z.string(),
  contractWh: wholeAmount,
  /** By the quarter-hour match: analysis and hourly reporting. */
  matchedWh: wholeAmount,
  /** By the rule of the environmental value, before it is brought to the settled unit. */
  environmentWh: wholeAmount,
  settledWh: wholeAmount,
  tailInWh: wholeAmount,
  tailOutWh: wholeAmount,
  /** Given up where the rule drops tails. */
  droppedWh: wholeAmount,
  /** What held the month's quantity down; null while a reading is missing. */
  limit: z.enum(['contract', 'generation', 'use']).nullable(),
});

/** null: the denominator is zero. */
const judgedRatio = z.strictObject({ ppm: wholeNumber.nullable(), ok: z.boolean() });

export const settlementStatement = z.strictObject({
  market: z.string(),
  dataCenter: z.string(),
  period: z.string(),
  ruleSet: z.strictObject({
    id: z.string(),
    name: z.strictObject({ en: z.string(), zh: z.string() }),
    province: z.string(),
    version: z.string(),
    status: z.enum(RULE_STATUSES),
  }),
  tariff: z.strictObject({
    id: z.string(),
    province: z.string(),
    /** Parts of the tariff that are assumptions, not published prices. */
    assumed: z.array(z.string()),
  }),
  /** `open` while a reading of this site or of one of its plants is missing: such a month must not close. */
  status: z.enum(['complete', 'open']),
  missingQuarters: z.int(),
  heldContracts: z.array(z.string()),
  useWh: wholeAmount,
  contractWh: wholeAmount,
  matchedWh: wholeAmount,
  /** Use less matched energy, quarters with a reading only. */
  unmatchedWh: wholeAmount,
  settledWh: wholeAmount,
  contracts: z.array(contractQuantities),
  lines: z.array(statementLine),
  totals: z.strictObject({
    /** What the data centre pays in all; negative where it receives. */
    dataCenterPaysFen: wholeNumber,
    /** Received less paid of every party on a line; adds up to 0. */
    netFen: z.record(z.string(), wholeNumber),
  }),
  /** What the bill holds of tax, by party and rate; negative where the data centre receives. */
  tax: z
    .array(
      z.strictObject({
        party: z.string(),
        ratePpm: wholeAmount,
        netFen: wholeNumber,
        taxFen: wholeNumber,
        grossFen: wholeNumber,
      }),
    )
    .optional(),
  /** 绿电直连 and 就近消纳: ratios of the calendar year to the end of the month. */
  directSupply: z
    .strictObject({
      kind: z.enum(['direct_connection', 'local_consumption']),
      year: z.int(),
      selfOfGeneration: judgedRatio,
      selfOfUse: judgedRatio,
      feedIn: judgedRatio,
      source: z.string(),
    })
    .optional(),
  perInterval: z
    .strictObject({
      firstStart: z.string(),
      quarterMinutes: z.literal(15),
      /** null where the reading is missing. */
      useWh: z.array(z.number().nullable()),
      matchedWh: z.array(z.number()),
    })
    .optional(),
});
export type SettlementStatement = z.output<typeof settlementStatement>;
