/** What scores tell of data: products without climate content, and scores that no real product has. */
import { CATEGORY_COUNT } from '../../../schemas/documents/footprintCategories.ts';
import type { GateThresholds } from '../../../schemas/reference/gateThresholds.ts';
import type { Assembly } from '../assembly.ts';
import { directScores, factorsByFlow } from '../characterisation.ts';
import { climateContent, TOTAL_CATEGORIES, technosphereInput } from '../score.ts';
import { factoriseAdjoint, solveAdjoint } from '../solver/adjoint.ts';
import type { FlowFactor } from '../technosphere.ts';

export interface Suspect {
  readonly activity: number;
  readonly score: number;
  readonly against: string;
  readonly againstZh: string;
  /** How far outside it lies: above 1. */
  readonly excess: number;
}

export interface ScoreCheck {
  /** Total per reference unit, by activity. */
  readonly totals: Float64Array;
  readonly content: Uint8Array;
  /** 1 where there would be content once only suppliers with content are linked. */
  readonly potential: Uint8Array;
}

export function checkScores(assembly: Assembly, flowFactors: readonly FlowFactor[]): ScoreCheck {
  const direct = directScores(assembly, { factors: factorsByFlow(assembly, flowFactors) });
  const { lambda } = solveAdjoint(factoriseAdjoint(technosphereInput(assembly)), direct, CATEGORY_COUNT);
  const totals = Float64Array.from(assembly.activities, (_activity, at) => {
    const row = at * CATEGORY_COUNT;
    return lambda[row]! + lambda[row + 1]! + lambda[row + 2]!;
  });
  return { totals, content: climateContent(assembly, direct), potential: potentialContent(assembly, direct) };
}

/** Content reaches whoever uses a flow that any supplier with content may supply: linking will choose among those alone. */
function potentialContent({ activities, links, market }: Assembly, direct: Float64Array): Uint8Array {
  const numbers = Map.groupBy(activities.keys(), (at) => activities[at]!.processId);
  const users = new Map<number, string[]>();
  for (const { flowId, kind, processId, reason } of links) {
    if (reason === 'self_feeding') continue;
    for (const { activity } of market.suppliers(flowId, kind)) {
      const known = users.get(activity) ?? [];
      known.push(processId);
      users.set(activity, known);
    }
  }
  const potential = new Uint8Array(activities.length);
  const open: number[] = [];
  const reach = (at: number) => {
    if (potential[at]) return;
    potential[at] = 1;
    open.push(at);
  };
  for (let at = 0; at < activities.length; at++) {
    for (let c = 0; c < TOTAL_CATEGORIES; c++) if (direct[at * CATEGORY_COUNT + c] !== 0) reach(at);
  }
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const processId of users.get(at) ?? []) for (const user of numbers.get(processId)!) reach(user);
  }
  return potential;
}

/** @param excluded products that count no more: they are flagged already */
export function suspects(
  assembly: Assembly,
  totals: Float64Array,
  excluded: (activity: number) => boolean,
  thresholds: GateThresholds,
  othersNeeded: { readonly least: number; readonly most: number },
): Suspect[] {
  const found: Suspect[] = [];
  const groups = Map.groupBy(
    assembly.activities.flatMap((activity, at) =>
      totals[at] === 0 || excluded(at) ? [] : [{ activity, at }],
    ),
    ({ activity }) => `${activity.flowId} ${activity.isTreatment}`,
  );
  for (const group of groups.values()) {
    for (const { activity, at } of group) {
      const score = Math.abs(totals[at]!);
      const limit = thresholds.scorePerUnit[activity.referenceUnit] ?? thresholds.scorePerOtherUnit;
      if (score > limit && othersNeeded.most === Number.POSITIVE_INFINITY) {
        found.push({
          activity: at,
          score: totals[at]!,
          excess: score / limit,
          against: `above ${limit}`,
          againstZh: `高于 ${limit}`,
        });
        continue;
      }
      const others = group.filter((other) => other.at !== at).map((other) => Math.abs(totals[other.at]!));
      if (others.length < othersNeeded.least || others.length > othersNeeded.most) continue;
      const middle = median(others);
      const ratio = Math.max(score / middle, middle / score);
      if (!(ratio > thresholds.medianRatio)) continue;
      const shown = Number(middle.toPrecision(4));
      found.push({
        activity: at,
        score: totals[at]!,
        excess: ratio,
        against: `${others.length} other makers have a median of ${shown}`,
        againstZh: `另有 ${others.length} 个生产者，中位数为 ${shown}`,
      });
    }
  }
  return found.sort((a, b) => a.activity - b.activity);
}

/** Those of the suspects whose score does not come for over the stated share from one other suspect; never none of many. */
export function culprits(
  assembly: Assembly,
  totals: Float64Array,
  all: readonly Suspect[],
  supplierShare: number,
): Suspect[] {
  const suspected = new Set(all.map(({ activity }) => activity));
  const { start, index, value } = assembly.technosphere;
  const own = all.filter(({ activity }) => {
    let pivot = 0;
    let largest = 0;
    for (let p = start[activity]!; p < start[activity + 1]!; p++) {
      if (index[p] === activity) pivot = value[p]!;
      else if (suspected.has(index[p]!)) largest = Math.max(largest, -value[p]! * totals[index[p]!]!);
    }
    return largest / (pivot * totals[activity]!) <= supplierShare;
  });
  if (own.length > 0 || all.length === 0) return own;
  // A ring of suspects that blame one another: the worst of them goes first.
  return [all.reduce((worst, one) => (one.excess > worst.excess ? one : worst))];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
