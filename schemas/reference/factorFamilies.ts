/**
 * The families of electricity factors. A family says which gas is counted, at which border, for which use; figures of
 * two families never meet in one sum.
 */
import { z } from 'zod';

export const factorFamily = z.enum([
  'cn_co2_average',
  'cn_co2_excl_traded_nonfossil',
  'cn_co2_fossil',
  'cn_lifecycle',
  'mode_direct',
  'mode_lifecycle',
]);
export type FactorFamily = z.infer<typeof factorFamily>;

export interface FactorFamilyFacts {
  /** `CO2`: stack carbon dioxide; `CO2e`: all greenhouse gases over the life cycle. */
  readonly gas: 'CO2' | 'CO2e';
  readonly use:
    | 'location_based_annual'
    | 'market_based_rest'
    | 'fossil_generation'
    | 'product_footprint'
    | 'tracing';
  readonly nameZh: string;
  readonly nameEn: string;
}

export const FACTOR_FAMILIES: Readonly<Record<FactorFamily, FactorFamilyFacts>> = {
  cn_co2_average: {
    gas: 'CO2',
    use: 'location_based_annual',
    nameZh: '电力平均二氧化碳排放因子',
    nameEn: 'average CO2 factor of electricity',
  },
  cn_co2_excl_traded_nonfossil: {
    gas: 'CO2',
    use: 'market_based_rest',
    nameZh: '电力平均二氧化碳排放因子（不包括市场化交易的非化石能源电量）',
    nameEn: 'average CO2 factor without market-traded non-fossil electricity',
  },
  cn_co2_fossil: {
    gas: 'CO2',
    use: 'fossil_generation',
    nameZh: '化石能源电力二氧化碳排放因子',
    nameEn: 'CO2 factor of fossil electricity',
  },
  cn_lifecycle: {
    gas: 'CO2e',
    use: 'product_footprint',
    nameZh: '电力碳足迹因子',
    nameEn: 'life-cycle footprint factor of electricity',
  },
  mode_direct: {
    gas: 'CO2',
    use: 'tracing',
    nameZh: '分能源直接排放因子',
    nameEn: 'direct factors by generation mode',
  },
  mode_lifecycle: {
    gas: 'CO2e',
    use: 'tracing',
    nameZh: '分能源全生命周期排放因子',
    nameEn: 'life-cycle factors by generation mode',
  },
};
