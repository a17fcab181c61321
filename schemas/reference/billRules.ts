/** Rules of the bill that no province's price list holds: 基本电费 by demand, 力调电费, 增值税, 绿电直连 limits. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

const ppm = z.int().min(0).max(10_000_000);

const demandRule = z.strictObject({
  /** Contracted demand: what exceeds this share of it is billed by `excessPpm`. */
  toleratedPpm: ppm,
  excessPpm: ppm,
  /** The price falls to `pricePpm` in a month with at least this use per kVA of capacity. */
  highUse: z.strictObject({ kwhPerKva: z.int().min(1), pricePpm: ppm, ...provenance }),
  ...provenance,
});
export type DemandRule = z.infer<typeof demandRule>;

export const demandRules = demandRule.parse({
  toleratedPpm: 1_050_000,
  excessPpm: 2_000_000,
  highUse: {
    kwhPerKva: 260,
    pricePpm: 900_000,
    source:
      '发改价格〔2023〕526号（每月每千伏安用电量 260 千瓦时及以上，需量电价按 90% 执行；转载本，未与原文核对）',
    confidence: 'unconfirmed',
  },
  source: '发改办价格〔2016〕1583号（超过合同最大需量 105% 部分加一倍收取；转载本，未与原文核对）',
  confidence: 'unconfirmed',
});

const powerFactorRule = z.strictObject({
  /** Power factor in hundredths at which nothing is adjusted. */
  standard: z.int().min(1).max(100),
  /** Below the standard: charge in ppm added for each hundredth down to and including `to`. */
  penalties: z.array(z.strictObject({ to: z.int().min(0).max(100), stepPpm: ppm })).min(1),
  /** Above it: reduction in ppm for each hundredth, up to `upTo`. */
  reward: z.strictObject({ upTo: z.int().min(1).max(100), stepPpm: ppm }),
  /** Components (with everything after a colon) that the adjustment is a share of. */
  base: z.strictObject({ components: z.array(z.string()).min(1), ...provenance }),
  ...provenance,
});
export type PowerFactorRule = z.infer<typeof powerFactorRule>;

/** The table of 0.90, for users above 160 kVA. The environmental value is not part of the base. */
export const powerFactorRules = powerFactorRule.parse({
  standard: 90,
  penalties: [
    { to: 70, stepPpm: 5_000 },
    { to: 65, stepPpm: 10_000 },
    { to: 0, stepPpm: 20_000 },
  ],
  reward: { upTo: 95, stepPpm: 1_500 },
  base: {
    components: [
      'green_energy',
      'grid_energy',
      'tnd_volumetric',
      'tnd_capacity',
      'demand',
      'line_loss',
      'system_operation',
    ],
    source: 'assumed: energy and basic fee without funds; 1123号 draft keeps the environmental value out',
    confidence: 'assumed',
  },
  source: '水电财字〔1983〕第215号《功率因数调整电费办法》0.90 表（转载本，未与原文核对）',
  confidence: 'unconfirmed',
});

const vatRule = z.strictObject({
  /** Published prices hold the tax already: it is shown, not added. */
  pricesIncludeTax: z.boolean(),
  /** One rounding a line, or one a payee and rate. */
  roundedBy: z.enum(['line', 'bill']),
  ratePpm: ppm,
  /** Components with another rate; a name covers everything after its colon. */
  exceptions: z.array(z.strictObject({ component: z.string(), ratePpm: ppm })),
  ...provenance,
});
export type VatRule = z.infer<typeof vatRule>;

export const vatRules = vatRule.parse({
  pricesIncludeTax: true,
  roundedBy: 'bill',
  ratePpm: 130_000,
  exceptions: [
    { component: 'deviation', ratePpm: 0 },
    { component: 'agg_fee_user', ratePpm: 60_000 },
    { component: 'agg_fee_plant', ratePpm: 60_000 },
  ],
  source:
    'assumed: 13 % of 增值税暂行条例 on electricity, 6 % on services, none on compensation; published prices are 含税',
  confidence: 'assumed',
});

const directSupplyRule = z.strictObject({
  fromYear: z.int(),
  minSelfOfGenerationPpm: ppm,
  minSelfOfUsePpm: ppm,
  maxFeedInPpm: ppm,
  ...provenance,
});

/** 绿电直连: limits of a calendar year; the last row that has begun counts. */
const directSupplyRules = z.array(directSupplyRule).parse([
  {
    fromYear: 2025,
    minSelfOfGenerationPpm: 600_000,
    minSelfOfUsePpm: 300_000,
    maxFeedInPpm: 200_000,
    source: '发改能源〔2025〕650号（转载本，未与原文核对）；上网比例"一般不超过 20%"来自第三方',
    confidence: 'unconfirmed',
  },
  {
    fromYear: 2030,
    minSelfOfGenerationPpm: 600_000,
    minSelfOfUsePpm: 350_000,
    maxFeedInPpm: 200_000,
    source: '发改能源〔2025〕650号（转载本，未与原文核对）：2030 年起自用占用电量不低于 35%',
    confidence: 'unconfirmed',
  },
]);

/** The limits in force in a year, or undefined before 绿电直连 was ruled. */
export function directSupplyRuleOf(year: number): z.infer<typeof directSupplyRule> | undefined {
  return directSupplyRules.findLast(({ fromYear }) => fromYear <= year);
}
