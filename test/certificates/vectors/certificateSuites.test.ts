import { describe, expect, it } from 'vitest';
import { certificateSuites } from '../../../src/certificates/vectors/certificateSuites.ts';
import { answerSuite } from '../../../src/settlement/vectors/answerSuite.ts';
import { asPrinted, readVectors } from '../../settlement/vectors/vectorFile.ts';
import { dataDir } from '../../sharedData.ts';

describe.skipIf(!dataDir)('certificates, storage and log answer the shared vectors exactly', () => {
  for (const suite of certificateSuites.keys()) {
    const cases = dataDir ? readVectors(suite).cases : [];
    it.each(cases)(`${suite}: $case`, ({ case: name, input, expected }) => {
      const { cases: answers } = answerSuite({ suite, cases: [{ case: name, input }] }, certificateSuites);
      expect(asPrinted(answers[0]?.actual)).toEqual(expected);
    });
  }
});
