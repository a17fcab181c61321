/** A data centre's statement of a period: every line in order, what each party nets, what the data centre pays. */
import type { PowerFactorRule, VatRule } from '../../../schemas/reference/billRules.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { bandLines, type ContractPosition, contractLines, type WhByBand } from './contractLines.ts';
import { type GridCharges, gridChargeLines, type SiteEnergy, transmissionLines } from './gridCharges.ts';
import { type MoneyLine, moneyLine, netByParty } from './moneyLine.ts';
import { type MonthPower, powerFactorLine } from './powerFactor.ts';
import { type SpotEnergy, spotLine } from './spotEnergy.ts';
import type { BandOf } from './touCalendar.ts';
import { type BillTax, billTax } from './valueAddedTax.ts';

export interface StatementInput {
  readonly dataCenter: string;
  readonly contracts: readonly ContractPosition[];
  /** Energy from the market: use less green energy, by band. */
  readonly gridEnergyWhByBand: WhByBand;
  readonly gridPriceByBand: ReadonlyMap<string, bigint>;
  readonly site: SiteEnergy;
  readonly charges: GridCharges;
  /** Energy from the market at spot prices, in place of bands. */
  readonly gridSpot?: SpotEnergy;
  readonly powerFactor?: { readonly power: MonthPower; readonly rule: PowerFactorRule };
  readonly adjustments?: readonly Adjustment[];
  readonly vat?: VatRule;
}

/** 退补: a stated amount that corrects an earlier month. */
export interface Adjustment {
  readonly id: string;
  readonly counterparty: string;
  /** Positive: the data centre pays. */
  readonly amountFen: bigint;
  /** `YYYY-MM`. */
  readonly correctedMonth: string;
}

export interface Statement {
  readonly lines: readonly MoneyLine[];
  readonly netFen: ReadonlyMap<string, bigint>;
  readonly dataCenterPaysFen: bigint;
  /** Net, tax and gross by party and rate, where a tax rule is given. */
  readonly tax?: BillTax['amounts'];
}

/**
 * Builds the statement. Each line is rounded once; the nets add up to 0.
 * @throws Refusal E_PRICE_MISSING where a band with energy has no price
 */
export function buildStatement(input: StatementInput): Statement {
  const { dataCenter } = input;
  const contracts = [...input.contracts].sort((a, b) => compareUtf8(a.contract, b.contract));
  const energy = [
    ...contracts.flatMap((position) => contractLines(position, dataCenter)),
    ...bandLines('grid_energy', dataCenter, 'market', input.gridEnergyWhByBand, input.gridPriceByBand),
    ...(input.gridSpot === undefined
      ? []
      : spotLine('grid_energy', dataCenter, 'market', input.gridSpot, undefined)),
    ...transmissionLines(input.charges.transmission, input.site, dataCenter),
  ];
  const grid = gridChargeLines(input.charges, input.site, dataCenter);
  const factor = input.powerFactor;
  const factorLine = factor && powerFactorLine(factor.power, factor.rule, [...energy, ...grid], dataCenter);
  const untaxed = [
    ...energy,
    ...(factorLine === undefined ? [] : [factorLine]),
    ...grid,
    ...adjustmentLines(input.adjustments ?? [], dataCenter),
  ];
  const tax = input.vat && billTax(untaxed, input.vat, dataCenter);
  const lines = [...untaxed, ...(tax?.lines ?? [])];
  const netFen = netByParty(lines);
  return {
    lines,
    netFen,
    dataCenterPaysFen: -(netFen.get(dataCenter) ?? 0n),
    ...(tax !== undefined && { tax: tax.amounts }),
  };
}

function adjustmentLines(adjustments: readonly Adjustment[], dataCenter: string): MoneyLine[] {
  return [...adjustments]
    .sort((a, b) => compareUtf8(a.correctedMonth, b.correctedMonth) || compareUtf8(a.id, b.id))
    .map(({ id, counterparty, amountFen, correctedMonth }) =>
      moneyLine('adjustment', dataCenter, counterparty, amountFen, `${correctedMonth} ${id}`),
    );
}

/** Folds a series of intervals into price bands. @param wh one value an interval */
export function whByBand(
  starts: readonly (string | number)[],
  wh: readonly bigint[],
  bandOf: BandOf,
): WhByBand {
  const sums = new Map<string, bigint>();
  starts.forEach((start, at) => {
    const band = bandOf(start);
    sums.set(band, (sums.get(band) ?? 0n) + wh[at]!);
  });
  return sums;
}

/** Use less green energy of every interval. @throws Refusal E_GREEN_EXCEEDS_USE, E_SERIES_LENGTH */
export function gridEnergyWh(
  useWh: readonly bigint[],
  green: readonly { readonly contract: string; readonly wh: readonly bigint[] }[],
): bigint[] {
  const short = green.find(({ wh }) => wh.length !== useWh.length);
  if (short !== undefined) {
    throw new Refusal('a green series has another length than the use', {
      code: 'E_SERIES_LENGTH',
      place: short.contract,
    });
  }
  return useWh.map((use, at) => {
    const rest = green.reduce((left, { wh }) => left - wh[at]!, use);
    if (rest < 0n) {
      throw new Refusal(`green energy is ${-rest} Wh above the metered use`, {
        code: 'E_GREEN_EXCEEDS_USE',
        place: `interval ${at}`,
      });
    }
    return rest;
  });
}
