/** The whole product model: yields, co-products, transport, contracted power, accounts, ratings, and what is refused. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintResult } from '../../schemas/documents/footprintResult.ts';
import { computeFootprint } from '../../src/footprint/computeFootprint.ts';
import { callsForRevision, issueFaults } from '../../src/footprint/issuable.ts';
import { METAL, panInput, smallCatalogue } from './smallProduct.ts';

const catalogue = smallCatalogue();
const compute = (more: Record<string, unknown>) => computeFootprint(panInput(more), catalogue);
const metalLine = (more: object = {}) => ({
  name: 'metal',
  quantity: 200,
  unit: 'kg',
  product: METAL,
  ...more,
});
const METAL_KG = 10.798;
const official = (year = 2024, supply = 'mix') => ({
  kind: 'official',
  family: 'cn_lifecycle',
  zone: 'CN',
  year,
  supply,
});
const contract = (more: object = {}) => ({
  name: 'wind farm',
  energyKwh: 400,
  factor: official(2023, 'wind'),
  deliveryLossFraction: 0.05,
  settlement: 'SC/2024-03/monthly/1',
  certificates: ['gec-1'],
  ...more,
});
const press = (more: object = {}) => ({ name: 'press', energyKwh: 1000, factor: official(), ...more });

describe('processes and yields', () => {
  const processes = [
    { id: 'cast', name: 'casting', yieldFraction: 0.8, feeds: 'mill' },
    { id: 'mill', name: 'milling', yieldFraction: 0.5 },
  ];

  it('divides what the output holds by every yield on its way, and leaves what was metered', () => {
    const billOfMaterials = [
      metalLine({ process: 'cast', basis: 'in_output' }),
      metalLine({ name: 'chips', process: 'mill', basis: 'in_output' }),
      metalLine({ name: 'metered', process: 'cast' }),
    ];
    const { ofWhich, perDeclaredUnit } = compute({ processes, billOfMaterials });
    expect(ofWhich.byProcessKgCo2e.cast).toBeCloseTo(2 * METAL_KG * (1 / 0.4 + 1), 9);
    expect(ofWhich.byProcessKgCo2e.mill).toBeCloseTo(2 * METAL_KG * 2, 9);
    expect(perDeclaredUnit.totalKgCo2e).toBeCloseTo(2 * METAL_KG * 5.5, 9);
  });

  it('refuses a process that is not there, runs in a circle or stands twice, naming the place', () => {
    const faults = (more: Record<string, unknown>) => {
      const parsed = footprintInput.safeParse({ ...panInput(), ...more });
      return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
    };
    expect(faults({ processes, billOfMaterials: [metalLine({ process: 'forge' })] })).toEqual([
      'billOfMaterials.0.process',
    ]);
    expect(faults({ billOfMaterials: [metalLine({ basis: 'in_output' })] })).toEqual([
      'billOfMaterials.0.basis',
    ]);
    const circle = [
      { id: 'a', name: 'a', feeds: 'b' },
      { id: 'b', name: 'b', feeds: 'a' },
    ];
    expect(faults({ processes: circle })).toEqual(['processes.0.feeds', 'processes.1.feeds']);
    expect(faults({ processes: [processes[1], processes[1]] })).toEqual(['processes.1.id']);
    expect(faults({ coProducts: [{ name: 'slag', amount: 1 }] })).toEqual(['allocation']);
  });
});

describe('co-products', () => {
  const allocation = {
    method: 'mass',
    unit: 'kg',
    productAmount: 300,
    reason: 'both leave one furnace; no subdivision',
  };
  const coProducts = [{ name: 'slag', amount: 100 }];

  it('bear their share; packaging, outbound transport and what serves the product alone do not', () => {
    const processes = [{ id: 'paint', name: 'painting', ownToProduct: true }];
    const billOfMaterials = [
      metalLine(),
      metalLine({ name: 'box', part: 'packaging' }),
      metalLine({ name: 'paint', process: 'paint' }),
    ];
    const result = compute({ allocation, coProducts, processes, billOfMaterials });
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo(2 * METAL_KG * (0.75 + 1 + 1), 9);
    expect(result.allocation).toMatchObject({
      productShare: 0.75,
      coProducts: [{ name: 'slag', share: 0.25 }],
    });
  });

  test.prop([fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 6 })])(
    'all shares add up to one',
    (amounts) => {
      const others = amounts.map((amount, at) => ({ name: `co ${at}`, amount }));
      if (others.length === 0) return;
      const shares = compute({ allocation, coProducts: others }).allocation;
      const sum = (shares?.coProducts ?? []).reduce(
        (total, { share }) => total + share,
        shares?.productShare ?? 0,
      );
      expect(sum).toBeCloseTo(1, 12);
    },
  );
});

describe('electricity', () => {
  it('is a contract or the rest, never both; both views are shown and the rule names the value', () => {
    const electricity = [press({ contracts: [contract()] })];
    const market = compute({ billOfMaterials: [], electricity });
    const covered = (400 * 1.05 * 0.0336) / 100;
    expect(market.perDeclaredUnit.totalKgCo2e).toBeCloseTo(covered + (600 * 0.5777) / 100, 12);
    expect(market.electricity.locationBasedTotalKgCo2e).toBeCloseTo(5.777, 12);
    expect(market.electricity.marketBasedTotalKgCo2e).toBe(market.perDeclaredUnit.totalKgCo2e);
    const location = compute({ billOfMaterials: [], electricity, electricityRule: 'location_based' });
    expect(location.perDeclaredUnit.totalKgCo2e).toBeCloseTo(5.777, 12);
    expect(location.electricity.marketBasedTotalKgCo2e).toBeCloseTo(market.perDeclaredUnit.totalKgCo2e, 12);
  });

  it('shows a traced value as a memo that enters no sum', () => {
    const tracedMemo = { family: 'lifecycle', intensityKgCo2ePerKwh: 0.2, zone: 'CN-SC', version: 'trace-1' };
    const result = compute({ billOfMaterials: [], electricity: [press({ tracedMemo })] });
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo(5.777, 12);
    expect(result.electricity.tracedMemoTotalKgCo2e).toBeCloseTo(2, 12);
    expect(issueFaults(result)).toEqual([]);
  });

  it.each([
    [
      'more by contract than was used',
      [press({ contracts: [contract({ energyKwh: 1001 })] })],
      'electricity.0.contracts',
    ],
    [
      'one certificate in two entries',
      [press({ contracts: [contract()] }), press({ name: 'oven', contracts: [contract()] })],
      'electricity.1.contracts.0.certificates',
    ],
  ])('refuses %s', (_, electricity, place) => {
    expect(() => compute({ electricity })).toThrow(
      expect.objectContaining({ code: 'electricity_counted_twice', place }),
    );
  });

  it('refuses a direct-CO2 factor behind a contract and in a memo', () => {
    const direct = { kind: 'official', family: 'cn_co2_average', zone: 'CN', year: 2023 };
    const memo = { family: 'direct', intensityKgCo2ePerKwh: 0.2, zone: 'CN-SC', version: 'v' };
    for (const use of [press({ contracts: [contract({ factor: direct })] }), press({ tracedMemo: memo })])
      expect(() => compute({ electricity: [use] })).toThrow(
        expect.objectContaining({ code: 'factor_family' }),
      );
  });
});

describe('accounts kept apart', () => {
  it('air transport, outbound legs, packaging, land management and removals each stand for themselves and add up', () => {
    const leg = (mode: string, direction: string) => ({
      name: `${mode} ${direction}`,
      mode,
      direction,
      massKg: 1000,
      distanceKm: 50,
      product: METAL,
      unit: 'kg',
    });
    const result = compute({
      billOfMaterials: [metalLine({ part: 'packaging' })],
      transport: [leg('air', 'inbound'), leg('road', 'outbound')],
      carbonAccounts: [
        { name: 'forest soil', account: 'land_management_co2_emissions', massKg: 300 },
        { name: 'regrowth', account: 'land_management_co2_removals', massKg: -100 },
      ],
    });
    const each = 0.5 * METAL_KG;
    expect(result.ofWhich).toMatchObject({
      packagingKgCo2e: expect.closeTo(2 * METAL_KG, 9),
      outboundLogisticsKgCo2e: expect.closeTo(each, 9),
      aircraftKgCo2e: expect.closeTo(each, 9),
      byTransportModeKgCo2e: { air: expect.closeTo(each, 9), road: expect.closeTo(each, 9) },
    });
    expect(result.perDeclaredUnit.accounts).toMatchObject({
      land_management_co2_emissions: 3,
      land_management_co2_removals: -1,
    });
    expect(result.perDeclaredUnit.totalKgCo2e).toBeCloseTo(3 * METAL_KG + 2, 9);
    expect(result.identities.filter(({ holds }) => !holds)).toEqual([]);
    expect(footprintResult.parse(result)).toEqual(result);
  });

  it('a removal above 0 is refused', () => {
    const carbonAccounts = [{ name: 'x', account: 'technological_co2_removals', massKg: 1 }];
    expect(() => panInput({ carbonAccounts })).toThrow(/at most 0/);
  });
});

describe('data quality', () => {
  it('is rated by rules: what is metered best, the rest by technology, place and year', () => {
    const result = compute({
      place: 'CN-SC',
      billOfMaterials: [metalLine({ technology: 'similar', dataYear: 2019 })],
      electricity: [press()],
    });
    const [metal, power] = ['metal', 'press'].map((name) => result.contributors.find((c) => c.name === name));
    expect(metal?.dataQuality).toEqual({ technological: 2, geographical: 2, temporal: 2 });
    expect(power?.dataQuality).toEqual({ technological: 1, geographical: 1, temporal: 1 });
    const weights = [metal?.kgCo2e ?? 0, power?.kgCo2e ?? 0] as const;
    expect(result.dataQuality.temporalDqr).toBeCloseTo(
      (weights[0] * 2 + weights[1]) / (weights[0] + weights[1]),
      12,
    );
  });
});

describe('issuing', () => {
  const codes = (more: Record<string, unknown>) => issueFaults(compute(more)).map(({ code }) => code);

  it('is refused for simulated, example, too much left out and traced electricity under another rule', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ billOfMaterials: [metalLine({ origin: 'simulated' })], example: true })).toEqual([
      'simulated_input',
      'example_input',
    ]);
    expect(codes({ leftOut: [{ name: 'ink', reason: 'small', estimateKgCo2e: 1000 }] })).toEqual([
      'cut_off_limit',
    ]);
    const traced = {
      kind: 'traced',
      family: 'lifecycle',
      intensityKgCo2ePerKwh: 0.2,
      zone: 'CN-SC',
      version: 'v',
    };
    const electricity = [press({ factor: traced })];
    expect(codes({ electricity })).toEqual(['electricity_rule']);
    expect(codes({ electricity, electricityRule: 'traced_hourly' })).toEqual([]);
  });

  it('a revision is called for above 10 percent either way', () => {
    expect([callsForRevision(100, 110), callsForRevision(100, 110.01), callsForRevision(100, 89)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

const anyInput: fc.Arbitrary<FootprintInput> = fc
  .record({
    quantity: fc.double({ min: 0, max: 1e6, noNaN: true }),
    used: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    share: fc.double({ min: 0.001, max: 1, noNaN: true }),
    yieldFraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
    coProduct: fc.double({ min: 0, max: 1e6, noNaN: true }),
  })
  .map(({ quantity, used, share, yieldFraction, coProduct }) =>
    panInput({
      processes: [{ id: 'p', name: 'p', yieldFraction }],
      billOfMaterials: [metalLine({ quantity, process: 'p', basis: 'in_output' })],
      electricity: [press({ energyKwh: used, contracts: [contract({ energyKwh: used * share })] })],
      allocation: {
        method: 'economic',
        unit: 'yuan',
        productAmount: 100,
        reason: 'no physical measure is shared',
      },
      coProducts: [{ name: 'slag', amount: coProduct }],
    }),
  );

test.prop([anyInput])('every identity holds whatever the model', (input) => {
  expect(computeFootprint(input, catalogue).identities.filter(({ holds }) => !holds)).toEqual([]);
});
