/** Vectors of energy: legal match, readings, retail split, re-settlement. */
import type { z } from 'zod';
import {
  legalVector,
  readingsVector,
  resettlementVector,
  retailSplitVector,
} from '../../../schemas/documents/settlementVectors.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { rationalText } from '../exactRational.ts';
import { Journal, type SettlementRun } from '../ledger/journal.ts';
import { contractMoneyLines, energyLines, UNIT_FEN, UNIT_WH } from '../ledger/runLines.ts';
import { type LegalMatchInput, type LegalMatchResult, legalMatch, type PointBalance } from '../legalMatch.ts';
import { latestReadings, quartersOfHour } from '../readings.ts';
import { splitToRetail } from '../retailSplit.ts';
import { instantMs } from '../settlementCalendar.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';
import { deltaVector, memoVector } from './ledgerVectors.ts';

export const answerLegal: CaseAnswer = (input, name) => {
  const result = legalMatch(legalInput(readInput(legalVector, input, name)));
  return { buckets: result.buckets.map(bucketVector), tails_out: Object.fromEntries(result.tailsOutWh) };
};

function legalInput(vector: z.output<typeof legalVector>): LegalMatchInput {
  const { unit_wh, ...rule } = vector.rule;
  return {
    ...vector,
    rule: { ...rule, unitWh: unit_wh },
    ...(vector.tails_in !== undefined && { tailsInWh: vector.tails_in }),
  };
}

function bucketVector(bucket: LegalMatchResult['buckets'][number]) {
  const points = (balances: ReadonlyMap<string, PointBalance>, metered: string, left: string) =>
    Object.fromEntries(
      [...balances].map(([id, { meteredWh, matchedWh, leftWh }]) => [
        id,
        { [metered]: meteredWh, matched_wh: matchedWh, [left]: leftWh },
      ]),
    );
  return {
    bucket: bucket.bucket,
    lines: bucket.lines.map((line) => ({
      contract: line.contract,
      plant: line.plant,
      user: line.user,
      c_wh: line.contractWh,
      q_exact: rationalText(line.exactWh),
      q_wh: line.qWh,
      limit: line.limit,
      tail_in_wh: line.tailInWh,
      settled_wh: line.settledWh,
      tail_out_wh: line.tailOutWh,
    })),
    plants: points(bucket.plants, 'generated_wh', 'surplus_wh'),
    users: points(bucket.users, 'used_wh', 'residual_wh'),
    total_q_wh: bucket.totalWh,
    rounding_residual_exact: rationalText(bucket.roundingResidual),
    rounding_skipped: bucket.roundingSkipped,
    dropped_wh: bucket.droppedWh,
    held_contracts: bucket.heldContracts,
    missing_points: bucket.missingPoints,
  };
}

export const answerReadings: CaseAnswer = (input, name) => {
  const vector = readInput(readingsVector, input, name);
  if ('hours_wh' in vector) return vector.hours_wh.map(quartersOfHour);
  const known = vector.points === undefined ? undefined : new Set(vector.points);
  const { latest, quarantined } = latestReadings(vector.readings, known);
  const first = quarantined[0];
  if (first !== undefined) {
    throw new Refusal('a reading is refused', { code: first.code, place: first.reading.point });
  }
  return { latest };
};

export const answerRetailSplit: CaseAnswer = (input, name) => {
  const { c_wh, users, method } = readInput(retailSplitVector, input, name);
  const signed = users.map(({ id, signed_wh, env_price }) => ({
    id,
    signedWh: signed_wh,
    envPriceMilliYuanPerMwh: env_price,
  }));
  const { wh, unallocatedWh } = splitToRetail(c_wh, signed, method);
  return { wh: Object.fromEntries(wh), unallocated_wh: unallocatedWh };
};

export const answerResettlement: CaseAnswer = (input, name) => {
  const vector = readInput(resettlementVector, input, name);
  const pricesOf = new Map(
    Object.entries(vector.energy_price).map(([id, energyMilliYuanPerMwh]) => [
      id,
      { energyMilliYuanPerMwh, environmentMilliYuanPerMwh: vector.env_price[id] ?? 0n },
    ]),
  );
  const linesOf = (settle: z.output<typeof legalVector>) => {
    const match = legalMatch(legalInput(settle));
    return [...energyLines(match), ...contractMoneyLines(match, pricesOf)];
  };
  const run = (runType: string, lines: SettlementRun['lines'], frozen: readonly string[]): SettlementRun => ({
    market: 'vectors',
    period: name,
    runType,
    runNo: 1,
    inputHash: runType,
    ruleVersion: 'vectors',
    frozen,
    lines,
  });
  const journal = new Journal();
  const firstLines = linesOf(vector.settle);
  const first = journal.post(run('S1', firstLines, []));
  const second = journal.post(run('R1', linesOf(corrected(vector)), vector.frozen));
  const deltas = second.status === 'posted' ? second.deltas : [];
  return {
    run1_lines: firstLines.length,
    run1_posted: first.status === 'posted' ? first.deltas.length : 0,
    run2_posted: deltas.length,
    run2_deltas: deltas.map(deltaVector),
    memo: second.memo.map(memoVector),
    balances_fen: Object.fromEntries(journal.balances(UNIT_FEN)),
    balances_wh: Object.fromEntries(journal.balances(UNIT_WH)),
  };
};

/** The settlement with the latest correction of every (point, start) in place of its first reading. */
function corrected(vector: z.output<typeof resettlementVector>): z.output<typeof legalVector> {
  const { settle } = vector;
  const { latest } = latestReadings(vector.corrections.map((one) => ({ ...one, quality: 'actual' })));
  const valueAt = new Map(latest.map(({ point, start, wh }) => [`${instantMs(start)} ${point}`, wh]));
  const points = (series: typeof settle.plants) =>
    series.map(({ id, wh }) => ({
      id,
      wh: wh.map((value, at) => valueAt.get(`${instantMs(settle.intervals[at]!)} ${id}`) ?? value),
    }));
  return { ...settle, plants: points(settle.plants), users: points(settle.users) };
}
