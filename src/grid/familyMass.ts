/** Masses that know the factor family they were computed with; masses of two families are refused in one sum. */
import { FACTOR_FAMILIES, type FactorFamily } from '../../schemas/reference/factorFamilies.ts';
import { Refusal } from '../../schemas/refusal.ts';

/** A mass (kg) of the gas of its family; null is unknown. */
export interface FamilyMass<F extends FactorFamily = FactorFamily> {
  readonly family: F;
  readonly massKg: number | null;
}

/**
 * Adds masses of one family; one that is unknown makes the sum unknown.
 * The types refuse another family already; what comes from outside is checked when it runs.
 * @throws Refusal E_FACTOR_FAMILY
 */
export function addMasses<F extends FactorFamily>(
  family: F,
  masses: readonly FamilyMass<NoInfer<F>>[],
): FamilyMass<F> {
  let massKg: number | null = 0;
  for (const mass of masses) {
    oneFamily(family, mass.family);
    massKg = massKg === null || mass.massKg === null ? null : massKg + mass.massKg;
  }
  return { family, massKg };
}

/** Throws `Refusal` E_FACTOR_FAMILY where two figures are not of one family. */
export function oneFamily(family: string, other: string): void {
  if (family === other) return;
  throw new Refusal(`figures of the families ${family} and ${other} do not add up`, {
    code: 'E_FACTOR_FAMILY',
    place: `${gasOf(family)} and ${gasOf(other)}`,
    remedy: `figures of one family only: ask for ${family} or for ${other}`,
  });
}

/** Throws `Refusal` E_FACTOR_FAMILY where CO2 would be combined with CO2e. */
export function oneGas(family: FactorFamily, other: FactorFamily): void {
  if (FACTOR_FAMILIES[family].gas === FACTOR_FAMILIES[other].gas) return;
  throw new Refusal(`${family} counts ${gasOf(family)} and ${other} counts ${gasOf(other)}`, {
    code: 'E_FACTOR_FAMILY',
    place: `${family}, ${other}`,
    remedy: 'factors that count the same gas',
  });
}

const gasOf = (family: string): string =>
  (FACTOR_FAMILIES as Readonly<Record<string, { gas: string }>>)[family]?.gas ?? family;
