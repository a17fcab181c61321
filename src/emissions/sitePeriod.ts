/** A month or year of a site: CO2 of its stacks against its fuel, and its energy and carbon balance. */
import { densities } from '../../schemas/reference/energyConversion.ts';
import { mrvRuleSetOn, mrvRuleSets } from '../../schemas/reference/mrvRules.ts';
import { type CrossCheck, crossCheck } from './crossCheck.ts';
import { type CarrierAmount, type EnergyBalance, energyBalance } from './energyBalance.ts';
import { type BurntFuel, type FuelBalance, fuelBalance } from './fuelBalance.ts';
import type { PeriodMass } from './periodMass.ts';

export interface SiteInputs {
  /** First and last civil day of the period. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** CO2 of each stack over the period; null where a stack measures none. */
  readonly stacks: readonly { readonly stack: string; readonly co2: PeriodMass | null }[];
  readonly carriers: readonly CarrierAmount[];
  readonly purchasedMwh?: number | undefined;
}

export interface SitePeriod {
  readonly stacks: readonly string[];
  readonly co2: PeriodMass | null;
  readonly fuel: FuelBalance;
  /** Why `fuel` is indicative; empty where it is the regulation's own. */
  readonly fuelNote: string;
  readonly crossCheck: CrossCheck | null;
  readonly energy: EnergyBalance;
}

const FUELS = new Set(['coal', 'coke', 'oil', 'diesel', 'gasoline', 'gas']);

/** Computes a site. A period without usable rules in force is computed with the latest usable set, marked as indicative. */
export function sitePeriod(inputs: SiteInputs): SitePeriod {
  const fuels = inputs.carriers.filter(({ carrier }) => FUELS.has(carrier)).map(burnt);
  const { balance, note } = balanceOf(fuels, inputs);
  const co2 = sumStacks(inputs.stacks.flatMap(({ co2: own }) => (own ? [own] : [])));
  return {
    stacks: inputs.stacks.map(({ stack }) => stack),
    co2,
    fuel: balance,
    fuelNote: note,
    crossCheck: co2 === null ? null : crossCheck(co2, balance),
    energy: energyBalance(inputs.carriers),
  };
}

function balanceOf(
  fuels: readonly BurntFuel[],
  { firstDay, lastDay, purchasedMwh }: SiteInputs,
): { balance: FuelBalance; note: string } {
  const inputs = { fuels, ...(purchasedMwh !== undefined && { purchasedMwh }) };
  const inForce = mrvRuleSetOn(lastDay);
  const whole = inForce.effectiveFrom <= firstDay;
  if (whole && inForce.notUsable === undefined) return { balance: fuelBalance(inputs, inForce), note: '' };
  const usable = mrvRuleSets.filter(({ notUsable }) => notUsable === undefined).at(-1)!;
  const note = whole ? `${inForce.id}: ${inForce.notUsable}` : `${inForce.id} begins within the period`;
  return { balance: fuelBalance(inputs, usable, { indicative: true }), note };
}

/** Tonnes, or cubic metres of gas; an amount in another unit is not known. */
function burnt(amount: CarrierAmount): BurntFuel {
  const { carrier, unit, day, quantity, heatingValueGjPerUnit, carbonTPerUnit } = amount;
  const target = carrier === 'gas' ? ('m3' as const) : ('t' as const);
  const factor = unit === target ? 1 : target === 't' ? tonnesPer(carrier, unit) : undefined;
  const known = quantity !== null && factor !== undefined;
  return {
    fuel: carrier,
    day,
    quantity: known ? quantity * factor : null,
    unit: target,
    ...(known &&
      heatingValueGjPerUnit !== undefined && {
        heatingValueGjPerUnit: heatingValueGjPerUnit / factor,
      }),
    ...(known && carbonTPerUnit !== undefined && { carbonTPerT: carbonTPerUnit / factor }),
  };
}

function tonnesPer(carrier: string, unit: CarrierAmount['unit']): number | undefined {
  if (unit === 'kg') return 1e-3;
  return unit === 'L' ? densities[carrier]?.tPerL : undefined;
}

/** Stacks of one site as one: mass and hours add up; means of different stacks are not mixed. */
function sumStacks(stacks: readonly PeriodMass[]): PeriodMass | null {
  const [first, ...others] = stacks;
  if (!first) return null;
  return others.reduce<PeriodMass>((sum, one) => {
    const hours = Object.fromEntries(
      Object.entries(sum.hours).map(([name, count]) => [
        name,
        count + one.hours[name as keyof PeriodMass['hours']],
      ]),
    ) as PeriodMass['hours'];
    const measured = hours.valid - hours.withoutMass;
    return {
      factor: sum.factor,
      // A stack without any mass takes its hours to the coverage, not a zero to the sum.
      massKg: sum.massKg === null ? one.massKg : sum.massKg + (one.massKg ?? 0),
      hours,
      coverage: hours.operating === 0 ? null : measured / hours.operating,
      meanDryMgPerM3: null,
      maxDryMgPerM3: larger(sum.maxDryMgPerM3, one.maxDryMgPerM3),
      meanConvertedMgPerM3: null,
      maxConvertedMgPerM3: larger(sum.maxConvertedMgPerM3, one.maxConvertedMgPerM3),
      methods: added(sum.methods, one.methods),
      events: added(sum.events, one.events),
    };
  }, first);
}

const larger = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));

function added(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
