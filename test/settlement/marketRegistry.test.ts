import { describe, expect, it } from 'vitest';
import { settlementMarketDocument } from '../../schemas/documents/settlementMarketDocument.ts';
import { type RegistryAsset, registryFaults } from '../../src/settlement/marketRegistry.ts';

const head = { validFrom: '2026-01-01T00:00:00Z', validTo: null, quality: 'actual', revision: 0 };
const document = (changes: object) => settlementMarketDocument.parse({ ...head, ...changes });
const contract = (changes: object = {}) =>
  document({
    kind: 'contract',
    id: 'K1',
    plant: 'plant/a',
    user: 'dc/a',
    intervalWh: 1,
    energyPriceMilliYuanPerMwh: 1,
    environmentPriceMilliYuanPerMwh: 1,
    ...changes,
  });
const tariff = (changes: object = {}) =>
  document({
    kind: 'tariff',
    id: 'T1',
    component: 'line_loss',
    band: 'all',
    priceMilliYuanPerMwh: 1,
    document: 'x',
    ...changes,
  });
const assets: RegistryAsset[] = [
  { kind: 'plant', id: 'plant/a' },
  { kind: 'facility', id: 'dc/a' },
  { kind: 'party', id: 'agg/a', role: 'aggregator' },
  { kind: 'party', id: 'party/a', role: 'generator' },
  { kind: 'meter', id: 'm1', facility: 'plant/a', purpose: 'total' },
  { kind: 'meter', id: 'm2', facility: 'dc/a', purpose: 'total' },
];
const codes = (...documents: Parameters<typeof registryFaults>[0]) =>
  registryFaults(documents, assets).map(({ code, place }) => `${place}: ${code}`);

describe('the registry of a market', () => {
  it('has no fault where everybody is known and nothing is set twice', () => {
    expect(
      codes(
        contract({ aggregator: 'agg/a', feeMilliYuanPerMwh: 5, feeUserPpm: 0 }),
        tariff({ validTo: '2026-02-01T00:00:00Z' }),
        tariff({ id: 'T2', validFrom: '2026-02-01T00:00:00Z' }),
        tariff({ id: 'T3', user: 'dc/a' }),
      ),
    ).toEqual([]);
  });

  it('lists every fault of every document at once', () => {
    const faults = codes(
      contract({ plant: 'plant/z', user: 'dc/z', aggregator: 'party/a', feeMilliYuanPerMwh: 5 }),
      contract({ id: 'K2', validTo: '2025-01-01T00:00:00Z', feeMilliYuanPerMwh: 5, feeUserPpm: 1 }),
      tariff(),
      tariff({ id: 'T2', validFrom: '2026-02-01T00:00:00Z', component: 'line_loss' }),
      tariff({ id: 'T3', component: 'moon_tax' }),
      document({
        kind: 'adjustment',
        id: 'A1',
        user: 'dc/a',
        counterparty: 'nobody',
        amountFen: 1,
        correctedMonth: '2026-13',
        document: 'x',
      }),
    );
    expect(faults).toEqual([
      'adjustment A1: E_PERIOD',
      'adjustment A1: E_UNKNOWN_PARTY',
      'contract K1: E_FEE_SHARE_MISSING',
      'contract K1: E_METER_MISSING',
      'contract K1: E_METER_MISSING',
      'contract K1: E_UNKNOWN_AGGREGATOR',
      'contract K1: E_UNKNOWN_PLANT',
      'contract K1: E_UNKNOWN_USER',
      'contract K2: E_FEE_WITHOUT_AGGREGATOR',
      'contract K2: E_VALIDITY',
      'tariff T2: E_TARIFF_AMBIGUOUS',
      'tariff T3: E_TARIFF_COMPONENT',
    ]);
  });
});
