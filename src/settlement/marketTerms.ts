/** Contracts, tariffs and connections of a settled month from the documents of `market.contracts`. */
import {
  type SettlementContract,
  type SettlementSite,
  settlementContract,
  settlementSite,
} from '../../schemas/documents/settlementContract.ts';
import type { SettlementMarketDocument } from '../../schemas/documents/settlementMarketDocument.ts';
import type { SettlementRuleSet } from '../../schemas/reference/settlementRules.ts';
import type { Tariff } from '../../schemas/reference/tariffs.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { compareUtf8 } from './byteOrder.ts';
import type { MonthPower } from './money/powerFactor.ts';
import type { Adjustment } from './money/statement.ts';
import { instantMs, instantText, monthQuarters, QUARTER_MS } from './settlementCalendar.ts';
import { breakDownWholesale, type ContractDocument, type UnplacedWholesale } from './wholesale.ts';

type TariffDocument = Extract<SettlementMarketDocument, { kind: 'tariff' }>;

export interface MarketTerms {
  /** Contracts with a day in the month, by id. */
  readonly contracts: readonly SettlementContract[];
  /** The base tariff with the documents' prices of that user laid over it. */
  readonly tariffOf: (user: string) => Tariff;
  /** The user's connection, or undefined where no capacity fee names one. */
  readonly siteOf: (user: string) => SettlementSite | undefined;
  /** Active and reactive energy stated for the month. */
  readonly powerOf: (user: string) => MonthPower | undefined;
  /** 退补 that take effect in the month. */
  readonly adjustmentsOf: (user: string) => readonly Adjustment[];
  /** By quarter hour; `null` where none is stated. */
  readonly spotPrices: readonly (number | null)[];
  /** Of each wholesale contract, what found no user: it stays on the aggregator's own account. */
  readonly unplaced: readonly UnplacedWholesale[];
}

/**
 * Reads the terms of a month: the highest revision of each document (id and start of validity) counts; prices are those
 * in force when the month begins, a document for one user going before one for all.
 * @param base calendar, self-use flags and what no document states
 * @param retailSplit how wholesale quantities are broken down to the contracts that name them as parent
 * @throws Refusal E_PERIOD, E_FEE_SHARE_MISSING, E_TARIFF_COMPONENT, E_TARIFF_AMBIGUOUS, E_UNKNOWN_WHOLESALE, E_WHOLESALE_PLANT
 */
export function marketTerms(
  documents: readonly SettlementMarketDocument[],
  period: string,
  base: Tariff,
  retailSplit: SettlementRuleSet['retailSplit'] = 'pro_rata',
): MarketTerms {
  const { firstMs, count } = monthQuarters(period);
  const endMs = firstMs + count * QUARTER_MS;
  const latest = latestRevisions(documents);
  const touches = ({ validFrom, validTo }: SettlementMarketDocument) =>
    instantMs(validFrom) < endMs && (validTo == null || instantMs(validTo) > firstMs);
  const inForce = latest.filter(
    (one) => instantMs(one.validFrom) <= firstMs && touches(one) && one.kind !== 'contract',
  );
  const inMonth = latest.filter(
    ({ validFrom }) => firstMs <= instantMs(validFrom) && instantMs(validFrom) < endMs,
  );
  const { contracts, unplaced } = breakDownWholesale(latest.filter(touches), retailSplit);
  return {
    contracts: contracts.map(contractOf).sort((a, b) => compareUtf8(a.id, b.id)),
    unplaced,
    tariffOf: (user) => tariffFor(user, inForce, base),
    siteOf: (user) => {
      const fee = onlyOne(forUser(capacityFees(inForce), user), 'capacity_fee');
      if (fee === undefined) return undefined;
      // 1 kVA carries at most 1 kW: the connection where none is stated.
      return settlementSite.parse({
        dataCenter: user,
        capacityKva: fee.capacityKva,
        connectionKw: fee.capacityKva,
        ...(fee.demandFenPerKwMonth != null && {
          demand: {
            basis: fee.contractedKw == null ? 'actual' : 'contracted',
            fenPerKwMonth: fee.demandFenPerKwMonth,
            ...(fee.contractedKw != null && { contractedKw: fee.contractedKw }),
          },
        }),
      });
    },
    powerOf: (user) => {
      const stated = onlyOne(ofKind(inMonth, 'power_energy', user), `power_energy of ${user}`);
      return stated && { activeWh: BigInt(stated.activeWh), reactiveVarh: BigInt(stated.reactiveVarh) };
    },
    adjustmentsOf: (user) =>
      ofKind(inMonth, 'adjustment', user).map(({ id, counterparty, amountFen, correctedMonth }) => ({
        id,
        counterparty,
        amountFen: BigInt(amountFen),
        correctedMonth,
      })),
    spotPrices: spotPrices(latest, firstMs, count),
  };
}

function ofKind<K extends 'power_energy' | 'adjustment'>(
  documents: readonly SettlementMarketDocument[],
  kind: K,
  user: string,
): Extract<SettlementMarketDocument, { kind: K }>[] {
  return documents.filter(
    (one): one is Extract<SettlementMarketDocument, { kind: K }> => one.kind === kind && one.user === user,
  );
}

/** A price counts for the quarter hours that begin within its validity. @throws Refusal E_TARIFF_AMBIGUOUS */
function spotPrices(
  documents: readonly SettlementMarketDocument[],
  firstMs: number,
  count: number,
): (number | null)[] {
  const prices = new Array<number | null>(count).fill(null);
  for (const document of documents) {
    if (document.kind !== 'spot_price') continue;
    const from = Math.max(0, Math.ceil((instantMs(document.validFrom) - firstMs) / QUARTER_MS));
    const endMs = document.validTo == null ? Number.POSITIVE_INFINITY : instantMs(document.validTo);
    for (let at = from; at < count && firstMs + at * QUARTER_MS < endMs; at++) {
      if (prices[at] !== null) {
        throw new Refusal('two spot prices for one quarter hour', {
          code: 'E_TARIFF_AMBIGUOUS',
          place: `${document.id} at ${instantText(firstMs + at * QUARTER_MS)}`,
          remedy: 'end one before the other begins',
        });
      }
      prices[at] = document.priceMilliYuanPerMwh;
    }
  }
  return prices;
}

function latestRevisions(documents: readonly SettlementMarketDocument[]): SettlementMarketDocument[] {
  const latest = new Map<string, SettlementMarketDocument>();
  for (const document of documents) {
    const key = JSON.stringify([document.kind, document.id, instantMs(document.validFrom)]);
    const known = latest.get(key);
    if (known === undefined || document.revision > known.revision) latest.set(key, document);
  }
  return [...latest.values()];
}

function contractOf(document: ContractDocument): SettlementContract {
  const { id, plant, user, intervalWh, dayIntervalWh, validFrom, validTo, aggregator } = document;
  return settlementContract.parse({
    id,
    plant,
    user,
    effectiveFrom: instantText(instantMs(validFrom)),
    effectiveTo: validTo == null ? null : instantText(instantMs(validTo)),
    curve:
      dayIntervalWh == null
        ? { kind: 'flat', quarterWh: intervalWh }
        : { kind: 'day_night', dayQuarterWh: dayIntervalWh, nightQuarterWh: intervalWh },
    energyPrice: { single: document.energyPriceMilliYuanPerMwh },
    environmentPriceMilliYuanPerMwh: document.environmentPriceMilliYuanPerMwh,
    compensationPriceMilliYuanPerMwh: document.compensationPriceMilliYuanPerMwh ?? 0,
    freeBandPpm: document.freeBandPpm ?? 0,
    priority: 0,
    ...(aggregator != null && { fee: { aggregator, rule: feeOf(document) } }),
  });
}

function feeOf({ id, feeMilliYuanPerMwh, feeUserPpm }: ContractDocument) {
  const priceMilliYuanPerMwh = feeMilliYuanPerMwh ?? 0;
  if (priceMilliYuanPerMwh !== 0 && feeUserPpm == null) {
    throw new Refusal('a fee without the share that the user pays', {
      code: 'E_FEE_SHARE_MISSING',
      place: `contract ${id}`,
      remedy: 'feeUserPpm, 0 to 1,000,000',
    });
  }
  return { mode: 'per_mwh', priceMilliYuanPerMwh, userPpm: feeUserPpm ?? 0 };
}

/** Documents for that user, or, where there is none, those for all users. */
function forUser<T extends { readonly user?: string | null | undefined }>(
  documents: readonly T[],
  user: string,
): T[] {
  const own = documents.filter((one) => one.user === user);
  return own.length > 0 ? own : documents.filter((one) => one.user == null);
}

type CapacityFee = Extract<SettlementMarketDocument, { kind: 'capacity_fee' }>;

function capacityFees(documents: readonly SettlementMarketDocument[]): CapacityFee[] {
  return documents.filter((one): one is CapacityFee => one.kind === 'capacity_fee');
}

function onlyOne<T extends { readonly id: string }>(documents: readonly T[], what: string): T | undefined {
  if (documents.length > 1) {
    throw new Refusal(`several documents set ${what}: ${documents.map(({ id }) => id).join(', ')}`, {
      code: 'E_TARIFF_AMBIGUOUS',
      place: what,
      remedy: 'end one before the other begins',
    });
  }
  return documents[0];
}

/** Lays one price after the other over the base; each part that a document sets names that document as its origin. */
function tariffFor(user: string, documents: readonly SettlementMarketDocument[], base: Tariff): Tariff {
  const own = new Map<string, TariffDocument[]>();
  const prices = documents.filter((one): one is TariffDocument => one.kind === 'tariff');
  for (const { component, band } of prices) {
    const same = prices.filter((one) => one.component === component && one.band === band);
    own.set(JSON.stringify([component, band]), forUser(same, user));
  }
  let tariff = base;
  // By name, so that a price of all items goes before those of single ones, whatever the order of documents.
  for (const [, candidates] of [...own].sort(([a], [b]) => compareUtf8(a, b))) {
    const price = onlyOne(candidates, `${candidates[0]?.component} ${candidates[0]?.band}`);
    if (price !== undefined) tariff = withPrice(tariff, price);
  }
  const fee = onlyOne(forUser(capacityFees(documents), user), 'capacity_fee');
  if (fee === undefined) return tariff;
  return {
    ...tariff,
    transmission: { ...tariff.transmission, fenPerKvaMonth: fee.feeFenPerKvaMonth },
  };
}

function withPrice(tariff: Tariff, price: TariffDocument): Tariff {
  const { component, band, priceMilliYuanPerMwh, document, quality } = price;
  const origin = {
    source: document,
    confidence: quality === 'actual' ? 'single-source' : 'assumed',
  } as const;
  const [name, item] = component.split(':', 2);
  switch (name) {
    case 'grid_energy': {
      const bands = { ...tariff.energy.priceByBandMilliYuanPerMwh };
      for (const one of band === 'all' ? Object.keys(tariff.energy.ratioPpm) : [band])
        bands[one] = priceMilliYuanPerMwh;
      return { ...tariff, energy: { ...tariff.energy, priceByBandMilliYuanPerMwh: bands, origin } };
    }
    case 'tnd_volumetric':
      return { ...tariff, transmission: { ...tariff.transmission, priceMilliYuanPerMwh, origin } };
    case 'line_loss':
      return { ...tariff, loss: { priceMilliYuanPerMwh, origin } };
    case 'gov_funds':
      return { ...tariff, funds: { ...tariff.funds, priceMilliYuanPerMwh, origin } };
    case 'system_operation': {
      // A price without an item is that of all items together.
      const others =
        item === undefined ? [] : tariff.systemOperation.items.filter((one) => one.item !== item);
      const items = [...others, { ...(item !== undefined && { item }), priceMilliYuanPerMwh }];
      return { ...tariff, systemOperation: { ...tariff.systemOperation, items, origin } };
    }
    default:
      throw new Refusal(`no line of a statement takes its price from "${component}"`, {
        code: 'E_TARIFF_COMPONENT',
        place: document,
        remedy: 'grid_energy | tnd_volumetric | line_loss | system_operation[:item] | gov_funds',
      });
  }
}
