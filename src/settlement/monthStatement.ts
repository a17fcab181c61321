/** Writes one data centre's statement of a settled month, with the rules and assumptions that it rests on. */
import type { SettlementContract, SettlementSite } from '../../schemas/documents/settlementContract.ts';
import type { SettlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { demandRules } from '../../schemas/reference/billRules.ts';
import type { Tariff } from '../../schemas/reference/tariffs.ts';
import { bandPrice } from './money/amount.ts';
import type { ContractPosition } from './money/contractLines.ts';
import type { GridCharges, TransmissionTariff } from './money/gridCharges.ts';
import { buildStatement } from './money/statement.ts';
import type { SettledMonth } from './monthSettlement.ts';
import { judgeDirectSupply } from './report/directSupply.ts';

/** The statement of the data centre at that position. @throws Refusal E_PRICE_MISSING */
export function statementOf(month: SettledMonth, user: number): SettlementStatement {
  const { sorted, environment, analysis, energy } = month;
  const { input } = sorted;
  const dataCenter = sorted.dataCenters[user]!;
  const tariff = dataCenter.tariff ?? input.tariff;
  const own = sorted.contracts.flatMap((contract, k) => (contract.user === user ? [k] : []));
  const { useWh, missingQuarters, matchedWh, gridWhByBand, gridSpot, peakQuarterWh } =
    energy.dataCenters[user]!;
  const { power, adjustments, site } = dataCenter;
  const { powerFactor, vat } = input.billRules ?? {};
  const statement = buildStatement({
    dataCenter: dataCenter.id,
    contracts: own.map((k) => positionOf(month, k)),
    gridEnergyWhByBand: gridSpot === undefined ? gridWhByBand : new Map(),
    gridPriceByBand: bandPrices(tariff),
    ...(gridSpot !== undefined && { gridSpot }),
    site: { offtakeWh: useWh, selfUseWh: dataCenter.selfUseWh ?? 0n, peakQuarterWh },
    charges: chargesOf(tariff, site),
    ...(power !== undefined && powerFactor !== undefined && { powerFactor: { power, rule: powerFactor } }),
    ...(adjustments !== undefined && { adjustments }),
    ...(vat !== undefined && { vat }),
  });
  const held = own.filter((k) => isHeld(month, k));
  const sum = (pick: (k: number) => bigint) => own.reduce((total, k) => total + pick(k), 0n);
  const matched = BigInt(matchedWh.reduce((total, wh) => total + wh, 0));
  return {
    market: input.market,
    dataCenter: dataCenter.id,
    period: input.period,
    ruleSet: ruleSetShown(month),
    tariff: { id: tariff.id, province: tariff.province, assumed: assumedParts(tariff) },
    status: missingQuarters === 0 && held.length === 0 ? 'complete' : 'open',
    missingQuarters,
    heldContracts: held.map((k) => sorted.terms[k]!.id),
    useWh,
    contractWh: sum((k) => analysis.contracts[k]!.contractWh),
    matchedWh: matched,
    unmatchedWh: useWh - matched,
    settledWh: sum((k) => environment.contracts[k]!.settledWh),
    contracts: own.map((k) => quantitiesOf(month, k)),
    lines: [...statement.lines],
    totals: {
      dataCenterPaysFen: statement.dataCenterPaysFen,
      netFen: Object.fromEntries(statement.netFen),
    },
    ...(statement.tax !== undefined && { tax: [...statement.tax] }),
    ...(site.direct !== undefined &&
      dataCenter.directYear !== undefined && {
        directSupply: judgeDirectSupply(site.direct, dataCenter.directYear, input.period, dataCenter.id),
      }),
  };
}

function ruleSetShown({ sorted }: SettledMonth): SettlementStatement['ruleSet'] {
  const { id, name, province, version, status } = sorted.input.ruleSet;
  return { id, name, province, version, status };
}

/** Held in either match: by the month for a long granularity, by quarters for a short one. */
function isHeld({ environment, analysis }: SettledMonth, k: number): boolean {
  return environment.contracts[k]!.heldBuckets > 0 || analysis.contracts[k]!.heldBuckets > 0;
}

function quantitiesOf(month: SettledMonth, k: number): SettlementStatement['contracts'][number] {
  const terms = month.sorted.terms[k]!;
  const { contractWh, qWh, settledWh, tailInWh, tailOutWh, droppedWh, limit } =
    month.environment.contracts[k]!;
  return {
    contract: terms.id,
    plant: terms.plant,
    contractWh,
    matchedWh: month.analysis.contracts[k]!.qWh,
    environmentWh: qWh,
    settledWh,
    tailInWh,
    tailOutWh,
    droppedWh,
    limit: isHeld(month, k) ? null : limit,
  };
}

function positionOf(month: SettledMonth, k: number): ContractPosition {
  const terms = month.sorted.terms[k]!;
  const outcome = month.environment.contracts[k]!;
  const base: ContractPosition = {
    contract: terms.id,
    plant: terms.plant,
    energyWhByBand: month.energy.contracts[k]!,
    energyPrice: energyPrice(terms),
    ...(month.energy.contractSpot[k] !== undefined && { spot: month.energy.contractSpot[k] }),
  };
  // A held contract has no settled quantity yet: neither environmental value nor deviation nor fee.
  if (outcome.heldBuckets > 0) return base;
  return {
    ...base,
    environment: {
      wh: outcome.settledWh,
      priceMilliYuanPerMwh: terms.environmentPriceMilliYuanPerMwh,
    },
    deviation: {
      contractWh: outcome.contractWh,
      qWh: outcome.qWh,
      limit: outcome.limit,
      compPriceMilliYuanPerMwh: terms.compensationPriceMilliYuanPerMwh,
      freeBandPpm: terms.freeBandPpm,
    },
    ...(terms.fee !== undefined && { fee: { ...terms.fee, qWh: outcome.qWh } }),
  };
}

function energyPrice({ energyPrice: price }: SettlementContract): ContractPosition['energyPrice'] {
  if ('byBand' in price) return { byBand: new Map(Object.entries(price.byBand)) };
  // A spot contract is priced quarter by quarter; its energy never reaches this price.
  return 'single' in price ? price : { byBand: new Map() };
}

function bandPrices({ energy }: Tariff): Map<string, bigint> {
  const base = BigInt(energy.basePriceMilliYuanPerMwh);
  const prices = new Map(
    Object.entries(energy.ratioPpm).map(([band, ratio]) => [band, bandPrice(base, BigInt(ratio))]),
  );
  for (const [band, price] of Object.entries(energy.priceByBandMilliYuanPerMwh ?? {})) {
    prices.set(band, BigInt(price));
  }
  return prices;
}

function chargesOf(tariff: Tariff, site: SettlementSite): GridCharges {
  const { systemOperation, funds, loss } = tariff;
  return {
    transmission: transmissionOf(tariff, site),
    lossPriceMilliYuanPerMwh: BigInt(loss.priceMilliYuanPerMwh),
    systemOperation: systemOperation.items.map(({ item, priceMilliYuanPerMwh }) => ({
      ...(item !== undefined && { item }),
      priceMilliYuanPerMwh: BigInt(priceMilliYuanPerMwh),
    })),
    systemOperationOnSelfUse: systemOperation.onSelfUse,
    fundsPriceMilliYuanPerMwh: BigInt(funds.priceMilliYuanPerMwh),
    fundsOnSelfUse: funds.onSelfUse,
  };
}

function transmissionOf({ transmission }: Tariff, site: SettlementSite): TransmissionTariff {
  // A direct supply has a fee mode of its own, whatever the tariff of the others.
  const mode = site.direct?.feeMode ?? transmission.mode;
  const priceMilliYuanPerMwh = BigInt(transmission.priceMilliYuanPerMwh);
  if (mode === 'total_use_1192') return { mode, priceMilliYuanPerMwh };
  const capacity = { capacityKva: site.capacityKva, fenPerKvaMonth: BigInt(transmission.fenPerKvaMonth) };
  if (mode === 'two_part') {
    const demand = site.demand && { ...site.demand, capacityKva: site.capacityKva, rule: demandRules };
    return { mode, priceMilliYuanPerMwh, ...capacity, ...(demand !== undefined && { demand }) };
  }
  const loadFactorPpm = BigInt(transmission.loadFactorPpm);
  return { mode, priceMilliYuanPerMwh, ...capacity, loadFactorPpm, connectionKw: site.connectionKw };
}

/** Names of the tariff's parts that nobody published. */
function assumedParts(tariff: Tariff): string[] {
  const { calendar, energy, transmission, loss, systemOperation, funds } = tariff;
  const parts = { calendar, energy, transmission, loss, systemOperation, funds };
  return Object.entries(parts)
    .filter(([, { origin }]) => origin.confidence === 'assumed')
    .map(([name]) => name);
}
