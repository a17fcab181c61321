/** CO2 from the fuel that was burnt, by the rule set in force on the dates of the period (MRV). */
import type { MrvParameter, MrvRuleSet } from '../../schemas/reference/mrvRules.ts';
import { Refusal } from '../../schemas/refusal.ts';

export interface BurntFuel {
  readonly fuel: string;
  /** Civil day on which the period of this amount begins. */
  readonly day: string;
  /** Tonnes as received, or cubic metres of gas; null where it is not known. */
  readonly quantity: number | null;
  readonly unit: 't' | 'm3';
  /** Measured values, carbon per t or m3; what is absent comes from the rule set. */
  readonly carbonTPerT?: number | undefined;
  /** GJ/t, or GJ/m3 of gas. */
  readonly heatingValueGjPerUnit?: number | undefined;
  readonly carbonTPerGj?: number | undefined;
  readonly oxidisedShare?: number | undefined;
}

export interface FuelInputs {
  readonly fuels: readonly BurntFuel[];
  /** CO2 of desulfurisation (t), where the rule set counts it. */
  readonly desulfurisationT?: number | undefined;
  readonly purchasedMwh?: number | undefined;
  readonly boilerType?: string | undefined;
  readonly altitudeM?: number | undefined;
}

export interface UsedParameter {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `default`: from the rule set. */
  readonly origin: 'measured' | 'default';
  readonly source: string;
}

export interface FuelCo2 {
  readonly fuel: string;
  readonly day: string;
  readonly quantity: number | null;
  readonly co2T: number | null;
  /** Carbon in the fuel (t). */
  readonly carbonT: number | null;
  readonly parameters: readonly UsedParameter[];
  /** What is not known; empty where the figure is. */
  readonly missing: readonly string[];
}

export interface FuelBalance {
  readonly ruleSet: string;
  /** By a set that is not the one in force on the dates: for orientation, no result of the regulation. */
  readonly indicative: boolean;
  readonly formulas: readonly string[];
  readonly fuels: readonly FuelCo2[];
  /** Sum of the fuels; null where one of them is not known. */
  readonly fuelT: number | null;
  /** Sum of those that are known. */
  readonly knownFuelT: number;
  readonly desulfurisationT: number | null;
  readonly purchasedPowerT: number | null;
  /** Of all that the rule set counts; null where a part is not known. */
  readonly totalT: number | null;
}

const CO2_PER_CARBON = 44 / 12;

/**
 * `E = sum FC · C_ar · OF · 44/12`, with `C_ar = NCV · CC` where only heat is known, plus desulfurisation and
 * purchased power where the rule set counts them.
 * @param options.indicative takes the set also outside its dates, and marks the result
 * @throws Refusal E_MRV_RULES where a day lies outside the rule set, or the set cannot be used yet
 */
export function fuelBalance(
  inputs: FuelInputs,
  ruleSet: MrvRuleSet,
  { indicative = false }: { indicative?: boolean } = {},
): FuelBalance {
  checkRules(inputs, ruleSet, indicative);
  const fuels = inputs.fuels.map((burnt) => co2Of(burnt, inputs, ruleSet));
  const known = fuels.flatMap(({ co2T }) => (co2T === null ? [] : [co2T]));
  const knownFuelT = known.reduce((sum, value) => sum + value, 0);
  const fuelT = known.length === fuels.length ? knownFuelT : null;
  const desulfurisationT = ruleSet.formulas.includes('desulfurisation')
    ? (inputs.desulfurisationT ?? 0)
    : null;
  const purchasedPowerT = ruleSet.formulas.includes('purchased_power') ? powerOf(inputs, ruleSet) : null;
  return {
    ruleSet: ruleSet.id,
    indicative,
    formulas: ruleSet.formulas,
    fuels,
    fuelT,
    knownFuelT,
    desulfurisationT,
    purchasedPowerT,
    totalT: fuelT === null ? null : fuelT + (desulfurisationT ?? 0) + (purchasedPowerT ?? 0),
  };
}

function checkRules(
  { fuels }: FuelInputs,
  { id, effectiveFrom, effectiveTo, notUsable }: MrvRuleSet,
  indicative: boolean,
): void {
  if (notUsable)
    throw new Refusal(`${id} cannot be used: ${notUsable}`, {
      code: 'E_MRV_RULES',
      place: id,
      remedy: 'enter its parameters in schemas/reference/mrvRules.ts, or ask for an earlier set by name',
    });
  const outside = fuels.find(
    ({ day }) => day < effectiveFrom || (effectiveTo !== undefined && day > effectiveTo),
  );
  if (outside && !indicative)
    throw new Refusal(
      `${outside.day} lies outside ${id}, in force ${effectiveFrom} to ${effectiveTo ?? 'further notice'}`,
      {
        code: 'E_MRV_RULES',
        place: outside.fuel,
        remedy: 'compute each part of the period with the set of its own dates',
      },
    );
}

function powerOf({ purchasedMwh }: FuelInputs, { parameters }: MrvRuleSet): number {
  if (!purchasedMwh) return 0;
  const factor = parameters.find(({ name }) => name === 'purchased_power');
  if (!factor) throw new Refusal('the rule set has no factor for purchased power', { code: 'E_MRV_RULES' });
  return purchasedMwh * factor.value;
}

function co2Of(burnt: BurntFuel, inputs: FuelInputs, ruleSet: MrvRuleSet): FuelCo2 {
  const { fuel, day, quantity, unit } = burnt;
  const parameters: UsedParameter[] = [];
  const missing: string[] = [];
  const use = (
    name: MrvParameter['name'],
    measured: number | undefined,
    measuredUnit: string,
  ): number | null => {
    if (measured !== undefined) {
      parameters.push({
        name,
        value: measured,
        unit: measuredUnit,
        origin: 'measured',
        source: 'as measured',
      });
      return measured;
    }
    const found = parameterOf(ruleSet, name, burnt, inputs);
    if (!found) {
      missing.push(name);
      return null;
    }
    parameters.push({ name, value: found.value, unit: found.unit, origin: 'default', source: found.source });
    return found.unit === 'GJ/1e4m3' ? found.value / 10_000 : found.value;
  };
  if (quantity === null) missing.push('quantity');
  const carbonPerUnit = carbonOf(burnt, use, unit);
  const oxidised = use('oxidised_share', burnt.oxidisedShare, '1');
  const carbonT = quantity === null || carbonPerUnit === null ? null : quantity * carbonPerUnit;
  const co2T = carbonT === null || oxidised === null ? null : carbonT * oxidised * CO2_PER_CARBON;
  return { fuel, day, quantity, co2T, carbonT, parameters, missing };
}

/** tC per unit: as measured, else by heat. */
function carbonOf(
  { carbonTPerT, heatingValueGjPerUnit, carbonTPerGj }: BurntFuel,
  use: (name: MrvParameter['name'], measured: number | undefined, unit: string) => number | null,
  unit: 't' | 'm3',
): number | null {
  if (carbonTPerT !== undefined) return use('carbon_content', carbonTPerT, `tC/${unit}`);
  const heat = use('heating_value', heatingValueGjPerUnit, `GJ/${unit}`);
  const carbon = use('carbon_per_heat', carbonTPerGj, 'tC/GJ');
  return heat === null || carbon === null ? null : heat * carbon;
}

function parameterOf(
  { parameters }: MrvRuleSet,
  wanted: MrvParameter['name'],
  { fuel, day }: BurntFuel,
  { boilerType, altitudeM }: FuelInputs,
): MrvParameter | undefined {
  return parameters.find(
    (parameter) =>
      parameter.name === wanted &&
      parameter.fuel === fuel &&
      (parameter.from === undefined || parameter.from <= day) &&
      (parameter.to === undefined || day <= parameter.to) &&
      (parameter.boilerType === undefined || parameter.boilerType === boilerType) &&
      (parameter.altitudeFromM === undefined ||
        (altitudeM !== undefined && altitudeM >= parameter.altitudeFromM)) &&
      (parameter.altitudeToM === undefined || (altitudeM !== undefined && altitudeM < parameter.altitudeToM)),
  );
}
