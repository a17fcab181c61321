import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { fmix32, fnv1a32 } from '../../src/settlement/tieKey.ts';
import {
  contractMonthFen,
  correctedGeneration,
  inputSha256,
  largeMonth,
  littleEndian64,
  matchLargeMonth,
  mulberry32,
} from '../../src/settlement/vectors/largeMarket.ts';
import { dataDir } from '../sharedData.ts';
import { FULL_TIMEOUT_MS } from './randomMarket.ts';
import { readVectors } from './vectors/vectorFile.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

interface LargeFile {
  portable_functions: {
    mulberry32_seed_1_first_5: number[];
    fnv1a32: Record<string, number>;
    fmix32: Record<string, number>;
  };
  cases: {
    case: string;
    input_sha256: string;
    totals: Record<string, number>;
    expected_legal: Record<string, unknown>;
    correction: Record<string, unknown>;
  }[];
}

const full = process.env.TANLIU_TEST_FULL === '1';
const total = (fen: readonly bigint[]) => Number(fen.reduce((sum, one) => sum + one, 0n));
const changed = (a: readonly bigint[], b: readonly bigint[]) => a.filter((fen, at) => fen !== b[at]).length;

describe.skipIf(!dataDir)('a large month agrees to the watt-hour', () => {
  const file = (dataDir ? readVectors('large') : { cases: [] }) as unknown as LargeFile;

  it('draws the same numbers as the portable functions', () => {
    const next = mulberry32(1);
    const { mulberry32_seed_1_first_5, fnv1a32: hashes, fmix32: mixed } = file.portable_functions;
    expect(mulberry32_seed_1_first_5.map(() => next())).toEqual(mulberry32_seed_1_first_5);
    for (const [text, hash] of Object.entries(hashes)) expect(fnv1a32(text)).toBe(hash);
    for (const [value, hash] of Object.entries(mixed)) expect(fmix32(Number(value))).toBe(hash);
  });

  const months = [
    ['month-sparse-7002', 7002, 'sparse'] as const,
    ...(full ? [['month-full-7003', 7003, 'full'] as const] : []),
  ];
  it.each(months)('%s: quantities, limits, money, and the corrected month', (name, seed, mode) => {
    const expected = file.cases.find((one) => one.case === name)!;
    const month = largeMonth(seed, mode);
    expect(inputSha256(month)).toBe(expected.input_sha256);

    const match = matchLargeMonth(month);
    const fen = (prices: Float64Array, of = match) => contractMonthFen(of.monthByContractWh, prices);
    expect(match).toMatchObject({
      generatedWh: expected.totals.generated_wh,
      usedWh: expected.totals.used_wh,
      contractedWh: expected.totals.contracted_wh,
    });
    expect({
      matched_wh: match.matchedWh,
      q_sha256_le64_interval_major: match.quantitySha256,
      limit_counts: match.limitCounts,
      guard_skips: match.guardSkips,
      unplaced_wh: match.unplacedWh,
      month_by_contract_sha256_le64: createHash('sha256')
        .update(littleEndian64(match.monthByContractWh))
        .digest('hex'),
      energy_fen: total(fen(month.energyPrice)),
      environment_fen: total(fen(month.envPrice)),
    }).toEqual(expected.expected_legal);

    const again = matchLargeMonth(correctedGeneration(month));
    const [energy, environment] = [fen(month.energyPrice), fen(month.envPrice)];
    const [energyAgain, environmentAgain] = [fen(month.energyPrice, again), fen(month.envPrice, again)];
    expect({
      rule: expected.correction.rule,
      matched_wh: again.matchedWh,
      q_sha256_le64_interval_major: again.quantitySha256,
      energy_fen: total(energyAgain),
      environment_fen: total(environmentAgain),
      changed_energy_lines: changed(energy, energyAgain),
      changed_environment_lines: changed(environment, environmentAgain),
      delta_energy_fen: total(energyAgain) - total(energy),
      delta_environment_fen: total(environmentAgain) - total(environment),
    }).toEqual(expected.correction);
  });
});
