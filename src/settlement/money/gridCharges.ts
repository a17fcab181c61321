/** What a data centre pays for the way through the grid: transmission and distribution, losses, system operation, funds. */
import { Refusal } from '../../../schemas/refusal.ts';
import { compareUtf8 } from '../byteOrder.ts';
import { roundHalfAway } from '../integerDivision.ts';
import { type DemandTerms, demandFen } from './demandCharge.ts';
import { energyLine, type MoneyLine, moneyLine } from './moneyLine.ts';

/** 输配电费 modes. Prices milli-yuan/MWh of the voltage level. */
export type TransmissionTariff =
  | {
      readonly mode: 'two_part';
      readonly priceMilliYuanPerMwh: bigint;
      readonly capacityKva: bigint;
      readonly fenPerKvaMonth: bigint;
      /** 基本电费 by 需量 in place of capacity; never both. */
      readonly demand?: DemandTerms;
    }
  | {
      /** 就近消纳 and 绿电直连, 发改价格〔2025〕1192号 as third parties apply it. */
      readonly mode: 'capacity_1192';
      readonly priceMilliYuanPerMwh: bigint;
      readonly capacityKva: bigint;
      readonly fenPerKvaMonth: bigint;
      readonly loadFactorPpm: bigint;
      readonly connectionKw: bigint;
    }
  | { readonly mode: 'total_use_1192'; readonly priceMilliYuanPerMwh: bigint };

export interface GridCharges {
  readonly transmission: TransmissionTariff;
  readonly lossPriceMilliYuanPerMwh: bigint;
  /** 系统运行费: one price, or items by name, each its own line. */
  readonly systemOperation: readonly { readonly item?: string; readonly priceMilliYuanPerMwh: bigint }[];
  readonly systemOperationOnSelfUse: boolean;
  readonly fundsPriceMilliYuanPerMwh: bigint;
  readonly fundsOnSelfUse: boolean;
}

export interface SiteEnergy {
  /** 下网电量, green included. */
  readonly offtakeWh: bigint;
  /** Own generation used on site, on top of the offtake. */
  readonly selfUseWh: bigint;
  /** Largest offtake of a quarter hour; needed where demand is billed. */
  readonly peakQuarterWh?: bigint;
}

/** Average hours of a month in the capacity formula of 1192号. */
const HOURS_PER_MONTH = 730n;
/** kW x h x milli-yuan/MWh x ppm to fen: 10^3 Wh a kWh, 10^6 ppm, 10^7 Wh·milli-yuan/MWh a fen. */
const EQUIVALENT_DIVISOR = 10_000_000_000n;

/** Lines in the order line_loss, system_operation (items by name), gov_funds; those of `transmissionLines` go before. */
export function gridChargeLines(charges: GridCharges, site: SiteEnergy, dataCenter: string): MoneyLine[] {
  const totalUseWh = site.offtakeWh + site.selfUseWh;
  const priced = (component: string, payee: string, wh: bigint, priceMilliYuanPerMwh: bigint) =>
    energyLine(component, dataCenter, payee, { wh, priceMilliYuanPerMwh });
  const systemWh = charges.systemOperationOnSelfUse ? totalUseWh : site.offtakeWh;
  const fundsWh = charges.fundsOnSelfUse ? totalUseWh : site.offtakeWh;
  return [
    priced('line_loss', 'grid', site.offtakeWh, charges.lossPriceMilliYuanPerMwh),
    ...charges.systemOperation
      .map(({ item, priceMilliYuanPerMwh }) => {
        const component = item === undefined ? 'system_operation' : `system_operation:${item}`;
        return priced(component, 'grid', systemWh, priceMilliYuanPerMwh);
      })
      .sort((a, b) => compareUtf8(a.component, b.component)),
    priced('gov_funds', 'government', fundsWh, charges.fundsPriceMilliYuanPerMwh),
  ];
}

/** 输配电费: volumetric, then the basic fee by capacity or by demand. @throws Refusal E_DEMAND_CONTRACT, E_DEMAND_PEAK */
export function transmissionLines(
  tariff: TransmissionTariff,
  site: SiteEnergy,
  dataCenter: string,
): MoneyLine[] {
  const volumetric = (wh: bigint) =>
    energyLine('tnd_volumetric', dataCenter, 'grid', {
      wh,
      priceMilliYuanPerMwh: tariff.priceMilliYuanPerMwh,
    });
  if (tariff.mode === 'total_use_1192') return [volumetric(site.offtakeWh + site.selfUseWh)];
  if (tariff.mode === 'two_part' && tariff.demand !== undefined) {
    if (site.peakQuarterWh === undefined) {
      throw new Refusal('demand is billed and the largest quarter hour is unknown', {
        code: 'E_DEMAND_PEAK',
      });
    }
    const peak = { peakQuarterWh: site.peakQuarterWh, useWh: site.offtakeWh };
    return [
      volumetric(site.offtakeWh),
      moneyLine('demand', dataCenter, 'grid', demandFen(tariff.demand, peak)),
    ];
  }
  const capacityFen = tariff.capacityKva * tariff.fenPerKvaMonth;
  const capacity = moneyLine('tnd_capacity', dataCenter, 'grid', capacityFen);
  if (tariff.mode === 'two_part') return [volumetric(site.offtakeWh), capacity];
  const product = tariff.priceMilliYuanPerMwh * tariff.loadFactorPpm * HOURS_PER_MONTH * tariff.connectionKw;
  const equivalentFen = roundHalfAway(product, EQUIVALENT_DIVISOR);
  return [capacity, moneyLine('tnd_capacity_equivalent', dataCenter, 'grid', equivalentFen)];
}
