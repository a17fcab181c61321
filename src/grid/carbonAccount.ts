/** Location-based and market-based carbon of a load, always side by side and never one sum. */
import type { CarbonAccountInput } from '../../schemas/documents/carbonAccount.ts';
import { type AnnualLocationBased, locationBasedAnnual, residualFactorOfYear } from './locationBased.ts';
import { type MarketBased, marketBased } from './marketBased.ts';

export interface CarbonAccount {
  readonly loadWh: bigint;
  readonly locationBased: AnnualLocationBased;
  readonly marketBased: MarketBased;
}

/** @throws Refusal of both: E_NO_FACTOR, E_GREEN_TWICE, E_GREEN_EXCEEDS_LOAD, E_FACTOR_FAMILY */
export function carbonAccount(input: CarbonAccountInput): CarbonAccount {
  const { zone, year, announcedBy: civilDate, residualFamily, periods } = input;
  const loadWh = periods.reduce((sum, period) => sum + BigInt(period.loadWh), 0n);
  return {
    loadWh,
    locationBased: locationBasedAnnual(loadWh, { zone, year, civilDate }),
    marketBased: marketBased(periods, residualFactorOfYear(residualFamily, year, civilDate)),
  };
}
