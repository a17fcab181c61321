/** Scores one unit of every product of a background system. */

import {
  CATEGORY_COUNT,
  type CategoryScores,
  totalKgCo2e,
} from '../../schemas/documents/footprintCategories.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';
import { scoresAt } from './categories.ts';
import { type Characterisation, characterise, directScores, type FlowMapRow } from './characterisation.ts';
import { factoriseAdjoint, type SolveReport, solveAdjoint } from './solver/adjoint.ts';
import type { TechnosphereInput } from './solver/scaledSystem.ts';
import type { Activity, BackgroundSystem } from './technosphere.ts';

/** A background whose every product has its score: a footprint needs no further solve. */
export interface ScoredBackground {
  readonly system: BackgroundSystem;
  readonly characterisation: Characterisation;
  /** n × 5, direct score of one run of each activity. */
  readonly direct: Float64Array;
  /** n × 5, score of one reference unit of each product. */
  readonly lambda: Float64Array;
  readonly report: SolveReport;
}

/** The system as the solver takes it: pivots where the datasets say their products are. */
export function technosphereInput({
  activities,
  technosphere,
}: Pick<BackgroundSystem, 'activities' | 'technosphere'>): TechnosphereInput {
  return {
    technosphere,
    referenceRow: Int32Array.from(activities, (_activity, at) => at),
    output: Float64Array.from(activities, (activity) => activity.output),
    label: (at) => labelOf(activities[at]!),
  };
}

function labelOf({ processName, processId, flowName }: Activity): string {
  return `${processName} [${processId}]${flowName === processName ? '' : ` making ${flowName}`}`;
}

/** @throws Refusal of the solver's checks, naming the datasets */
export function scoreBackground(
  system: BackgroundSystem,
  map: readonly FlowMapRow[],
  gwpSet: GwpSet,
): ScoredBackground {
  return scoreWith(system, characterise(system, map, gwpSet));
}

/** @throws Refusal of the solver's checks, naming the datasets */
export function scoreWith(system: BackgroundSystem, characterisation: Characterisation): ScoredBackground {
  const direct = directScores(system, characterisation);
  const { lambda, report } = solveAdjoint(
    factoriseAdjoint(technosphereInput(system)),
    direct,
    CATEGORY_COUNT,
  );
  return { system, characterisation, direct, lambda, report };
}

/** One row of the scores file: one unit of a product, in the unit its dataset states. */
export interface ScoreRow {
  readonly activity: Activity;
  readonly scores: CategoryScores;
  readonly totalKgCo2e: number;
  readonly usable: boolean;
  readonly flags: readonly string[];
}

/** Codes of findings that make a product unusable whatever its score. */
const UNUSABLE: ReadonlySet<string> = new Set(['score_outlier', 'energy_implausible']);

/** Every (process, product) with its score and what a user should know of it: the gate's codes. */
export function scoreRows({ system, lambda, direct }: ScoredBackground): ScoreRow[] {
  const content = climateContent(system, direct);
  const codes = gateCodes(system);
  return system.activities.map((activity, at) => {
    const scores = scoresAt(lambda, at, activity.unitInReferenceUnits);
    const total = totalKgCo2e(scores);
    const flags = new Set([
      ...(codes.get(activity.processId) ?? []),
      ...(codes.get(`${activity.processId} ${activity.flowId}`) ?? []),
    ]);
    if (!content[at]) flags.add('no_climate_content');
    if (total < 0) flags.add('negative_score');
    const usable = content[at] === 1 && total > 0 && ![...flags].some((code) => UNUSABLE.has(code));
    return { activity, scores, totalKgCo2e: total, usable, flags: [...flags].sort() };
  });
}

/** Codes by process, or by process and product where a finding is about one product. */
function gateCodes({ findings }: BackgroundSystem): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const { code, processId, facts } of findings) {
    // Whether there is content depends on the method at hand and is looked at anew.
    if (code === 'no_climate_content') continue;
    const key = facts.flowId === undefined ? processId : `${processId} ${facts.flowId}`;
    const known = codes.get(key) ?? new Set();
    codes.set(key, known.add(code));
  }
  return codes;
}

/** Categories that count in the total. */
export const TOTAL_CATEGORIES = 3;

/** 1 where an exchange that counts in the total lies in the activity or anywhere upstream of it. */
export function climateContent(
  { technosphere }: Pick<BackgroundSystem, 'technosphere'>,
  direct: Float64Array,
): Uint8Array {
  const { columns, start, index, value } = technosphere;
  const users: number[][] = Array.from({ length: columns }, () => []);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) if (value[p] !== 0) users[index[p]!]!.push(j);
  }
  const content = new Uint8Array(columns);
  const open: number[] = [];
  const reach = (j: number) => {
    if (content[j]) return;
    content[j] = 1;
    open.push(j);
  };
  for (let j = 0; j < columns; j++) {
    for (let c = 0; c < TOTAL_CATEGORIES; c++) if (direct[j * CATEGORY_COUNT + c] !== 0) reach(j);
  }
  for (let j = open.pop(); j !== undefined; j = open.pop()) users[j]!.forEach(reach);
  return content;
}
