/** Where a score comes from: first tier from the scores of all products, and what lies upstream of a product. */
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import { scoresAt } from './categories.ts';
import type { ScoredBackground } from './score.ts';
import type { BackgroundSystem } from './technosphere.ts';

export interface TierPart {
  /** Supplying activity; undefined for the activity's own exchanges with nature. */
  readonly activity: number | undefined;
  readonly scores: CategoryScores;
}

/**
 * First tier of one reference unit of an activity's product: own emissions, then each input; the parts add up to its
 * score (`a_pj lambda_p = c^T b_j + sum (−a_ij) lambda_i`).
 */
export function firstTier(scored: ScoredBackground, activity: number): TierPart[] {
  const { start, index, value } = scored.system.technosphere;
  let pivot = 0;
  for (let p = start[activity]!; p < start[activity + 1]!; p++) {
    if (index[p] === activity) pivot = value[p]!;
  }
  const parts: TierPart[] = [{ activity: undefined, scores: scoresAt(scored.direct, activity, 1 / pivot) }];
  for (let p = start[activity]!; p < start[activity + 1]!; p++) {
    const supplier = index[p]!;
    if (supplier === activity || value[p] === 0) continue;
    parts.push({ activity: supplier, scores: scoresAt(scored.lambda, supplier, -value[p]! / pivot) });
  }
  return parts;
}

/** Activities that a set of them depends on, themselves included, ascending. */
export function upstreamOf({ system }: ScoredBackground, activities: Iterable<number>): number[] {
  const { start, index, value } = system.technosphere;
  const reached: number[] = [];
  const seen = new Uint8Array(system.activities.length);
  const reach = (activity: number) => {
    if (seen[activity]) return;
    seen[activity] = 1;
    reached.push(activity);
  };
  for (const activity of activities) reach(activity);
  for (const activity of reached) {
    for (let p = start[activity]!; p < start[activity + 1]!; p++) if (value[p] !== 0) reach(index[p]!);
  }
  return reached.sort((a, b) => a - b);
}

/** Product inputs without a supplier, by process. */
export function cutOffByProcess({ links }: BackgroundSystem): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, rule, processId } of links) {
    if (kind === 'use' && rule === 'cut_off') counts.set(processId, (counts.get(processId) ?? 0) + 1);
  }
  return counts;
}
