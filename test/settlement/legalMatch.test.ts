import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../schemas/refusal.ts';
import { add, compare, type Rational, rational, sum } from '../../src/settlement/exactRational.ts';
import { type LegalLine, type LegalMatchInput, legalMatch } from '../../src/settlement/legalMatch.ts';
import { FULL_TIMEOUT_MS, markets, RUNS } from './randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const linesOf = (input: LegalMatchInput): LegalLine[] =>
  legalMatch(input).buckets.flatMap(({ lines }) => lines);
const whole = (value: bigint): Rational => rational(value);
const numRuns = RUNS;

/** The formula of the rule in plain fractions, without any of the engine's shortcuts. */
function formula(
  input: LegalMatchInput,
  contract: LegalMatchInput['contracts'][number],
  at: number,
): Rational {
  const energy = (series: { readonly wh: ArrayLike<number | bigint | null> }) => BigInt(series.wh[at] ?? 0);
  const contracted = (side: 'plant' | 'user') =>
    input.contracts
      .filter((one) => one[side] === contract[side])
      .reduce((total, one) => total + energy(one), 0n);
  const share = (meteredWh: bigint, contractedWh: bigint) =>
    contractedWh > meteredWh ? rational(meteredWh * energy(contract), contractedWh) : whole(energy(contract));
  const plant = input.plants.find(({ id }) => id === contract.plant)!;
  const user = input.users.find(({ id }) => id === contract.user)!;
  const byGeneration = share(energy(plant), contracted('plant'));
  const byUse = share(energy(user), contracted('user'));
  return compare(byGeneration, byUse) <= 0 ? byGeneration : byUse;
}

describe('laws of the legal match', () => {
  test.prop([markets], { numRuns })(
    'every exact quantity is the smallest of the three, pro rata',
    (input) => {
      legalMatch(input).buckets.forEach(({ lines, bucket }) => {
        const at = input.intervals.indexOf(bucket);
        for (const line of lines) {
          const contract = input.contracts.find(({ id }) => id === line.contract)!;
          expect(compare(line.exactWh, formula(input, contract, at))).toBe(0);
        }
      });
    },
  );

  test.prop([markets], { numRuns })('no contract, plant or user gets more than it has', (input) => {
    for (const { lines, plants, users } of legalMatch(input).buckets) {
      for (const { qWh, contractWh } of lines) expect(qWh >= 0n && qWh <= contractWh).toBe(true);
      for (const { meteredWh, matchedWh, leftWh } of [...plants.values(), ...users.values()]) {
        expect(meteredWh).toBe(matchedWh + leftWh!);
        expect(leftWh! >= 0n).toBe(true);
      }
    }
  });

  test.prop([markets], { numRuns })(
    'rounding moves less than 1 Wh a contract and is accounted for',
    (input) => {
      for (const { lines, totalWh, roundingResidual } of legalMatch(input).buckets) {
        for (const { exactWh, qWh } of lines) {
          expect(compare(exactWh, whole(qWh - 1n)) > 0 && compare(exactWh, whole(qWh + 1n)) < 0).toBe(true);
        }
        expect(totalWh).toBe(lines.reduce((total, { qWh }) => total + qWh, 0n));
        const exactTotal = sum(lines.map(({ exactWh }) => exactWh));
        expect(compare(add(whole(totalWh), roundingResidual), exactTotal)).toBe(0);
      }
    },
  );

  test.prop([markets, fc.integer()], { numRuns })('the order of the lists changes nothing', (input, seed) => {
    const shuffled = <T>(items: readonly T[]) =>
      items
        .map((item, at) => ({ item, rank: Math.imul(at + 1, seed | 1) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item);
    const mixed = {
      ...input,
      plants: shuffled(input.plants),
      users: shuffled(input.users),
      contracts: shuffled(input.contracts),
    };
    expect(legalMatch(mixed)).toEqual(legalMatch(input));
  });

  test.prop([markets, fc.integer({ min: 2, max: 9 })], { numRuns })(
    'scaling all energies scales the exact quantities',
    (input, factor) => {
      const times = <T extends { readonly wh: ArrayLike<number | bigint | null> }>(items: readonly T[]) =>
        items.map((item) => ({ ...item, wh: Array.from(item.wh, (wh) => BigInt(wh!) * BigInt(factor)) }));
      const larger = {
        ...input,
        plants: times(input.plants),
        users: times(input.users),
        contracts: times(input.contracts),
      };
      const before = linesOf(input);
      linesOf(larger).forEach(({ exactWh }, at) => {
        const { num, den } = before[at]!.exactWh;
        expect(compare(exactWh, rational(num * BigInt(factor), den))).toBe(0);
      });
    },
  );

  test.prop([markets, fc.nat(), fc.integer({ min: 1, max: 1_000_000 })], { numRuns })(
    'more generation never lowers the exact quantities of that plant',
    (input, pick, moreWh) => {
      const plant = input.plants[pick % input.plants.length]!;
      const raised = input.plants.map((one) =>
        one === plant ? { ...one, wh: Array.from(one.wh, (wh) => Number(wh) + moreWh) } : one,
      );
      const before = linesOf(input);
      linesOf({ ...input, plants: raised }).forEach((line, at) => {
        if (line.plant === plant.id)
          expect(compare(line.exactWh, before[at]!.exactWh)).toBeGreaterThanOrEqual(0);
      });
    },
  );

  test.prop([markets, fc.constantFrom(1_000, 1_000_000), fc.constantFrom('carry', 'drop')], { numRuns })(
    'opening tail and matched energy are settled, carried or dropped, nothing else',
    (input, unitWh, tail) => {
      const tailsInWh = Object.fromEntries(input.contracts.map(({ id }, k) => [id, k * 37]));
      const settled = legalMatch({ ...input, rule: { ...input.rule, unitWh, tail }, tailsInWh });
      const opening = Object.values(tailsInWh).reduce((total, wh) => total + wh, 0);
      const sums = settled.buckets.flatMap(({ lines }) => lines);
      const matched = sums.reduce((total, { qWh }) => total + qWh, 0n);
      const paid = sums.reduce((total, { settledWh }) => total + settledWh, 0n);
      const dropped = settled.buckets.reduce((total, { droppedWh }) => total + droppedWh, 0n);
      const carried = [...settled.tailsOutWh.values()].reduce((total, wh) => total + wh, 0n);
      expect(BigInt(opening) + matched).toBe(paid + carried + dropped);
      for (const { settledWh, tailOutWh } of sums) {
        expect(settledWh % BigInt(unitWh)).toBe(0n);
        expect(tailOutWh >= 0n && tailOutWh < unitWh).toBe(true);
      }
    },
  );
});

describe('what the vectors leave open', () => {
  const one = (changes: Partial<LegalMatchInput> = {}): LegalMatchInput => ({
    rule: { granularity: '15min', missing: 'hold', unitWh: 1, tail: 'carry', passes: 1 },
    intervals: ['2026-03-01T00:00:00Z'],
    plants: [{ id: 'A', wh: [10] }],
    users: [{ id: 'U', wh: [10] }],
    contracts: [{ id: 'AU', plant: 'A', user: 'U', wh: [5] }],
    ...changes,
  });
  const codeOf = (input: LegalMatchInput): string => {
    try {
      legalMatch(input);
      return 'settled';
    } catch (error) {
      return error instanceof Refusal ? error.code : String(error);
    }
  };

  it('refuses in the stated order, the first fault first', () => {
    const faults: LegalMatchInput = {
      rule: { granularity: 'day', missing: 'guess', unitWh: 0, tail: 'burn', passes: 2 },
      intervals: ['2026-03-01T00:00:00Z', '2026-03-01T08:00:00+08:00'],
      plants: [{ id: 'A', wh: [-1, 0.5] }],
      users: [{ id: 'U', wh: [1] }],
      contracts: [
        { id: 'AU', plant: 'Z', user: 'Z', wh: [1] },
        { id: 'AU', plant: 'A', user: 'Z', wh: [-1, -1] },
      ],
    };
    const cures: [string, (input: LegalMatchInput) => LegalMatchInput][] = [
      ['E_RULE_PASSES', (input) => ({ ...input, rule: { ...input.rule, passes: 1 } })],
      ['E_RULE_MISSING', (input) => ({ ...input, rule: { ...input.rule, missing: 'hold' } })],
      ['E_RULE_TAIL', (input) => ({ ...input, rule: { ...input.rule, tail: 'carry' } })],
      ['E_RULE_GRANULARITY', (input) => ({ ...input, rule: { ...input.rule, granularity: 'hour' } })],
      ['E_RULE_UNIT', (input) => ({ ...input, rule: { ...input.rule, unitWh: 1 } })],
      [
        'E_DUP_INTERVAL',
        (input) => ({ ...input, intervals: ['2026-03-01T00:00:00Z', '2026-03-01T00:15:00Z'] }),
      ],
      [
        'E_DUP_CONTRACT',
        ({ contracts, ...input }) => ({
          ...input,
          contracts: [contracts[0]!, { ...contracts[1]!, id: 'AV' }],
        }),
      ],
      ['E_WH_NOT_INTEGER', (input) => ({ ...input, plants: [{ id: 'A', wh: [-1, 1] }] })],
      ['E_WH_NEGATIVE', (input) => ({ ...input, plants: [{ id: 'A', wh: [1, 1] }] })],
      ['E_SERIES_LENGTH', (input) => ({ ...input, users: [{ id: 'U', wh: [1, null] }] })],
      [
        'E_UNKNOWN_PLANT',
        ({ contracts, ...input }) => ({
          ...input,
          contracts: [{ ...contracts[0]!, plant: 'A' }, contracts[1]!],
        }),
      ],
      [
        'E_UNKNOWN_USER',
        ({ contracts, ...input }) => ({
          ...input,
          contracts: contracts.map((contract) => ({ ...contract, user: 'U' })),
        }),
      ],
      [
        'E_SERIES_LENGTH',
        ({ contracts, ...input }) => ({
          ...input,
          contracts: [{ ...contracts[0]!, wh: [1, 1] }, contracts[1]!],
        }),
      ],
      [
        'E_WH_NEGATIVE',
        ({ contracts, ...input }) => ({
          ...input,
          contracts: contracts.map((contract) => ({ ...contract, wh: [1, 1] })),
        }),
      ],
    ];
    let input = faults;
    for (const [code, cure] of cures) {
      expect(codeOf(input)).toBe(code);
      input = cure(input);
    }
    expect(codeOf(input)).toBe('settled');
  });

  it('refuses a contract curve with a gap and energies beyond exact numbers', () => {
    const contract = { id: 'AU', plant: 'A', user: 'U' };
    expect(codeOf(one({ contracts: [{ ...contract, wh: [null] }] }))).toBe('E_WH_NOT_INTEGER');
    expect(codeOf(one({ plants: [{ id: 'A', wh: [2 ** 53] }] }))).toBe('E_WH_NOT_INTEGER');
    const half = 2 ** 52;
    const users = [
      { id: 'U', wh: [half] },
      { id: 'V', wh: [half] },
    ];
    expect(codeOf(one({ users }))).toBe('E_WH_TOO_LARGE');
  });

  it('takes bigint series as they come from the store', () => {
    const [bucket] = legalMatch(one({ plants: [{ id: 'A', wh: BigInt64Array.of(3n) }] })).buckets;
    expect(bucket?.lines[0]).toMatchObject({ qWh: 3n, limit: 'generation' });
  });

  it('keeps the tail of a contract that is held, and of one that has ended', () => {
    const { tailsOutWh, buckets } = legalMatch(
      one({ users: [{ id: 'U', wh: [null] }], tailsInWh: { AU: 7, OLD: 9 } }),
    );
    expect(Object.fromEntries(tailsOutWh)).toEqual({ AU: 7n, OLD: 9n });
    expect(buckets[0]).toMatchObject({ heldContracts: ['AU'], lines: [], totalWh: 0n });
  });
});
