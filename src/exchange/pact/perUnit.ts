/** Figures of a published footprint for one declared unit of measurement: both versions are made from them. */
import type { PublishedFootprint } from '../../../schemas/documents/publishedFootprint.ts';

export interface PublishedState {
  readonly status: 'Active' | 'Deprecated';
  /** When it was deprecated, and why. */
  readonly deprecated?: { readonly at: string; readonly reason: string };
}

/**
 * For an amount of 1 the two readings of the field, by amount and by unit, agree; so every figure is divided by the
 * amount for which it was computed.
 */
export function perUnit({ details, footprint }: PublishedFootprint) {
  const { amount, massKg } = footprint.declaredUnit;
  const { categories, accounts } = footprint.perDeclaredUnit;
  return {
    massKg: massKg / amount,
    fossil: categories.fossil / amount,
    landUse: categories.land_use / amount,
    biogenicNonCo2: categories.biogenic_non_co2 / amount,
    biogenicUptake: categories.biogenic_co2_uptake / amount,
    landManagementEmissions: accounts.land_management_co2_emissions / amount,
    landManagementRemovals: accounts.land_management_co2_removals / amount,
    technologicalRemovals: accounts.technological_co2_removals / amount,
    ccsCapture: accounts.ccs_technological_co2_capture / amount,
    aircraft: footprint.ofWhich.aircraftKgCo2e / amount,
    packaging: footprint.ofWhich.packagingKgCo2e / amount,
    outboundLogistics: footprint.ofWhich.outboundLogisticsKgCo2e / amount,
    secondarySources:
      details.secondaryEmissionFactorSources.length > 0
        ? details.secondaryEmissionFactorSources
        : backgroundSource(footprint.versions.background),
  };
}

function backgroundSource(background: string): { name: string; version: string }[] {
  const at = background.lastIndexOf('@');
  return [{ name: background.slice(0, at), version: background.slice(at + 1) }];
}

/** A `+` in an unencoded query would become a space: what leaves ends in `Z`. */
export const instantZ = (instant: string): string => new Date(instant).toISOString();

const FIELD = {
  region: 'geographyRegionOrSubregion',
  country: 'geographyCountry',
  subdivision: 'geographyCountrySubdivision',
} as const;

export function geographyFields(
  geography: PublishedFootprint['details']['geography'],
): Record<string, string> {
  return geography ? { [FIELD[geography.kind]]: geography.value } : {};
}
