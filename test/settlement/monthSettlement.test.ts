import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import type { SettlementContract } from '../../schemas/documents/settlementContract.ts';
import { settlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { sichuanRuleSet } from '../../schemas/reference/settlementRules.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import { toJson } from '../../src/cli/run.ts';
import { type LegalMatchInput, legalMatch } from '../../src/settlement/legalMatch.ts';
import type { MonthMarket } from '../../src/settlement/monthMarket.ts';
import { settleMonth } from '../../src/settlement/monthSettlement.ts';
import { instantText, monthQuarters, QUARTER_MS } from '../../src/settlement/settlementCalendar.ts';
import { FULL_TIMEOUT_MS } from './randomMarket.ts';
import { PERIOD, randomMonth } from './randomMonth.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const NUM_RUNS = process.env.TANLIU_TEST_FULL === '1' ? 300 : 5;
const { firstMs, count } = monthQuarters(PERIOD);

const matchedBasis = { ...sichuanRuleSet, energyBasis: 'matched' as const };
const totalOf = (lines: readonly { component: string; wh?: bigint | undefined }[], prefix: string) =>
  lines.filter(({ component }) => component.startsWith(prefix)).reduce((sum, { wh }) => sum + (wh ?? 0n), 0n);

describe('a settled market month', () => {
  test.prop([fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom('contract', 'matched')], {
    numRuns: NUM_RUNS,
  })('conserves energy and money', (seed, energyBasis) => {
    const { statements, plants, netFen } = settleMonth(
      randomMonth(seed, { ruleSet: { ...sichuanRuleSet, energyBasis } }),
    );
    expect([...netFen.values()].reduce((sum, fen) => sum + fen, 0n)).toBe(0n);
    for (const { dataCenter, lines, totals, useWh, unmatchedWh, matchedWh, contracts } of statements) {
      // What is paid as green and what is taken from the market is the metered use, whatever the basis.
      expect(totalOf(lines, 'green_energy') + totalOf(lines, 'grid_energy')).toBe(useWh);
      expect(matchedWh + unmatchedWh).toBe(useWh);
      expect(contracts.reduce((sum, one) => sum + one.matchedWh, 0n)).toBe(matchedWh);
      expect(totals.dataCenterPaysFen).toBe(-totals.netFen[dataCenter]!);
      expect(Object.values(totals.netFen).reduce((sum, fen) => sum + fen, 0n)).toBe(0n);
    }
    const byUsers = statements.reduce((sum, one) => sum + one.matchedWh, 0n);
    expect(plants.reduce((sum, one) => sum + one.matchedWh, 0n)).toBe(byUsers);
    for (const { matchedWh, generatedWh } of plants) expect(matchedWh <= generatedWh).toBe(true);
  });

  test.prop([fc.integer({ min: 1, max: 1_000_000 })], { numRuns: NUM_RUNS })(
    'does not depend on the order of its lists',
    (seed) => {
      const input = randomMonth(seed);
      const reversed = {
        ...input,
        plants: input.plants.toReversed(),
        dataCenters: input.dataCenters.toReversed(),
        contracts: input.contracts.toReversed(),
      };
      expect(toJson(settleMonth(reversed).statements)).toBe(toJson(settleMonth(input).statements));
    },
  );

  it('agrees with the legal match of the same month, quarter hour by quarter hour and as a month', () => {
    const input = randomMonth(7);
    const { statements, tailsOutWh } = settleMonth(input, { perInterval: true });
    const curve = ({ curve }: SettlementContract) =>
      Array.from({ length: count }, (_, at) => {
        if (curve.kind === 'quarters') return curve.wh[at]!;
        if (curve.kind === 'flat') return curve.quarterWh;
        const hour = ((at % 96) / 4) | 0;
        return 8 <= hour && hour < 20 ? curve.dayQuarterWh : curve.nightQuarterWh;
      });
    const legal = (rule: LegalMatchInput['rule']) =>
      legalMatch({
        rule,
        intervals: Array.from({ length: count }, (_, at) => instantText(firstMs + at * QUARTER_MS)),
        plants: input.plants,
        users: input.dataCenters,
        contracts: input.contracts.map((one) => ({ ...one, wh: curve(one) })),
      });
    const quarters = legal(sichuanRuleSet.analysis);
    const [month] = legal(sichuanRuleSet.environment).buckets;
    for (const { dataCenter, contracts, perInterval } of statements) {
      expect(perInterval?.matchedWh).toEqual(
        quarters.buckets.map(({ users }) => Number(users.get(dataCenter)!.matchedWh)),
      );
      for (const { contract, settledWh, environmentWh, limit, tailOutWh } of contracts) {
        const line = month?.lines.find((one) => one.contract === contract);
        expect({ settledWh, environmentWh, limit, tailOutWh }).toEqual({
          settledWh: line?.settledWh,
          environmentWh: line?.qWh,
          limit: line?.limit,
          tailOutWh: line?.tailOutWh,
        });
        expect(tailsOutWh.get(contract)).toBe(line?.tailOutWh);
      }
    }
  });

  it('pays the environmental value on whole certificates at a price that knows no bands', () => {
    const settle = (ratioPpm: Record<string, number>) => {
      const tariff = { ...sichuanTariff, energy: { ...sichuanTariff.energy, ratioPpm } };
      return settleMonth(randomMonth(3, { tariff })).statements.flatMap(({ lines }) => lines);
    };
    const environment = (lines: ReturnType<typeof settle>) =>
      lines.filter(({ component }) => component === 'environment');
    const lines = settle(sichuanTariff.energy.ratioPpm);
    for (const { wh } of environment(lines)) expect(wh! % 1_000_000n).toBe(0n);
    const floated = settle({ peak: 3_000_000, flat: 1, valley: 2, critical: 3 });
    expect(environment(floated)).toEqual(environment(lines));
    expect(toJson(floated)).not.toBe(toJson(lines));
  });

  it('carries the tail of one month into the next: no watt-hour of it is lost', () => {
    const first = settleMonth(randomMonth(4));
    const second = settleMonth(randomMonth(5, { tailsInWh: first.tailsOutWh }));
    const total = (
      pick: (one: (typeof first.statements)[0]['contracts'][0]) => bigint,
      of = [first, second],
    ) =>
      of
        .flatMap(({ statements }) => statements.flatMap(({ contracts }) => contracts))
        .reduce((sum, one) => sum + pick(one), 0n);
    const closing = [...second.tailsOutWh.values()].reduce((sum, wh) => sum + wh, 0n);
    expect(total(({ environmentWh }) => environmentWh)).toBe(total(({ settledWh }) => settledWh) + closing);
  });

  it('prints the rule set with its status and which prices are assumed', () => {
    const [statement] = settleMonth(randomMonth(1)).statements;
    expect(statement?.ruleSet).toMatchObject({ province: '四川', status: 'adapted from another province' });
    expect(statement?.tariff.assumed).toContain('transmission');
    expect(statement?.tariff.assumed).not.toContain('calendar');
  });

  it('leaves a month open while a reading is missing, and never counts it as zero', () => {
    const full = randomMonth(9);
    const holed = full.plants.map((plant) =>
      plant.id === 'P1' ? { ...plant, wh: Array.from(plant.wh).with(100, null) } : plant,
    );
    const [first, second] = settleMonth({ ...full, plants: holed }).statements;
    expect(first).toMatchObject({ status: 'open', heldContracts: ['K1'], missingQuarters: 0 });
    expect(second).toMatchObject({ status: 'open', heldContracts: ['K5'] });
    expect(first?.lines.some(({ component, note }) => component === 'environment' && note === 'K1')).toBe(
      false,
    );
    expect(first?.lines.some(({ component, note }) => component === 'environment' && note === 'K2')).toBe(
      true,
    );

    const blind = full.dataCenters.map((one) =>
      one.id === 'D1' ? { ...one, wh: Array.from(one.wh).with(100, null) } : one,
    );
    const [unread] = settleMonth({ ...full, dataCenters: blind }, { perInterval: true }).statements;
    expect(unread).toMatchObject({ status: 'open', missingQuarters: 1, heldContracts: ['K1', 'K2'] });
    expect(unread?.perInterval?.useWh[100]).toBeNull();
  });

  it('ends a contract at its date: no contracted energy after it', () => {
    const input = randomMonth(2);
    const [k1, ...rest] = input.contracts;
    const ended = {
      ...k1!,
      effectiveTo: '2026-02-10T16:00:00Z',
      curve: { kind: 'flat' as const, quarterWh: 1000 },
    };
    const [statement] = settleMonth({ ...input, contracts: [ended, ...rest] }).statements;
    expect(statement?.contracts.find(({ contract }) => contract === 'K1')?.contractWh).toBe(
      10n * 96n * 1000n,
    );
  });

  it('is a document that reads back as it was written', () => {
    const { statements } = settleMonth(randomMonth(6, { ruleSet: matchedBasis }), { perInterval: true });
    for (const statement of statements) {
      expect(settlementStatement.parse(JSON.parse(toJson(statement)))).toEqual(statement);
    }
  });

  it('refuses what does not belong together, by name', () => {
    const input = randomMonth(1);
    const codeOf = (changes: Partial<MonthMarket>) => {
      try {
        return settleMonth({ ...input, ...changes }).statements.length;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf({ period: '2026-13' })).toBe('E_PERIOD');
    expect(codeOf({ period: '2026-03' })).toBe('E_SERIES_LENGTH');
    expect(codeOf({ plants: input.plants.slice(1) })).toBe('E_UNKNOWN_PLANT');
    expect(codeOf({ dataCenters: input.dataCenters.slice(1) })).toBe('E_UNKNOWN_USER');
    expect(codeOf({ contracts: [...input.contracts, input.contracts[0]!] })).toBe('E_DUP_CONTRACT');
  });
});
