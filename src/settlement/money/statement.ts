/** A data centre's statement of a period: every line in order, what each party nets, what the data centre pays. */
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { bandLines, type ContractPosition, contractLines, type WhByBand } from './contractLines.ts';
import { type GridCharges, gridChargeLines, type SiteEnergy } from './gridCharges.ts';
import { type MoneyLine, netByParty } from './moneyLine.ts';
import type { BandOf } from './touCalendar.ts';

export interface StatementInput {
  readonly dataCenter: string;
  readonly contracts: readonly ContractPosition[];
  /** Energy from the market: use less green energy, by band. */
  readonly gridEnergyWhByBand: WhByBand;
  readonly gridPriceByBand: ReadonlyMap<string, bigint>;
  readonly site: SiteEnergy;
  readonly charges: GridCharges;
}

export interface Statement {
  readonly lines: readonly MoneyLine[];
  readonly netFen: ReadonlyMap<string, bigint>;
  readonly dataCenterPaysFen: bigint;
}

/**
 * Builds the statement. Each line is rounded once; the nets add up to 0.
 * @throws Refusal E_PRICE_MISSING where a band with energy has no price
 */
export function buildStatement(input: StatementInput): Statement {
  const { dataCenter } = input;
  const contracts = [...input.contracts].sort((a, b) => compareUtf8(a.contract, b.contract));
  const lines = [
    ...contracts.flatMap((position) => contractLines(position, dataCenter)),
    ...bandLines('grid_energy', dataCenter, 'market', input.gridEnergyWhByBand, input.gridPriceByBand),
    ...gridChargeLines(input.charges, input.site, dataCenter),
  ];
  const netFen = netByParty(lines);
  return { lines, netFen, dataCenterPaysFen: -(netFen.get(dataCenter) ?? 0n) };
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
