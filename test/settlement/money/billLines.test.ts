import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { demandRules, powerFactorRules, vatRules } from '../../../schemas/reference/billRules.ts';
import { demandFen } from '../../../src/settlement/money/demandCharge.ts';
import type { MoneyLine } from '../../../src/settlement/money/moneyLine.ts';
import {
  adjustmentPpm,
  powerFactorHundredths,
  powerFactorLine,
} from '../../../src/settlement/money/powerFactor.ts';
import { SpotTally, spotLine } from '../../../src/settlement/money/spotEnergy.ts';
import { buildStatement, type StatementInput } from '../../../src/settlement/money/statement.ts';
import { billTax } from '../../../src/settlement/money/valueAddedTax.ts';
import { judgeDirectSupply } from '../../../src/settlement/report/directSupply.ts';
import { FULL_TIMEOUT_MS, RUNS } from '../randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const numRuns = RUNS;
const terms = {
  basis: 'contracted',
  contractedKw: 1_000n,
  fenPerKwMonth: 3_300n,
  capacityKva: 2_000n,
  rule: demandRules,
} as const;

describe('基本电费 by demand', () => {
  it('bills the largest mean of a quarter hour', () => {
    // 250 kWh in a quarter hour are 1,000 kW.
    expect(demandFen({ ...terms, basis: 'actual' }, { peakQuarterWh: 250_000n, useWh: 0n })).toBe(3_300_000n);
  });

  it('bills the contract up to 105 % of it and doubles the price beyond', () => {
    const at = (kw: bigint) => demandFen(terms, { peakQuarterWh: (kw * 1_000n) / 4n, useWh: 0n });
    expect(at(400n)).toBe(3_300_000n);
    expect(at(1_050n)).toBe(3_300_000n);
    expect(at(1_100n)).toBe(3_300_000n + 2n * 50n * 3_300n);
  });

  it('takes a tenth off in a month of at least 260 kWh a kVA', () => {
    const at = (useWh: bigint) => demandFen(terms, { peakQuarterWh: 250_000n, useWh });
    expect(at(520_000_000n)).toBe(2_970_000n);
    expect(at(519_999_999n)).toBe(3_300_000n);
  });

  it('refuses a contracted demand that nobody stated', () => {
    expect(() => demandFen({ ...terms, contractedKw: undefined }, { peakQuarterWh: 1n, useWh: 1n })).toThrow(
      expect.objectContaining({ code: 'E_DEMAND_CONTRACT' }),
    );
  });
});

describe('力调电费', () => {
  // Points of the published table of 0.90.
  it.each([
    [100, -7_500n],
    [95, -7_500n],
    [94, -6_000n],
    [91, -1_500n],
    [90, 0n],
    [89, 5_000n],
    [70, 100_000n],
    [69, 110_000n],
    [65, 150_000n],
    [64, 170_000n],
    [60, 250_000n],
  ])('adjusts by the table at 0.%s', (hundredths, ppm) => {
    expect(adjustmentPpm(hundredths, powerFactorRules)).toBe(ppm);
  });

  test.prop([fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.bigInt({ min: 0n, max: 10n ** 13n })], { numRuns })(
    'rounds the power factor to the nearest hundredth',
    (activeWh, reactiveVarh) => {
      const hundredths = powerFactorHundredths({ activeWh, reactiveVarh });
      if (activeWh + reactiveVarh === 0n) expect(hundredths).toBeNull();
      else {
        const factor = Number(activeWh) / Math.hypot(Number(activeWh), Number(reactiveVarh));
        expect(Math.abs(hundredths! / 100 - factor)).toBeLessThanOrEqual(0.005 + 1e-9);
      }
    },
  );

  test.prop([fc.bigInt({ min: 0n, max: 10n ** 9n })], { numRuns })(
    'is not moved by the environmental value, nor by funds',
    (amountFen) => {
      const line = (component: string, fen: bigint): MoneyLine => ({
        component,
        payer: 'dc',
        payee: 'x',
        amountFen: fen,
      });
      const power = { activeWh: 80n, reactiveVarh: 60n };
      const base = [line('green_energy:peak', 700_000n), line('demand', 300_000n)];
      const others = [
        line('environment', amountFen),
        line('gov_funds', amountFen),
        line('deviation', amountFen),
      ];
      const at = (lines: readonly MoneyLine[]) => powerFactorLine(power, powerFactorRules, lines, 'dc');
      expect(at([...base, ...others])).toEqual(at(base));
      // cos phi 0.80: ten hundredths of half a percent.
      expect(at(base)).toMatchObject({ payer: 'dc', payee: 'grid', amountFen: 50_000n, note: '0.80' });
    },
  );
});

const moneyLines = fc.array(
  fc.record({
    component: fc.constantFrom('green_energy', 'environment', 'deviation', 'agg_fee_user', 'gov_funds'),
    payer: fc.constantFrom('dc', 'plant/a', 'grid'),
    payee: fc.constantFrom('market', 'government'),
    amountFen: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  }),
  { maxLength: 12 },
);

describe('增值税', () => {
  test.prop([moneyLines, fc.boolean(), fc.constantFrom('line', 'bill')], { numRuns })(
    'shows net, tax and gross that add up to the fen, and adds lines only where prices are without it',
    (lines, pricesIncludeTax, roundedBy) => {
      const { amounts, lines: added } = billTax(lines, { ...vatRules, pricesIncludeTax, roundedBy }, 'dc');
      const paid = (some: readonly MoneyLine[]) =>
        some.reduce(
          (sum, { payer, payee, amountFen }) =>
            sum + (payer === 'dc' ? amountFen : payee === 'dc' ? -amountFen : 0n),
          0n,
        );
      const sum = (part: 'netFen' | 'taxFen' | 'grossFen') =>
        amounts.reduce((total, one) => total + one[part], 0n);
      for (const { netFen, taxFen, grossFen } of amounts) expect(netFen + taxFen).toBe(grossFen);
      expect(sum('grossFen')).toBe(paid(lines) + paid(added));
      expect(sum(pricesIncludeTax ? 'grossFen' : 'netFen')).toBe(paid(lines));
      if (pricesIncludeTax) expect(added).toEqual([]);
      else expect(sum('taxFen')).toBe(paid(added));
    },
  );
});

describe('spot prices', () => {
  test.prop(
    [
      fc.array(
        fc.tuple(
          fc.integer({ min: -5_000_000, max: 5_000_000 }),
          fc.integer({ min: -100_000, max: 1_500_000 }),
        ),
        { minLength: 1, maxLength: 30 },
      ),
    ],
    { numRuns },
  )('are summed exactly and rounded once a line', (quarters) => {
    const tally = new SpotTally(
      quarters.map(([, price]) => price),
      7n,
    );
    quarters.forEach(([wh], at) => {
      tally.add(at, wh);
    });
    const exact = quarters.reduce((sum, [wh, price]) => sum + BigInt(wh) * (BigInt(price) + 7n), 0n);
    const line = spotLine('green_energy', 'dc', 'plant', tally.energy, 'K1')[0];
    const fen = line === undefined ? 0n : line.payer === 'dc' ? line.amountFen : -line.amountFen;
    const twice = 2n * (fen * 10_000_000n - exact);
    expect(twice <= 10_000_000n && twice >= -10_000_000n).toBe(true);
  });

  it('refuse energy in a quarter hour without a price', () => {
    expect(() => new SpotTally([null], 0n).add(0, 5)).toThrow(
      expect.objectContaining({ code: 'E_PRICE_MISSING' }),
    );
  });
});

const statementInput: StatementInput = {
  dataCenter: 'dc',
  contracts: [],
  gridEnergyWhByBand: new Map([['flat', 400_000_000n]]),
  gridPriceByBand: new Map([['flat', 350_000n]]),
  site: { offtakeWh: 400_000_000n, selfUseWh: 0n, peakQuarterWh: 250_000n },
  charges: {
    transmission: {
      mode: 'two_part',
      priceMilliYuanPerMwh: 105_000n,
      capacityKva: 2_000n,
      fenPerKvaMonth: 2_200n,
      demand: terms,
    },
    lossPriceMilliYuanPerMwh: 12_000n,
    systemOperation: [
      { item: 'b', priceMilliYuanPerMwh: 2n },
      { item: 'a', priceMilliYuanPerMwh: 3n },
    ],
    systemOperationOnSelfUse: false,
    fundsPriceMilliYuanPerMwh: 28_600n,
    fundsOnSelfUse: false,
  },
  powerFactor: { power: { activeWh: 80n, reactiveVarh: 60n }, rule: powerFactorRules },
  adjustments: [{ id: 'A1', counterparty: 'grid', amountFen: -12_345n, correctedMonth: '2025-12' }],
  vat: { ...vatRules, pricesIncludeTax: false },
};

it('a statement has demand and power factor after the way, adjustments and tax last; the nets add up to 0', () => {
  const { lines, netFen } = buildStatement(statementInput);
  expect(lines.map(({ component }) => component)).toEqual([
    'grid_energy:flat',
    'tnd_volumetric',
    'demand',
    'power_factor',
    'line_loss',
    'system_operation:a',
    'system_operation:b',
    'gov_funds',
    'adjustment',
    'vat',
    'vat',
    'vat',
  ]);
  expect(lines.find(({ component }) => component === 'adjustment')).toMatchObject({
    payer: 'grid',
    payee: 'dc',
    amountFen: 12_345n,
    note: '2025-12 A1',
  });
  expect([...netFen.values()].reduce((sum, fen) => sum + fen, 0n)).toBe(0n);
});

describe('绿电直连', () => {
  const boundary = {
    isPhysicallyClear: true,
    metersGeneration: true,
    metersSelfUse: true,
    metersOfftake: true,
  };
  const direct = { kind: 'local_consumption', feeMode: 'capacity_1192', boundary } as const;
  const year = { availableGenerationWh: 1_000n, selfUseWh: 620n, totalUseWh: 1_900n, feedInWh: 150n };

  it('is judged by the limits of the year', () => {
    const of = (period: string) => judgeDirectSupply(direct, year, period, 'dc');
    expect(of('2026-03')).toMatchObject({
      selfOfGeneration: { ppm: 620_000n, ok: true },
      selfOfUse: { ppm: 326_315n, ok: true },
      feedIn: { ppm: 150_000n, ok: true },
    });
    expect(of('2030-01').selfOfUse.ok).toBe(false);
  });

  it('is refused without a clear boundary or a meter, and where energies contradict each other', () => {
    const lacking = { ...direct, boundary: { ...boundary, metersSelfUse: false } };
    expect(() => judgeDirectSupply(lacking, year, '2026-03', 'dc')).toThrow(
      expect.objectContaining({ code: 'E_DIRECT_BOUNDARY' }),
    );
    expect(() => judgeDirectSupply(direct, { ...year, feedInWh: 400n }, '2026-03', 'dc')).toThrow(
      expect.objectContaining({ code: 'E_DIRECT_ENERGY' }),
    );
  });
});
