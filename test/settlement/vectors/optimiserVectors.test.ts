import { describe, expect, it } from 'vitest';
import { loadLinearSolver } from '../../../src/settlement/optimiser/linearSolver.ts';
import { answerSuite } from '../../../src/settlement/vectors/answerSuite.ts';
import { settlementSuites } from '../../../src/settlement/vectors/suites.ts';
import { dataDir } from '../../sharedData.ts';
import { asPrinted, readVectors } from './vectorFile.ts';

const suites = settlementSuites((await loadLinearSolver()).solve);
/** The full month takes half a minute. */
const FULL = process.env.TANLIU_TEST_FULL === '1';

/** The answer to one case as printed, beside what is expected. */
function answerOf(suite: string, given: Record<string, unknown>): Record<string, unknown> {
  const { cases } = answerSuite({ suite, cases: [given] }, suites);
  return asPrinted(cases[0]?.actual) as Record<string, unknown>;
}

describe.skipIf(!dataDir)('the optimiser answers the shared vectors', () => {
  const read = (suite: string) =>
    (dataDir ? readVectors(suite).cases : []) as unknown as Record<string, unknown>[];

  it.each(read('flow'))('flow: $case', (one) => {
    // Cut and split by tier may be others: `answerFlow` had them judged by the verifier.
    const { matched_wh, tier_cost, price_cost, max_min_cover } = one.expected as Record<string, number>;
    const actual = answerOf('flow', one);
    expect(actual).toMatchObject({ matched_wh, tier_cost, price_cost });
    if (max_min_cover !== undefined) expect(actual.max_min_cover).toBeCloseTo(max_min_cover, 6);
    expect(Object.keys(actual)).toEqual(expect.arrayContaining(['min_cut', 'matched_by_tier_example']));
  });

  it.each(read('storage'))('storage: $case', (one) => {
    const expected = one.expected as Record<string, number>;
    const actual = answerOf('storage', one);
    if (expected.delivered_lp_wh === undefined) {
      expect(actual).toEqual(expected);
      return;
    }
    expect(Math.abs(Number(actual.delivered_lp_wh) / expected.delivered_lp_wh - 1)).toBeLessThan(1e-6);
    expect(Math.abs(Number(actual.min_charge_wh) / expected.min_charge_wh! - 1)).toBeLessThan(1e-6);
  });

  it.each(read('large').filter((one) => FULL || one.case === 'single-7001'))(
    'large: $case',
    (one) => {
      const {
        case: _name,
        generator: _generator,
        input_sha256: _hash,
        ...rest
      } = one as Record<string, unknown>;
      const figures = Object.entries(rest).filter(([key]) => /^(totals|correction|expected)/.test(key));
      const wanted = 'expected' in rest ? rest.expected : Object.fromEntries(figures);
      expect(answerOf('large', one)).toEqual(wanted);
    },
    120_000,
  );
});
