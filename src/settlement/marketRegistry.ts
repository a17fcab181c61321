/**
 * The registry of a market judged as a whole: what no single document shows. Every fault is listed, none stops at the
 * first, so that whoever enters a market sees all that is to be mended.
 */
import type { SettlementMarketDocument } from '../../schemas/documents/settlementMarketDocument.ts';
import { compareUtf8 } from './byteOrder.ts';
import { instantMs } from './settlementCalendar.ts';

/** An entry of `registry.assets` as the market needs it. */
export interface RegistryAsset {
  readonly kind: string;
  readonly id: string;
  /** Of a party. */
  readonly role?: string | undefined;
  /** Of a meter: where it stands and what it measures. */
  readonly facility?: string | undefined;
  readonly purpose?: string | undefined;
}

export interface RegistryFault {
  readonly code: string;
  /** Kind and id of the document. */
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

/** Parties without an entry of their own. */
const STANDING_PARTIES = new Set(['grid', 'government', 'market', 'exchange']);
const TARIFF_COMPONENTS = new Set([
  'grid_energy',
  'tnd_volumetric',
  'line_loss',
  'system_operation',
  'gov_funds',
]);

/** All faults, by place, then code. */
export function registryFaults(
  documents: readonly SettlementMarketDocument[],
  assets: readonly RegistryAsset[],
): RegistryFault[] {
  const known = new Known(assets);
  const faults = [
    ...documents.flatMap((document) => [...validityFaults(document), ...documentFaults(document, known)]),
    ...overlapFaults(documents),
  ];
  return faults.sort((a, b) => compareUtf8(a.place, b.place) || compareUtf8(a.code, b.code));
}

class Known {
  readonly plants: ReadonlySet<string>;
  readonly facilities: ReadonlySet<string>;
  readonly aggregators: ReadonlySet<string>;
  readonly parties: ReadonlySet<string>;
  /** Plants and facilities with a meter of purpose `total`. */
  readonly metered: ReadonlySet<string>;

  constructor(assets: readonly RegistryAsset[]) {
    const ids = (pick: (asset: RegistryAsset) => boolean) => new Set(assets.filter(pick).map(({ id }) => id));
    this.plants = ids(({ kind }) => kind === 'plant');
    this.facilities = ids(({ kind }) => kind === 'facility');
    this.aggregators = ids(({ kind, role }) => kind === 'party' && role === 'aggregator');
    this.parties = ids(({ kind }) => kind === 'party' || kind === 'plant' || kind === 'facility');
    this.metered = new Set(
      assets.flatMap(({ kind, purpose, facility }) =>
        kind === 'meter' && purpose === 'total' && facility !== undefined ? [facility] : [],
      ),
    );
  }
}

const placeOf = ({ kind, id }: SettlementMarketDocument) => `${kind} ${id}`;

function validityFaults(document: SettlementMarketDocument): RegistryFault[] {
  if (document.validTo == null || instantMs(document.validFrom) < instantMs(document.validTo)) return [];
  return [
    {
      code: 'E_VALIDITY',
      place: placeOf(document),
      message: `valid from ${document.validFrom} to ${document.validTo}`,
      remedy: 'an end after the beginning, or none',
    },
  ];
}

function documentFaults(document: SettlementMarketDocument, known: Known): RegistryFault[] {
  const place = placeOf(document);
  const faults: RegistryFault[] = [];
  const want = (holds: boolean, code: string, message: string, remedy: string) => {
    if (!holds) faults.push({ code, place, message, remedy });
  };
  const facility = (id: string) =>
    want(known.facilities.has(id), 'E_UNKNOWN_USER', `no facility ${id}`, 'a facility in registry.assets');
  switch (document.kind) {
    case 'contract': {
      const { plant, user, aggregator, feeMilliYuanPerMwh, feeUserPpm } = document;
      want(known.plants.has(plant), 'E_UNKNOWN_PLANT', `no plant ${plant}`, 'a plant in registry.assets');
      facility(user);
      const meter = 'a meter of purpose total in registry.assets';
      want(known.metered.has(plant), 'E_METER_MISSING', `${plant} has no meter of its whole`, meter);
      want(known.metered.has(user), 'E_METER_MISSING', `${user} has no meter of its whole`, meter);
      if (aggregator != null) {
        const remedy = 'a party with the role aggregator';
        want(
          known.aggregators.has(aggregator),
          'E_UNKNOWN_AGGREGATOR',
          `no aggregator ${aggregator}`,
          remedy,
        );
      }
      const hasFee = (feeMilliYuanPerMwh ?? 0) !== 0;
      want(!hasFee || aggregator != null, 'E_FEE_WITHOUT_AGGREGATOR', 'a fee for nobody', 'aggregator');
      want(!hasFee || feeUserPpm != null, 'E_FEE_SHARE_MISSING', 'a fee without a share', 'feeUserPpm');
      return faults;
    }
    case 'wholesale': {
      const { plant, aggregator } = document;
      want(known.plants.has(plant), 'E_UNKNOWN_PLANT', `no plant ${plant}`, 'a plant in registry.assets');
      const remedy = 'a party with the role aggregator';
      want(known.aggregators.has(aggregator), 'E_UNKNOWN_AGGREGATOR', `no aggregator ${aggregator}`, remedy);
      return faults;
    }
    case 'tariff': {
      const name = document.component.split(':', 1)[0]!;
      const remedy = [...TARIFF_COMPONENTS].join(' | ');
      want(
        TARIFF_COMPONENTS.has(name),
        'E_TARIFF_COMPONENT',
        `no line takes "${document.component}"`,
        remedy,
      );
      if (document.user != null) facility(document.user);
      return faults;
    }
    case 'capacity_fee':
      if (document.user != null) facility(document.user);
      want(
        document.contractedKw == null || document.demandFenPerKwMonth != null,
        'E_DEMAND_PRICE',
        'a contracted demand without a price of demand',
        'demandFenPerKwMonth',
      );
      return faults;
    case 'power_energy':
      facility(document.user);
      return faults;
    case 'adjustment': {
      facility(document.user);
      const { counterparty, correctedMonth } = document;
      const isParty = STANDING_PARTIES.has(counterparty) || known.parties.has(counterparty);
      want(isParty, 'E_UNKNOWN_PARTY', `no party ${counterparty}`, 'a party in registry.assets');
      const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(correctedMonth);
      want(isMonth, 'E_PERIOD', `"${correctedMonth}" is no month`, 'YYYY-MM');
      return faults;
    }
    case 'spot_price':
      return faults;
  }
}

/** What two documents set at once: a contract under one id, a price, a fee, a spot price. */
function overlapFaults(documents: readonly SettlementMarketDocument[]): RegistryFault[] {
  const groups = Map.groupBy(
    documents.filter(({ kind }) => kind !== 'adjustment' && kind !== 'power_energy'),
    subjectOf,
  );
  return [...groups.values()].flatMap((group) => {
    const ordered = [...group].sort((a, b) => instantMs(a.validFrom) - instantMs(b.validFrom));
    return ordered.slice(1).flatMap((document, at) => {
      const before = ordered[at]!;
      const beforeEnds = before.validTo == null ? Number.POSITIVE_INFINITY : instantMs(before.validTo);
      if (instantMs(document.validFrom) >= beforeEnds) return [];
      const code = document.kind === 'contract' ? 'E_DUP_CONTRACT' : 'E_TARIFF_AMBIGUOUS';
      const message = `set by ${before.id} at the same time`;
      return [{ code, place: placeOf(document), message, remedy: 'end one before the other begins' }];
    });
  });
}

function subjectOf(document: SettlementMarketDocument): string {
  switch (document.kind) {
    case 'tariff':
      return JSON.stringify([document.kind, document.component, document.band, document.user ?? null]);
    case 'capacity_fee':
      return JSON.stringify([document.kind, document.user ?? null]);
    case 'spot_price':
      return document.kind;
    default:
      return JSON.stringify([document.kind, document.id]);
  }
}
