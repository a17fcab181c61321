/** A run of draws: which were kept, and whether enough were. */
import { Refusal } from '../../../schemas/refusal.ts';
import type { DrawOutcome } from './drawScores.ts';

/** Share of draws that may be dropped before the run fails. */
const MOST_DROPPED = 0.01;

export interface DrawRun {
  readonly version: string;
  readonly seed: number;
  readonly products: number;
  /** Numbers of the draws that were kept, ascending. */
  readonly kept: readonly number[];
  readonly dropped: Readonly<Record<string, number>>;
  /** kept × products, by product row. */
  readonly scores: Float64Array;
  /** Largest of the kept draws, relative. */
  readonly forwardError: number;
}

/**
 * @param scores draws × products; rows of dropped draws hold nothing
 * @throws Refusal `E_DRAWS_DROPPED`
 */
export function finishRun(
  { version, seed }: { version: string; seed: number },
  products: number,
  outcomes: readonly DrawOutcome[],
  scores: Float64Array,
): DrawRun {
  const kept: number[] = [];
  const dropped: Record<string, number> = {};
  let forwardError = 0;
  for (const [draw, outcome] of outcomes.entries()) {
    if (outcome.dropped) {
      dropped[outcome.reason] = (dropped[outcome.reason] ?? 0) + 1;
      continue;
    }
    scores.copyWithin(kept.length * products, draw * products, (draw + 1) * products);
    kept.push(draw);
    forwardError = Math.max(forwardError, outcome.forwardError);
  }
  if (outcomes.length - kept.length > MOST_DROPPED * outcomes.length) {
    throw new Refusal(`${outcomes.length - kept.length} of ${outcomes.length} draws cannot be used`, {
      code: 'E_DRAWS_DROPPED',
      place: Object.entries(dropped)
        .map(([reason, count]) => `${reason}: ${count}`)
        .join('; '),
      remedy: `distributions under which at most ${100 * MOST_DROPPED} % of the draws have no answer`,
    });
  }
  return {
    version,
    seed,
    products,
    kept,
    dropped,
    scores: scores.subarray(0, kept.length * products),
    forwardError,
  };
}

/** Draws of a demand's score: one dot product a draw, so that products and sums of products keep their correlation. */
export function demandDraws(
  { scores, products, kept }: DrawRun,
  demand: readonly { readonly row: number; readonly amount: number }[],
): Float64Array {
  return Float64Array.from(kept, (_draw, at) => {
    let sum = 0;
    for (const { row, amount } of demand) sum += amount * scores[at * products + row]!;
    return sum;
  });
}
