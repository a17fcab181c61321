/** 力调电费: a share of the lines that the rule names, by the month's mean power factor (水电财字第215号). */
import type { PowerFactorRule } from '../../../schemas/reference/billRules.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { ppmOf } from './amount.ts';
import { type MoneyLine, moneyLine } from './moneyLine.ts';

/** Active and reactive energy of the month at the point of supply. */
export interface MonthPower {
  readonly activeWh: bigint;
  readonly reactiveVarh: bigint;
}

/** `P / sqrt(P^2 + Q^2)` to the nearest hundredth, halves up, exact; null without energy. @throws Refusal E_WH_NEGATIVE */
export function powerFactorHundredths({ activeWh, reactiveVarh }: MonthPower): number | null {
  if (activeWh < 0n || reactiveVarh < 0n) {
    throw new Refusal('a power factor of negative energy', { code: 'E_WH_NEGATIVE', place: 'power factor' });
  }
  const apparent = activeWh * activeWh + reactiveVarh * reactiveVarh;
  if (apparent === 0n) return null;
  let hundredths = 100;
  // The largest k with P / S >= (2k - 1) / 200.
  while (hundredths > 0) {
    const edge = BigInt(2 * hundredths - 1);
    if (activeWh * activeWh * 40_000n >= edge * edge * apparent) break;
    hundredths--;
  }
  return hundredths;
}

/** Share in ppm that a power factor adds (positive) or takes off. */
export function adjustmentPpm(hundredths: number, rule: PowerFactorRule): bigint {
  if (hundredths >= rule.standard) {
    return -BigInt((Math.min(hundredths, rule.reward.upTo) - rule.standard) * rule.reward.stepPpm);
  }
  let ppm = 0;
  let from = rule.standard;
  for (const { to, stepPpm } of rule.penalties) {
    const reached = Math.max(to, hundredths);
    if (reached < from) ppm += (from - reached) * stepPpm;
    from = Math.min(from, to);
  }
  return BigInt(ppm);
}

/** The line, or none in a month without energy. @param lines those of the statement so far */
export function powerFactorLine(
  power: MonthPower,
  rule: PowerFactorRule,
  lines: readonly MoneyLine[],
  dataCenter: string,
): MoneyLine | undefined {
  const hundredths = powerFactorHundredths(power);
  if (hundredths === null) return undefined;
  const named = new Set(rule.base.components);
  const baseFen = lines
    .filter(({ component }) => named.has(component.split(':', 1)[0]!))
    .reduce((sum, line) => sum + paidFen(line, dataCenter), 0n);
  const fen = ppmOf(baseFen, adjustmentPpm(hundredths, rule));
  return moneyLine('power_factor', dataCenter, 'grid', fen, (hundredths / 100).toFixed(2));
}

function paidFen({ payer, payee, amountFen }: MoneyLine, party: string): bigint {
  if (payer === party) return amountFen;
  return payee === party ? -amountFen : 0n;
}
