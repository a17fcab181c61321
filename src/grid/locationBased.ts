/** Location-based carbon of a load: by traced hours, or by the announced average factor of a year. */
import { type Co2Factor, co2Factors } from '../../schemas/reference/electricityFactors.ts';
import type { FactorFamily } from '../../schemas/reference/factorFamilies.ts';
import { zoneOf } from '../../schemas/reference/zones.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { FamilyMass } from './familyMass.ts';
import { statusOfShare } from './publication.ts';
import { defaultTracingSettings, type TracingSettings, ZONE_STATUS } from './tracingSeries.ts';

/** One step of a load beside the intensity of its zone; null is unknown. */
export interface LoadStep {
  readonly energyWh: number | bigint | null;
  readonly intensityKgPerMwh: number | null;
  /** Bounds of the intensity where it is estimated or unknown. */
  readonly lowerKgPerMwh?: number | null;
  readonly upperKgPerMwh?: number | null;
}

export interface HourlyLocationBased<F extends FactorFamily> extends FamilyMass<F> {
  /** Mass and energy of the steps where both load and intensity are known. */
  readonly knownKg: number;
  readonly knownWh: number;
  /** Energy in steps without intensity, and steps whose load is not known. */
  readonly unknownWh: number;
  readonly unmeteredSteps: number;
  /** Share of the metered energy without intensity. */
  readonly unknownShare: number;
  /** The unknown part is taken to be like the known one (KNOWN_SHARE). */
  readonly isEstimated: boolean;
  /** From the bounds of the steps; null where one of them has none. */
  readonly lowerKg: number | null;
  readonly upperKg: number | null;
}

const WH_PER_MWH = 1e6;

/**
 * `E_L = sum L_t x_t` over steps of any one length. Energy without intensity is filled by the mean of the rest up to the
 * publication threshold; above it, or where the load itself is not known, there is no mass, only bounds.
 */
export function locationBasedHourly<F extends FactorFamily>(
  family: F,
  steps: Iterable<LoadStep>,
  settings: TracingSettings = defaultTracingSettings,
): HourlyLocationBased<F> {
  const sum = { knownKg: 0, knownWh: 0, unknownWh: 0, unmetered: 0, lowerKg: 0, upperKg: 0 };
  for (const step of steps) addStep(sum, step);
  const meteredWh = sum.knownWh + sum.unknownWh;
  const unknownShare = meteredWh > 0 ? sum.unknownWh / meteredWh : 0;
  const status = statusOfShare(unknownShare, settings);
  const given = sum.unmetered === 0 && status !== ZONE_STATUS.unknown_share && unknownShare < 1;
  const bound = (kg: number) => (sum.unmetered > 0 || Number.isNaN(kg) ? null : kg);
  return {
    family,
    massKg: given ? sum.knownKg / (1 - unknownShare) : null,
    knownKg: sum.knownKg,
    knownWh: sum.knownWh,
    unknownWh: sum.unknownWh,
    unmeteredSteps: sum.unmetered,
    unknownShare,
    isEstimated: status === ZONE_STATUS.estimated,
    lowerKg: bound(sum.lowerKg),
    upperKg: bound(sum.upperKg),
  };
}

interface Sums {
  knownKg: number;
  knownWh: number;
  unknownWh: number;
  unmetered: number;
  lowerKg: number;
  upperKg: number;
}

function addStep(sum: Sums, step: LoadStep): void {
  if (step.energyWh === null) {
    sum.unmetered++;
    return;
  }
  const energyWh = Number(step.energyWh);
  if (!(energyWh >= 0)) {
    throw new Refusal('a load must not be negative', { code: 'TL_GRID_VALUE', place: String(energyWh) });
  }
  if (energyWh === 0) return;
  const energyMwh = energyWh / WH_PER_MWH;
  const { intensityKgPerMwh } = step;
  if (intensityKgPerMwh === null) sum.unknownWh += energyWh;
  else {
    sum.knownWh += energyWh;
    sum.knownKg += energyMwh * intensityKgPerMwh;
  }
  sum.lowerKg += energyMwh * (step.lowerKgPerMwh ?? intensityKgPerMwh ?? Number.NaN);
  sum.upperKg += energyMwh * (step.upperKgPerMwh ?? intensityKgPerMwh ?? Number.NaN);
}

export interface AnnualLocationBased extends FamilyMass<'cn_co2_average'> {
  readonly massKg: number;
  readonly factor: Co2Factor;
  /** The year of the factor, where it is older than the year of the load. */
  readonly factorYear: number;
  readonly year: number;
  /** True where the zone has no factor of its own and its province's or region's stands in. */
  readonly inheritedFromScope: boolean;
}

/**
 * `E_L = L f(average, zone, year)` with the newest factor that was announced by `civilDate` for the year or one before
 * it; until a year's factor is announced the last one serves, and the answer says which.
 * @throws Refusal E_NO_FACTOR where none was announced by then
 */
export function locationBasedAnnual(
  energyWh: number | bigint,
  at: { readonly zone: string; readonly year: number; readonly civilDate: string },
): AnnualLocationBased {
  const { factor, inheritedFromScope } = averageFactorOfYear(at);
  return {
    family: 'cn_co2_average',
    // kgCO2/kWh times Wh / 1000.
    massKg: (Number(energyWh) * factor.intensityKgCo2PerKwh) / 1_000,
    factor,
    factorYear: factor.year,
    year: at.year,
    inheritedFromScope,
  };
}

/** The average factor of a zone for a year, as announced by a civil date; its own, else its province's or region's. Throws Refusal E_NO_FACTOR. */
export function averageFactorOfYear({
  zone,
  year,
  civilDate,
}: {
  readonly zone: string;
  readonly year: number;
  readonly civilDate: string;
}): { factor: Co2Factor; inheritedFromScope: boolean } {
  for (let at: string | undefined = zone; at !== undefined; at = zoneOf(at)?.parent) {
    const factor = newestOf('cn_co2_average', at, year, civilDate);
    if (factor) return { factor, inheritedFromScope: at !== zone };
  }
  throw noFactor('cn_co2_average', zone, year, civilDate);
}

/** The national factor for the part of a load that no green power covers. Throws Refusal E_NO_FACTOR. */
export function residualFactorOfYear(
  family: 'cn_co2_excl_traded_nonfossil' | 'cn_co2_fossil' | 'cn_co2_average',
  year: number,
  civilDate: string,
): Co2Factor {
  const factor = newestOf(family, 'CN', year, civilDate);
  if (!factor) throw noFactor(family, 'CN', year, civilDate);
  return factor;
}

function newestOf(
  family: Co2Factor['family'],
  zone: string,
  year: number,
  civilDate: string,
): Co2Factor | undefined {
  return co2Factors
    .filter(
      (row) => row.family === family && row.zone === zone && row.year <= year && row.published <= civilDate,
    )
    .sort((a, b) => b.year - a.year)[0];
}

const noFactor = (family: string, zone: string, year: number, civilDate: string) =>
  new Refusal(`no factor of ${family} for ${zone} and ${year} was announced by ${civilDate}`, {
    code: 'E_NO_FACTOR',
    place: `${zone} ${year}`,
    remedy:
      'a zone of schemas/reference/zones.ts and a year from 2021 whose factor had been announced by then',
  });
