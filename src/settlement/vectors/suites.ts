/** The suites of vectors that the settlement engine answers. */
import type { CaseAnswer } from './answerSuite.ts';
import { answerLedger } from './ledgerVectors.ts';
import { answerLegal, answerReadings, answerResettlement, answerRetailSplit } from './matchingVectors.ts';
import { answerMoney, answerReconcile } from './moneyVectors.ts';
import { answerReport } from './reportVectors.ts';

export const settlementSuites: ReadonlyMap<string, CaseAnswer> = new Map([
  ['ledger', answerLedger],
  ['legal', answerLegal],
  ['money', answerMoney],
  ['readings', answerReadings],
  ['reconcile', answerReconcile],
  ['report', answerReport],
  ['resettlement', answerResettlement],
  ['retail_split', answerRetailSplit],
]);
