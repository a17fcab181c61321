import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../schemas/refusal.ts';
import { loadLinearSolver } from '../../../src/settlement/optimiser/linearSolver.ts';
import { answerSuite } from '../../../src/settlement/vectors/answerSuite.ts';
import { settlementSuites } from '../../../src/settlement/vectors/suites.ts';
import { dataDir } from '../../sharedData.ts';
import { asPrinted, readVectors } from './vectorFile.ts';

const suites = settlementSuites((await loadLinearSolver()).solve);
/** Judged by a verifier, by tolerances or by scale in a test of their own. */
const APART = new Set(['flow', 'storage', 'large']);

describe.skipIf(!dataDir)('the settlement engine answers the shared vectors exactly', () => {
  for (const suite of [...suites.keys()].filter((one) => !APART.has(one))) {
    const cases = dataDir ? readVectors(suite).cases : [];
    it.each(cases)(`${suite}: $case`, ({ case: name, input, expected }) => {
      const { cases: answers } = answerSuite({ suite, cases: [{ case: name, input }] }, suites);
      expect(asPrinted(answers[0]?.actual)).toEqual(expected);
    });
  }
});

describe('a file that is not vectors is refused as a whole', () => {
  const refusalOf = (document: unknown): Refusal => {
    try {
      answerSuite(document, suites);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    throw new Error('it was not refused');
  };

  it('names the suites that it knows', () => {
    const refusal = refusalOf({ suite: 'lottery', cases: [{ case: 'a', input: {} }] });
    expect(refusal).toMatchObject({ code: 'TL_VECTORS_SUITE', place: 'suite' });
    expect(refusal.remedy).toContain('legal');
  });

  it('names the case and the field that is malformed', () => {
    const refusal = refusalOf({ suite: 'legal', cases: [{ case: 'broken', input: { intervals: 7 } }] });
    expect(refusal.code).toBe('TL_VECTORS_FORM');
    expect(refusal.place).toContain('case broken');
  });

  it('wants a suite and cases', () => {
    expect(refusalOf([1, 2]).code).toBe('TL_VECTORS_FORM');
    expect(refusalOf({ suite: 'legal', cases: [] }).place).toBe('cases');
  });
});
