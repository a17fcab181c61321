import { describe, expect, it } from 'vitest';
import {
  type SettlementMarketDocument,
  settlementMarketDocument,
} from '../../schemas/documents/settlementMarketDocument.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import { marketTerms } from '../../src/settlement/marketTerms.ts';

const PERIOD = '2026-03';
const head = { validFrom: '2026-01-01T00:00:00+08:00', validTo: null, quality: 'actual', revision: 0 };
const contract = (changes: object = {}): SettlementMarketDocument =>
  settlementMarketDocument.parse({
    kind: 'contract',
    ...head,
    id: 'K1',
    plant: 'plant/a',
    user: 'dc/a',
    intervalWh: 1000,
    energyPriceMilliYuanPerMwh: 250_000,
    environmentPriceMilliYuanPerMwh: 5_000,
    ...changes,
  });
const price = (
  component: string,
  priceMilliYuanPerMwh: number,
  changes: object = {},
): SettlementMarketDocument =>
  settlementMarketDocument.parse({
    kind: 'tariff',
    ...head,
    id: `tariff/${component}`,
    component,
    band: 'all',
    priceMilliYuanPerMwh,
    document: '川发改价格〔2026〕1号',
    ...changes,
  });
const terms = (...documents: SettlementMarketDocument[]) => marketTerms(documents, PERIOD, sichuanTariff);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'read';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('terms of a month from the documents of the market', () => {
  it('takes the highest revision, whatever the order of arrival', () => {
    const documents = [
      contract({ revision: 2, intervalWh: 3000 }),
      contract({ revision: 1, intervalWh: 2000 }),
      contract(),
    ];
    for (const order of [documents, documents.toReversed()]) {
      expect(terms(...order).contracts.map(({ curve }) => curve)).toEqual([
        { kind: 'flat', quarterWh: 3000 },
      ]);
    }
  });

  it('takes contracts that have a day in the month, and by-day energy as a day curve', () => {
    const { contracts } = terms(
      contract({ id: 'over', validTo: '2026-03-01T00:00:00+08:00' }),
      contract({ id: 'later', validFrom: '2026-04-01T00:00:00+08:00' }),
      contract({ id: 'begins', validFrom: '2026-03-31T00:00:00+08:00', dayIntervalWh: 9 }),
    );
    expect(contracts.map(({ id }) => id)).toEqual(['begins']);
    expect(contracts[0]?.curve).toEqual({ kind: 'day_night', dayQuarterWh: 9, nightQuarterWh: 1000 });
  });

  it('lays published prices over the assumed ones, a user’s own before those of all', () => {
    const { tariffOf } = terms(
      price('line_loss', 13_000),
      price('line_loss', 14_000, { id: 'own', user: 'dc/a' }),
      price('grid_energy', 500_000, { band: 'peak' }),
      price('system_operation:storage', 1_000),
    );
    expect(tariffOf('dc/a').loss).toEqual({
      priceMilliYuanPerMwh: 14_000,
      origin: { source: '川发改价格〔2026〕1号', confidence: 'single-source' },
    });
    expect(tariffOf('dc/b').loss.priceMilliYuanPerMwh).toBe(13_000);
    expect(tariffOf('dc/b').energy.priceByBandMilliYuanPerMwh).toEqual({ peak: 500_000 });
    const items = sichuanTariff.systemOperation.items.length;
    expect(tariffOf('dc/b').systemOperation.items).toHaveLength(items + 1);
    const total = terms(price('system_operation:storage', 1_000), price('system_operation', 29_000));
    expect(total.tariffOf('dc/b').systemOperation.items).toEqual([
      { priceMilliYuanPerMwh: 29_000 },
      { item: 'storage', priceMilliYuanPerMwh: 1_000 },
    ]);
    expect(tariffOf('dc/b').funds).toEqual(sichuanTariff.funds);
    const simulated = terms(price('line_loss', 13_000, { quality: 'simulated' }));
    expect(simulated.tariffOf('dc/b').loss.origin.confidence).toBe('assumed');
  });

  it('knows the connection from the capacity fee, and says so where there is none', () => {
    const fee = {
      kind: 'capacity_fee',
      ...head,
      id: 'fee',
      user: 'dc/a',
      feeFenPerKvaMonth: 2_100,
      capacityKva: 8_000,
      document: 'x',
    };
    const { siteOf, tariffOf } = terms(settlementMarketDocument.parse(fee));
    expect(siteOf('dc/a')).toMatchObject({ capacityKva: 8_000n });
    expect(tariffOf('dc/a').transmission.fenPerKvaMonth).toBe(2_100);
    expect(siteOf('dc/b')).toBeUndefined();
  });

  it('refuses a fee without its share, two prices at once, and a component that no line uses', () => {
    expect(codeOf(() => terms(contract({ aggregator: 'agg', feeMilliYuanPerMwh: 5 })))).toBe(
      'E_FEE_SHARE_MISSING',
    );
    const twice = terms(price('line_loss', 1), price('line_loss', 2, { id: 'other' }));
    expect(codeOf(() => twice.tariffOf('dc/a'))).toBe('E_TARIFF_AMBIGUOUS');
    expect(codeOf(() => terms(price('moon_tax', 1)).tariffOf('dc/a'))).toBe('E_TARIFF_COMPONENT');
  });
});
