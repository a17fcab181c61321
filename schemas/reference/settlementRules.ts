/** Settlement rule sets of the markets: what is settled in which bucket and unit, and how firmly that is known. */
import { z } from 'zod';

/** How far the wording was compared with the issuing authority; printed on every statement. */
export const RULE_STATUSES = ['confirmed', 'adapted from another province', 'assumed'] as const;

const quantityRule = z.strictObject({
  granularity: z.enum(['15min', 'hour', 'month']),
  missing: z.enum(['hold', 'zero']),
  /** 1 Wh, 1 kWh or 1 MWh (one certificate). */
  unitWh: z.union([z.literal(1), z.literal(1_000), z.literal(1_000_000)]),
  tail: z.enum(['carry', 'drop']),
  /** A second pass over what is left is not known to be allowed. */
  passes: z.literal(1),
});

export const settlementRuleSet = z.strictObject({
  id: z.string().min(1),
  name: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
  province: z.string().min(1),
  version: z.string().min(1),
  status: z.enum(RULE_STATUSES),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  /** 环境价值 (绿证部分): the quantity that pays the environmental price and moves certificates. */
  environment: quantityRule,
  /** Quarter-hour match for analysis and hourly reporting; never a second settlement of the environmental value. */
  analysis: quantityRule,
  /** `contract`: the curve at the contract price, the difference to the meter at the market price; `matched`: matched Wh only. */
  energyBasis: z.enum(['contract', 'matched']),
  /** How an aggregator's wholesale quantity is broken down to its users. */
  retailSplit: z.enum(['pro_rata', 'env_price_desc']),
  /** Settled environmental value is re-opened by later meter corrections, or stays frozen. */
  environmentReopens: z.boolean(),
  sources: z.array(
    z.strictObject({
      about: z.string(),
      document: z.string(),
      confidence: z.enum(['rule', 'secondary', 'open']),
    }),
  ),
});
export type SettlementRuleSet = z.infer<typeof settlementRuleSet>;

/** Shipped for Sichuan: Shaanxi's public text in Sichuan's shape, until a Sichuan text can be read. */
export const sichuanRuleSet: SettlementRuleSet = settlementRuleSet.parse({
  id: 'SC-2026.1',
  name: { en: 'Sichuan green-power settlement, working rules', zh: '四川绿电结算（工作规则）' },
  province: '四川',
  version: '2026.1',
  status: 'adapted from another province',
  validFrom: '2026-01-01',
  validTo: null,
  environment: { granularity: 'month', missing: 'hold', unitWh: 1_000_000, tail: 'carry', passes: 1 },
  analysis: { granularity: '15min', missing: 'hold', unitWh: 1, tail: 'carry', passes: 1 },
  energyBasis: 'contract',
  retailSplit: 'pro_rata',
  environmentReopens: false,
  sources: [
    {
      about:
        'smallest of contract, generation and use, reduced pro rata (9.2); environmental value apart (9.1); not adjusted for historic meter corrections (14.6)',
      document: '陕西电力市场结算实施细则 V2.0（2025-12）',
      confidence: 'rule',
    },
    {
      about: 'energy and environmental value are stated as separate lines',
      document: '发改能源〔2024〕1123号',
      confidence: 'rule',
    },
    {
      about: 'one certificate is 1,000 kWh, issued monthly, a remainder carried to the next month',
      document: '国能发新能规〔2024〕67号',
      confidence: 'rule',
    },
    {
      about: 'a wholesale quantity is broken down completely (9.5); by signed quantity',
      document: '陕西电力市场结算实施细则 V2.0（2025-12）9.5；分摊方法来自第三方',
      confidence: 'secondary',
    },
    {
      about: 'energy settled on the contract curve, the difference at the market price',
      document: 'practice of medium- and long-term trading; no Sichuan text at hand',
      confidence: 'open',
    },
  ],
});

/** Validity of green electricity certificates (国能发新能规〔2024〕67号). */
export const gecRules = {
  /** Counting the production month. */
  validMonths: 24,
  legacyBefore: '2024-01',
  legacyLastMonth: '2025-12',
  source: '国能发新能规〔2024〕67号',
} as const;
