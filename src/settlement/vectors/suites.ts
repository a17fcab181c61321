/** The suites of vectors that the settlement engine answers. */
import type { LinearSolver } from '../optimiser/linearSolver.ts';
import type { CaseAnswer } from './answerSuite.ts';
import { answerFlow } from './flowVectors.ts';
import { answerLarge } from './largeVectors.ts';
import { answerLedger } from './ledgerVectors.ts';
import { answerLegal, answerReadings, answerResettlement, answerRetailSplit } from './matchingVectors.ts';
import { answerMoney, answerReconcile } from './moneyVectors.ts';
import { answerReport } from './reportVectors.ts';
import { answerStorage } from './storageVectors.ts';

/** @param solve the linear solver that storages need */
export function settlementSuites(solve: LinearSolver): ReadonlyMap<string, CaseAnswer> {
  return new Map([
    ['flow', answerFlow],
    ['large', answerLarge],
    ['ledger', answerLedger],
    ['legal', answerLegal],
    ['money', answerMoney],
    ['readings', answerReadings],
    ['reconcile', answerReconcile],
    ['report', answerReport],
    ['resettlement', answerResettlement],
    ['retail_split', answerRetailSplit],
    ['storage', answerStorage(solve)],
  ]);
}
