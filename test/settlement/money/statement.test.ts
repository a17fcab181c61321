import { fc, test } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { powerFactorRules, vatRules } from '../../../schemas/reference/billRules.ts';
import type { ContractPosition } from '../../../src/settlement/money/contractLines.ts';
import { buildStatement, type StatementInput } from '../../../src/settlement/money/statement.ts';
import { FULL_TIMEOUT_MS, RUNS } from '../randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const numRuns = RUNS;
const wh = fc.bigInt({ min: 0n, max: 10n ** 12n });
const price = fc.bigInt({ min: -50_000n, max: 1_500_000n });
const ppm = fc.bigInt({ min: 0n, max: 1_000_000n });
const bands = fc.record({ peak: wh, flat: wh, valley: wh }).map((one) => new Map(Object.entries(one)));
const prices = fc
  .record({ peak: price, flat: price, valley: price })
  .map((one) => new Map(Object.entries(one)));

const position: fc.Arbitrary<ContractPosition> = fc.record({
  contract: fc.string({ minLength: 1, maxLength: 4 }),
  plant: fc.constantFrom('plant/a', 'plant/b'),
  energyWhByBand: bands,
  energyPrice: fc.oneof(
    price.map((single) => ({ single })),
    prices.map((byBand) => ({ byBand })),
  ),
  environment: fc.record({ wh, priceMilliYuanPerMwh: price }),
  deviation: fc.record({
    contractWh: wh,
    qWh: wh,
    limit: fc.constantFrom('contract', 'generation', 'use'),
    compPriceMilliYuanPerMwh: price,
    freeBandPpm: ppm,
  }),
  fee: fc.record({
    aggregator: fc.constant('agg/x'),
    qWh: wh,
    rule: fc.oneof(
      fc.record({ mode: fc.constant('per_mwh' as const), priceMilliYuanPerMwh: price, userPpm: ppm }),
      fc.record({ mode: fc.constant('env_share' as const), sharePpm: ppm, userPpm: ppm }),
    ),
  }),
});

const statements: fc.Arbitrary<StatementInput> = fc.record({
  dataCenter: fc.constant('dc/a'),
  contracts: fc.uniqueArray(position, { selector: ({ contract }) => contract, maxLength: 5 }),
  gridEnergyWhByBand: bands,
  gridPriceByBand: prices,
  site: fc.record({ offtakeWh: wh, selfUseWh: wh, peakQuarterWh: wh }),
  charges: fc.record({
    transmission: fc.record({
      mode: fc.constant('two_part' as const),
      priceMilliYuanPerMwh: price,
      capacityKva: fc.bigInt({ min: 0n, max: 100_000n }),
      fenPerKvaMonth: fc.bigInt({ min: 0n, max: 5_000n }),
    }),
    lossPriceMilliYuanPerMwh: price,
    systemOperation: fc.constant([{ priceMilliYuanPerMwh: 30_001n }]),
    systemOperationOnSelfUse: fc.boolean(),
    fundsPriceMilliYuanPerMwh: price,
    fundsOnSelfUse: fc.boolean(),
  }),
  powerFactor: fc.record({
    power: fc.record({ activeWh: wh, reactiveVarh: wh }),
    rule: fc.constant(powerFactorRules),
  }),
  adjustments: fc.constant([]),
  vat: fc
    .record({
      pricesIncludeTax: fc.boolean(),
      roundedBy: fc.constantFrom('line' as const, 'bill' as const),
    })
    .map((changes) => ({ ...vatRules, ...changes })),
});

describe('laws of a statement', () => {
  test.prop([statements], { numRuns })(
    'conserves money to the fen: what one party pays another receives',
    (input) => {
      const { lines, netFen, dataCenterPaysFen } = buildStatement(input);
      expect([...netFen.values()].reduce((sum, fen) => sum + fen, 0n)).toBe(0n);
      expect(lines.every(({ amountFen }) => amountFen >= 0n)).toBe(true);
      const paid = lines.reduce(
        (sum, { payer, payee, amountFen }) =>
          sum + (payer === 'dc/a' ? amountFen : 0n) - (payee === 'dc/a' ? amountFen : 0n),
        0n,
      );
      expect(dataCenterPaysFen).toBe(paid);
    },
  );

  test.prop([statements], { numRuns })(
    'rounds each line that is priced per Wh once, half a fen at most',
    (input) => {
      for (const { wh: energy, priceMilliYuanPerMwh, amountFen } of buildStatement(input).lines) {
        if (energy === undefined || priceMilliYuanPerMwh === undefined) continue;
        const product = energy * priceMilliYuanPerMwh;
        const twice = 2n * (amountFen * 10_000_000n - (product < 0n ? -product : product));
        expect(twice <= 10_000_000n && twice >= -10_000_000n).toBe(true);
      }
    },
  );

  test.prop([statements], { numRuns })('does not depend on the order of contracts', (input) => {
    const turned = buildStatement({ ...input, contracts: input.contracts.toReversed() });
    expect(turned).toEqual(buildStatement(input));
  });

  test.prop([statements], { numRuns })(
    'gives the parts of a fee that add up to its rounded total',
    (input) => {
      const { lines } = buildStatement(input);
      for (const { contract, fee, environment } of input.contracts) {
        const signed = (component: string, payer: string) => {
          const line = lines.find((one) => one.component === component && one.note === contract)!;
          return line.payer === payer ? line.amountFen : -line.amountFen;
        };
        const total =
          signed('agg_fee_user', 'dc/a') +
          signed('agg_fee_plant', input.contracts.find((one) => one.contract === contract)!.plant);
        const basis =
          fee!.rule.mode === 'per_mwh'
            ? fee!.qWh * fee!.rule.priceMilliYuanPerMwh
            : signed('environment', 'dc/a') * fee!.rule.sharePpm * 10n;
        expect(environment).toBeDefined();
        const twice = 2n * (total * 10_000_000n - basis);
        expect(twice <= 10_000_000n && twice >= -10_000_000n).toBe(true);
      }
    },
  );
});
